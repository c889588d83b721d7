"""Mornings where businesses pledge, who was invited, and what became of the promises."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership, User
from core.clock import FrNow


class Event(models.Model):
    """A morning where businesses pledge. `code` is its short address: six letters without look-alikes."""

    class State(models.TextChoices):
        OPEN = "open", _("Open for pledges")
        CLOSED = "closed", _("Closed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=100)
    place = models.CharField(max_length=100, blank=True, default="")
    held_on = models.DateField()
    partnership = models.ForeignKey(Partnership, on_delete=models.RESTRICT, related_name="events")
    owner = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    text_to = models.CharField(max_length=20, blank=True, default="")  # the number to text, printed on the cards
    sponsor = models.CharField(max_length=100, blank=True, default="")
    speakers = models.CharField(max_length=200, blank=True, default="")  # as they are to be thanked
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "event"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[BCDFGHJKMNPQRTVWXY]{6}$"), name="event_code_readable"),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="event_state_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A business asked to an event, and whether it came."""

    class State(models.TextChoices):
        INVITED = "invited", _("Invited")
        COMING = "coming", _("Coming")
        NOT_COMING = "not_coming", _("Not coming")
        CAME = "came", _("Came")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.RESTRICT, related_name="invitations")
    business = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)  # see pledges.employers.name_key
    email = models.EmailField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "name_key"],
                name="invitation_once",
                violation_error_message=_("This business is on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["invited", "coming", "not_coming", "came"]), name="invitation_state_known"
            ),
        ]


class EventScore(models.Model):
    """What had become of an event's promises on its 30th, 90th and 365th day: counts of promises, never of people.

    `kept` is public here alone, for the event as a whole (domain, section 5).
    """

    event = models.ForeignKey(Event, on_delete=models.RESTRICT, related_name="scores")
    day = models.SmallIntegerField()
    counted_on = models.DateField()
    pledged = models.IntegerField()
    open = models.IntegerField()
    waiting_council = models.IntegerField()
    waiting_business = models.IntegerField()
    waiting_training = models.IntegerField()
    kept = models.IntegerField()
    ended = models.IntegerField()

    class Meta:
        db_table = "event_score"
        constraints = [
            models.UniqueConstraint(fields=["event", "day"], name="event_score_once"),
            models.CheckConstraint(condition=Q(day__in=[30, 90, 365]), name="event_score_day_known"),
            models.CheckConstraint(
                condition=Q(
                    pledged=models.F("open")
                    + models.F("waiting_council")
                    + models.F("waiting_business")
                    + models.F("waiting_training")
                    + models.F("kept")
                    + models.F("ended")
                ),
                name="event_score_adds_up",
            ),
        ]
