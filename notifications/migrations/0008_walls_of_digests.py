"""What somebody chose, and which mails of a run they had, is theirs alone. The web role makes no runs."""

from django.db import migrations

from core.policies import wall

OWN = "user_id = (SELECT app_actor())"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_walls_of_care"), ("notifications", "0007_digest_runs")]
    operations = [
        wall("digest_choice", web=OWN),
        wall("digest_recipient", web=OWN),
        *(
            migrations.RunSQL(
                f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM fr_web",
                f"GRANT INSERT, UPDATE, DELETE ON {table} TO fr_web",
            )
            for table in ("digest_run", "digest_recipient")
        ),
    ]
