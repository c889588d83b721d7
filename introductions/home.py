"""What a business sees of itself. Promises only: nothing here reads a young person, a match or an introduction.

A person nobody has approved sees the pledges made with their own address or number; one who is approved, or signs in
for the business, sees all of its pledges. A business that is stopped or joined to another sees nothing.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from opportunities.models import Opportunity
from pledges import cadence
from pledges.answers import name_of
from pledges.contacts import CLOSED, may_act
from pledges.discreet import UNTOLD, as_told
from pledges.history import Line, sent_and_said
from pledges.lifecycle import OPEN
from pledges.models import Ask, CallTask, Employer, EmployerContact, Pledge, PledgeKind
from pledges.views.answers import FOUR

SHOWN = 100
HISTORY_SHOWN = 30
OPENED = (Opportunity.State.PUBLISHED, Opportunity.State.PAUSED, Opportunity.State.CLOSED)
FROM = 5  # counts of people are shown to businesses from this on (domain, section 6)


@dataclass(frozen=True)
class Visitor:
    """Who looks. contact is empty for somebody who signs in and is not among the business's people."""

    employer: Employer
    contact: EmployerContact | None
    signed_in: bool = False

    @property
    def closed(self) -> bool:
        """Stopped or joined to another: nothing is shown."""
        return self.employer.state in CLOSED

    @property
    def sees_all(self) -> bool:
        """Whether this person may see and act for the whole business."""
        return self.signed_in or (self.contact is not None and may_act(self.contact))

    def told(self, pledge: Pledge) -> Pledge:
        """The pledge as this visitor may see it. A link may have been passed on."""
        return pledge if self.signed_in else as_told(pledge)


def pledges_of(visitor: Visitor) -> QuerySet[Pledge]:
    """The pledges this visitor may see."""
    if visitor.closed:
        return Pledge.objects.none()
    rows = Pledge.objects.filter(employer=visitor.employer)
    if not visitor.sees_all:
        rows = rows.filter(contact=visitor.contact)
    return rows.select_related("kind", "owner", "employer__lead").order_by("-pk")


def drafts_of(visitor: Visitor) -> QuerySet[Opportunity]:
    """What is written up and not open yet."""
    states = (Opportunity.State.DRAFT, Opportunity.State.SUBMITTED)
    mine = pledges_of(visitor).values("pk")
    return Opportunity.objects.filter(pledge__in=mine, state__in=states).order_by("pk")


def opened_by(visitor: Visitor) -> QuerySet[Opportunity]:
    """What is open, or was."""
    mine = pledges_of(visitor).order_by().values("pk")
    return Opportunity.objects.filter(pledge__in=mine, state__in=OPENED).order_by("pk")


def colleagues_of(visitor: Visitor) -> list[EmployerContact]:
    """The other people of the business; somebody nobody has approved sees none."""
    if not visitor.sees_all:
        return []
    rows = visitor.employer.contacts.order_by("pk")
    return list((rows.exclude(pk=visitor.contact.pk) if visitor.contact else rows)[:SHOWN])


def home(visitor: Visitor) -> dict[str, Any]:
    """Everything the page shows. The number of queries does not grow with the rows."""
    pledges = [visitor.told(pledge) for pledge in pledges_of(visitor)[:SHOWN]]
    ids = [pledge.pk for pledge in pledges]
    calls, today = _first_calls(ids), clock.today()
    drafts = _by_pledge(drafts_of(visitor).filter(pledge__in=ids))
    opened = _by_pledge(opened_by(visitor).filter(pledge__in=ids))
    return {
        "employer": visitor.employer,
        "contact": visitor.contact,
        "sees_all": visitor.sees_all,
        "pledges": [
            {
                "pledge": pledge,
                "stands": stands(pledge),
                "drafts": drafts.get(pledge.pk, []),
                "open": [row for row in opened.get(pledge.pk, []) if row.live],
                "opened": opened.get(pledge.pk, []),
                "next": next_of(pledge, calls.get(pledge.pk), today),
                "taps": FOUR if pledge.state in OPEN else (),
            }
            for pledge in pledges
        ],
        "next": _next_step(pledges, calls, today),
        "stats": impact(visitor),
        "asks": _asks(visitor),
        "colleagues": colleagues_of(visitor),
        "history": _history(visitor),
    }


