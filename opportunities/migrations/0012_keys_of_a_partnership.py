"""The partnership whose pledges a business's key may add to. A key made before has none, and writes nothing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_email_without_a_hyphen"), ("opportunities", "0011_questions_done")]
    operations = [
        migrations.AddField(
            "apikey",
            "partnership",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="accounts.partnership",
            ),
        ),
    ]
