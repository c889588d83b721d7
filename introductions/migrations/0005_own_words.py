"""What a young person said of something wrong is read by themselves, never by a guest who helps them: it may be about
that guest. Both have a scope of that one row; only one of them is the person."""

from django.db import migrations

OWN = "person_id = (SELECT app_person()) AND said_by = 'young_person'"
SELF = (
    "EXISTS (SELECT FROM young_person p WHERE p.id = concern.person_id AND p.user_id = (SELECT app_actor())"
    " AND (SELECT app_councils()) IS NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("introductions", "0004_starts"), ("accounts", "0007_guests")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY concern_web_own ON concern USING ({OWN} AND {SELF})",
            f"ALTER POLICY concern_web_own ON concern USING ({OWN})",
        )
    ]
