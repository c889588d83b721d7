"""The verbs of support: stock that a worker can ask for, and what becomes of an ask.

An ask says what, how many, where and by when; never for whom. Stock is offered while its business is checked: its
pledge is live then, and rests when the check ends.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Council, User
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.scope import EVERYTHING, scope
from core.telephones import is_mobile
from notifications.services import tell
from pledges import ledger
from pledges.ledger import Places
from pledges.lifecycle import ASK, PLEDGE
from pledges.models import Ask, Employer, EmployerContact, Pledge, PledgeKind
from pledges.services import CODE_LETTERS

ASK_MADE, ASK_MADE_TEXT = "ask_made", "ask_made_text"
NOT_NEEDED_AFTER = dt.timedelta(days=14)  # days past `needed_by`
State = Ask.State


class NotSoMany(Exception):
    """There is less left than was asked for. Its text may be shown to people."""


def stock_for(council: int | None) -> QuerySet[Pledge]:
    """What workers of this council can ask for now: pledged in its area by a checked business, not used up."""
    today = clock.today()
    return (
        Pledge.objects.filter(
            Q(available_until__isnull=True) | Q(available_until__gte=today),
            kind__becomes=PledgeKind.Becomes.ASK,
            state=Pledge.State.LIVE,
            held_back="",
            partnership__councils=council,
            employer__state=Employer.Check.CHECKED,
            employer__checked_until__gte=today,
            places__gt=F("places_held") + F("places_started"),
        )
        .select_related("kind", "employer")
        .order_by("kind__position", "pk")
    )


def left_of(pledge: Pledge) -> int:
    """How many can still be asked for."""
    return pledge.places - pledge.places_held - pledge.places_started


def make_ask(
    *, pledge: Pledge, quantity: int, needed_for: str, hand_over_at: str, needed_by: dt.date, by: User, council: Council
) -> Ask:
    """Ask for so many. The giver is told the number, the point and the day. Raises NotSoMany."""
    with transaction.atomic():
        lock([pledge.pk])
        stock = stock_for(council.pk).filter(pk=pledge.pk).first()
        left = left_of(stock) if stock else 0
        if stock is None or quantity > left:
            words = ngettext("There is %(n)d left. Ask for fewer.", "There are %(n)d left. Ask for fewer.", left)
            raise NotSoMany(words % {"n": left} if left else _("There is none left."))
        ask = Ask.objects.create(
            number=_free_number(), pledge=pledge, quantity=quantity, needed_for=needed_for,
            hand_over_at=hand_over_at, needed_by=needed_by, asked_by=by, council=council,
        )  # fmt: skip
        _write([pledge.pk])
        tell(purpose=_way_to(pledge.contact), cause_id=ask.pk, version=1)
        return ask


def _way_to(contact: EmployerContact) -> str:
    """By text for those who want texts, or have nothing else."""
    by_text = contact.way == EmployerContact.Way.TEXT or not contact.email
    return ASK_MADE_TEXT if by_text and is_mobile(contact.phone) else ASK_MADE


def lock(pledge_ids: Iterable[int]) -> None:
    """Hold the stock until the transaction ends. Apart, so that a test can show what happens without it."""
    ledger.lock(pledge_ids)


def _free_number() -> str:
    """Six letters that no ask has."""
    while True:
        number = "".join(secrets.choice(CODE_LETTERS) for _letter in range(6))
        if not Ask.objects.filter(number=number).exists():
            return number


def hand_over(*, ask: Ask, by: User, role: str) -> None:
    """It has been handed over. With the last one the pledge is kept. Raises MoveRefused."""
    with transaction.atomic():
        ledger.lock([ask.pledge_id])
        ASK.move(ask, "hand_over", role=role, changes={"handed_over_on": clock.today()})
        _write([ask.pledge_id])
        pledge = Pledge.objects.get(pk=ask.pledge_id)
        if pledge.places_started == pledge.places and pledge.state in PLEDGE.by_name["keep"].old:
            PLEDGE.move(pledge, "keep", role=SYSTEM)


def cancel(*, ask: Ask, role: str, why: str = "") -> None:
    """No longer needed: it goes back to the stock. Raises MoveRefused."""
    with transaction.atomic():
        ledger.lock([ask.pledge_id])
        ASK.move(ask, "cancel", role=role, why=why)
        _write([ask.pledge_id])


def cancel_forgotten() -> dict[str, int]:
    """The nightly job: what nobody handed over or cancelled two weeks after it was needed goes back to the stock."""
    with scope(EVERYTHING):
        late = Ask.objects.filter(state=State.ASKED, needed_by__lt=clock.today() - NOT_NEEDED_AFTER)
        return {"cancelled": _cancel_all(late, _("Nobody said what became of it"))}


def _cancel_all(rows: QuerySet[Ask], why: str) -> int:
    count = 0
    for ask in rows.order_by("pledge_id", "pk"):
        try:
            cancel(ask=ask, role=SYSTEM, why=why)
            count += 1
        except MoveRefused:  # somebody was quicker
            continue
    return count


def _write(pledge_ids: Iterable[int]) -> None:
    """Bring the ledger of these pledges to what their asks add up to. They are locked."""
    asked = Sum("asks__quantity", filter=Q(asks__state=State.ASKED), default=0)
    given = Sum("asks__quantity", filter=Q(asks__state=State.HANDED_OVER), default=0)
    rows = Pledge.objects.filter(pk__in=list(pledge_ids)).annotate(asked=asked, given=given)
    ledger.write({row.pk: _places(row, row.asked, row.given) for row in rows})


def _places(pledge: Pledge, asked: int, given: int) -> Places:
    live = pledge.places - asked - given if pledge.state == Pledge.State.LIVE else 0
    return Places(live=live, held=asked, started=given)


# --- what follows from the business and from the pledge ---------------------------------------------------------------


def follow_business(sender: Any, *, id: int, **_more: Any) -> None:
    """Reaction to employer_checked, unchecked and stopped: its stock is offered, or rests. A stop cancels open asks."""
    employer = Employer.objects.get(pk=id)
    rows = Pledge.objects.filter(employer=id, kind__becomes=PledgeKind.Becomes.ASK).exclude(partnership=None)
    with transaction.atomic():
        _offer_or_rest(rows.filter(held_back=""), checked=employer.state == Employer.Check.CHECKED)
        if employer.state == Employer.Check.STOPPED:
            _cancel_all(Ask.objects.filter(pledge__employer=id, state=State.ASKED), _("The business was stopped"))


def follow_pledges(sender: Any, *, ids: Sequence[int], **_more: Any) -> None:
    """Reaction to pledges_made: support of a checked business can be asked for at once."""
    rows = Pledge.objects.filter(pk__in=ids, kind__becomes=PledgeKind.Becomes.ASK, held_back="")
    _offer_or_rest(rows.filter(employer__state=Employer.Check.CHECKED), checked=True)


def follow_pledge(sender: Any, *, id: int, **_more: Any) -> None:
    """Reaction to pledge_reopened: as for a new one."""
    follow_pledges(sender, ids=[id])


def _offer_or_rest(rows: QuerySet[Pledge], *, checked: bool) -> None:
    name = "go_live" if checked else "rest"
    with transaction.atomic():
        moving = list(rows.filter(state__in=PLEDGE.by_name[name].old).order_by("pk"))
        if not moving:
            return
        ledger.lock([pledge.pk for pledge in moving])
        for pledge in moving:
            PLEDGE.move(pledge, name, role=SYSTEM)
        _write([pledge.pk for pledge in moving])


def end_with_pledge(sender: Any, *, id: int, **_more: Any) -> None:
    """Reaction to pledge_ended: nothing of it can be asked for, and open asks are cancelled."""
    if not Pledge.objects.filter(pk=id, kind__becomes=PledgeKind.Becomes.ASK).exists():
        return
    with transaction.atomic():
        ledger.lock([id])
        _cancel_all(Ask.objects.filter(pledge=id, state=State.ASKED), _("The business took it back"))
        _write([id])
