"""The figures of the rules of age are dated rows, and a reason for no pay counts only while it is in force."""

from importlib import import_module
from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from core.reference import read_csv

paid = import_module("opportunities.migrations.0003_pay_and_publishing")
WORK, TODAY = paid.WORK, paid.TODAY

# The same as opportunities.law.Figures.on.
FIGURE = """
CREATE FUNCTION rule_figure_on(wanted text, day date) RETURNS integer LANGUAGE sql STABLE
RETURN (
    SELECT f.value FROM rule_figure f
    WHERE f.code = wanted AND f.valid_from <= day AND (f.valid_to IS NULL OR day <= f.valid_to)
    ORDER BY f.valid_from DESC LIMIT 1
)
"""
# The same rules as opportunities.young_rules; a test compares.
AGE = f"""
CREATE OR REPLACE FUNCTION opportunity_rules_of_age() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := (SELECT k.code FROM pledge_kind k WHERE k.id = NEW.kind_id);
    first_day date := coalesce(NEW.starts_on, {TODAY});
    evening time := make_time(rule_figure_on('young_night_starts', first_day), 0, 0);
    morning time := make_time(rule_figure_on('young_night_ends', first_day), 0, 0);
BEGIN
    IF NEW.min_age < 18 AND kind IN ({WORK}) AND NEW.risk_assessment_on IS NULL THEN
        RAISE EXCEPTION 'At 16 and 17 somebody has to see the risk assessment.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_risk_assessment';
    END IF;
    IF NEW.min_age < 18 AND evening IS NOT NULL AND morning IS NOT NULL
       AND (NEW.day_starts < morning OR NEW.day_starts >= evening OR NEW.day_ends > evening
            OR NEW.day_ends <= NEW.day_starts) THEN
        RAISE EXCEPTION 'It has night hours, so it cannot be open to 16 and 17 year olds.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_no_night_day_under_18';
    END IF;
    IF kind IN ('apprenticeship', 'foundation-apprenticeship') THEN
        IF NEW.training_beside = '' AND NOT NEW.provider_wanted THEN
            RAISE EXCEPTION 'Say which training provider it is with, or that help is needed to find one.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_training_provider';
        END IF;
        IF NEW.lasts IS NULL OR NEW.lasts < rule_figure_on('apprenticeship_' || NEW.lasts_unit, first_day) THEN
            RAISE EXCEPTION 'An apprenticeship is too short for the rules of the day it starts.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_apprenticeship_length';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""
WHEN = (
    "DROP TRIGGER opportunity_rules_of_age ON opportunity",
    "CREATE TRIGGER opportunity_rules_of_age BEFORE INSERT OR UPDATE OF state, kind_id, min_age, risk_assessment_on,"
    " day_starts, day_ends, training_beside, provider_wanted, lasts, lasts_unit, starts_on ON opportunity"
    " FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION opportunity_rules_of_age()",
)
PAY = f"""
CREATE OR REPLACE FUNCTION opportunity_pay_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := (SELECT k.code FROM pledge_kind k WHERE k.id = NEW.kind_id);
    first_day date := coalesce(NEW.starts_on, {TODAY});
    floor integer := lowest_pay_floor(kind, NEW.min_age, first_day);
BEGIN
    IF NEW.pay_pence < floor THEN
        RAISE EXCEPTION 'The pay is below the legal minimum on the start date.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_pay_floor';
    END IF;
    IF NEW.pay_pence IS NULL AND kind IN ({WORK}) AND NOT EXISTS (
        SELECT FROM unpaid_reason r, employer e
        WHERE r.id = NEW.unpaid_reason_id AND e.id = NEW.employer_id
          AND (r.kinds = '[]' OR r.kinds ? kind) AND (e.charity_or_public OR NOT r.charity_or_public_only)
          AND r.valid_from <= first_day AND (r.valid_to IS NULL OR first_day <= r.valid_to)
    ) THEN
        RAISE EXCEPTION 'Work is paid, or there is a lawful reason why not.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_unpaid_for_a_reason';
    END IF;
    RETURN NEW;
END $$
"""


def load_figures(apps, schema_editor):
    """The figures come with the rules that read them: without a row a rule would ask for nothing. `load_reference`
    keeps them up to date afterwards."""
    figures = apps.get_model("opportunities", "RuleFigure")
    for row in read_csv(Path(__file__).parents[1] / "data" / "rule_figures.csv"):
        figures.objects.create(**{**row, "valid_to": row["valid_to"] or None})


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0014_questions_to_check")]
    operations = [
        migrations.CreateModel(
            name="RuleFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30)),
                ("value", models.SmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "rule_figure",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="rule_figure_once"),
                    models.CheckConstraint(
                        condition=~Q(code__in=["young_night_starts", "young_night_ends"])
                        | Q(value__gte=0, value__lte=23),
                        name="rule_figure_hour_of_the_day",
                    ),
                ],
            },
        ),
        migrations.RunPython(load_figures, migrations.RunPython.noop),
        # No way back: the rules would ask a function and a table that are gone.
        migrations.RunSQL([FIGURE, AGE, *WHEN, PAY]),
    ]
