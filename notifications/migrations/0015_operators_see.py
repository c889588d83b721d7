"""What operators see by reference."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0013_causes")]

    operations = [migrations.AddField("outboxpulse", "look", models.JSONField(db_default=[], default=list))]
