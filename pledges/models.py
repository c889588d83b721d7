"""Employers, events, and what was promised. A pledge is the first state of an opportunity."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership, User
from core.clock import FrNow


class Category(models.Model):
    """One of the 25 National Careers Service job categories. `bit` is its place in matching masks and never changes."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    bit = models.SmallIntegerField(unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "category"
        constraints = [models.CheckConstraint(condition=Q(bit__gte=0, bit__lt=25), name="category_bit_in_word")]

    def __str__(self) -> str:
        return self.name


class PledgeKind(models.Model):
    """A kind of pledge (domain, section 5): what becomes of it, and how heavy the checks are."""

    class Becomes(models.TextChoices):
        PLACES = "places", _("Places people can go for")
        ASK = "ask", _("Support a worker can ask for")
        NEITHER = "neither", _("No young person at its end")

    class Weight(models.TextChoices):
        LIGHT = "light", _("Light")
        STANDARD = "standard", _("Standard")
        FULL = "full", _("Full")

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    becomes = models.CharField(max_length=8, choices=Becomes)
    weight = models.CharField(max_length=8, choices=Weight)
    one_to_one = models.BooleanField(default=False)
    bit = models.SmallIntegerField(unique=True, null=True)  # places only: its place in matching masks
    position = models.SmallIntegerField()
    aliases = models.JSONField(default=list)  # words a sheet may use, normalised
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "pledge_kind"
        constraints = [
            models.CheckConstraint(
                condition=Q(becomes="places", bit__gte=0, bit__lt=13) | Q(~Q(becomes="places"), bit__isnull=True),
                name="pledge_kind_places_have_a_bit",
            )
        ]

    def __str__(self) -> str:
        return self.name


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
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "event"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[BCDFGHJKMNPQRTVWXY]{6}$"), name="event_code_readable"),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="event_state_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Employer(models.Model):
    """A business. Nothing of it is shown to anybody before it has been checked."""

    class Check(models.TextChoices):
        UNCHECKED = "unchecked", _("Not checked yet")
        CALLED_BACK = "called_back", _("Called back")
        CHECKED = "checked", _("Checked")
        STOPPED = "stopped", _("Stopped")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)  # normalised: see pledges.employers.name_key
    domain = models.CharField(max_length=120, blank=True, default="")  # own e-mail domain, never a shared mail host
    sector = models.ForeignKey(Category, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    size = models.CharField(max_length=20, blank=True, default="")
    charity_or_public = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=Check, default=Check.UNCHECKED)
    checked_until = models.DateField(null=True, blank=True)
    checked_weight = models.CharField(
        max_length=8, blank=True, default="", choices=PledgeKind.Weight
    )  # of the check in force
    maybe_same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    lead = models.ForeignKey(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "employer"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="checked") | Q(checked_until__isnull=False),
                name="employer_checked_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unchecked", "called_back", "checked", "stopped"]),
                name="employer_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["name_key"], name="employer_name_key"),
            models.Index(fields=["domain"], name="employer_domain"),
        ]

    def __str__(self) -> str:
        return self.name


class EmployerContact(models.Model):
    """How to reach a person at a business. Inert until the business has been called back."""

    class Way(models.TextChoices):
        CALL = "call", _("Call me")
        TEXT = "text", _("Text me")
        EMAIL = "email", _("E-mail me")

    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="contacts")
    name = models.CharField(max_length=80, blank=True, default="")
    job = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    way = models.CharField(max_length=5, choices=Way, default=Way.EMAIL)
    best_time = models.CharField(max_length=60, blank=True, default="")
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "employer_contact"
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="employer_contact_reachable",
                violation_error_message=_("Enter a phone number or an e-mail address, so that we can reach you."),
            )
        ]
        indexes = [models.Index(fields=["employer"], name="employer_contact_employer")]


class EmployerCheck(models.Model):
    """One round of checks: the call-back first, then one or two people by weight (domain, section 5)."""

    class Found(models.TextChoices):
        REGISTER = "register", _("A public register")
        WEBSITE = "website", _("The business's own website")
        MET = "met", _("Met in person")

    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="checks")
    weight = models.CharField(max_length=8, choices=PledgeKind.Weight)
    called_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    called_on = models.DateField()
    spoke_to = models.CharField(max_length=80)
    found_by = models.CharField(max_length=10, choices=Found)
    insurance_until = models.DateField(null=True, blank=True)  # employers' liability
    visited_on = models.DateField(null=True, blank=True)
    first_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    first_on = models.DateField(null=True, blank=True)
    first_because = models.CharField(max_length=200, blank=True, default="")  # "Would this do for my own child?"
    second_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    second_on = models.DateField(null=True, blank=True)
    second_because = models.CharField(max_length=200, blank=True, default="")
    passed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "employer_check"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")),
                name="employer_check_two_people",
                violation_error_message=_(
                    "A second person must agree. Ask a colleague; any member council's officer may."
                ),
            ),
            models.CheckConstraint(
                condition=Q(passed_on__isnull=True)
                | Q(
                    Q(first_by__isnull=False, first_on__isnull=False),
                    Q(weight="light")
                    | Q(second_by__isnull=False, second_on__isnull=False, insurance_until__isnull=False),
                    Q(weight__in=["light", "standard"]) | Q(visited_on__isnull=False),
                ),
                name="employer_check_complete",
                violation_error_message=_(
                    "The check is not complete yet: it needs the call-back, the people and the papers of its weight."
                ),
            ),
        ]
        indexes = [models.Index(fields=["employer"], name="employer_check_employer")]


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
    after_closing = models.BooleanField(default=False)  # made when the event was closed: kept, flagged
    source = models.CharField(max_length=5, choices=Source)
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
        ]


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
    source = models.CharField(max_length=5, choices=Pledge.Source)
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
