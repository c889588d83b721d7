"""What a due row becomes at the moment of hand-over: a letter, or a reason why nothing is sent."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from accounts import hearing
from accounts.hats import in_force
from accounts.models import Membership, YoungPerson
from core import clock
from core.clock import FrNow
from core.workdays import is_working_day
from notifications import addresses, choices, picking, quiet, registry
from notifications.lifecycle import move, release
from notifications.models import DigestRecipient, Outbox
from notifications.registry import Mail, Text

SWITCHED_OFF = "switched off"  # why a message ended that a young person does not want any more
DIGEST = "digest"  # the purpose of the e-mail that carries held items


@dataclass(frozen=True)
class Letter:
    """Ready to be handed over."""

    ref: uuid.UUID
    to: str
    mail: Mail | Text


@dataclass(frozen=True)
class Ending:
    """Nothing to send, and why."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """Not now: nothing is lost, and no attempt is counted."""

    until: dt.datetime


def prepare(row: Outbox) -> Letter | Ending | Wait:
    """Check again who may receive, and write the mail. Inside the transaction that locked `row`.

    A digest's items that are too old or no longer the recipient's business are ended here, one by one.
    """
    purpose = registry.find(row.purpose)
    if reason := _why_not(row, purpose):
        return Ending(reason)
    to = _where(row, purpose)
    if isinstance(to, Ending):
        return to
    reader = quiet.reader(to)
    if reader and (wish := _as_they_wish(row, purpose, reader)):
        return wish
    items = entitled_items(row) if row.purpose == DIGEST else []
    if row.purpose == DIGEST and not items:
        return Ending("nothing left")
    return Letter(row.ref, to, _as_read(purpose.render(row, items), to, reader))


def _where(row: Outbox, purpose: registry.Purpose) -> str | Ending:
    """The address or number it goes to now."""
    given = purpose.address(row)
    if not given:
        return Ending("no address")
    to = given if row.secret else _that_works(given)  # a code is asked for there and then: it may work again
    return to or Ending("address does not work")


def _as_they_wish(row: Outbox, purpose: registry.Purpose, reader: YoungPerson) -> Ending | Wait | None:
    """Not at all, or not by night: what a young person reads goes to them as they wish."""
    if switched_off(reader, purpose):
        return Ending(SWITCHED_OFF)
    morning = None if purpose.urgent(row) else quiet.until(clock.now())
    return Wait(morning) if morning else None


def _as_read(mail: Mail | Text, to: str, reader: YoungPerson | None) -> Mail | Text:
    """As its reader gets it: with no links but ours, in brief by text, and with their own word before it."""
    mail = registry.only_ours(mail)
    if isinstance(mail, Mail) and "@" not in to:
        mail = registry.in_brief(mail)
    word = hearing.safe_word_of(reader) if reader else ""
    return registry.begin_with(word, mail) if word else mail


def switched_off(reader: YoungPerson, purpose: registry.Purpose) -> bool:
    """Whether the young person who reads it has switched it off since it was made. Apart, so that a test can show what
    happens without it."""
    return bool(purpose.can_be_off) and hearing.is_off(reader, purpose.can_be_off)


def _that_works(to: str) -> str:
    """The address; a young person's number, or their address, where the one does not work any more and they have the
    other; "" where nothing works."""
    if not addresses.sends_nothing(to):
        return to
    person = quiet.reader(to)
    other = ((person.user.phone if "@" in to else person.user.email) or "") if person and person.user else ""
    return other if other and not addresses.sends_nothing(other) else ""


def _why_not(row: Outbox, purpose: registry.Purpose) -> str:
    """Why nothing is sent any more, or an empty string."""
    if getattr(row, "over", False):
        return "expired"
    if support_ended([row]):
        return "support ended"
    return "" if still_entitled(purpose, [row]) else "not entitled"


def still_entitled(purpose: registry.Purpose, rows: Sequence[Outbox]) -> set[int]:
    """The ids of `rows` that may still be sent. Apart, so that a test can show what happens without it."""
    return purpose.may_receive(rows)


def support_ended(rows: Sequence[Outbox]) -> set[int]:
    """The ids of `rows` about a young person whose support has ended, or to one: nothing is sent any more.

    Somebody who also works for a council or a business still gets what is sent to them as that.
    """
    about, to = {row.person_id for row in rows} - {None}, {row.recipient_id for row in rows} - {None}
    ended = YoungPerson.objects.filter(Q(pk__in=about) | Q(user__in=to), ended_on__isnull=False)
    found = dict(ended.values_list("pk", "user_id"))
    if not found:
        return set()
    users = {user for user in found.values() if user}
    users -= set(Membership.objects.filter(in_force(), user__in=users).values_list("user_id", flat=True))
    return {row.pk for row in rows if row.person_id in found or row.recipient_id in users}


def entitled_items(row: Outbox) -> list[Outbox]:
    """The items a digest carries: first those that it lists (notifications/picking.py). Others end, or wait."""
    rows = row.items.filter(state="held").annotate(over=Q(expires_at__lte=FrNow()))
    items = list(rows.order_by("purpose", F("person").asc(nulls_last=True), "pk").select_related("recipient"))
    may: set[int] = set()
    for name in sorted({item.purpose for item in items}):
        may |= still_entitled(registry.find(name), [item for item in items if item.purpose == name])
    old = {item.pk for item in items if getattr(item, "over", False)}
    ended = support_ended(items) - old
    may -= old | ended
    others = {item.pk for item in items} - may - old - ended
    run = DigestRecipient.objects.filter(mail=row).values_list("run__made_on", flat=True).first()
    left = not_now(run, [item for item in items if item.pk in may])
    endings = (("expired", old), ("support ended", ended), ("not entitled", others), (choices.ON_PAGE, left.page))
    for reason, ids in endings:
        if ids:
            move(Outbox.objects.filter(pk__in=ids), "held", "ended", reason=reason)
    now = [item for item in items if item.pk in may - left.page - left.rest]
    listed, rest = picking.pick(now, weekly_limits=run is not None)
    if not listed:  # nothing to do, no mail
        left.rest |= {item.pk for item in rest}
    if left.rest:
        release(Outbox.objects.filter(pk__in=left.rest))
    return listed + rest if listed else []


def not_now(run: dt.date | None, items: Sequence[Outbox]) -> choices.Left:
    """The items of a digest that are not for a mail any more: it is a day off by now, their recipient has chosen
    otherwise, or a colleague stands in. Apart, so that a test can show what happens without it.

    run: the day on which it was made; None for one made by hand.
    """
    if run and not is_working_day(clock.today()):
        return choices.Left(rest={item.pk for item in items})
    return choices.left_out(items, weekly=run is None or choices.carries_weekly(run))
