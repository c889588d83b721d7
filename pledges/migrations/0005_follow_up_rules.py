"""What must hold whoever writes: one nudge a week for an employer. And what older rows need to fit."""

from django.db import migrations

RULES = """
CREATE FUNCTION fr_one_nudge_a_week() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The employer's row is the lock: two that nudge at once wait for each other here.
    PERFORM 1 FROM employer WHERE id = NEW.employer_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM nudge n
        WHERE n.employer_id = NEW.employer_id
          AND n.sent_on > NEW.sent_on - 7 AND n.sent_on < NEW.sent_on + 7
    ) THEN
        RAISE EXCEPTION 'A business gets at most one reminder a week.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nudge_once_a_week', TABLE = 'nudge';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER nudge_once_a_week BEFORE INSERT ON nudge
FOR EACH ROW EXECUTE FUNCTION fr_one_nudge_a_week();

CREATE FUNCTION fr_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was sent or said is not changed.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'sent_and_said_stays', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER answer_stays BEFORE UPDATE OF said, until, typed_by_id, made_at ON answer
FOR EACH ROW EXECUTE FUNCTION fr_log_stays();
"""
BACK = """
DROP TRIGGER answer_stays ON answer;
DROP FUNCTION fr_log_stays();
DROP TRIGGER nudge_once_a_week ON nudge;
DROP FUNCTION fr_one_nudge_a_week();
"""
OLDER_ROWS = """
UPDATE to_clear_up t SET partnership_id = e.partnership_id FROM event e WHERE e.id = t.event_id;
UPDATE pledge SET followed_from = (made_at AT TIME ZONE 'Europe/London')::date;
"""


class Migration(migrations.Migration):
    dependencies = [("pledges", "0004_follow_up")]
    operations = [
        migrations.RunSQL(RULES, BACK),
        migrations.RunSQL(OLDER_ROWS, migrations.RunSQL.noop),
    ]
