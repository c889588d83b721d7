"""The outbox: a cause and its messages commit together; the broker is only a doorbell (design, section 2)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, User, YoungPerson
from core.clock import FrNow
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope


class OutboxQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "OutboxQuerySet":
        return self.filter(Q(person_id__isnull=True) | Q(person_id__in=YoungPerson.objects.values("pk")))


class Outbox(ScopedModel):
    """One message to one recipient by one channel. It holds ids, never text.

    channel `digest`: waits (held) until a digest carries it; `parent` is then the e-mail that does.
    channel `email` or `text`: goes out by itself.
    The states and the moves between them: notifications/lifecycle.py.
    """

    class State(models.TextChoices):
        HELD = "held", _("Held")
        DUE = "due", _("Due")
        CLAIMED = "claimed", _("Claimed")
        HANDING = "handing", _("Being handed over")
        UNKNOWN = "unknown", _("Unknown")
        ACCEPTED = "accepted", _("Accepted")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Bounced")
        DEAD = "dead", _("Dead")
        ENDED = "ended", _("Ended")

    class Channel(models.TextChoices):
        EMAIL = "email", _("Email")
        TEXT = "text", _("Text message")
        DIGEST = "digest", _("In a digest")

    # What a provider knows the message by. Derived from the dedupe key: see notifications.services.reference.
    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dedupe_key = models.CharField(max_length=160, unique=True)
    purpose = models.CharField(max_length=30)
    channel = models.CharField(max_length=8, choices=Channel)
    recipient = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    # A giver without an account: the pledge (cause_id) knows the address; it is read at hand-over. A digest: its day.
    cause_id = models.BigIntegerField(null=True)
    person = models.ForeignKey(YoungPerson, null=True, on_delete=models.RESTRICT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="items")
    state = models.CharField(max_length=9, choices=State, default=State.DUE)
    reason = models.CharField(max_length=60, blank=True, default="")  # why it ended, died or may be a second copy
    secret = EncryptedJSONField(null=True)  # a sign-in code; wiped when it is handed over, or too old
    not_before = models.DateTimeField(db_default=FrNow())
    expires_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)  # grows with each claim: an old claimer's writes no longer fit
    attempts = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(db_default=0)  # how often the provider was asked about it
    made_at = models.DateTimeField(db_default=FrNow())
    handed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when the recipient saw it under "What we told you"
    # Where it was handed over to, by a keyed digest (notifications/addresses.py): it may have changed since.
    address_mark = models.CharField(max_length=64, blank=True, default="", db_default="")
    known_as = models.UUIDField(null=True)  # the provider's own number of it: a second one is a second copy

    link = ""  # never stored: the token of a digest's signed link, while the mail is being written

    objects = ScopedManager.from_queryset(OutboxQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "outbox"
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(channel__in=["email", "text"], cause_id__isnull=False),
                name="outbox_has_recipient",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(channel="digest"), name="outbox_only_items_have_a_parent"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ended", "dead"]) | ~Q(reason=""), name="outbox_ended_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "handing"]) | Q(lease_until__isnull=False),
                name="outbox_claim_is_leased",
            ),
            models.CheckConstraint(
                condition=Q(secret__isnull=True) | Q(state__in=["due", "claimed", "handing", "unknown"]),
                name="outbox_secret_is_wiped",
            ),
            models.CheckConstraint(
                condition=Q(secret__isnull=True) | Q(expires_at__isnull=False), name="outbox_secret_expires"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("held", "due", "claimed", "handing", "unknown"),
                        *("accepted", "delivered", "bounced", "dead", "ended"),
                    ]
                ),
                name="outbox_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=Q(state__in=["due", "claimed", "handing", "unknown"]),
                name="outbox_open",
            ),
            models.Index(fields=["recipient"], condition=Q(state="held", parent__isnull=True), name="outbox_waiting"),
            models.Index(fields=["cause_id"], condition=Q(purpose="digest"), name="outbox_digest_day"),
            models.Index(fields=["parent"], name="outbox_parent"),
            models.Index(fields=["person"], name="outbox_person"),
            models.Index(fields=["recipient", "-made_at"], name="outbox_told"),
            models.Index(fields=["cause_id", "purpose"], name="outbox_cause"),
            models.Index(fields=["expires_at"], condition=Q(secret__isnull=False), name="outbox_secret"),
        ]


class OutboxCount(models.Model):
    """How many rows of a purpose are in a state: counted by the relay, for operators, who may not see the rows."""

    purpose = models.CharField(max_length=30)
    state = models.CharField(max_length=9, choices=Outbox.State)
    channel = models.CharField(max_length=8, choices=Outbox.Channel)
    council = models.ForeignKey(Council, null=True, on_delete=models.CASCADE, related_name="+")  # person's or reader's
    rows = models.IntegerField()
    oldest_due = models.DateTimeField(null=True)  # of open rows: when the oldest should have gone
    unexplained = models.IntegerField(default=0)  # items whose state does not follow from their mail's: must be 0
    copies = models.IntegerField(default=0)  # that may have come twice, because a mail server cannot be asked
    doubles = models.IntegerField(default=0)  # of which a provider says that it holds two: caused by us, must be 0
    counted_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "outbox_count"
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "state", "channel", "council"], nulls_distinct=False, name="outbox_count_once"
            )
        ]


class OutboxTally(models.Model):
    """Written by the database itself with each statement that adds or deletes messages, so that the count of rows can
    be held against it. The relay adds the lines up (notifications/counting.py)."""

    made = models.BigIntegerField(default=0)
    deleted = models.BigIntegerField(default=0)

    class Meta:
        db_table = "outbox_tally"


class OutboxPulse(models.Model):
    """The last count of all messages together: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    made = models.BigIntegerField()
    deleted = models.BigIntegerField()
    rows = models.BigIntegerField()
    delay_hour = models.FloatField(null=True)  # seconds from made to taken that 95 of 100 did not pass, the last hour
    delay_day = models.FloatField(null=True)
    counted_at = models.DateTimeField(db_default=FrNow())
    causes = models.JSONField(default=dict, db_default={})  # name -> how many of 30 days, and without a message
    look = models.JSONField(default=list, db_default=[])  # what needs a look: [reference, purpose, state, reason, when]

    class Meta:
        db_table = "outbox_pulse"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="outbox_pulse_is_one_row")]


