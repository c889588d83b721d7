"""Everything that has happened with one young person, in one list: for their worker, and for themselves.

Each kind of thing is one query, however much there is. Nobody reads here what a safeguarding lead alone may read; a
worker does not read what was said about workers, nor the young person what the business said of how it goes.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AdviserLink, Cover, Objection, Transfer, YoungPerson
from core import clock
from core.clock import LONDON
from core.models import LifecycleLog
from introductions.lifecycle import INTRODUCTION
from introductions.meeting_file import is_unseen
from introductions.models import CheckIn, Concern, HelpAgain, Introduction, Permission, Start
from matching.models import MatchAction

S = Introduction.State
TO_YOU = {
    S.INTERESTED: gettext_lazy("You said that you like this"),
    S.INTRODUCED: gettext_lazy("The business knows about you"),
    S.MEETING: gettext_lazy("A meeting was set"),
    S.INTERVIEW: gettext_lazy("An interview was set"),
    S.OFFERED: gettext_lazy("They would like you to come"),
    S.CHECKS: gettext_lazy("They check a few things"),
    S.STARTED: gettext_lazy("You have a place"),
    S.FROZEN: gettext_lazy("This went on hold"),
    S.ENDED: gettext_lazy("This came to an end"),
}
BY_PERMISSION = (S.ASKED, S.PERMITTED)  # the rows of Permission say these


@dataclass(frozen=True)
class Moment:
    """next: still to come."""

    at: dt.datetime
    text: str
    next: bool = False

    @property
    def date(self) -> dt.date:
        """The day in London."""
        return self.at.astimezone(LONDON).date()


@dataclass(frozen=True)
class Reader:
    """Whose list it is. you: the young person reads it themselves."""

    person: YoungPerson
    you: bool
    now: dt.datetime

    def say(self, worker: Any, you: Any) -> str:
        """The words for whoever reads."""
        return str(you if self.you else worker)


def moments(person: YoungPerson, *, you: bool) -> list[Moment]:
    """The list, what is still to come first, then the newest first. Call it in a scope that sees the person."""
    reader = Reader(person, you, clock.now())
    found = [moment for kind in KINDS for moment in kind(reader)]
    return sorted(found, key=lambda moment: moment.at, reverse=True)


def day_of(day: dt.date) -> dt.datetime:
    """When a day begins in London."""
    return dt.datetime.combine(day, dt.time(), tzinfo=LONDON)


def _support(reader: Reader) -> Iterator[Moment]:
    """Who supported them from when, and who stood in."""
    yield Moment(reader.person.made_at, reader.say(_("Put on the list"), _("You were put on the list")))
    links = AdviserLink.objects.filter(person=reader.person).select_related("worker").order_by("pk")
    workers = {}
    for link in links:
        workers[link.worker_id] = link
        yield Moment(day_of(link.started_on), _helper(reader, link))
    if not reader.person.kept_apart:  # then nobody stands in
        yield from _cover(reader, workers)


def _helper(reader: Reader, link: AdviserLink) -> str:
    """A guest helps until a day; the other is the adviser."""
    said = {"name": link.worker.name, "day": date_format(link.until, "j F Y") if link.until else ""}
    if link.until:
        return reader.say(_("%(name)s helps them until %(day)s"), _("%(name)s helps you until %(day)s")) % said
    return reader.say(_("%(name)s is their adviser"), _("%(name)s is your adviser")) % said


def _cover(reader: Reader, workers: dict[int, AdviserLink]) -> Iterator[Moment]:
    council = reader.person.responsible_authority_id
    away = Cover.objects.filter(council=council, worker__in=workers).select_related("stands_in").order_by("pk")
    for cover in away:
        link = workers[cover.worker_id]
        if cover.last_day < link.started_on or (link.ended_on and cover.first_day > link.ended_on):
            continue
        if cover.ended_at and day_of(cover.first_day) > cover.ended_at:  # it never began
            continue
        said = {"name": cover.stands_in.name, "day": date_format(cover.last_day, "j F Y")}
        first = day_of(max(cover.first_day, link.started_on))
        yield Moment(first, _("%(name)s stands in until %(day)s") % said, first > reader.now)


def _transfers(reader: Reader) -> Iterator[Moment]:
    """The young person reads of the one that came about."""
    rows = Transfer.objects.filter(person=reader.person).select_related("to_council").order_by("pk")
    for row in rows:
        said = {"council": row.to_council.short_name, "state": row.get_state_display()}
        if row.state == Transfer.State.ACCEPTED and row.decided_at:
            yield Moment(row.decided_at, _("%(council)s took over") % said)
        elif not reader.you:
            yield Moment(row.decided_at or row.asked_at, _("%(council)s was asked to take over: %(state)s") % said)


def _matches(reader: Reader) -> Iterator[Moment]:
    """What was done about matches. A reason of "not now" is theirs to read; what is kept for later is the worker's."""
    rows = MatchAction.objects.filter(person=reader.person).select_related("opportunity").order_by("pk")
    for row in rows:
        words = {
            MatchAction.State.SHARED: reader.say(_("Shared with them"), _("Your adviser showed it to you")),
            MatchAction.State.LATER: reader.say(_("Kept for later"), ""),
            MatchAction.State.NOT_NOW: _("Not now. %(reason)s") % {"reason": row.reason},
        }[MatchAction.State(row.state)]
        if words:
            yield Moment(row.at, _titled(row.opportunity.title, words))


