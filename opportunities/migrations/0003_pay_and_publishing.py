"""What PostgreSQL enforces of publishing: pay, nights under 18, a check in force, and no silent change."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

TODAY = "(fr_now() AT TIME ZONE 'Europe/London')::date"
WORK = (
    "'apprenticeship', 'foundation-apprenticeship', 'ringfenced-job', 'paid-internship',"
    " 'work-experience', 'work-trial', 'volunteering'"
)
# The same rule as opportunities.pay.Floors.lowest. The nearest row begun by then; before all of them, the first.
FLOOR = """
CREATE FUNCTION lowest_pay_floor(kind text, min_age integer, day date) RETURNS integer LANGUAGE sql STABLE
RETURN (
    SELECT f.pence FROM pay_floor f
    WHERE f.band = CASE
        WHEN kind IN ('apprenticeship', 'foundation-apprenticeship') THEN 'apprentice'
        WHEN min_age >= 21 THEN 'adult' WHEN min_age >= 18 THEN 'young_adult' ELSE 'under_18' END
    ORDER BY (f.valid_from <= day) DESC, abs(f.valid_from - day) LIMIT 1
)
"""
PAY = (
    f"""
    CREATE FUNCTION opportunity_pay_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        kind text := (SELECT k.code FROM pledge_kind k WHERE k.id = NEW.kind_id);
        floor integer := lowest_pay_floor(kind, NEW.min_age, coalesce(NEW.starts_on, {TODAY}));
    BEGIN
        IF NEW.pay_pence < floor THEN
            RAISE EXCEPTION 'The pay is below the legal minimum on the start date.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_pay_floor';
        END IF;
        IF NEW.pay_pence IS NULL AND kind IN ({WORK}) AND NOT EXISTS (
            SELECT FROM unpaid_reason r, employer e
            WHERE r.id = NEW.unpaid_reason_id AND e.id = NEW.employer_id
              AND (r.kinds = '[]' OR r.kinds ? kind) AND (e.charity_or_public OR NOT r.charity_or_public_only)
        ) THEN
            RAISE EXCEPTION 'Work is paid, or there is a lawful reason why not.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_unpaid_for_a_reason';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER opportunity_pay_floor BEFORE INSERT OR"
    " UPDATE OF state, pay_pence, unpaid_reason_id, kind_id, min_age, starts_on, employer_id ON opportunity"
    " FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION opportunity_pay_is_lawful()",
)
# FOR SHARE: a business that is being stopped by somebody else right now makes the publication wait, and then fail.
# The weight is that of the kind, and the full one for work or one-to-one kinds open to 16 and 17 year olds.
CHECKED = f"""
CREATE OR REPLACE FUNCTION opportunity_needs_checked_employer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text := (
        SELECT CASE WHEN k.weight <> 'light' AND (k.one_to_one OR NEW.min_age < 18) THEN 'full' ELSE k.weight END
        FROM pledge_kind k WHERE k.id = NEW.kind_id);
    weights text[] := ARRAY['light', 'standard', 'full'];
BEGIN
    PERFORM FROM employer e
    WHERE e.id = NEW.employer_id AND e.state = 'checked' AND e.checked_until >= {TODAY}
      AND array_position(weights, e.checked_weight::text) >= array_position(weights, needed) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The business has to be checked before anything of it is published.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_employer_checked';
    END IF;
    RETURN NEW;
END $$
"""
CHECKED_WHEN = (
    "DROP TRIGGER opportunity_employer_checked ON opportunity",
    "CREATE TRIGGER opportunity_employer_checked BEFORE INSERT OR UPDATE OF state, kind_id, min_age, employer_id"
    " ON opportunity FOR EACH ROW WHEN (NEW.state = 'published')"
    " EXECUTE FUNCTION opportunity_needs_checked_employer()",
)
MATERIAL = (
    *(
        "title",
        "summary",
        "kind_id",
        "category_id",
        "employer_id",
        "remote",
        "sector",
        "town",
        "easting",
        "northing",
        "hours_a_week",
        "hours_mask",
        "pay_pence",
    ),
    *(
        "unpaid_reason_id",
        "starts_on",
        "min_age",
        "needs_mask",
        "travel_paid",
        "no_experience",
        "no_qualifications",
        "training_beside",
    ),
    *("audience", "partnership_id"),
)
OLD, NEW = ", ".join(f"OLD.{name}" for name in MATERIAL), ", ".join(f"NEW.{name}" for name in MATERIAL)
CHANGE = (
    f"""
    CREATE FUNCTION opportunity_change_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF ({OLD}) IS DISTINCT FROM ({NEW}) AND NEW.version <= OLD.version THEN
            RAISE EXCEPTION 'What is published changes only with a new version.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_change_is_counted';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER opportunity_change_is_counted BEFORE UPDATE ON opportunity FOR EACH ROW"
    " WHEN (OLD.state IN ('published', 'paused') AND NEW.state IN ('published', 'paused'))"
    " EXECUTE FUNCTION opportunity_change_is_counted()",
)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0002_rules"), ("accounts", "0001_initial")]
    operations = [
        migrations.AddField(
            "searchrow",
            "authority",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="accounts.council"
            ),
        ),
        migrations.AlterField(
            "opportunity",
            "partnership",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="accounts.partnership",
            ),
        ),
        migrations.AddConstraint(
            "opportunity",
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(partnership__isnull=False),
                name="opportunity_of_a_partnership",
                violation_error_message="A partnership has to take on this pledge first.",
            ),
        ),
        migrations.AddConstraint(
            "opportunity",
            models.CheckConstraint(
                condition=Q(("state", "published"), _negated=True) | Q(hours_mask__lt=8) | Q(min_age__gte=18),
                name="opportunity_no_nights_under_18",
                violation_error_message="It has night hours, so it cannot be open to 16 and 17 year olds.",
            ),
        ),
        migrations.RunSQL(FLOOR, "DROP FUNCTION lowest_pay_floor"),
        *(migrations.RunSQL(list(group), migrations.RunSQL.noop) for group in (PAY, (CHECKED, *CHECKED_WHEN), CHANGE)),
    ]
