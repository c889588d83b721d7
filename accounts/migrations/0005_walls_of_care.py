"""The second wall of what happens around support; a young person's own way in; and logs that only grow."""

from django.db import migrations

from core.policies import of_a_person, wall

# Signed in as oneself: no council's hat is worn, and the row is one's own. Reading only; `app.person` follows from it.
SELF = "user_id = (SELECT app_actor()) AND (SELECT app_councils()) IS NULL"
RECEIVING = "to_council_id = ANY ((SELECT app_councils())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_care_and_safety")]
    operations = [
        migrations.RunSQL(
            f"CREATE POLICY young_person_web_self ON young_person FOR SELECT TO fr_web USING ({SELF})",
            "DROP POLICY young_person_web_self ON young_person",
        ),
        wall("transfer", web=f"{of_a_person('transfer')} OR {RECEIVING}"),
        wall("view_log"),
        wall("objection"),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON view_log FROM fr_web", "GRANT UPDATE, DELETE ON view_log TO fr_web"
        ),
    ]
