"""References under which a council has nobody any more: written once, by whoever sees them go, and never changed."""

import django.db.models.deletion
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_sign_in_by_text")]
    operations = [
        migrations.CreateModel(
            name="GoneReference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("gone_on", models.DateField(db_default=core.clock.FrToday())),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="accounts.council"
                    ),
                ),
            ],
            options={
                "db_table": "gone_reference",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("council", "digest"),
                        name="gone_reference_once",
                        violation_error_message="This reference is marked already.",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON gone_reference FROM fr_web", "GRANT UPDATE, DELETE ON gone_reference TO fr_web"
        ),
    ]
