"""Sign-in by text. Until now nobody could sign in by a number, so whatever stands there is none."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_ended_covers_stay")]
    operations = [
        migrations.RunSQL("UPDATE user_account SET phone = '' WHERE phone <> ''", migrations.RunSQL.noop),
        migrations.AddField("user", "phone_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(phone=""),
                name="user_phone_once",
                violation_error_message="Somebody already signs in with this number.",
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(phone="", phone_at=None) | Q(phone__regex=r"^\+447[0-9]{9}$", phone_at__isnull=False),
                name="user_phone_is_a_mobile",
                violation_error_message="Enter a mobile number that begins with 07.",
            ),
        ),
    ]
