"""A demonstration never becomes a real installation, nor the other way: PostgreSQL refuses, whoever asks.

Deleting the row is not refused: without it the database is neither, and all that needs a demonstration refuses.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION installation_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The mode of a database never changes: make a new database.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'installation_never_changes';
END $$;
CREATE TRIGGER installation_never_changes BEFORE UPDATE OF mode ON installation
FOR EACH ROW WHEN (OLD.mode IS DISTINCT FROM NEW.mode) EXECUTE FUNCTION installation_never_changes()
"""
DROP = "DROP TRIGGER installation_never_changes ON installation; DROP FUNCTION installation_never_changes()"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables")]
    operations = [migrations.RunSQL(MAKE, DROP)]
