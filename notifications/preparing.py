"""What a due row becomes at the moment of hand-over: a letter, or a reason why nothing is sent."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from accounts import hearing
from accounts.hats import in_force
from accounts.models import Membership, YoungPerson
from core import clock
from core.clock import LONDON, FrNow
from core.workdays import is_working_day
from notifications import addresses, choices, picking, quiet, registry
from notifications.lifecycle import move, release
from notifications.models import Outbox
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
    """The same for one row."""
    return prepare_all([row])[row.pk]


def prepare_all(rows: Sequence[Outbox]) -> dict[int, Letter | Ending | Wait]:
    """Check again who may receive, and write the mails. Inside the transaction that locked `rows`.

    Items of digests that are too old or no longer the recipient's business are ended here, one by one. As many
    statements for any number of rows of one purpose, and of items.
    """
    now = clock.now()
    found: dict[int, Letter | Ending | Wait] = {row.pk: Ending(reason) for row, reason in _why_not(rows)}
    given = {row.pk: registry.find(row.purpose).address(row) for row in rows if row.pk not in found}
    stopped = addresses.stopped(given[row.pk] for row in rows if row.pk in given and not row.secret)
    ways = {pk: _that_works(to) if to in stopped else to for pk, to in given.items()}
    for row in rows:
        if row.pk in given and row.secret:  # a code is asked for there and then: it may work again
            ways[row.pk] = given[row.pk]
    readers = quiet.readers(ways.values())
    for row in rows:
        if row.pk in ways and (answer := _no_way(row, given[row.pk], ways[row.pk], readers, now)):
            found[row.pk] = answer
    going = [row for row in rows if row.pk not in found]
    items = entitled_items([row for row in going if row.purpose == DIGEST], now)
    found |= {row.pk: Ending("nothing left") for row in going if row.purpose == DIGEST and not items[row.pk]}
    writing = [(row, items.get(row.pk, [])) for row in going if row.pk not in found]
    for row, mail in registry.write(writing):
        to = ways[row.pk]
        found[row.pk] = Letter(row.ref, to, _as_read(mail, to, readers.get(to)))
    return found


def _no_way(
    row: Outbox, given: str, to: str, readers: Mapping[str, YoungPerson], now: dt.datetime
) -> Ending | Wait | None:
    """Why it does not go now, by where it would go."""
    if not to:
        return Ending("address does not work" if given else "no address")
    reader = readers.get(to)
    return _as_they_wish(row, registry.find(row.purpose), reader, now) if reader else None


def _as_they_wish(
    row: Outbox, purpose: registry.Purpose, reader: YoungPerson, now: dt.datetime
) -> Ending | Wait | None:
    """Not at all, or not by night: what a young person reads goes to them as they wish."""
    if switched_off(reader, purpose):
        return Ending(SWITCHED_OFF)
    morning = None if purpose.urgent(row) else quiet.until(now)
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
    """An address that messages came back from, where it is still written to; a young person's number, or their
    address, where the one does not work any more and they have the other; "" where nothing works."""
    if not addresses.sends_nothing(to):
        return to
    person = quiet.reader(to)
    other = ((person.user.phone if "@" in to else person.user.email) or "") if person and person.user else ""
    return other if other and not addresses.sends_nothing(other) else ""


def _why_not(rows: Sequence[Outbox]) -> list[tuple[Outbox, str]]:
    """Those of which nothing is sent any more, and why."""
    ended = support_ended(rows)
    may: set[int] = set()
    for name in sorted({row.purpose for row in rows}):
        may |= still_entitled(registry.find(name), [row for row in rows if row.purpose == name])
    reasons = [
        (row, "expired" if getattr(row, "over", False) else "support ended" if row.pk in ended else "not entitled")
        for row in rows
    ]
    return [(row, why) for row, why in reasons if why != "not entitled" or row.pk not in may]


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


def entitled_items(mails: Sequence[Outbox], now: dt.datetime) -> dict[int, list[Outbox]]:
    """The items that each digest carries: first those that it lists (notifications/picking.py). Others end, or wait."""
    if not mails:
        return {}
    rows = Outbox.objects.filter(parent__in=mails, state="held").annotate(over=Q(expires_at__lte=FrNow()))
    items = list(rows.order_by("purpose", F("person").asc(nulls_last=True), "pk").select_related("recipient"))
    may: set[int] = set()
    for name in sorted({item.purpose for item in items}):
        may |= still_entitled(registry.find(name), [item for item in items if item.purpose == name])
    old = {item.pk for item in items if getattr(item, "over", False)}
    ended = support_ended(items) - old
    may -= old | ended
    others = {item.pk for item in items} - may - old - ended
    runs = choices.runs_of(mails)
    left = _left(runs, [item for item in items if item.pk in may], now.astimezone(LONDON).date())
    endings = (("expired", old), ("support ended", ended), ("not entitled", others), (choices.ON_PAGE, left.page))
    for reason, ids in endings:
        if ids:
            move(Outbox.objects.filter(pk__in=ids), "held", "ended", reason=reason)
    going = [item for item in items if item.pk in may - left.page - left.rest]
    picked = picking.pick(going, weekly_limits={mail for mail, run in runs.items() if run}, now=now)
    left.rest |= {item.pk for listed, rest in picked.values() if not listed for item in rest}  # nothing to do, no mail
    if left.rest:
        release(Outbox.objects.filter(pk__in=left.rest))
    carried = {mail: listed + rest for mail, (listed, rest) in picked.items() if listed}
    return {mail.pk: carried.get(mail.pk, []) for mail in mails}


def _left(runs: dict[int, choices.Run | None], items: Sequence[Outbox], today: dt.date) -> choices.Left:
    """What no mail carries now, of the items of all mails: those of one kind of run are asked about together."""
    left = choices.Left()
    for run in {runs[item.parent_id or 0] for item in items}:
        found = not_now(run, [item for item in items if runs[item.parent_id or 0] == run], today)
        left.rest |= found.rest
        left.page |= found.page
    return left


def not_now(run: choices.Run | None, items: Sequence[Outbox], today: dt.date) -> choices.Left:
    """The items of digests that are not for a mail any more: it is a day off by now, their recipient has chosen
    otherwise, or a colleague stands in. Apart, so that a test can show what happens without it.

    run: the one in which they were made; None for those made by hand.
    """
    if run and not is_working_day(today):
        return choices.Left(rest={item.pk for item in items})
    return choices.left_out(items, weekly=run is None or run.weekly)
