""" "Something is wrong": what was said, by whom, and what a safeguarding lead did about it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, User, YoungPerson
from core.clock import FrNow
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope
from introductions.models.introduction import Introduction
from opportunities.models import Opportunity
from pledges.models import Employer


class ConcernQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "ConcernQuerySet":
        council = Q(responsible_id__in=scope.councils) | Q(work_council_id__in=scope.councils)
        oneself = YoungPerson.objects.filter(pk=scope.person)
        if scope.actor is not None:  # a guest has a scope of that one person as well, and is somebody else
            oneself = oneself.filter(user_id=scope.actor)
        return self.filter(council | Q(person_id__in=oneself.values("pk"), said_by=Concern.SaidBy.YOUNG_PERSON))


class Concern(ScopedModel):
    """It reaches the lead of the responsible authority and of the council where the work is, with a clock.

    Only a safeguarding lead's pages show it; it may be about the young person's own worker.
    """

    class State(models.TextChoices):
        NEW = "new", _("New")
        SEEN = "seen", _("Being looked at")
        CLOSED = "closed", _("Closed")

    class SaidBy(models.TextChoices):
        YOUNG_PERSON = "young_person", _("The young person")
        WORKER = "worker", _("Their worker")
        EMPLOYER = "employer", _("The business")
        ANYBODY = "anybody", _("Somebody who did not say")
        STOP = "stop", _("The business was stopped while they are there")

    class Urgency(models.TextChoices):
        NOW = "now", _("Somebody may be in danger now")
        TODAY = "today", _("It should be looked at today")
        SOON = "soon", _("It is not right, but nobody is in danger")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(YoungPerson, null=True, on_delete=models.RESTRICT, related_name="concerns")
    introduction = models.ForeignKey(Introduction, null=True, on_delete=models.RESTRICT, related_name="concerns")
    opportunity = models.ForeignKey(Opportunity, null=True, on_delete=models.RESTRICT, related_name="+")
    employer = models.ForeignKey(Employer, null=True, on_delete=models.RESTRICT, related_name="+")
    responsible = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    work_council = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    said_by = models.CharField(max_length=12, choices=SaidBy)
    urgency = models.CharField(max_length=5, choices=Urgency)
    words = EncryptedJSONField()  # {"words", "reach"}: how to reach whoever said it, if they want that
    state = models.CharField(max_length=6, choices=State, default=State.NEW)
    made_at = models.DateTimeField(db_default=FrNow())
    look_by = models.DateTimeField()  # the clock: a lead has looked by then, or the manager is told
    late_told_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ConcernQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "concern"
        constraints = [
            models.CheckConstraint(
                condition=Q(responsible__isnull=False) | Q(work_council__isnull=False),
                name="concern_reaches_a_council",
            ),
            models.CheckConstraint(
                condition=Q(state="new") | Q(seen_by__isnull=False, seen_at__isnull=False), name="concern_seen_by"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="concern_closed_by",
            ),
            models.UniqueConstraint(
                fields=["introduction", "said_by"],
                condition=Q(said_by="stop") & ~Q(state="closed"),
                name="concern_one_for_a_stop",
            ),
        ]
        indexes = [
            models.Index(fields=["responsible", "look_by"], condition=~Q(state="closed"), name="concern_responsible"),
            models.Index(fields=["work_council", "look_by"], condition=~Q(state="closed"), name="concern_work"),
            models.Index(fields=["person"], name="concern_person"),
        ]


class ConcernNoteQuerySet(ScopedQuerySet):
    """The councils read them; whom the concern is about does not."""

    def visible_to(self, scope: Scope) -> "ConcernNoteQuerySet":
        mine = Q(concern__responsible_id__in=scope.councils) | Q(concern__work_council_id__in=scope.councils)
        return self.filter(mine)


class ConcernNote(ScopedModel):
    """What a lead did, in their words. Kept as evidence: the web role may add, never change or delete."""

    concern = models.ForeignKey(Concern, on_delete=models.RESTRICT, related_name="notes")
    words = EncryptedJSONField()  # {"words"}
    by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(ConcernNoteQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "concern_note"
        indexes = [models.Index(fields=["concern", "at"], name="concern_note_order")]
