"""How promises come in by the sheet, and what could not be read yet."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership, User
from core.clock import FrNow
from pledges.models.events import Event
from pledges.models.pledges import Pledge


class SheetUpload(models.Model):
    """A sheet between upload and application: its rows as text, the columns chosen, what became of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.RESTRICT, related_name="sheets")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    header = models.JSONField()
    rows = models.JSONField()
    mapping = models.JSONField(default=dict)  # our field -> column number
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=FrNow())
    applied_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        db_table = "sheet_upload"


class ToClearUp(models.Model):
    """A record that could not be read yet: the words as written, why, and who sees to it."""

    class State(models.TextChoices):
        OPEN = "open", _("To clear up")
        CLEARED = "cleared", _("Cleared up")
        SET_ASIDE = "set_aside", _("Set aside, with a reason")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identity = models.CharField(max_length=64, unique=True)  # the same unreadable row twice is one record
    event = models.ForeignKey(Event, null=True, on_delete=models.RESTRICT, related_name="to_clear_up")
    partnership = models.ForeignKey(
        Partnership, null=True, on_delete=models.RESTRICT, related_name="+"
    )  # the event's, or whose officer it is
    source = models.CharField(max_length=8, choices=Pledge.Source)
    row_number = models.IntegerField(null=True)
    words = models.JSONField()  # [[heading, cell], ...], as written and in that order
    reasons = models.JSONField()  # [[column, reason], ...]
    typed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    because = models.CharField(max_length=200, blank=True, default="")
    pledge = models.ForeignKey(Pledge, null=True, on_delete=models.RESTRICT, related_name="+")
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "to_clear_up"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="cleared") | Q(pledge__isnull=False),
                name="to_clear_up_cleared_into_a_pledge",
            ),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | ~Q(because=""),
                name="to_clear_up_set_aside_with_reason",
                violation_error_message=_("Say why this can be set aside."),
            ),
        ]
        indexes = [models.Index(fields=["event", "state"], name="to_clear_up_event")]
