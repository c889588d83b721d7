from django.db import migrations, models
from django.db.models.functions import Lower

ONCE = models.UniqueConstraint(
    Lower("email"),
    name="user_email_once",
    violation_error_message="Somebody already signs in with this email address.",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls")]
    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_email_once"),
        migrations.AddConstraint(model_name="user", constraint=ONCE),
    ]
