"""The verbs of events and pledges: the only code that writes them (checks: pledges/checks.py)."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Partnership, User
from core import clock
from core.clock import FrNow
from core.lifecycle import SYSTEM
from core.postcodes import Found, Plausible, look_up
from core.telephones import is_mobile
from notifications.services import tell
from pledges import events, ledger, limits, phrases
from pledges.employers import Business, KnownEmployers, business_key, wait_for_twins
from pledges.lifecycle import EVENT, OPEN, PLEDGE
from pledges.models import Category, Employer, EmployerContact, Event, Pledge, PledgeKind
from pledges.reading import Reach
from pledges.words import key

CODE_LETTERS = "BCDFGHJKMNPQRTVWXY"  # no vowels, so no words; nothing that looks like a figure
THANKS = "pledge_thanks"
THANKS_BY_TEXT = "pledge_thanks_text"


@dataclass(frozen=True)
class Promise:
    """One pledge to be made, already read and found good. `occurrence`: None for the next free one."""

    kind: PledgeKind
    places: int
    business: Business
    reach: Reach
    words: str = ""
    category: Category | None = None
    by_month: dt.date | None = None
    postcode: str = ""
    town: str = ""
    publish_if_silent: bool | None = None
    show_business: bool = False
    occurrence: int | None = 1
    same_as: Pledge | None = None  # a pledge of the same person: nothing of who they are is asked or guessed again

    def identity(self, event: Event | None) -> str:
        """The same promise told twice has the same identity; see `identity`."""
        return identity(
            event=event,
            business=business_key(self.business.name, self.reach),
            kind=self.kind,
            words=self.words,
            occurrence=self.occurrence or 1,
        )


def identity(*, event: Event | None, business: str, kind: PledgeKind, words: str, occurrence: int) -> str:
    """SHA-256 of event, business key, kind, normalised words and occurrence (the nth equal promise)."""
    parts = [event.code if event else "", business, kind.code, key(words), str(occurrence)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


# --- events -------------------------------------------------------------------------------------------------


def make_event(
    *,
    name: str,
    held_on: dt.date,
    place: str,
    partnership: Partnership,
    owner: User,
    text_to: str = "",
    sponsor: str = "",
    speakers: str = "",
) -> Event:
    """An event open for pledges, with a code of six letters nobody else has."""
    more = {"text_to": text_to, "sponsor": sponsor, "speakers": speakers}
    for _attempt in range(20):
        code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(6))
        try:
            with transaction.atomic():
                return Event.objects.create(
                    code=code, name=name, place=place, held_on=held_on, partnership=partnership, owner=owner, **more
                )
        except IntegrityError:
            if not Event.objects.filter(code=code).exists():
                raise
    raise RuntimeError("No free event code in 20 tries")  # there are 34 million: something else is wrong


EVENT_WORDS = ("name", "place", "held_on", "text_to", "sponsor", "speakers")


def change_event(*, event: Event, to: Mapping[str, Any]) -> None:
    """Put what officers write about an event right (`EVENT_WORDS`). Its code, and so its address, stays."""
    for name in EVENT_WORDS:
        setattr(event, name, to[name])
    event.save(update_fields=EVENT_WORDS)


def move_event(*, event: Event, name: str, role: str) -> None:
    """Close an event (later pledges are kept and flagged) or open it again. Raises MoveRefused."""
    EVENT.move(event, name, role=role)


# --- pledges ------------------------------------------------------------------------------------------------


def make_pledge(
    *,
    event: Event | None,
    kind: PledgeKind,
    places: int,
    business: Business | str,
    reach: Reach,
    words: str = "",
    category: Category | None = None,
    by_month: dt.date | None = None,
    postcode: str = "",
    town: str = "",
    publish_if_silent: bool | None = None,
    show_business: bool = False,
    source: str,
    occurrence: int | None = 1,
    typed_by: User | None = None,
) -> Pledge:
    """Note one promise, thank the giver by email when there is an address, and announce `pledges_made`.

    A pledge that names neither an event nor a place we know is announced when somebody takes it on.

    by_month: the first of a month. postcode: in its usual form, of the workplace. occurrence: the nth equal
    promise; None for the next free one. A promise with an identity that exists is not made again: the pledge
    that has it is returned, and nothing is announced. A pledge for a closed event is kept and flagged.
    """
    promise = Promise(
        kind=kind,
        places=places,
        business=business if isinstance(business, Business) else Business(business),
        reach=reach,
        words=words,
        category=category,
        by_month=by_month,
        postcode=postcode,
        town=town,
        publish_if_silent=publish_if_silent,
        show_business=show_business,
        occurrence=occurrence,
    )
    return promise_pledge(event=event, promise=promise, source=source, typed_by=typed_by)


def promise_pledge(*, event: Event | None, promise: Promise, source: str, typed_by: User | None = None) -> Pledge:
    """`make_pledge` for a promise that is put together already."""
    with transaction.atomic():
        if promise.occurrence is None:
            wait_for_twins([(promise.business, promise.reach)])
            promise = _next_occurrence(promise, event)
        made = make_pledges(event=event, promises=[promise], source=source, typed_by=typed_by)
        return made[0] if made else Pledge.objects.get(identity=promise.identity(event))


def _next_occurrence(promise: Promise, event: Event | None) -> Promise:
    """The first occurrence that is free. Call it after `wait_for_twins`: else two at once would find the same
    one.
    """
    occurrence = 1
    while Pledge.objects.filter(identity=replace(promise, occurrence=occurrence).identity(event)).exists():
        occurrence += 1
    return replace(promise, occurrence=occurrence)


def make_pledges(
    *, event: Event | None, promises: Sequence[Promise], source: str, typed_by: User | None = None
) -> list[Pledge]:
    """Make those of `promises` that are not there yet, all in one transaction, with queries in sets.

    Gives the pledges made, in order. Each is announced; each person at a business is thanked once for all of
    them.
    """
    with transaction.atomic():
        wait_for_twins((promise.business, promise.reach) for promise in promises)
        identities = [promise.identity(event) for promise in promises]
        there = set(Pledge.objects.filter(identity__in=identities).values_list("identity", flat=True))
        new = {name: promise for name, promise in zip(identities, promises, strict=True) if name not in there}
        known = KnownEmployers((promise.business, promise.reach) for promise in new.values())
        postcodes = set() if event else {promise.postcode for promise in new.values()}
        partnerships = {postcode: _partnership_of(postcode) for postcode in postcodes}
        state: str | None = Event.objects.values_list("state", flat=True).get(pk=event.pk) if event else None
        rows = [
            _row(promise, name, event=event, known=known, source=source, partnerships=partnerships)
            for name, promise in new.items()
        ]
        known.save()
        for row in rows:
            row.after_closing = state == Event.State.CLOSED
            row.owner = row.owner or typed_by
        limits.hold_back(rows)
        phrases.mark(rows)
        made = Pledge.objects.bulk_create(rows)
        _announce(made)
        _thank(made)
        return made


def _announce(pledges: Iterable[Pledge]) -> None:
    """A pledge is announced when it has a home, as what follows belongs to a partnership, and is not held back."""
    ids = [pledge.pk for pledge in pledges if pledge.partnership_id is not None and not pledge.held_back]
    if ids:
        events.pledges_made.send(sender=Pledge, ids=ids)


def _row(
    promise: Promise,
    name: str,
    *,
    event: Event | None,
    known: KnownEmployers,
    source: str,
    partnerships: dict[str, Partnership | None],
) -> Pledge:
    employer, contact = _who(promise, known)
    home = event or promise.same_as
    return Pledge(
        identity=name,
        event=event,
        partnership=(home.partnership if home else None) or partnerships.get(promise.postcode),
        employer=employer,
        contact=contact,
        kind=promise.kind,
        places=promise.places,
        category=promise.category or promise.business.sector,
        words=promise.words,
        by_month=promise.by_month,
        postcode=promise.postcode,
        town=promise.town,
        publish_if_silent=promise.publish_if_silent,
        show_business=promise.show_business,
        source=source,
        owner=home.owner if home else None,
        followed_from=clock.today(),
    )


def _who(promise: Promise, known: KnownEmployers) -> tuple[Employer, EmployerContact]:
    if promise.same_as is not None:
        return promise.same_as.employer, promise.same_as.contact
    employer = known.employer(promise.business, promise.reach)
    return employer, known.contact(employer, promise.reach)


def _partnership_of(postcode: str) -> Partnership | None:
    """The partnership whose council the postcode lies in; None when there is none or the place is not known."""
    found = look_up(postcode) if postcode else None
    if not isinstance(found, Found | Plausible) or not found.district_gss:
        return None
    return Partnership.objects.filter(councils__gss_code=found.district_gss).order_by("pk").first()


def _thank(made: Sequence[Pledge]) -> None:
    """One thank-you for each person with an address: its cause is the first of their pledges made together."""
    thanked: set[int] = set()
    for pledge in made:
        purpose = "" if pledge.held_back or _thanked_today(pledge, made) else _thanks_by(pledge.contact)
        if purpose and pledge.contact_id not in thanked:
            thanked.add(pledge.contact_id)
            tell(purpose=purpose, cause_id=pledge.pk, version=1)


def _thanked_today(pledge: Pledge, made: Sequence[Pledge]) -> bool:
    """A business's own system may pledge two hundred times a day; the person there hears of it once."""
    if pledge.source != Pledge.Source.API:
        return False
    others = Pledge.objects.filter(contact_id=pledge.contact_id, source=Pledge.Source.API)
    return others.filter(made_at__gt=FrNow() - dt.timedelta(days=1)).exclude(pk__in=[one.pk for one in made]).exists()