def _titled(title: str, words: Any) -> str:
    return _("%(title)s: %(words)s") % {"title": title, "words": words}


def _introductions(reader: Reader) -> Iterator[Moment]:
    """Every move but those of the permission, and a meeting that comes."""
    rows = Introduction.objects.filter(person=reader.person).select_related("opportunity")
    found = {row.pk: row for row in rows.order_by("pk")}
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id__in=found).exclude(old=F("new"))
    for move in moves.exclude(new__in=BY_PERMISSION).order_by("pk"):
        row = found[move.object_id]
        yield Moment(move.at, _titled(row.opportunity.title, _moved(reader, move, row)))
    for row in found.values():
        if reader.you and is_unseen(row):
            continue
        if row.state in (S.MEETING, S.INTERVIEW) and row.meets_at and row.meets_at > reader.now:
            when = date_format(row.meets_at.astimezone(LONDON), "l j F, H:i")
            yield Moment(row.meets_at, _titled(row.opportunity.title, reader.say(_("They meet"), _("You meet"))
                         + f" {when}"), True)  # fmt: skip


def _moved(reader: Reader, move: LifecycleLog, row: Introduction) -> str:
    if move.move.startswith("thaw_"):
        return _("It goes on again")
    if move.new == S.ENDED and not reader.you:
        return f"{S.ENDED.label}: {row.get_ending_display()}"
    return reader.say(S(move.new).label, TO_YOU[S(move.new)])


def _permission(reader: Reader) -> Iterator[Moment]:
    """The question, its answer, and a yes taken back."""
    rows = Permission.objects.filter(person=reader.person).select_related("introduction__opportunity").order_by("pk")
    for row in rows:
        title = row.introduction.opportunity.title
        yes = row.answer == Permission.Answer.YES
        said = [
            (row.asked_at, reader.say(_("Asked for their yes"), _("We asked if we may tell the business"))),
            (row.answered_at, reader.say(_("Said yes"), _("You said yes")) if yes
             else reader.say(_("Said no"), _("You said no"))),
            (row.confirmed_at, reader.say(_("Their yes was confirmed"), _("Your adviser confirmed your yes"))),
        ]  # fmt: skip
        yield from (Moment(at, _titled(title, words)) for at, words in said if at)


def _starts(reader: Reader) -> Iterator[Moment]:
    rows = Start.objects.filter(person=reader.person).select_related("opportunity").order_by("pk")
    for row in rows:
        first = day_of(row.starts_on)
        if row.ending != Start.Ending.NEVER:
            yield Moment(first, _titled(row.opportunity.title, _("First day")), first > reader.now)
        if row.ended_on:
            words = reader.say(row.get_ending_display(), _("Your place came to an end"))
            yield Moment(day_of(row.ended_on), _titled(row.opportunity.title, words))


def _check_ins(reader: Reader) -> Iterator[Moment]:
    """What was answered, and the next that is due. A young person reads their own alone."""
    rows = CheckIn.objects.filter(start__person=reader.person)
    if reader.you:
        rows = rows.filter(side=CheckIn.Side.YOUNG_PERSON)
    next_due = None
    for row in rows.filter(~Q(answer="") | ~Q(start__state=Start.State.ENDED)).order_by("due_on", "pk"):
        point = row.get_point_display()
        if row.answered_at:
            words = row.get_answer_display() if reader.you else f"{row.get_side_display()}: {row.get_answer_display()}"
            yield Moment(row.answered_at, _titled(point, words))
        elif next_due is None and day_of(row.due_on) > reader.now:
            next_due = Moment(day_of(row.due_on), _titled(point, _("We ask how it goes")), True)
    if next_due:
        yield next_due


def _said(reader: Reader) -> Iterator[Moment]:
    """Help again; and for their own eyes: what they told us is wrong, and what they do not want."""
    for asked in HelpAgain.objects.filter(person=reader.person).order_by("pk"):
        yield Moment(asked.asked_at, reader.say(_("Would like help again"), _("You asked for help again")))
    if not reader.you:
        return
    for wrong in Concern.objects.filter(person=reader.person, said_by=Concern.SaidBy.YOUNG_PERSON).order_by("pk"):
        yield Moment(wrong.made_at, _("You told us that something is wrong"))
    for row in Objection.objects.filter(person=reader.person).order_by("pk"):
        yield Moment(row.made_at, _("You told us what you do not want"))
        if row.answered_at:
            yield Moment(row.answered_at, _("We answered you"))


KINDS: list[Callable[[Reader], Iterator[Moment]]] = [
    _support, _transfers, _matches, _introductions, _permission, _starts, _check_ins, _said,
]  # fmt: skip
