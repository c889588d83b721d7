"""What a check was of stays so: another name, domain or number begins anew, and so does the end of a stop.

And what is written for a business that was joined to another lands with the one that stays.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

IDENTITY = """
CREATE FUNCTION fr_employer_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'merged' AND (NEW.state <> 'merged' OR NEW.checked_until IS DISTINCT FROM OLD.checked_until) THEN
        RAISE EXCEPTION 'A business that was joined to another stays joined.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'employer_merged_stays', TABLE = 'employer';
    END IF;
    NEW.checks_after := greatest(NEW.checks_after, OLD.checks_after);  -- what no longer counts never counts again
    -- A number that is added while the check is under way is part of it; any other change ends what was checked.
    IF lower(NEW.name) <> lower(OLD.name) OR NEW.domain <> OLD.domain
       OR NEW.company_number <> OLD.company_number AND (OLD.company_number <> '' OR OLD.state = 'checked')
       OR NEW.charity_number <> OLD.charity_number AND (OLD.charity_number <> '' OR OLD.state = 'checked')
       OR OLD.state = 'stopped' AND NEW.state <> 'stopped'
    THEN
        NEW.checks_after := greatest(
            NEW.checks_after, (SELECT coalesce(max(c.id), 0) FROM employer_check c WHERE c.employer_id = NEW.id));
    END IF;
    RETURN NEW;
END $$;

-- Triggers run in the order of their names: this one before employer_is_checked.
CREATE TRIGGER employer_identity BEFORE UPDATE ON employer
FOR EACH ROW EXECUTE FUNCTION fr_employer_identity();

CREATE OR REPLACE FUNCTION fr_employer_is_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'checked' AND NOT EXISTS (
        SELECT FROM employer_check c
        WHERE c.employer_id = NEW.id
          AND c.id > NEW.checks_after
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
DROP TRIGGER employer_is_checked ON employer;
CREATE TRIGGER employer_is_checked
BEFORE INSERT OR UPDATE OF state, checked_until, checked_weight, checks_after, name, domain, company_number,
    charity_number ON employer
FOR EACH ROW EXECUTE FUNCTION fr_employer_is_checked();
"""
FOLLOW = """
CREATE FUNCTION fr_follow_the_join() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept bigint;
BEGIN
    -- A join holds the row: this waits for it, and then sees where the business went.
    SELECT e.merged_into_id INTO kept FROM employer e WHERE e.id = NEW.employer_id FOR KEY SHARE;
    IF kept IS NOT NULL THEN
        NEW.employer_id := kept;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pledge_follows_the_join BEFORE INSERT ON pledge
FOR EACH ROW EXECUTE FUNCTION fr_follow_the_join();
CREATE TRIGGER employer_contact_follows_the_join BEFORE INSERT ON employer_contact
FOR EACH ROW EXECUTE FUNCTION fr_follow_the_join();
"""
BACK = """
DROP TRIGGER employer_contact_follows_the_join ON employer_contact;
DROP TRIGGER pledge_follows_the_join ON pledge;
DROP FUNCTION fr_follow_the_join();
DROP TRIGGER employer_identity ON employer;
DROP FUNCTION fr_employer_identity();
"""


def key(**more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name="+", **more)


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0006_resting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("employer", "checks_after", models.BigIntegerField(default=0)),
        migrations.AlterField("riskyphrase", "pattern", models.CharField(max_length=400)),
        migrations.CreateModel(
            name="NotTheSame",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_on", models.DateField()),
                ("one", key(to="pledges.employer")),
                ("other", key(to="pledges.employer")),
                ("said_by", key(to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "not_the_same",
                "constraints": [
                    models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_the_same_in_order"),
                    models.UniqueConstraint(fields=["one", "other"], name="not_the_same_once"),
                ],
            },
        ),
        migrations.RunSQL(IDENTITY, migrations.RunSQL.noop),
        migrations.RunSQL(FOLLOW, BACK),
    ]
