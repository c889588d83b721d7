"""What an adviser does first this week: one list of kinds, each a few lines about one young person.

A kind asks its rows by a subquery about the person of the outer query, so that all kinds together are one query
(`asked`), and another kind is an entry in KINDS and nothing else. What waits for others is found so too (`quiet`).
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import YoungPerson
from core.clock import FrNow, FrToday
from introductions import help_again, news, reaching, staying_lists, to_hear, to_share
from introductions.models import Introduction
from introductions.step_line import step_line
from matching.models import MatchAction
from matching.overview import each_of

S = Introduction.State
HOLD_DAYS = 14  # a hold may last for months: it stands among the first things for as long
Item = dict[str, Any]  # of `rows`, as JSON: days are text, like 2026-11-30
Line = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of thing to do.

    rows: what waits of one young person (`OuterRef("pk")`), made with each_of. line: a row's words for the person, as
    introductions/monday_step.html or components/todo_row.html take them, with `due` (a day) and, where that is not
    enough to say which comes first, `order`. None: nothing after all.
    """

    name: str
    rows: Callable[[], ArraySubquery]
    line: Callable[[Any, Item, dt.date], Line | None]


def _waiting() -> ArraySubquery:
    held = Q(state=S.FROZEN, changed_at__gte=FrNow() - dt.timedelta(days=HOLD_DAYS))
    waits = Q(state__in=[S.INTERESTED, S.PERMITTED]) | news.to_confirm() | held
    return _introductions(waits)


def _introductions(which: Q) -> ArraySubquery:
    rows = Introduction.objects.filter(which, person=OuterRef("pk")).order_by("due_on", "pk")
    return each_of(
        rows, pk="pk", public_id="public_id", state="state", due="due_on", kind="opportunity__kind__code",
        title="opportunity__title", employer="employer__name",
    )  # fmt: skip


def _stopped() -> ArraySubquery:
    """They are at a business that was stopped, or about to begin there."""
    return _introductions(news.started_and_stopped())


STEPS = {S.INTERESTED: "ask", S.ASKED: "confirm", S.PERMITTED: "introduce"}


def _introduction(person: YoungPerson, row: Item, today: dt.date) -> Line:
    state = S(row["state"])
    labels = {
        S.INTERESTED: _("Ask them"),
        S.ASKED: _("Confirm their yes"),
        S.PERMITTED: _("Tell the business"),
        S.FROZEN: _("On hold: ring them"),
        S.STARTED: _("Ring them today"),
    }
    if step := STEPS.get(state):
        by = _("By %(day)s") % {"day": date_format(dt.date.fromisoformat(row["due"]), "j F")}
        return step_line(person, row, today, label=labels[state], more=by, step=step)
    stopped = _("We stopped working with the business.")
    return step_line(person, row, today, label=labels[state], more=stopped) | {"badge": ""}


# In the order of the page: a stop first, then what waits longest for the worker.
KINDS = [
    Kind("stopped", _stopped, _introduction),
    Kind("help", help_again.waits, help_again.ring_them),
    Kind("talk", staying_lists.to_talk, staying_lists.talk),
    Kind("introduction", _waiting, _introduction),
    Kind("how", staying_lists.to_ask, staying_lists.ask),
    Kind("over", staying_lists.to_end, staying_lists.end),
    Kind("said", to_hear.said, to_hear.to_hear),
    Kind("share", to_share.best_match, to_share.to_share),
    Kind("wishes", to_share.without_wishes, to_share.ask_wishes),
    Kind("nothing", to_share.without_match, to_share.nothing_fits),
    Kind("number", reaching.old_number, reaching.ask_number),
]


def asked(people: QuerySet[YoungPerson]) -> QuerySet[YoungPerson]:
    """The people (matching.overview.known) with the rows of every kind, and the day. No query of its own."""
    rows = {f"todo_{kind.name}": kind.rows() for kind in KINDS}
    return people.select_related("user").annotate(today=FrToday(), **rows, **_nothing_to_do())


def lines(people: Iterable[Any], *, most: int) -> list[Line]:
    """At most so many lines, kind by kind and the earliest day first; of every kind at least the first. No query."""
    found: list[list[Line]] = []
    for kind in KINDS:
        of_kind = [
            line
            for person in people
            for row in getattr(person, f"todo_{kind.name}")
            if (line := kind.line(person, row, person.today))
        ]
        found.append(sorted(of_kind, key=lambda line: (line["due"], line.get("order", 0), line["title"])))
    firsts = [of_kind[0] for of_kind in found if of_kind][:most]
    others = [line for of_kind in found for line in of_kind[1:]][: most - len(firsts)]
    kept = {id(line) for line in [*firsts, *others]}
    return [line for of_kind in found for line in of_kind if id(line) in kept]


def _nothing_to_do() -> dict[str, ArraySubquery]:
    """What waits for others: shared and still open, without an introduction; and introductions on their way."""
    own = Introduction.objects.filter(person=OuterRef("person_id"), opportunity=OuterRef("opportunity_id"))
    shared = MatchAction.objects.filter(~Exists(own), person=OuterRef("pk"), state=MatchAction.State.SHARED)
    going = Introduction.objects.filter(~news.to_confirm(), person=OuterRef("pk"), state__in=FOR_OTHERS)
    return {
        "quiet_shared": each_of(shared.filter(opportunity__row__live=True), pk="pk"),
        "quiet_going": each_of(going, state="state"),
    }


FOR_OTHERS = (S.ASKED, S.INTRODUCED, S.MEETING, S.INTERVIEW, S.OFFERED, S.CHECKS)


def quiet(people: Iterable[Any]) -> list[str]:
    """What waits for others, in a few words each: no need to look."""
    people = list(people)
    states = Counter(row["state"] for person in people for row in person.quiet_going)
    shared = sum(len(person.quiet_shared) for person in people)
    met, offered = states[S.MEETING] + states[S.INTERVIEW], states[S.OFFERED] + states[S.CHECKS]
    counted = [
        (shared, ngettext("%(n)s shared, waiting for them", "%(n)s shared, waiting for them", shared)),
        (states[S.ASKED], ngettext("%(n)s asked for a yes", "%(n)s asked for a yes", states[S.ASKED])),
        (states[S.INTRODUCED], ngettext("%(n)s business thinking", "%(n)s businesses thinking", states[S.INTRODUCED])),
        (met, ngettext("%(n)s meeting arranged", "%(n)s meetings arranged", met)),
        (offered, ngettext("%(n)s offer under way", "%(n)s offers under way", offered)),
    ]
    return [words % {"n": number} for number, words in counted if number]
