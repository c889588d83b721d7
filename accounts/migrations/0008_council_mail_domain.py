from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_guests")]
    operations = [
        migrations.AddField(
            model_name="council",
            name="mail_domain",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
