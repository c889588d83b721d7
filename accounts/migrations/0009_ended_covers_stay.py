"""A cover that was ended stays, and is in nobody's way. No page deletes one."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import migrations, models
from django.db.models import Func, Q

WHOLE = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
NAME = "cover_one_at_a_time"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_council_mail_domain")]
    operations = [
        migrations.AddField(model_name="cover", name="ended_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.RemoveConstraint(model_name="cover", name=NAME),
        migrations.AddConstraint(
            model_name="cover",
            constraint=ExclusionConstraint(
                name=NAME,
                expressions=[
                    (Func("worker", "worker", WHOLE, function="int8range"), RangeOperators.OVERLAPS),
                    (Func("first_day", "last_day", WHOLE, function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at__isnull=True),
                violation_error_message="Somebody stands in on some of these days already.",
            ),
        ),
        migrations.RunSQL("REVOKE DELETE ON cover FROM fr_web", "GRANT DELETE ON cover TO fr_web"),
    ]