class Circuit(models.Model):
    """How a provider fares, shared by all processes. While it is open, messages wait (notifications/circuit.py)."""

    provider = models.CharField(max_length=10, primary_key=True)
    in_a_row = models.IntegerField(default=0)  # failures since the last success
    recent = models.CharField(max_length=50, blank=True, default="")  # a dot for each success, an x for each failure
    open_since = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)  # when the next message may try it out
    held = models.BooleanField(db_default=False)  # an operator holds it open
    ask_first_until = models.DateTimeField(null=True)  # a backup was restored (notifications/after_restore.py)

    class Meta:
        db_table = "outbox_circuit"


class OutboxOrder(models.Model):
    """What an operator asks of the messages. They may not see the rows, so the relay does it and answers here; the
    order itself is the record of who did what. Kept as long as messages are; the web only adds who confirmed it."""

    class Action(models.TextChoices):
        EXPLAIN = "explain", _("Explain one message")
        REPLAY = "replay", _("Send one again")
        CANCEL = "cancel", _("Give one up")
        REPLAY_ALL = "replay_all", _("Send again all that ended dead, of one purpose")
        HOLD = "hold", _("Hold back a provider")
        RELEASE = "release", _("Let a provider go on")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action = models.CharField(max_length=10, choices=Action)
    ref = models.UUIDField(null=True)
    purpose = models.CharField(max_length=30, blank=True, default="")
    provider = models.CharField(max_length=10, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(db_default=FrNow())
    done_at = models.DateTimeField(null=True)
    answer = models.JSONField(default=dict)  # done: a sentence; moments: what happened to it when. Never a text, a name
    waits = models.IntegerField(null=True)  # more messages than one person decides for: it waits for a second
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    WAITING = Q(waits__isnull=False, confirmed_at=None)

    class Meta:
        db_table = "outbox_order"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=models.F("by")),
                name="outbox_order_second_person",
                violation_error_message=_("You asked for this yourself. A colleague has to confirm it."),
            ),
            models.CheckConstraint(
                condition=Q(action__in=["explain", "replay", "cancel"], ref__isnull=False)
                | Q(action="replay_all") & ~Q(purpose="")
                | Q(action__in=["hold", "release"]) & ~Q(provider=""),
                name="outbox_order_says_of_what",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="outbox_order_open")]

    @property
    def is_waiting(self) -> bool:
        """Whether a second person must confirm it first."""
        return self.waits is not None and self.confirmed_at is None


