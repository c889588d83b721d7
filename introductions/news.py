"""Who hears that an introduction waits for them: neutral words, nobody's name, nothing of why.

The rows carry the introduction's number alone; who reads them is found at hand-over, and only while it still waits.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.apart import in_use
from accounts.cover import cover_of
from accounts.hearing import REMINDERS
from accounts.models import AdviserLink, User
from core import clock
from core.models import LifecycleLog
from introductions import fine
from introductions.lifecycle import INTRODUCTION, KNOWN, WORKER
from introductions.meeting_file import UNSEEN
from introductions.models import Introduction, Permission
from notifications import causes, registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell
from pledges.models import Employer

S = Introduction.State
WANTED, CONFIRM, SAID_YES = "news_interested", "news_confirm", "news_permitted"
ASKED, HOLD, OWN_HOLD = "news_asked", "news_hold", "news_own_hold"
MOVED, OWN_MOVED, REPLY = "news_moved", "news_own_moved", "news_reply"
MEET = ("meet", "interview")
MOVES = (*MEET, "offer", "check", "start")


def to_confirm() -> Q:
    """At 16 and 17: they said yes, and their worker has not confirmed it."""
    yes = Permission.objects.filter(
        introduction=OuterRef("pk"), answer=Permission.Answer.YES, confirmed_at=None, withdrawn_at=None
    )
    return Q(state=S.ASKED) & Q(Exists(yes))


def _to_answer() -> Q:
    """A question waits for the young person."""
    return Q(state=S.ASKED) & Q(Exists(Permission.objects.filter(introduction=OuterRef("pk"), answer="")))


def _on_hold_known() -> Q:
    """On hold, and the business had been told."""
    return Q(state=S.FROZEN, frozen_from__in=[str(state) for state in KNOWN])


def started_and_stopped() -> Q:
    """They have a first day at a business that we have stopped working with."""
    return Q(state=S.STARTED, employer__state=Employer.Check.STOPPED)


def _known() -> Q:
    """The business knows, and it goes on."""
    return Q(state__in=[*KNOWN, S.STARTED])


@dataclass(frozen=True)
class News:
    """still: of which introductions it is true. moves: whoever made the last of them need not hear of it."""

    still: Callable[[], Q]
    own: bool = False  # to the young person; else to their worker
    hold: bool = False
    moved: bool = False
    fine: bool = False
    moves: tuple[str, ...] = ()


NEWS = {
    WANTED: News(lambda: Q(state=S.INTERESTED), moves=("say_interested",)),
    CONFIRM: News(to_confirm),
    SAID_YES: News(lambda: Q(state=S.PERMITTED), moves=("permit",)),
    HOLD: News(lambda: Q(state=S.FROZEN) | started_and_stopped(), hold=True),
    ASKED: News(_to_answer, own=True),
    OWN_HOLD: News(_on_hold_known, own=True, hold=True),
    MOVED: News(_known, moved=True, moves=MOVES),
    OWN_MOVED: News(_known, own=True, moved=True),
    REPLY: News(_known),
    fine.ASK: News(fine.to_ask, own=True, fine=True),
}


LINES = {
    WANTED: _lazy("A young person is interested in something."),
    CONFIRM: _lazy("A yes waits for you to confirm it."),
    SAID_YES: _lazy("A young person said yes."),
    HOLD: _lazy("Something is on hold."),
    ASKED: _lazy("We asked you for a yes or no."),
    OWN_HOLD: _lazy("Something you go for is on hold."),
    MOVED: _lazy("Something moved on with a business."),
    OWN_MOVED: _lazy("Something you go for moved on."),
    REPLY: _lazy("A business wrote back."),
    fine.ASK: _lazy("We asked whether it is still fine."),
}


def _tell(purpose: str, pk: int) -> None:
    """Once for each time it comes to this: `changed_at` tells one asking from the next."""
    row = Introduction.objects.values("person_id", "changed_at").get(pk=pk)
    tell(purpose=purpose, cause_id=pk, person=row["person_id"], version=row["changed_at"].isoformat())


def tell_of_interest(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to "I'm interested"."""
    _tell(WANTED, id)


