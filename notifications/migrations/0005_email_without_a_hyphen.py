from django.db import migrations, models

CHANNELS = [("email", "Email"), ("text", "Text message"), ("digest", "In a digest")]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_attachments")]
    operations = [
        migrations.AlterField(
            model_name="keptmail",
            name="channel",
            field=models.CharField(choices=CHANNELS, default="email", max_length=8),
        ),
        migrations.AlterField(
            model_name="outbox", name="channel", field=models.CharField(choices=CHANNELS, max_length=8)
        ),
    ]
