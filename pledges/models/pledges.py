"""What was promised. A pledge is the first state of an opportunity."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership, User
from core.clock import FrNow
from pledges.models.employers import Employer, EmployerContact
from pledges.models.events import Event
from pledges.models.kinds import Category, PledgeKind


class Pledge(models.Model):
    """An employer's promise of a kind and a number of places."""

    class State(models.TextChoices):
        NOTED = "noted", _("Noted")
        CONFIRMED = "confirmed", _("Confirmed")
        SHAPED = "shaped", _("Ready to check")
        LIVE = "live", _("Live")
        KEPT = "kept", _("Kept")
        PARTLY_KEPT = "partly_kept", _("Partly kept, closed")
        WITHDRAWN = "withdrawn", _("Withdrawn, with thanks")
        LAPSED = "lapsed", _("Lapsed")

    class Source(models.TextChoices):
        FORM = "form", _("Pledge form")
        SHEET = "sheet", _("Sheet")
        DESK = "desk", _("Typed in by an officer")
        PHONE = "phone", _("Told by phone")
        CONTRACT = "contract", _("Part of a contract")
        FORWARD = "forward", _("Forwarded by an officer")
        API = "api", _("By the business's own system")

    class HeldBack(models.TextChoices):
        """Kept, but nothing follows from it until a coordinator has looked."""

        NO = "", _("Not held back")
        MANY_AT_EVENT = "many_at_event", _("Very many pledges for one event")
        MANY_FROM_ONE = "many_from_one", _("Very many pledges from one person")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identity = models.CharField(max_length=64, unique=True)  # see pledges.services.identity
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.RESTRICT, related_name="pledges")
    # The event's, or that of the workplace; empty until somebody takes on a pledge that names neither.
    partnership = models.ForeignKey(Partnership, null=True, on_delete=models.RESTRICT, related_name="+")
    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="pledges")
    contact = models.ForeignKey(EmployerContact, on_delete=models.RESTRICT, related_name="pledges")
    kind = models.ForeignKey(PledgeKind, on_delete=models.RESTRICT, related_name="+")
    places = models.SmallIntegerField()
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    words = models.TextField(blank=True, default="", max_length=1000)  # the giver's own
    by_month = models.DateField(null=True, blank=True)  # first of the month
    postcode = models.CharField(max_length=8, blank=True, default="")  # of the workplace
    town = models.CharField(max_length=60, blank=True, default="")
    publish_if_silent = models.BooleanField(null=True)  # the rule for silence, agreed when pledging
    show_business = models.BooleanField(default=False)  # on the wall and other public pages of promises
    colleague = models.ForeignKey(
        EmployerContact, null=True, on_delete=models.RESTRICT, related_name="+"
    )  # may be asked
    available_until = models.DateField(null=True, blank=True)  # support only
    # The ledger: of `places`, how many are offered and free now, held for somebody, begun (or handed over).
    places_live = models.SmallIntegerField(default=0)
    places_held = models.SmallIntegerField(default=0)
    places_started = models.SmallIntegerField(default=0)
    resting = models.BooleanField(default=False)  # live, and nothing of it is shown just now
    phrases = models.JSONField(default=list)  # codes of risky phrases in `words`
    phrases_seen_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    held_back = models.CharField(max_length=13, choices=HeldBack, blank=True, default=HeldBack.NO)
    followed_from = models.DateField(null=True)  # the day the follow-up counts from: the pledge's, or its reopening's
    after_closing = models.BooleanField(default=False)  # made when the event was closed: kept, flagged
    source = models.CharField(max_length=8, choices=Source)
    state = models.CharField(max_length=12, choices=State, default=State.NOTED)
    owner = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "pledge"
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=500),
                name="pledge_places_1_to_500",
                violation_error_message=_("Enter how many, from 1 to 500."),
            ),
            models.CheckConstraint(
                condition=Q(places_live__gte=0, places_held__gte=0, places_started__gte=0),
                name="pledge_ledger_not_negative",
                violation_error_message=_("There are not so many places to give back."),
            ),
            models.CheckConstraint(
                condition=Q(places__gte=models.F("places_live") + models.F("places_held") + models.F("places_started")),
                name="pledge_ledger_within_the_promise",
                violation_error_message=_("More is open or taken than was promised. Change the opportunities first."),
            ),
            models.CheckConstraint(
                condition=Q(by_month__isnull=True) | Q(by_month__day=1), name="pledge_by_month_is_a_first"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "noted",
                        "confirmed",
                        "shaped",
                        "live",
                        "kept",
                        "partly_kept",
                        "withdrawn",
                        "lapsed",
                    ]
                ),
                name="pledge_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "id"], name="pledge_event"),
            models.Index(fields=["employer"], name="pledge_employer"),
            models.Index(fields=["partnership", "id"], name="pledge_partnership"),
            models.Index(fields=["contact", "made_at"], name="pledge_contact_made"),
        ]
