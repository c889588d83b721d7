"""A concrete, checked, published thing to go for, and the flat row that search and matching read."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, Partnership, User
from core.clock import FrNow
from pledges.models import Category, Employer, Pledge, PledgeKind


class PayFloor(models.Model):
    """The least pay by law, in pence an hour, from a date (domain, section 8)."""

    class Band(models.TextChoices):
        ADULT = "adult", _("21 and over (National Living Wage)")
        YOUNG_ADULT = "young_adult", _("18 to 20")
        UNDER_18 = "under_18", _("16 and 17")
        APPRENTICE = "apprentice", _("Apprentice under 19 or in the first year")
        REAL_LIVING = "real_living", _("Real Living Wage (voluntary)")

    band = models.CharField(max_length=12, choices=Band)
    pence = models.IntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "pay_floor"
        constraints = [models.UniqueConstraint(fields=["band", "valid_from"], name="pay_floor_once")]


class UnpaidReason(models.Model):
    """A lawful reason for unpaid work (domain, section 8)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    kinds = models.JSONField(default=list)  # codes of the kinds it can apply to; empty: any
    charity_or_public_only = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "unpaid_reason"

    def __str__(self) -> str:
        return self.name


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

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, on_delete=models.RESTRICT, related_name="opportunities")
    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="opportunities")
    kind = models.ForeignKey(PledgeKind, on_delete=models.RESTRICT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    title = models.CharField(max_length=80)
    summary = models.TextField(max_length=1500)
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
    pay_pence = models.IntegerField(null=True, blank=True)  # an hour
    unpaid_reason = models.ForeignKey(UnpaidReason, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)  # empty: flexible
    closes_on = models.DateField(null=True, blank=True)  # empty: rolling
    min_age = models.SmallIntegerField(default=16)
    needs_mask = models.SmallIntegerField(default=0)  # see opportunities.needs
    travel_paid = models.BooleanField(default=False)
    no_experience = models.BooleanField(default=True)
    no_qualifications = models.BooleanField(default=True)
    training_beside = models.CharField(max_length=120, blank=True, default="")  # provider or course
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.EITHER)
    # Empty while nobody has taken on a pledge that came from no known area.
    partnership = models.ForeignKey(Partnership, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    version = models.SmallIntegerField(default=1)  # grows with a material change: dismissed matches may come back
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    live = models.BooleanField(default=False)  # written by services.refresh_live only
    submitted_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    submitted_on = models.DateField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    approved_on = models.DateField(null=True)
    opened_on = models.DateField(null=True)
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


class SearchRow(models.Model):
    """The flat row per opportunity: everything that search, browsing and matching read, and nothing else.

    Two more columns are kept by PostgreSQL: `point` (easting, northing), with a nearest-neighbour index, and `rev`
    (xid8), the transaction that last changed the row, by which the matcher finds what is new.
    """

    opportunity = models.OneToOneField(Opportunity, primary_key=True, on_delete=models.CASCADE, related_name="row")
    live = models.BooleanField()
    kind = models.ForeignKey(PledgeKind, on_delete=models.RESTRICT, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.RESTRICT, related_name="+")
    kind_bit = models.SmallIntegerField()
    categories = models.IntegerField()  # mask of category bits
    hours = models.SmallIntegerField()  # mask
    needs = models.SmallIntegerField()  # mask
    remote = models.BooleanField()
    easting = models.IntegerField(null=True)
    northing = models.IntegerField(null=True)
    authority = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    starts_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    opened_on = models.DateField(null=True)
    min_age = models.SmallIntegerField()
    audience = models.CharField(max_length=12)
    partnership_id = models.BigIntegerField()
    ringfenced = models.BooleanField()
    pays_living_wage = models.BooleanField()  # the National Living Wage at any age
    version = models.SmallIntegerField()
    title = models.CharField(max_length=80)
    employer_name = models.CharField(max_length=120)
    town = models.CharField(max_length=60)
    words = SearchVectorField()

    class Meta:
        db_table = "opportunity_search"
        indexes = [
            GinIndex(fields=["words"], name="opportunity_search_words", fastupdate=False),
            models.Index(
                fields=["remote", "-opened_on", "-opportunity"],
                condition=Q(live=True),
                name="opportunity_search_newest",
            ),
            # All that the counts beside the filters ask for, so that they are read without the rows.
            models.Index(
                fields=["remote", "kind", "category", "closes_on"],
                condition=Q(live=True),
                name="opportunity_search_counts",
            ),
        ]
