"""What a council needs before it may enter anybody, whom it enters no more, and whom to ring if something is wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.councils import Council
from accounts.models.users import User
from core.clock import FrNow, FrToday


class GoneReference(models.Model):
    """A reference of a council under which nobody is any more (accounts/gone.py). It says of nobody who it was."""

    council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    digest = models.CharField(max_length=64)
    gone_on = models.DateField(db_default=FrToday())

    class Meta:
        db_table = "gone_reference"
        constraints = [
            models.UniqueConstraint(
                fields=["council", "digest"],
                name="gone_reference_once",
                violation_error_message=_("This reference is marked already."),
            )
        ]


class SafetyNumbers(models.Model):
    """Whom to ring at one council when something is wrong. 999 stands before it on every page."""

    council = models.OneToOneField(Council, primary_key=True, on_delete=models.RESTRICT, related_name="safety_numbers")
    day_phone = models.CharField(max_length=20)
    day_hours = models.CharField(max_length=60)  # "Monday to Friday, 9am to 5pm"
    night_phone = models.CharField(max_length=20)  # out of hours
    changed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    changed_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "safety_numbers"


class Acceptance(models.Model):
    """A council has accepted a paper without which no young person may be entered: who, when, which version."""

    class Paper(models.TextChoices):
        YOUNG_PERSON = "young_person", _("Privacy notice for young people")
        EMPLOYER = "employer", _("Privacy notice for businesses")
        WORKER = "worker", _("Privacy notice for workers")
        DPIA = "dpia", _("Data protection impact assessment")
        RETENTION = "retention", _("How long things are kept")

    council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="acceptances")
    paper = models.CharField(max_length=12, choices=Paper)
    version = models.CharField(max_length=12)  # the date the paper carries
    accepted_by = models.CharField(max_length=80)  # name and office of whoever may accept for the council
    accepted_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    recorded_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "acceptance"
        constraints = [
            models.UniqueConstraint(
                fields=["council", "paper", "version"],
                name="acceptance_once",
                violation_error_message=_("This paper has been recorded as accepted already."),
            )
        ]
