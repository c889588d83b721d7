from django.db import migrations, models

WAYS = [("call", "Call me"), ("text", "Text me"), ("email", "Email me")]


class Migration(migrations.Migration):
    dependencies = [("pledges", "0008_named_by_link")]
    operations = [
        migrations.AlterField(
            model_name="employercontact",
            name="way",
            field=models.CharField(choices=WAYS, default="email", max_length=5),
        ),
    ]
