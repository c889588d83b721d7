"""What young people would like, what fits them, and what their advisers did about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ChildQuerySet, User, YoungPerson
from core.clock import FrNow
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel
from opportunities.models import Opportunity

MOST_KEPT = 5  # occupations of one person


class Interests(ScopedModel):
    """What one young person would like. An empty mask means "no preference", never "nothing".

    The lower half is derived from the person by trigger and verb, so that the engine reads one flat row. PostgreSQL
    keeps one more column, `rev` (xid8): the transaction that last changed the row.
    """

    class Travel(models.TextChoices):
        WALK = "walk", _("On foot or by bike")
        BUS = "bus", _("By bus or tram")
        CAR = "car", _("By car")

    person = models.OneToOneField(YoungPerson, primary_key=True, on_delete=models.RESTRICT, related_name="interests")
    kinds = models.IntegerField(default=0)  # mask of PledgeKind.bit
    first_kind = models.SmallIntegerField(null=True, blank=True)  # the bit of the only kind, or of the one wanted most
    categories = models.IntegerField(default=0)  # mask of Category.bit: what was ticked, and what `occupations` lie in
    ticked = models.IntegerField(default=0)  # mask of Category.bit, for the form alone
    open_to_anything = models.BooleanField(default=False)
    hours = models.SmallIntegerField(default=0)  # mask: 1 daytime, 2 evening, 4 weekend, 8 night
    has = models.SmallIntegerField(default=0)  # mask of needs held: see opportunities.needs
    travel = models.CharField(max_length=4, choices=Travel, default=Travel.BUS)
    radius_m = models.IntegerField()
    remote_ok = models.BooleanField(default=False)
    earliest_start = models.DateField(null=True, blank=True)
    words = models.TextField(blank=True, default="", max_length=500)  # as typed
    # Numbers of what they kept of what their words may mean. Null: nobody has said yet; empty: none of it.
    occupations = ArrayField(models.SmallIntegerField(), size=MOST_KEPT, null=True, blank=True)
    # What the young person tells their worker, never matched by: {"needs", "may_know", "interpreter"}.
    told = EncryptedJSONField(null=True)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    changed_at = models.DateTimeField(db_default=FrNow())

    easting = models.IntegerField(null=True)  # of the living sector's middle, metres
    northing = models.IntegerField(null=True)
    born_on = models.DateField()  # the last day of the birth month: never counted older than they are
    responsible_id = models.BigIntegerField()
    living_id = models.BigIntegerField(null=True)
    volunteering_only = models.BooleanField(default=False)  # right to work: only unpaid giving of time

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "interests"
        constraints = [
            models.CheckConstraint(
                condition=Q(radius_m__gte=500, radius_m__lte=160_000),
                name="interests_radius",
                violation_error_message=_("Choose how far, from half a mile to 100 miles."),
            ),
            models.CheckConstraint(
                condition=Q(occupations__len__lte=MOST_KEPT),
                name="interests_occupations",
                violation_error_message=_("Choose up to five kinds of work."),
            ),
        ]


class Match(ScopedModel):
    """One opportunity suggested for one young person: the engine writes it, nobody else.

    For every person the best 50 live opportunities by score (highest first), then id. `reasons` is a bit mask, made
    into sentences when shown; `distance_hm` is in hundreds of metres, -1 for remote.
    """

    pk = models.CompositePrimaryKey("person_id", "opportunity_id")
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="matches")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.RESTRICT, related_name="+")
    score = models.SmallIntegerField()
    reasons = models.IntegerField()
    distance_hm = models.SmallIntegerField()

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "match"
        indexes = [models.Index(fields=["opportunity", "-score"], name="match_opportunity")]


class MatchAction(ScopedModel):
    """What an adviser did with a match. Its own table, so that a rematch can never lose it."""

    class State(models.TextChoices):
        SHARED = "shared", _("Shared")
        NOT_NOW = "not_now", _("Not now")
        LATER = "later", _("Later")

    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="match_actions")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.RESTRICT, related_name="+")
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(max_length=200, blank=True, default="")  # the young person may read it
    version = models.SmallIntegerField()  # of the opportunity when it was dismissed
    by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "match_action"
        constraints = [
            models.UniqueConstraint(fields=["person", "opportunity"], name="match_action_once"),
            models.CheckConstraint(
                condition=~Q(state="not_now") | ~Q(reason=""),
                name="match_action_not_now_with_reason",
                violation_error_message=_("Say why not now. The young person may read it."),
            ),
        ]


class MatchTold(ScopedModel):
    """An adviser was told about a match: once per version of the opportunity, whoever the adviser was."""

    pk = models.CompositePrimaryKey("person_id", "opportunity_id", "version")
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="+")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.RESTRICT, related_name="+")
    version = models.SmallIntegerField()
    adviser = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    told_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "match_told"


class DropIn(models.Model):
    """What somebody ticked without saying who they are, until their worker takes it over: a day at most."""

    code = models.CharField(max_length=6, unique=True)
    answers = models.JSONField()  # by the names of the interests form; no words of their own
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "drop_in"


class MatchState(models.Model):
    """One row: how far the matcher has read (`watermark`, an xid8 as a number), and its last pass over everything."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    watermark = models.BigIntegerField(default=0)
    runs = models.BigIntegerField(default=0)  # a matcher that finds another figure than its own was not alone
    full_pass_at = models.DateTimeField(null=True)
    repaired_rows = models.IntegerField(default=0)  # by the last full pass; should be 0

    class Meta:
        db_table = "match_state"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="match_state_is_one_row")]
