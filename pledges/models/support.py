"""Asks: support that was pledged (kit, travel, tickets), asked for by a worker. It never says for whom."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, User
from core.clock import FrNow
from pledges.models.pledges import Pledge


class Ask(models.Model):
    """So many of something pledged. The giver sees the number, the hand-over point and the day; never a name.

    The pledge's ledger counts it: `places_held` while asked, `places_started` once handed over.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("No longer needed")

    class NeededFor(models.TextChoices):
        START = "start", _("A start")
        INTERVIEW = "interview", _("An interview")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=6, unique=True)  # letters as an event's code
    pledge = models.ForeignKey(Pledge, on_delete=models.RESTRICT, related_name="asks")
    quantity = models.SmallIntegerField()
    needed_for = models.CharField(max_length=9, choices=NeededFor)
    hand_over_at = models.CharField(max_length=120)  # a council's reception, never a home
    needed_by = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    state = models.CharField(max_length=11, choices=State, default=State.ASKED)
    handed_over_on = models.DateField(null=True)
    told_month = models.DateField(null=True)  # the month whose "something you gave was used" told of it
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "ask"
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="ask_of_at_least_one",
                violation_error_message=_("Enter how many, from 1."),
            ),
            models.CheckConstraint(condition=Q(number__regex=r"^[BCDFGHJKMNPQRTVWXY]{6}$"), name="ask_number_readable"),
            models.CheckConstraint(
                condition=Q(state="handed_over", handed_over_on__isnull=False)
                | Q(~Q(state="handed_over"), handed_over_on__isnull=True),
                name="ask_handed_over_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "handed_over", "cancelled"]), name="ask_state_known"
            ),
        ]
        indexes = [models.Index(fields=["pledge", "id"], name="ask_pledge")]
