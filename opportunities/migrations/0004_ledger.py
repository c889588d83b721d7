"""Places that are held and places that have begun, in place of one figure for both."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0003_pay_and_publishing"), ("pledges", "0005_follow_up_rules")]
    operations = [
        migrations.RemoveConstraint("opportunity", "opportunity_places_ledger"),
        migrations.RenameField("opportunity", "places_taken", "places_held"),
        migrations.AddField("opportunity", "places_started", models.SmallIntegerField(default=0)),
        migrations.AddConstraint(
            "opportunity",
            models.CheckConstraint(
                condition=Q(places__gte=1, places_held__gte=0, places_started__gte=0)
                & Q(places__gte=F("places_held") + F("places_started")),
                name="opportunity_places_ledger",
                violation_error_message="There are not so many places.",
            ),
        ),
    ]
