from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_gone_references")]
    operations = [
        migrations.AddField(
            model_name="youngperson",
            name="plain",
            field=models.BooleanField(db_default=False, default=False, verbose_name="plain pages and messages"),
        ),
    ]
