"""What PostgreSQL itself keeps of an opportunity: the point, the revision, and "publish needs a checked employer"."""

from django.db import migrations

POINT = (
    "ALTER TABLE opportunity_search ADD COLUMN point point GENERATED ALWAYS AS"
    " (CASE WHEN easting IS NULL THEN NULL ELSE point(easting, northing) END) STORED",
    "CREATE INDEX opportunity_search_point ON opportunity_search USING gist (point) WHERE live AND NOT remote",
)
# The matcher asks for rows whose transaction it may not have seen yet: rev >= its watermark.
REV = (
    "ALTER TABLE opportunity_search ADD COLUMN rev xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE INDEX opportunity_search_rev ON opportunity_search (rev)",
    """
    CREATE FUNCTION set_rev() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.rev := pg_current_xact_id();
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER opportunity_search_rev BEFORE INSERT OR UPDATE ON opportunity_search"
    " FOR EACH ROW EXECUTE FUNCTION set_rev()",
)
CHECKED = (
    """
    CREATE FUNCTION opportunity_needs_checked_employer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM employer e WHERE e.id = NEW.employer_id AND e.state = 'checked') THEN
            RAISE EXCEPTION 'The business has to be checked before anything of it is published.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_employer_checked';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER opportunity_employer_checked BEFORE INSERT OR UPDATE OF state ON opportunity"
    " FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION opportunity_needs_checked_employer()",
)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_initial")]
    operations = [migrations.RunSQL(list(group), migrations.RunSQL.noop) for group in (POINT, REV, CHECKED)]
