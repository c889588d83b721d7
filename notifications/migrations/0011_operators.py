"""What operators see of the messages: by channel and council, how fast, and the sum that must come out even."""

import django.db.models.deletion
from django.db import migrations, models

import core.clock

# A line per statement, never an update: whoever adds messages waits for nobody.
TALLY = """
CREATE FUNCTION fr_tally_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint := (SELECT count(*) FROM touched);
BEGIN
    IF changed > 0 THEN
        INSERT INTO outbox_tally (made, deleted) VALUES (
            CASE TG_OP WHEN 'INSERT' THEN changed ELSE 0 END, CASE TG_OP WHEN 'DELETE' THEN changed ELSE 0 END);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_made AFTER INSERT ON outbox REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION fr_tally_outbox();
CREATE TRIGGER outbox_deleted AFTER DELETE ON outbox REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION fr_tally_outbox();
INSERT INTO outbox_tally (made, deleted) SELECT count(*), 0 FROM outbox;
"""
BACK = """
DROP TRIGGER outbox_made ON outbox;
DROP TRIGGER outbox_deleted ON outbox;
DROP FUNCTION fr_tally_outbox();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_plain"), ("notifications", "0010_read_at")]

    operations = [
        migrations.RunSQL("DELETE FROM outbox_count", ""),  # the relay counts anew
        migrations.RemoveConstraint("outboxcount", "outbox_count_once"),
        migrations.AddField(
            "outboxcount",
            "channel",
            models.CharField(
                choices=[("email", "Email"), ("text", "Text message"), ("digest", "In a digest")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "outboxcount",
            "council",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.council"
            ),
        ),
        migrations.AddField("outboxcount", "copies", models.IntegerField(default=0)),
        migrations.AddField("outboxcount", "doubles", models.IntegerField(default=0)),
        migrations.AddConstraint(
            "outboxcount",
            models.UniqueConstraint(
                fields=["purpose", "state", "channel", "council"], nulls_distinct=False, name="outbox_count_once"
            ),
        ),
        migrations.CreateModel(
            "OutboxTally",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made", models.BigIntegerField(default=0)),
                ("deleted", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "outbox_tally"},
        ),
        migrations.CreateModel(
            "OutboxPulse",
            [
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("made", models.BigIntegerField()),
                ("deleted", models.BigIntegerField()),
                ("rows", models.BigIntegerField()),
                ("delay_hour", models.FloatField(null=True)),
                ("delay_day", models.FloatField(null=True)),
                ("counted_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={"db_table": "outbox_pulse"},
        ),
        migrations.AddConstraint(
            "outboxpulse", models.CheckConstraint(condition=models.Q(id=1), name="outbox_pulse_is_one_row")
        ),
        migrations.RunSQL(TALLY, BACK),
    ]