def _history(visitor: Visitor) -> list[Line]:
    """What was sent and said, for whoever may see the whole business."""
    return sent_and_said(visitor.employer, _("Your business"))[:HISTORY_SHOWN] if visitor.sees_all else []


def _by_pledge(rows: Iterable[Opportunity]) -> dict[int, list[Opportunity]]:
    found: dict[int, list[Opportunity]] = {}
    for row in rows:
        found.setdefault(row.pledge_id, []).append(row)
    return found


def stands(pledge: Pledge) -> str:
    """Where a promise stands, in a few words. Never by what people have taken."""
    if pledge.resting:
        return _("It rests: not open just now")
    return str(Pledge.State(pledge.state).label)


def _first_calls(ids: Iterable[int]) -> dict[int, CallTask]:
    """The next call about each pledge."""
    rows = CallTask.objects.filter(pledge__in=list(ids), state=CallTask.State.OPEN).select_related("owner")
    return {call.pledge_id: call for call in rows.order_by("-due_on", "-pk")}


def next_of(pledge: Pledge, call: CallTask | None, today: dt.date) -> str:
    """One name and, where somebody has one, one date."""
    if pledge.state not in OPEN:
        return ""
    name = name_of(pledge, call)
    day = call.due_on if call else _word_by(pledge, today)
    if day is None:
        return _("%(name)s looks after it.") % {"name": name}
    if day < today:
        words = _("We are late. It is not you. %(name)s was to ring you by %(day)s, and still will.")
    else:
        words = _("%(name)s rings you by %(day)s.")
    return words % {"name": name, "day": date_format(day, "l j F")}


def _word_by(pledge: Pledge, today: dt.date) -> dt.date | None:
    """The day of the first call, while that is still to come."""
    if pledge.state != Pledge.State.NOTED or pledge.followed_from is None or pledge.held_back:
        return None
    day = cadence.word_by(pledge.followed_from)
    return day if day >= today else None


def _next_step(pledges: list[Pledge], calls: dict[int, CallTask], today: dt.date) -> str:
    """The next of all, as a sentence; "" when every pledge has ended."""
    by_id = {pledge.pk: pledge for pledge in pledges if pledge.state in OPEN}
    due = sorted((call.due_on, pk) for pk, call in calls.items() if pk in by_id)
    if due:
        return _("Next: %(what)s") % {"what": next_of(by_id[due[0][1]], calls[due[0][1]], today)}
    first = min(by_id.values(), key=lambda pledge: (_word_by(pledge, today) is None, pledge.pk), default=None)
    if first is None:
        return ""
    if _word_by(first, today) is None:
        return _("%(name)s looks after your pledges.") % {"name": name_of(first)}
    return _("Next: %(what)s") % {"what": next_of(first, None, today)}


def impact(visitor: Visitor) -> list[dict[str, Any]]:
    """From promises alone; what was used of support only from 5."""
    rows = pledges_of(visitor).order_by()
    kept = rows.exclude(state__in=[Pledge.State.WITHDRAWN, Pledge.State.LAPSED])
    used = Q(kind__becomes=PledgeKind.Becomes.ASK)
    sums = rows.aggregate(used=Sum("places_started", filter=used, default=0))
    untold = Q(pk__in=[]) if visitor.signed_in else UNTOLD
    stats = [
        {"label": _("Places promised"), "figure": kept.aggregate(sum=Sum("places", default=0))["sum"], "lead": True},
        {
            "label": _("Pledges open now"),
            "figure": rows.filter(Q(state=Pledge.State.LIVE) | untold, resting=False).count(),
        },
        {"label": _("Pledges ended"), "figure": rows.exclude(Q(state__in=OPEN) | untold).count()},
    ]
    if sums["used"] >= FROM:
        stats.append({"label": _("Things you gave that were used"), "figure": sums["used"]})
    return stats


def _asks(visitor: Visitor) -> list[Ask]:
    """What is asked for and not handed over yet: number, what, how many, where, by when."""
    rows = Ask.objects.filter(pledge__in=pledges_of(visitor).order_by().values("pk"), state=Ask.State.ASKED)
    return list(rows.select_related("pledge__kind").order_by("needed_by", "pk")[:SHOWN])
