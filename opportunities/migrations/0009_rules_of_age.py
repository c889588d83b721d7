"""What PostgreSQL enforces of age and apprenticeships, what a change is, and that wording is only ever added to."""

from importlib import import_module

from django.db import migrations

paid = import_module("opportunities.migrations.0003_pay_and_publishing")

WORK = paid.WORK
# The same rules as opportunities.young_rules; a test compares.
AGE = (
    f"""
    CREATE FUNCTION opportunity_rules_of_age() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE kind text := (SELECT k.code FROM pledge_kind k WHERE k.id = NEW.kind_id);
    BEGIN
        IF NEW.min_age < 18 AND kind IN ({WORK}) AND NEW.risk_assessment_on IS NULL THEN
            RAISE EXCEPTION 'At 16 and 17 somebody has to see the risk assessment.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_risk_assessment';
        END IF;
        IF NEW.min_age < 18 AND (NEW.day_starts < '06:00' OR NEW.day_starts >= '22:00' OR NEW.day_ends > '22:00'
                                 OR NEW.day_ends <= NEW.day_starts) THEN
            RAISE EXCEPTION 'It has night hours, so it cannot be open to 16 and 17 year olds.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_no_night_day_under_18';
        END IF;
        IF kind IN ('apprenticeship', 'foundation-apprenticeship') THEN
            IF NEW.training_beside = '' AND NOT NEW.provider_wanted THEN
                RAISE EXCEPTION 'Say which training provider it is with, or that help is needed to find one.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_training_provider';
            END IF;
            IF NEW.lasts IS NULL
               OR NEW.lasts < (CASE NEW.lasts_unit WHEN 'days' THEN 243 WHEN 'weeks' THEN 35 ELSE 8 END) THEN
                RAISE EXCEPTION 'An apprenticeship lasts 8 months or more.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_apprenticeship_length';
            END IF;
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER opportunity_rules_of_age BEFORE INSERT OR UPDATE OF state, kind_id, min_age, risk_assessment_on,"
    " day_starts, day_ends, training_beside, provider_wanted, lasts, lasts_unit ON opportunity"
    " FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION opportunity_rules_of_age()",
)
MATERIAL = (
    *paid.MATERIAL,
    *("bring", "not_needed", "day_starts", "day_ends", "lasts", "lasts_unit", "support_mask", "paid_weekly"),
    *("guaranteed_interview", "meet_first", "named_contact", "provider_wanted", "go_by", "own_link", "own_words"),
)
OLD, NEW = ", ".join(f"OLD.{name}" for name in MATERIAL), ", ".join(f"NEW.{name}" for name in MATERIAL)
CHANGE = f"""
CREATE OR REPLACE FUNCTION opportunity_change_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({OLD}) IS DISTINCT FROM ({NEW}) AND NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'What is published changes only with a new version.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_change_is_counted';
    END IF;
    RETURN NEW;
END $$
"""
WORDING = (
    """
    CREATE FUNCTION wording_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'Wording is only added to.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'wording_is_history';
    END $$
    """,
    "CREATE TRIGGER wording_is_history BEFORE UPDATE OR DELETE ON wording"
    " FOR EACH ROW EXECUTE FUNCTION wording_is_history()",
)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0008_worth_finding")]
    operations = [
        migrations.RunSQL(list(AGE), migrations.RunSQL.noop),
        migrations.RunSQL(CHANGE, migrations.RunSQL.noop),
        migrations.RunSQL(list(WORDING), migrations.RunSQL.noop),
    ]
