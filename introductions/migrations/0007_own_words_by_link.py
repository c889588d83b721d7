"""A scope of one person without anybody signed in is theirs too; with somebody else signed in it is a guest's."""

from django.db import migrations

OWN = "person_id = (SELECT app_person()) AND said_by = 'young_person'"
GUEST = (
    "(SELECT app_actor()) IS NOT NULL AND NOT EXISTS"
    " (SELECT FROM young_person p WHERE p.id = concern.person_id AND p.user_id = (SELECT app_actor()))"
)
BEFORE = (
    "EXISTS (SELECT FROM young_person p WHERE p.id = concern.person_id AND p.user_id = (SELECT app_actor())"
    " AND (SELECT app_councils()) IS NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("introductions", "0006_check_in_wall")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY concern_web_own ON concern USING ({OWN} AND NOT ({GUEST}))",
            f"ALTER POLICY concern_web_own ON concern USING ({OWN} AND {BEFORE})",
        )
    ]
