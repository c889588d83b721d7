"""What must be told of, held against the messages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0012_orders")]

    operations = [migrations.AddField("outboxpulse", "causes", models.JSONField(db_default={}, default=dict))]
