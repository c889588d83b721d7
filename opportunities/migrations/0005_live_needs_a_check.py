"""What is live is of a business whose check carries it: also the flag itself, whoever writes it."""

from django.db import migrations

CARRIES = """
CREATE FUNCTION check_carries(checked text, kind bigint, min_age integer) RETURNS boolean LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(array_position(ARRAY['', 'light', 'standard', 'full'], checked) >= array_position(
        ARRAY['', 'light', 'standard', 'full'],
        CASE WHEN k.weight <> 'light' AND (k.one_to_one OR min_age < 18) THEN 'full' ELSE k.weight::text END), false)
    FROM pledge_kind k WHERE k.id = kind
)
"""
LIVE = (
    "CREATE TRIGGER opportunity_live_of_a_checked_employer BEFORE INSERT OR UPDATE OF live ON opportunity"
    " FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION opportunity_needs_checked_employer()"
)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0004_ledger"), ("pledges", "0007_employer_identity")]
    operations = [
        migrations.RunSQL(CARRIES, "DROP FUNCTION check_carries"),
        migrations.RunSQL(LIVE, "DROP TRIGGER opportunity_live_of_a_checked_employer ON opportunity"),
    ]