def tell_of_question(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a question that waits for the young person."""
    _tell(ASKED, id)


def tell_of_answer(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a yes that their worker has to confirm."""
    _tell(CONFIRM, id)


def tell_of_yes(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a yes that counts."""
    _tell(SAID_YES, id)


def tell_of_hold(sender: type, id: int, old: str, **_facts: Any) -> None:
    """The reaction to a hold: the worker always, the young person where the business knew of them."""
    _tell(HOLD, id)
    if old in KNOWN:
        _tell(OWN_HOLD, id)


def tell_of_stop(row: Introduction, concern: int) -> None:
    """The business was stopped and they have started: their worker hears, once for each time the leads do."""
    tell(purpose=HOLD, cause_id=row.pk, person=row.person_id, version=f"stop-{concern}")


def tell_of_move(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a meeting, an interview, an offer, checks or a first day. A business may make the move and sees
    nobody: the row does not name the person, whose support is asked after at hand-over."""
    version = _last_line(id)
    for purpose in (MOVED, OWN_MOVED) if _is_for_them(id) else (MOVED,):
        tell(purpose=purpose, cause_id=id, version=version)


def _is_for_them(pk: int) -> bool:
    """Whether the young person hears of it: not of a meeting that their worker has yet to see to. Where they knew of
    one before, they hear that it moved, and their page says that they do not go."""
    if not Introduction.objects.filter(UNSEEN, pk=pk).exists():
        return True
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=pk, move__in=MEET, role__in=WORKER)
    return moves.exists()


def tell_of_reply(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to a business's fixed reply: the same one is told once a day."""
    last = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=id).latest("pk")
    tell(purpose=REPLY, cause_id=id, version=f"{last.why}-{clock.today()}")


def _last_line(pk: int) -> int:
    """The number of the introduction's last line in the log."""
    return LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id=pk).latest("pk").pk


def may_hear(rows: Rows) -> set[int]:
    """While it is still so, and somebody supports them."""
    hearing = set()
    for purpose in {row.purpose for row in rows}:
        mine = {row.pk: row.cause_id or 0 for row in rows if row.purpose == purpose}
        found = Introduction.objects.filter(NEWS[purpose].still(), pk__in=mine.values(), person__ended_on=None)
        still = set(found.values_list("pk", flat=True))
        hearing |= {pk for pk, cause in mine.items() if cause in still}
    return hearing


def _made_by(row: Outbox) -> int:
    """The user whose move it was; 0 for nobody."""
    moves = LifecycleLog.objects.filter(
        model=INTRODUCTION.model, object_id=row.cause_id or 0, move__in=NEWS[row.purpose].moves
    )
    return moves.order_by("-pk").values_list("actor", flat=True).first() or 0


def worker_address(row: Outbox) -> str:
    """Of whoever is there for them today: their worker, or who stands in; unless it was their own move."""
    there = there_for(Introduction.objects.values_list("person_id", flat=True).get(pk=row.cause_id or 0))
    return (there.email or "") if there and there.is_active and there.pk != _made_by(row) else ""


def there_for(person: int) -> User | None:
    """A young person's worker of today, or who stands in. Two queries."""
    links = AdviserLink.objects.current().filter(person=person).annotate(in_use=in_use())
    link = links.select_related("worker", "person").first()
    if link is None:
        return None
    away = cover_of(link)
    own: User | None = link.worker if link.in_use else None
    return away.stands_in if away else own


def own_address(row: Outbox) -> str:
    """Of the young person, if they have an account."""
    user = Introduction.objects.select_related("person__user").get(pk=row.cause_id or 0).person.user
    return registry.reach_of(user)


def render(row: Outbox, items: Rows) -> Mail:
    """That something waits, or is on hold, and where to read it."""
    news = NEWS[row.purpose]
    page = reverse("introductions:show-me" if news.own else "introductions:show-monday")
    values = {
        "url": urljoin(settings.SITE_URL, page),
        "own": news.own,
        "hold": news.hold,
        "moved": news.moved,
        "fine": news.fine,
    }
    return Mail(_subject(news), render_to_string("introductions/news.txt", values))


def _subject(news: News) -> str:
    if news.hold:
        return _("Something is on hold")
    return _("Something has moved on") if news.moved else _("Something is waiting for you")


def interested_since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Who said that they are interested: their worker must hear."""
    rows = Introduction.objects.filter(made_at__gte=moment)
    found: QuerySet[Any, Any] = rows.annotate(told=causes.told_of(WANTED))
    return found


def asked_since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Who was asked whether a business may know: they must hear, by a message of the same transaction."""
    then = OuterRef("asked_at") - dt.timedelta(minutes=1)
    told = causes.told_of(ASKED, cause="introduction_id", made_at__gte=then)
    rows = Permission.objects.filter(asked_at__gte=moment)
    found: QuerySet[Any, Any] = rows.annotate(told=told)
    return found


def register() -> None:
    """Called once, when the room is ready."""
    causes.register("interested", _lazy("A young person is interested"), interested_since)
    causes.register("asked", _lazy("A young person is asked for a yes or no"), asked_since)
    for name, news in NEWS.items():
        address = own_address if news.own else worker_address
        urgent = registry.always if name == OWN_HOLD else registry.never  # for their safety
        off = REMINDERS if news.fine else ""
        page = "introductions:list-own" if news.own else "introductions:show-monday"
        registry.register(
            Purpose(
                name, "email", may_hear, render, address, on_unknown="resend", urgent=urgent, can_be_off=off,
                page=page, line=registry.says(LINES[name]),
            )
        )  # fmt: skip