def _thanks_by(contact: EmployerContact) -> str:
    """Who asked for texts, or left only a mobile number, is thanked by text; "" for a number that takes none."""
    if contact.phone and (contact.way == EmployerContact.Way.TEXT or (not contact.email and is_mobile(contact.phone))):
        return THANKS_BY_TEXT
    return THANKS if contact.email else ""


def release_pledge(*, pledge: Pledge, by: User) -> bool:
    """A coordinator has looked at a pledge that was held back: now everything follows from it, once.

    False when somebody was quicker, or the giver has taken it back.
    """
    with transaction.atomic():
        ledger.lock([pledge.pk])
        rows = Pledge.objects.filter(pk=pledge.pk, state__in=OPEN).exclude(held_back=Pledge.HeldBack.NO)
        if not rows.update(held_back=Pledge.HeldBack.NO, owner=Coalesce("owner", Value(by.pk))):
            return False
        row = Pledge.objects.select_related("contact").get(pk=pledge.pk)
        _announce([row])
        _thank([row])
        return True


def made_together(pledge: Pledge) -> list[Pledge]:
    """The pledges of the same person that were written by the same statement as `pledge`."""
    rows = Pledge.objects.filter(contact_id=pledge.contact_id, made_at=pledge.made_at)
    return list(rows.select_related("kind", "employer", "event").order_by("pk"))


