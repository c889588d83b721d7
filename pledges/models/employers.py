"""Businesses, the people and sites of theirs, and the checks."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import FrNow
from pledges.models.kinds import Category, PledgeKind


class Employer(models.Model):
    """A business. Nothing of it is shown to anybody before it has been checked."""

    class Check(models.TextChoices):
        UNCHECKED = "unchecked", _("Not checked yet")
        CALLED_BACK = "called_back", _("Called back")
        CHECKED = "checked", _("Checked")
        STOPPED = "stopped", _("Stopped")
        MERGED = "merged", _("Joined to another")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)  # normalised: see pledges.employers.name_key
    domain = models.CharField(max_length=120, blank=True, default="")  # own e-mail domain, never a shared mail host
    sector = models.ForeignKey(Category, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    size = models.CharField(max_length=20, blank=True, default="")
    charity_or_public = models.BooleanField(default=False)
    company_number = models.CharField(max_length=8, blank=True, default="")  # Companies House
    charity_number = models.CharField(max_length=10, blank=True, default="")
    state = models.CharField(max_length=12, choices=Check, default=Check.UNCHECKED)
    checked_until = models.DateField(null=True, blank=True)
    checked_weight = models.CharField(
        max_length=8, blank=True, default="", choices=PledgeKind.Weight
    )  # of the check in force
    maybe_same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="merged")
    lead = models.ForeignKey(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    # Checks up to this id no longer count: the business has changed, or was stopped. PostgreSQL writes it.
    checks_after = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "employer"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="checked") | Q(checked_until__isnull=False),
                name="employer_checked_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unchecked", "called_back", "checked", "stopped", "merged"]),
                name="employer_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | Q(~Q(state="merged"), merged_into__isnull=True),
                name="employer_merged_into_one",
            ),
            models.CheckConstraint(
                condition=Q(company_number="") | Q(company_number__regex=r"^([A-Z]{2}[0-9]{6}|[0-9]{8})$"),
                name="employer_company_number",
                violation_error_message=_("A company number has 8 figures, or 2 letters and 6 figures, like 01234567."),
            ),
            models.CheckConstraint(
                condition=Q(charity_number="") | Q(charity_number__regex=r"^[0-9]{6,7}(-[0-9]{1,2})?$"),
                name="employer_charity_number",
                violation_error_message=_("A charity number has 6 or 7 figures, like 1234567."),
            ),
        ]
        indexes = [
            models.Index(fields=["name_key"], name="employer_name_key"),
            models.Index(fields=["domain"], name="employer_domain"),
            models.Index(fields=["company_number"], name="employer_company", condition=~Q(company_number="")),
        ]

    def __str__(self) -> str:
        return self.name


class EmployerContact(models.Model):
    """How to reach a person at a business. Inert until approved: it sees and answers its own pledges only."""

    class Way(models.TextChoices):
        CALL = "call", _("Call me")
        TEXT = "text", _("Text me")
        EMAIL = "email", _("Email me")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="contacts")
    name = models.CharField(max_length=80, blank=True, default="")
    job = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    way = models.CharField(max_length=5, choices=Way, default=Way.EMAIL)
    best_time = models.CharField(max_length=60, blank=True, default="")
    reminders = models.BooleanField(default=True)  # False: asked not to be reminded; tasks for a person instead
    # Named through the link of this pledge; and, where the giver corrected how they are reached, instead of whom.
    named_by = models.ForeignKey("pledges.Pledge", null=True, on_delete=models.RESTRICT, related_name="+")
    replaces = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    approved_on = models.DateField(null=True)
    forgotten_on = models.DateField(null=True)  # name and ways to reach them were taken out (retention.py)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "employer_contact"
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | Q(forgotten_on__isnull=False),
                name="employer_contact_reachable",
                violation_error_message=_("Enter a phone number or an email address, so that we can reach you."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="employer_contact_approved_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["employer"], name="employer_contact_employer")]


class EmployerSite(models.Model):
    """A place of work. Inert until approved: nothing there is shown to anybody."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="sites")
    name = models.CharField(max_length=80, blank=True, default="")
    postcode = models.CharField(max_length=8)
    town = models.CharField(max_length=60, blank=True, default="")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    approved_on = models.DateField(null=True)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "employer_site"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "postcode"],
                name="employer_site_once",
                violation_error_message=_("This site is on the record already."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="employer_site_approved_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["postcode"], name="employer_site_postcode")]


class EmployerCheck(models.Model):
    """One round of checks: the call-back first, then one or two people by weight (domain, section 5)."""

    class Found(models.TextChoices):
        REGISTER = "register", _("A public register")
        WEBSITE = "website", _("The business's own website")
        MET = "met", _("Met in person")

    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="checks")
    weight = models.CharField(max_length=8, choices=PledgeKind.Weight)
    called_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    called_on = models.DateField()
    spoke_to = models.CharField(max_length=80)
    found_by = models.CharField(max_length=10, choices=Found)
    insurance_until = models.DateField(null=True, blank=True)  # employers' liability
    visited_on = models.DateField(null=True, blank=True)
    first_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    first_on = models.DateField(null=True, blank=True)
    first_because = models.CharField(max_length=200, blank=True, default="")  # "Would this do for my own child?"
    second_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    second_on = models.DateField(null=True, blank=True)
    second_because = models.CharField(max_length=200, blank=True, default="")
    passed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "employer_check"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")),
                name="employer_check_two_people",
                violation_error_message=_(
                    "A second person must agree. Ask a colleague; any member council's officer may."
                ),
            ),
            models.CheckConstraint(
                condition=Q(passed_on__isnull=True)
                | Q(
                    Q(first_by__isnull=False, first_on__isnull=False),
                    Q(weight="light")
                    | Q(second_by__isnull=False, second_on__isnull=False, insurance_until__isnull=False),
                    Q(weight__in=["light", "standard"]) | Q(visited_on__isnull=False),
                ),
                name="employer_check_complete",
                violation_error_message=_(
                    "The check is not complete yet: it needs the call-back, the people and the papers of its weight."
                ),
            ),
        ]
        indexes = [models.Index(fields=["employer"], name="employer_check_employer")]


class NotTheSame(models.Model):
    """Two businesses that somebody found to be two, for good: they are not proposed for joining again."""

    one = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="+")  # the lower id of the two
    other = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="+")
    said_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    said_on = models.DateField()

    class Meta:
        db_table = "not_the_same"
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_the_same_in_order"),
            models.UniqueConstraint(fields=["one", "other"], name="not_the_same_once"),
        ]
