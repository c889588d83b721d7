"""What happens between a promise and its keeping: steps done, messages, answers and calls."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import FrNow
from pledges.models.employers import Employer, EmployerContact
from pledges.models.pledges import Pledge


class Nudge(models.Model):
    """One message that reminds one person of all their due pledges. A trigger allows an employer one a week."""

    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="nudges")
    contact = models.ForeignKey(EmployerContact, on_delete=models.RESTRICT, related_name="nudges")
    sent_on = models.DateField()
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "nudge"
        indexes = [models.Index(fields=["employer", "sent_on"], name="nudge_employer")]


class Answer(models.Model):
    """What a business said about a pledge: by one tap, or to an officer. Any answer stops the reminders."""

    class Said(models.TextChoices):
        ON_TRACK = "on-track", _("On track")
        HELP = "help", _("I need help")
        LATER = "later", _("Later")
        CANNOT = "cannot", _("I can't now")
        SPOKE = "spoke", _("We spoke")

    pledge = models.ForeignKey(Pledge, on_delete=models.RESTRICT, related_name="answers")
    said = models.CharField(max_length=8, choices=Said)
    until = models.DateField(null=True)  # later: the first of the month they named
    words = models.CharField(max_length=300, blank=True, default="")
    typed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")  # empty: the giver
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "answer"
        constraints = [
            models.CheckConstraint(
                condition=~Q(said="later") | Q(until__isnull=False),
                name="answer_later_says_when",
                violation_error_message=_("Choose a month."),
            ),
            models.CheckConstraint(
                condition=~Q(said="spoke") | Q(typed_by__isnull=False), name="answer_spoke_to_somebody"
            ),
        ]
        indexes = [models.Index(fields=["pledge", "id"], name="answer_pledge")]


class CallTask(models.Model):
    """A call that somebody has promised: one name and one date."""

    class Why(models.TextChoices):
        NO_ANSWER = "no-answer", _("They have not answered yet")
        FIRST_WORD = "first-word", _("Nobody has spoken to them yet")
        SENIOR = "senior", _("Ask somebody more senior there")
        HELP = "help", _("They asked for help")
        WRITE = "write", _("They asked us to write it")
        RING_ME = "ring-me", _("They asked to be rung")
        LATER = "later", _("They asked to be rung again now")
        PROMISE = "promise", _("The promised month is near")
        SILENCE = "silence", _("They agreed that the simple version may be published")
        NO_REMINDERS = "no-reminders", _("They asked for no reminders")
        OFFER_AGAIN = "offer-again", _("It closed and nobody has started")
        STILL_OPEN = "still-open", _("Nobody has said whether it is still open")

    class State(models.TextChoices):
        OPEN = "open", _("To do")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("No longer needed")

    class Outcome(models.TextChoices):
        SPOKE = "spoke", _("We spoke: it is on track")
        HELP = "help", _("We spoke: they need help")
        LATER = "later", _("We spoke: later")
        CANNOT = "cannot", _("They can't now")
        NOT_REACHED = "not-reached", _("I did not reach them")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pledge = models.ForeignKey(Pledge, on_delete=models.RESTRICT, related_name="calls")
    owner = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    why = models.CharField(max_length=12, choices=Why)
    due_on = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    done_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    done_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "call_task"
        constraints = [
            models.UniqueConstraint(fields=["pledge", "why"], condition=Q(state="open"), name="call_task_open_once"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(~Q(outcome=""), done_by__isnull=False, done_at__isnull=False),
                name="call_task_done_by_somebody",
                violation_error_message=_("Say how the call went."),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="call_task_due")]


class FollowUp(models.Model):
    """A step of the cadence that was taken for a pledge: once per step and per beginning of the count."""

    pledge = models.ForeignKey(Pledge, on_delete=models.RESTRICT, related_name="follow_ups")
    step = models.CharField(max_length=20)  # CadenceStep.code
    counted_from = models.DateField()
    due_on = models.DateField()
    done_on = models.DateField()
    nudge = models.ForeignKey(Nudge, null=True, on_delete=models.RESTRICT, related_name="steps")
    call = models.ForeignKey(CallTask, null=True, on_delete=models.RESTRICT, related_name="steps")

    class Meta:
        db_table = "follow_up"
        constraints = [
            models.UniqueConstraint(fields=["pledge", "step", "counted_from"], name="follow_up_once"),
            models.CheckConstraint(condition=Q(done_on__gte=models.F("due_on")), name="follow_up_not_early"),
        ]
