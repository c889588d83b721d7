"""How a young person likes to hear. Theirs to choose; their workers read what is on, and never the word."""

import django.db.models.deletion
from django.db import migrations, models

import core.fields
from core.policies import of_a_person, wall

OWN = "person_id = (SELECT app_person())"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_plain")]
    operations = [
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT, primary_key=True, related_name="hearing",
                        serialize=False, to="accounts.youngperson",
                    ),
                ),
                (
                    "matches",
                    models.CharField(
                        choices=[
                            ("page", "Only on my page"),
                            ("email", "By email, once a week at most"),
                            ("text", "By text, once a week at most"),
                        ],
                        default="page", max_length=5, verbose_name="what fits",
                    ),
                ),
                ("reminders", models.BooleanField(default=True, verbose_name="reminders")),
            ],
            options={
                "db_table": "young_person_hearing",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("matches__in", ["page", "email", "text"])),
                        name="young_person_hearing_known",
                        violation_error_message="Choose one of the ways.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafeWord",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT, primary_key=True, related_name="+",
                        serialize=False, to="accounts.youngperson",
                    ),
                ),
                ("word", core.fields.EncryptedJSONField(verbose_name="your safe word")),
            ],
            options={"db_table": "young_person_safe_word", "abstract": False, "base_manager_name": "objects"},
        ),
        wall("young_person_hearing", web=OWN, seen=of_a_person("young_person_hearing")),
        wall("young_person_safe_word", web=OWN),
    ]  # fmt: skip
