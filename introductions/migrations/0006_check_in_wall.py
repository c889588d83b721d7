"""A young person reads their own side of a check-in, as a business reads its own; whoever supports them
reads all of it."""

from django.db import migrations

# A guest adviser has the young person's scope as well, and is somebody else.
NEW = """
EXISTS (SELECT FROM start s WHERE s.id = check_in.start_id
        AND ((check_in.side = 'employer' AND (SELECT app_employer()) IS NOT NULL)
             OR EXISTS (SELECT FROM young_person p WHERE p.id = s.person_id
                        AND (check_in.side = 'young_person' OR (SELECT app_person()) IS NULL
                             OR ((SELECT app_actor()) IS NOT NULL AND p.user_id IS DISTINCT FROM (SELECT app_actor())))
)))
"""
OLD = """
EXISTS (SELECT FROM start s WHERE s.id = check_in.start_id
        AND (check_in.side = 'employer' OR EXISTS (SELECT FROM young_person p WHERE p.id = s.person_id)))
"""


class Migration(migrations.Migration):
    dependencies = [("introductions", "0005_own_words")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY check_in_web ON check_in USING ({NEW})",
            f"ALTER POLICY check_in_web ON check_in USING ({OLD})",
        ),
    ]
