"""What must hold whoever writes: a business counts as checked only through a passed check of two different people."""

from django.db import migrations

RULES = """
CREATE FUNCTION fr_employer_is_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'checked' AND NOT EXISTS (
        SELECT FROM employer_check c
        WHERE c.employer_id = NEW.id
          AND c.passed_on IS NOT NULL
          AND c.weight = NEW.checked_weight
          AND NEW.checked_until <= c.passed_on + interval '1 year'
          AND (c.weight = 'light' OR c.first_by_id <> c.second_by_id)
    ) THEN
        RAISE EXCEPTION 'A business is checked only by a passed check in force, by two different people.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'employer_checked_by_a_passed_check', TABLE = 'employer';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER employer_is_checked
BEFORE INSERT OR UPDATE OF state, checked_until, checked_weight ON employer
FOR EACH ROW EXECUTE FUNCTION fr_employer_is_checked();

CREATE FUNCTION fr_passed_check_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A passed check is not changed: begin a new one.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'employer_check_passed_stays', TABLE = 'employer_check';
END $$;

CREATE TRIGGER employer_check_passed_stays
BEFORE UPDATE OR DELETE ON employer_check
FOR EACH ROW WHEN (OLD.passed_on IS NOT NULL) EXECUTE FUNCTION fr_passed_check_stays();
"""
BACK = """
DROP TRIGGER employer_check_passed_stays ON employer_check;
DROP FUNCTION fr_passed_check_stays();
DROP TRIGGER employer_is_checked ON employer;
DROP FUNCTION fr_employer_is_checked();
"""


class Migration(migrations.Migration):
    dependencies = [("pledges", "0002_membership_employer")]
    operations = [migrations.RunSQL(RULES, BACK)]