@dataclass(frozen=True)
class Correction:
    """What a giver, or an officer on their behalf, may change. The identity stays: it is what was first said."""

    places: int
    words: str
    by_month: dt.date | None
    postcode: str
    category: Category | None
    publish_if_silent: bool | None


CORRECTED = ("places", "words", "by_month", "postcode", "category", "publish_if_silent")


def correct_pledge(*, pledge: Pledge, to: Correction) -> None:
    """Change the giver's own details. Raises AlreadyOpen once the opportunity is open: then a person has to
    look.
    """
    with transaction.atomic():
        ledger.lock([pledge.pk])
        row = Pledge.objects.get(pk=pledge.pk)
        if to.places < row.places_held + row.places_started:
            raise AlreadyOpen(_("Some of it is taken already. Ring us, and we change it together."))
        if row.state not in (Pledge.State.NOTED, Pledge.State.CONFIRMED, Pledge.State.SHAPED):
            raise AlreadyOpen(_("This is already open. Ring us, and we change it together."))
        before = Correction(**{name: getattr(row, name) for name in CORRECTED})
        for name in CORRECTED:
            setattr(row, name, getattr(to, name))
        if row.words != before.words:
            row.phrases, row.phrases_seen_by = phrases.find(row.words), None  # somebody looks at the new words
        homeless = row.partnership_id is None
        if homeless:
            row.partnership = _partnership_of(row.postcode)
        row.save()
        if homeless:
            _announce([row])
        events.pledge_corrected.send(sender=Pledge, id=row.pk, before=before)


class AlreadyOpen(Exception):
    """A pledge whose opportunity is open, or that has ended, is not changed by its link."""


def correct_contact(*, pledge: Pledge, name: str) -> None:
    """Add the giver's name to how they are reached."""
    contact = pledge.contact
    contact.name = name
    contact.save(update_fields=["name"])


def move_pledge(*, pledge: Pledge, name: str, role: str, why: str = "") -> None:
    """One move of the pledge's lifecycle. Raises MoveRefused."""
    with transaction.atomic():
        ledger.lock([pledge.pk])
        changes = {"followed_from": clock.today()} if name == "reopen" else {}
        PLEDGE.move(pledge, name, role=role, why=why, changes=changes)


def take_on(*, pledge: Pledge, partnership: Partnership, by: User) -> bool:
    """Give a pledge without an area to a partnership and an owner. False when somebody else was quicker."""
    with transaction.atomic():
        rows = Pledge.objects.filter(pk=pledge.pk, partnership__isnull=True)
        if not rows.update(partnership=partnership, owner=by):
            return False
        _announce([Pledge.objects.get(pk=pledge.pk)])
        return True


def mark_shaped(*, pledge_id: int) -> None:
    """Its draft is complete. Nothing happens when it is already further."""
    _move_if_before(pledge_id, "shape")


def mark_live(*, pledge_id: int) -> None:
    """Its opportunity is published. Nothing happens when it is already live or has ended."""
    _move_if_before(pledge_id, "go_live")


def _move_if_before(pledge_id: int, name: str) -> None:
    with transaction.atomic():
        pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge_id)
        if pledge.state in PLEDGE.by_name[name].old:
            PLEDGE.move(pledge, name, role=SYSTEM)
