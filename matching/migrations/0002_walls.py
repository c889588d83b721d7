"""Interests, matches and what was done about them belong to a young person."""

from django.db import migrations

from core.policies import wall

REV = (
    "ALTER TABLE interests ADD COLUMN rev xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE INDEX interests_rev ON interests (rev)",
    "CREATE TRIGGER interests_rev BEFORE INSERT OR UPDATE ON interests FOR EACH ROW EXECUTE FUNCTION set_rev()",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls"), ("opportunities", "0002_rules"), ("matching", "0001_initial")]
    operations = [
        wall("interests"),
        wall("match"),
        wall("match_action"),
        wall("match_told"),
        migrations.RunSQL(list(REV), migrations.RunSQL.noop),
    ]
