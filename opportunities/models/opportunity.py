"""A concrete, checked, published thing to go for."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, Partnership, User
from core.clock import FrNow
from occupations.models import Occupation
from opportunities.models.law import UnpaidReason
from pledges.models import Category, Employer, Pledge, PledgeKind


class Opportunity(models.Model):
    """Born a draft when the pledge is made; published by a second person; live while it can be gone for."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for a second person")
        PUBLISHED = "published", _("Published")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Audience(models.TextChoices):
        RESPONSIBLE = "responsible", _("Care leavers of the partnership's councils, wherever they live")
        LIVING = "living", _("Any care leaver living in the partnership's area")
        EITHER = "either", _("Either of these")
        ENGLAND = "england", _("Any care leaver in England")

    class Unit(models.TextChoices):
        DAYS = "days", _("days")
        WEEKS = "weeks", _("weeks")
        MONTHS = "months", _("months")

    class MinAgeReason(models.TextChoices):
        LAW = "law", _("The law asks for this age in this work")
        INSURANCE = "insurance", _("The insurance of the business asks for this age")
        HOURS = "hours", _("Night work, or more than 40 hours a week")
        TRAINING = "training", _("There is no training beside the work for 16 and 17 year olds")
        CHECK = "check", _("The business has no full check for 16 and 17 year olds yet")
        SCHEME = "scheme", _("A scheme's own rule")

    class GoBy(models.TextChoices):
        US = "us", _("Through us: the adviser makes the introduction")
        OWN = "own", _("Through the business's own system")

    class Outcome(models.TextChoices):
        FILLED = "filled", _("Filled with care leavers")
        FILLED_ELSE = "filled_else", _("Filled with somebody else")
        NOBODY = "nobody", _("Nobody came forward")
        NOT_NEEDED = "not_needed", _("The business no longer needs anybody")
        NOT_SURE = "not_sure", _("We do not know")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, on_delete=models.RESTRICT, related_name="opportunities")
    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="opportunities")
    kind = models.ForeignKey(PledgeKind, on_delete=models.RESTRICT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    # The work that it is, for the matcher: chosen from what its words may mean. Empty: not said, or none of ours.
    occupation = models.ForeignKey(Occupation, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    title = models.CharField(max_length=80)
    summary = models.TextField(max_length=1500)
    bring = models.CharField(max_length=300, blank=True, default="")  # what to bring on the first day
    not_needed = models.CharField(max_length=300, blank=True, default="")  # what nobody has to have or know
    places = models.SmallIntegerField()
    places_held = models.SmallIntegerField(default=0)  # for somebody who is on the way
    places_started = models.SmallIntegerField(default=0)  # begun
    remote = models.BooleanField(default=False)
    sector = models.CharField(max_length=6, blank=True, default="")  # postcode sector of the workplace
    town = models.CharField(max_length=60, blank=True, default="")
    easting = models.IntegerField(null=True)  # of the sector's middle, in metres
    northing = models.IntegerField(null=True)
    authority = models.ForeignKey(Council, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    hours_a_week = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    hours_mask = models.SmallIntegerField(default=1)  # 1 daytime, 2 evening, 4 weekend, 8 night
    day_starts = models.TimeField(null=True, blank=True)  # the usual day, both or neither; past midnight: end < start
    day_ends = models.TimeField(null=True, blank=True)
    lasts = models.SmallIntegerField(null=True, blank=True)  # empty: for good
    lasts_unit = models.CharField(max_length=6, choices=Unit, default=Unit.WEEKS)
    pay_pence = models.IntegerField(null=True, blank=True)  # an hour
    unpaid_reason = models.ForeignKey(UnpaidReason, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)  # empty: flexible
    closes_on = models.DateField(null=True, blank=True)  # empty: rolling
    min_age = models.SmallIntegerField(default=16)
    min_age_reason = models.CharField(max_length=10, choices=MinAgeReason, blank=True, default="")
    risk_assessment_on = models.DateField(null=True, blank=True)  # when the one for 16 and 17 year olds was seen
    needs_mask = models.SmallIntegerField(default=0)  # see opportunities.needs
    support_mask = models.SmallIntegerField(default=0)  # see opportunities.support
    travel_paid = models.BooleanField(default=False)
    paid_weekly = models.BooleanField(default=False)
    guaranteed_interview = models.BooleanField(default=False)
    meet_first = models.BooleanField(default=False)  # come and see it before saying yes
    named_contact = models.BooleanField(default=False)  # one person to turn to, before and after the first day
    no_experience = models.BooleanField(default=True)
    no_qualifications = models.BooleanField(default=True)
    training_beside = models.CharField(max_length=120, blank=True, default="")  # provider or course
    provider_wanted = models.BooleanField(default=False)  # apprenticeships: help the business find a provider
    go_by = models.CharField(max_length=4, choices=GoBy, default=GoBy.US)
    own_link = models.URLField(max_length=300, blank=True, default="")  # of the business's own system
    own_words = models.CharField(max_length=160, blank=True, default="")  # to write there, for the promised interview
    search_engines = models.BooleanField(default=False)  # the business agrees to be found; only what is open to all
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.EITHER)
    # Empty while nobody has taken on a pledge that came from no known area.
    partnership = models.ForeignKey(Partnership, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    questions_done = models.SmallIntegerField(default=0)  # that somebody has saved; see opportunities.questions
    questions_to_check = models.SmallIntegerField(default=0)  # that a business wrote since an officer saved them
    version = models.SmallIntegerField(default=1)  # grows with a material change: dismissed matches may come back
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    live = models.BooleanField(default=False)  # written by services.refresh_live only
    submitted_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    submitted_on = models.DateField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    approved_on = models.DateField(null=True)
    opened_on = models.DateField(null=True)
    still_open_on = models.DateField(null=True)  # when somebody last said that it is (without a closing day)
    still_asked_on = models.DateField(null=True)  # when the business was asked last
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")  # of what was closed by hand
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "opportunity"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "published", "paused", "closed", "withdrawn"]),
                name="opportunity_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "paused"])
                | Q(
                    Q(
                        submitted_by__isnull=False,
                        approved_by__isnull=False,
                        approved_on__isnull=False,
                        opened_on__isnull=False,
                    ),
                    ~Q(approved_by=F("submitted_by")),
                ),
                name="opportunity_published_by_two",
                violation_error_message=_("Somebody else has to approve this: the person who sent it in may not."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(remote=True)
                | Q(easting__isnull=False, northing__isnull=False),
                name="opportunity_has_a_place",
                violation_error_message=_("Say where it is, or that it can be done from home."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(category__isnull=False), name="opportunity_has_a_category"
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1, places_held__gte=0, places_started__gte=0)
                & Q(places__gte=F("places_held") + F("places_started")),
                name="opportunity_places_ledger",
                violation_error_message=_("There are not so many places."),
            ),
            models.CheckConstraint(
                condition=~Q(live=True) | Q(state="published"), name="opportunity_live_is_published"
            ),
            models.CheckConstraint(condition=Q(min_age__gte=16, min_age__lte=25), name="opportunity_min_age"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(partnership__isnull=False),
                name="opportunity_of_a_partnership",
                violation_error_message=_("A partnership has to take on this pledge first."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(hours_mask__lt=8) | Q(min_age__gte=18),
                name="opportunity_no_nights_under_18",
                violation_error_message=_("It has night hours, so it cannot be open to 16 and 17 year olds."),
            ),
            models.CheckConstraint(
                condition=Q(pay_pence__isnull=True) | Q(unpaid_reason__isnull=True),
                name="opportunity_paid_or_unpaid",
                violation_error_message=_("Choose: paid, or unpaid with a reason. Not both."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(min_age=16) | ~Q(min_age_reason=""),
                name="opportunity_min_age_for_a_reason",
                violation_error_message=_("Say why it is not open from 16, or make the youngest age 16."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(go_by="us") | ~Q(own_link=""),
                name="opportunity_own_way_has_a_link",
                violation_error_message=_("Enter the link where people go for it, or choose to do it through us."),
            ),
            models.CheckConstraint(
                condition=Q(day_starts__isnull=True, day_ends__isnull=True)
                | Q(day_starts__isnull=False, day_ends__isnull=False),
                name="opportunity_day_has_both_ends",
                violation_error_message=_("Enter when the day starts and when it ends, or leave both empty."),
            ),
            models.CheckConstraint(
                condition=Q(lasts__isnull=True) | Q(lasts__gte=1),
                name="opportunity_lasts",
                violation_error_message=_("Enter how long it lasts as a whole number, or leave it empty."),
            ),
            models.CheckConstraint(condition=Q(outcome="") | Q(state="closed"), name="opportunity_outcome_when_closed"),
        ]
        indexes = [
            models.Index(fields=["pledge"], name="opportunity_pledge"),
            models.Index(fields=["employer"], name="opportunity_employer"),
            models.Index(fields=["state", "id"], name="opportunity_state"),
        ]

    @property
    def places_taken(self) -> int:
        """Held or begun."""
        return self.places_held + self.places_started