class ProviderReport(models.Model):
    """What a provider told us of a message, until the background has settled it (notifications/reports.py)."""

    class Fate(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Bounced")
        FAILED = "failed", _("Not delivered this time")
        BROKEN = "broken", _("Their own mistake")

    ref = models.UUIDField()
    fate = models.CharField(max_length=9, choices=Fate)
    known_as = models.UUIDField(null=True)
    told_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "outbox_report"
        constraints = [
            models.UniqueConstraint(fields=["ref", "fate", "known_as"], nulls_distinct=False, name="outbox_report_once")
        ]


class Unreachable(models.Model):
    """An address or a number that messages came back from (notifications/addresses.py). It points at nobody."""

    mark = models.CharField(max_length=64, unique=True)  # a keyed digest, never the address
    failures = models.SmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)  # since when nothing is sent there
    changed_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "outbox_address"


class KeptMail(models.Model):
    """The demonstration's provider of mails and texts: what would have been sent, kept and never sent. Asked by
    reference like a real provider. Demonstration mode only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ref = models.UUIDField()  # not unique on purpose: it must be able to show that something was sent twice
    channel = models.CharField(max_length=8, choices=Outbox.Channel, default=Outbox.Channel.EMAIL)
    recipient = models.CharField(max_length=254)  # an address, or for a text a phone number
    subject = models.CharField(max_length=200, blank=True)  # empty for a text
    body = models.TextField()
    attachments = models.JSONField(default=list)  # [{name, kind, data: base64}, ...]
    kept_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "kept_mail"
        indexes = [models.Index(fields=["ref"], name="kept_mail_ref")]


class OwnQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "OwnQuerySet":
        return self.filter(user_id=scope.actor)


class DigestChoice(ScopedModel):
    """How somebody hears of one kind of things to do (registry.Kind); daily where they said nothing."""

    class How(models.TextChoices):
        DAILY = "daily", _("Email, every working day")
        WEEKLY = "weekly", _("Email, once a week")
        PAGE = "page", _("No email: only under What we told you")

    user = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    kind = models.CharField(max_length=20)
    how = models.CharField(max_length=6, choices=How)

    objects = ScopedManager.from_queryset(OwnQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "digest_choice"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="digest_choice_once",
                violation_error_message=_("You have chosen about this already."),
            ),
            models.CheckConstraint(
                condition=Q(how__in=["daily", "weekly", "page"]),
                name="digest_choice_known",
                violation_error_message=_("Choose one of the ways."),
            ),
        ]


class DigestRun(models.Model):
    """The digests of one working day are made. One that was missed is made late, and then carried nothing of its own:
    what waited went with the mails of the day on which it was noticed."""

    day = models.DateField(unique=True)
    made_on = models.DateField()
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "digest_run"
        constraints = [
            models.CheckConstraint(
                condition=Q(made_on__gte=models.F("day")),
                name="digest_run_not_early",
                violation_error_message=_("The digests of a day are made on that day or later."),
            )
        ]


class DigestRecipient(ScopedModel):
    """Somebody's mail of a run; what it carries are the mail's `items`."""

    run = models.ForeignKey(DigestRun, on_delete=models.RESTRICT, related_name="recipients")
    user = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    mail = models.OneToOneField(Outbox, on_delete=models.RESTRICT, related_name="of_run")

    objects = ScopedManager.from_queryset(OwnQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "digest_recipient"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "user"],
                name="digest_recipient_once",
                violation_error_message=_("They have the mail of that day already."),
            )
        ]
