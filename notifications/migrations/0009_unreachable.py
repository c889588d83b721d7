"""Which addresses and numbers do not work any more, by a keyed digest. The table points at nobody: no wall."""

from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_walls_of_digests")]

    operations = [
        migrations.CreateModel(
            name="Unreachable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64, unique=True)),
                ("failures", models.SmallIntegerField(default=0)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={"db_table": "outbox_address"},
        ),
        migrations.AddField(
            model_name="outbox",
            name="address_mark",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="providerreport",
            name="fate",
            field=models.CharField(
                choices=[
                    ("accepted", "Accepted"),
                    ("delivered", "Delivered"),
                    ("bounced", "Bounced"),
                    ("failed", "Not delivered this time"),
                    ("broken", "Their own mistake"),
                ],
                max_length=9,
            ),
        ),
    ]
