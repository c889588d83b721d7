"""What happens around a young person's support: who stands in, who takes over, who looked, who objects."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.councils import Council
from accounts.models.people import ChildQuerySet, YoungPerson
from accounts.models.users import User
from accounts.roles import Role
from core.clock import FrNow, FrToday
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope

WHOLE = RangeBoundary(inclusive_lower=True, inclusive_upper=True)


class CoverQuerySet(models.QuerySet["Cover"]):
    def to_come(self) -> "CoverQuerySet":
        """What has not run out and was not ended: of today, or of a later day."""
        return self.filter(ended_at__isnull=True, last_day__gte=FrToday())

    def today(self) -> "CoverQuerySet":
        """What opens a colleague's list today."""
        return self.to_come().filter(first_day__lte=FrToday())


class Cover(models.Model):
    """A colleague stands in for a worker who is away, from the first day to the last. It names no young person.

    One that was ended stays, so that what was seen under it can be explained: the day it was ended is its last, unless
    it had not begun.
    """

    worker = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="covers")
    stands_in = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="covering")
    council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    made_at = models.DateTimeField(db_default=FrNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        db_table = "cover"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="cover_dates_in_order",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(worker=F("stands_in")),
                name="cover_by_somebody_else",
                violation_error_message=_("Choose a colleague to stand in."),
            ),
            ExclusionConstraint(
                name="cover_one_at_a_time",
                expressions=[
                    # A range of one worker: the plain number would need an extension.
                    (Func("worker", "worker", WHOLE, function="int8range"), RangeOperators.OVERLAPS),
                    (Func("first_day", "last_day", WHOLE, function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("Somebody stands in on some of these days already."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["stands_in", "last_day"], name="cover_stands_in")]


class TransferQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "TransferQuerySet":
        mine = Q(person_id__in=YoungPerson.objects.values("pk"))
        return self.filter(mine | Q(to_council_id__in=scope.councils))


class Transfer(ScopedModel):
    """One council hands the support of a young person to another. The other's manager sees `words` before they
    accept, and the person only afterwards; the old council then loses reading at once."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for the other council")
        ACCEPTED = "accepted", _("Handed over")
        REFUSED = "refused", _("Not taken over")
        CANCELLED = "cancelled", _("Taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="transfers")
    from_council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    to_council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    words = models.CharField(max_length=300)  # whom to ring, and by which initials they are known
    asked_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(db_default=FrNow())
    answer_by = models.DateField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, default="")

    objects = ScopedManager.from_queryset(TransferQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "transfer"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="asked"),
                name="transfer_one_open",
                violation_error_message=_("Another council has been asked already."),
            ),
            models.CheckConstraint(
                condition=~Q(from_council=F("to_council")),
                name="transfer_to_another_council",
                violation_error_message=_("Choose another council."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="transfer_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["to_council"], condition=Q(state="asked"), name="transfer_waiting")]


class View(ScopedModel):
    """Who looked at somebody: one row per viewer, role, page and day. The web role may add, never change or delete.

    When the person is erased the row stays, as what a worker did on that day, without them.
    """

    class Page(models.TextChoices):
        PERSON = "person", _("Your page")
        LIST = "list", _("A list with you on it")
        INTRODUCTION = "introduction", _("One of your introductions")
        CONCERN = "concern", _("Something you told us")
        SAFETY = "safety", _("Something others told us")  # never shown to them: it would give away that somebody did
        SEARCH = "search", _("A search by name")
        EXPORT = "export", _("A copy of everything held about you")

    person = models.ForeignKey(YoungPerson, null=True, on_delete=models.RESTRICT, related_name="views")
    viewer = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    role = models.CharField(max_length=24, choices=[*Role.choices, ("young_person", _("You"))])
    council = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    page = models.CharField(max_length=12, choices=Page)
    on = models.DateField()
    first_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "view_log"
        constraints = [
            models.UniqueConstraint(
                "person", "viewer", "role", "page", "on", name="view_log_once_a_day",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["person", "-on"], name="view_log_person")]


class Objection(ScopedModel):
    """A young person does not want somebody to see them, or something done. A team manager answers."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="objections")
    words = EncryptedJSONField()  # {"about", "words"}
    made_at = models.DateTimeField(db_default=FrNow())
    answer_by = models.DateField()
    answered_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True, default="")  # the young person reads it

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "objection"
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(Q(answered_at__isnull=False, answered_by__isnull=False), ~Q(answer="")),
                name="objection_answered_in_words",
                violation_error_message=_("Write an answer. The young person reads it."),
            )
        ]
