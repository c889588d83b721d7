from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_texts")]
    operations = [migrations.AddField("keptmail", "attachments", models.JSONField(default=list))]
