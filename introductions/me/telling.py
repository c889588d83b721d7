"""Where something stands, told to the young person: what comes next, from whom, by when. One date and one name."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.apart import links_in_use
from accounts.models import YoungPerson
from core import clock
from introductions import fine, meeting_file, start_facts, staying
from introductions.lifecycle import OPEN
from introductions.models import Introduction, Permission, Start
from pledges.models import Employer

S, Ending = Introduction.State, Introduction.Ending


@dataclass
class Told:
    """One introduction in plain words. who: their worker. question: what waits for a yes or a no, if anything does.
    start: once there is a first day."""

    row: Introduction
    title: str
    text: str
    who: str
    question: Permission | None = None
    start: Start | None = None

    @property
    def facts(self) -> list[dict[str, Any]]:
        return start_facts.rows(self.start) if self.start and not self.over else []

    @property
    def over(self) -> bool:
        return self.row.state == S.ENDED

    @property
    def can_stop(self) -> bool:
        return self.row.state in OPEN or (self.start is not None and self.start.state == Start.State.PLANNED)


def helper_of(person: YoungPerson) -> str:
    """The first name of their worker of today, or of nobody in particular. One query."""
    link = links_in_use().filter(person=person).select_related("worker").first()
    return link.worker.name.split(" ")[0] if link else _("Your team")


def of_person(person: YoungPerson) -> list[Told]:
    """All that somebody has gone for: questions first, then what goes on, then what is over. Four queries."""
    rows = Introduction.objects.filter(person=person).select_related("opportunity__kind", "employer", "start")
    permissions = Permission.objects.filter(person=person, withdrawn_at=None).order_by("pk")
    latest = {one.introduction_id: one for one in permissions}
    who, today = helper_of(person), clock.today()
    found = [tell(row, latest.get(row.pk), who, today, _start(row)) for row in rows.order_by("-made_at", "-pk")]
    return sorted(found, key=lambda told: (told.question is None, told.over))


def one(row: Introduction) -> Told:
    """One of them. Three queries."""
    permissions = Permission.objects.filter(introduction=row, withdrawn_at=None)
    return tell(row, permissions.order_by("-pk").first(), helper_of(row.person), clock.today(), _start(row))


def _start(row: Introduction) -> Start | None:
    """Read with the row."""
    return getattr(row, "start", None)


def tell(row: Introduction, asked: Permission | None, who: str, today: dt.date, start: Start | None = None) -> Told:
    """In words. asked: the last question about it that still counts; start: its start, if there is one."""
    if row.state == S.ENDED:
        return Told(row, _("This is over"), _ended(row, who), who)
    if row.state == S.ASKED and asked is not None and not asked.answer:
        words = _("%(who)s asks if we may tell %(business)s about you. You decide.")
        return Told(row, _("Say yes or no"), words % {"who": who, "business": row.employer.name}, who, asked)
    title, words = _of_start(row, start, today) or _ongoing(row, asked)
    said = {"who": who, "business": row.employer.name, "day": _day(row.due_on), "when": _when(row)}
    said["back"] = _day(row.checks_by) if row.checks_by else ""
    said["first"] = _day(start.starts_on) if start else ""
    text = words % said
    if row.due_on < today and "%(day)s" in words:
        text = _("%(text)s That day has passed, so ask %(who)s.") % {"text": text, "who": who}
    if fine.is_due(row, today):
        text = _("%(text)s Is it still fine? One tap tells us.") % {"text": text}
    return Told(row, title, text, who, start=start)


def _of_start(row: Introduction, start: Start | None, today: dt.date) -> tuple[str, str] | None:
    """Before the first day, and after the last of what was for a time."""
    if start is None or _is_stopped(row):
        return None
    if row.state == S.STARTED and staying.time_is_over(start, row.opportunity, today):
        words = _("Your time at %(business)s is over. %(who)s asks you how it was, and what you would like next.")
        return _("Your time there is over"), words
    if start.state == Start.State.PLANNED:
        return _("You have a first day"), _("You start at %(business)s on %(first)s. %(who)s is there for you.")
    return None


def _is_stopped(row: Introduction) -> bool:
    return bool(row.state == S.STARTED and row.employer.state == Employer.Check.STOPPED)


def _ongoing(row: Introduction, asked: Permission | None) -> tuple[str, str]:
    """A title, and a sentence with places for who, business, day and when."""
    if row.state == S.ASKED and asked is not None:
        return _("You said yes"), _("%(who)s confirms it with you by %(day)s. Until then we tell nobody.")
    if meeting_file.is_unseen(row):
        return _("They would like to meet you"), _(
            "%(who)s looks at the place first, and tells you by %(day)s. Do not go before that."
        )
    if _is_stopped(row):
        words = _("We do not work with %(business)s any more. It is nothing that you did. %(who)s will ring you.")
        return _("Wait for a call"), words
    found: dict[str, tuple[str, str]] = {
        S.INTERESTED: (_("You are interested"), _("%(who)s will tell you what comes next by %(day)s.")),
        S.ASKED: (_("We are on it"), _("%(who)s will ask you something by %(day)s.")),
        S.PERMITTED: (_("You said yes"), _("%(who)s will tell %(business)s by %(day)s.")),
        S.INTRODUCED: (_("They know about you"), _("%(business)s will answer by %(day)s. Then %(who)s tells you.")),
        S.MEETING: (_("You meet them"), _("You meet %(business)s %(when)s. %(who)s helps you get ready.")),
        S.INTERVIEW: (
            _("You have an interview"),
            _("%(business)s will see you %(when)s. %(who)s helps you get ready."),
        ),
        S.OFFERED: (_("They want you"), _("%(who)s will go through it with you by %(day)s. You can still say no.")),
        S.CHECKS: (_("They check a few things"), _checks(row)),
        S.STARTED: (_("You are in"), _("You have a place at %(business)s. %(who)s is there for you.")),
        S.FROZEN: (_("This is on hold"), _("You have to do nothing. %(who)s will tell you more.")),
    }
    return found[row.state]


def _checks(row: Introduction) -> str:
    if row.checks_by is None:
        return _("%(who)s will tell you how it goes by %(day)s.")
    return _("It should be done by %(back)s. %(who)s will tell you how it goes.")


def _when(row: Introduction) -> str:
    """The time and place of a meeting, as far as they are known."""
    if row.meets_at is None:
        return _("soon")
    local = timezone.localtime(row.meets_at)
    said = {"day": _day(local.date()), "time": date_format(local, "g:i a"), "where": row.meets_where}
    if row.meets_where:
        return _("on %(day)s at %(time)s (%(where)s)") % said
    return _("on %(day)s at %(time)s") % said


def _day(day: dt.date) -> str:
    return date_format(day, "l j F")


def _ended(row: Introduction, who: str) -> str:
    """How it ended. Nobody is told off, and nobody is asked why."""
    found: dict[str, str] = {
        Ending.YOUNG_PERSON: _("You said no. That is fine."),
        Ending.WITHDRAWN: _("You took your yes back. We tell %(business)s to stop using what they know about you."),
        Ending.NOT_THIS_TIME: _("%(business)s said not this time. There are others."),
        Ending.NO_PLACE: _("All the places were taken. There are others."),
        Ending.CLOSED: _("It closed before anybody could decide. There are others."),
        Ending.STOPPED: _("We no longer work with %(business)s. It is nothing that you did."),
        Ending.ENDED_SUPPORT: _("Your support here has ended."),
        Ending.LEFT: _("Your place at %(business)s has come to an end. Tell %(who)s what you would like next."),
    }
    return found[row.ending] % {"business": row.employer.name, "who": who}
