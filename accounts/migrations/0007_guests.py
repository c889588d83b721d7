"""A guest beside the worker: one young person, to a last day. A guest finds their own link before any hat is worn."""

from django.db import migrations, models
from django.db.models import F, Q

GUEST = """
worker_id = (SELECT app_actor()) AND ended_on IS NULL AND until >= (fr_now() AT TIME ZONE 'Europe/London')::date
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_objection_address")]
    operations = [
        migrations.RemoveConstraint(model_name="adviserlink", name="adviser_link_one_current"),
        migrations.AddConstraint(
            model_name="adviserlink",
            constraint=models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on__isnull=True, until__isnull=True),
                name="adviser_link_one_current",
                violation_error_message="This young person has a worker already. Hand over first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="adviserlink",
            constraint=models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("started_on")), name="adviser_link_guest_has_a_day"
            ),
        ),
        migrations.RunSQL(
            f"CREATE POLICY adviser_link_web_guest ON adviser_link FOR SELECT TO fr_web USING ({GUEST})",
            "DROP POLICY adviser_link_web_guest ON adviser_link",
        ),
    ]
