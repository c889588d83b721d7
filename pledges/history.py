"""Everything a business was sent, and everything it said: for its page on the desk and for its own home."""

import datetime as dt

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from notifications.models import Outbox
from pledges.ask_messages import USED
from pledges.asks import ASK_MADE, ASK_MADE_TEXT
from pledges.contacts import CHANGED, CHANGED_TEXT
from pledges.home_links import HOME
from pledges.models import Answer, Ask, CallTask, Employer, EmployerCheck, EmployerContact, Nudge, Pledge
from pledges.nudges import CLOSING, CLOSING_BY_TEXT, NUDGE, NUDGE_BY_TEXT, STILL_OPEN, STILL_OPEN_BY_TEXT
from pledges.services import THANKS, THANKS_BY_TEXT

MOST = 200
OF_PLEDGES = {
    **dict.fromkeys((THANKS, THANKS_BY_TEXT), gettext_lazy("We said thank you")),
    **dict.fromkeys((CLOSING, CLOSING_BY_TEXT), gettext_lazy("We let a pledge go, with thanks")),
}
OF_ASKS = dict.fromkeys((ASK_MADE, ASK_MADE_TEXT), gettext_lazy("We said that something pledged is needed"))
OF_PEOPLE = {
    HOME: gettext_lazy("We sent the link to the page of the business"),
    USED: gettext_lazy("We said that something was used"),
    **dict.fromkeys((CHANGED, CHANGED_TEXT), gettext_lazy("We said that another address or number waits")),
}
LETTERS = OF_PLEDGES | OF_ASKS | OF_PEOPLE
NUDGES = {
    **dict.fromkeys((NUDGE, NUDGE_BY_TEXT), gettext_lazy("We asked how it goes")),
    **dict.fromkeys((STILL_OPEN, STILL_OPEN_BY_TEXT), gettext_lazy("We asked whether it is still open")),
}
NOT_SENT = (Outbox.State.ENDED, Outbox.State.DEAD)
Line = tuple[dt.date, str, str]


def sent_and_said(employer: Employer, nameless: str = "") -> list[Line]:
    """(date, what, to whom or by whom), the newest first. Nine queries for any number of rows; at most MOST lines.

    nameless: what a person without a name is called; "The giver" unless told.
    """
    giver = nameless or _("The giver")
    lines = [
        *_letters(employer, giver),
        *_reminders(employer, giver),
        *_answers(employer, giver),
        *_calls(employer),
        *_checks(employer),
    ]
    return sorted(lines, key=lambda line: line[0], reverse=True)[:MOST]


def _day(at: dt.datetime | None) -> dt.date:
    return (at or clock.now()).astimezone(clock.LONDON).date()


def _letters(employer: Employer, giver: str) -> list[Line]:
    """Everything but the reminders, each row by what caused it: a pledge, an ask or a person."""
    givers = dict(Pledge.objects.filter(employer=employer).values_list("pk", "contact__name"))
    askers = dict(Ask.objects.filter(pledge__employer=employer).values_list("pk", "pledge__contact__name"))
    people = dict(EmployerContact.objects.filter(employer=employer).values_list("pk", "name"))
    causes = ((OF_PLEDGES, givers), (OF_ASKS, askers), (OF_PEOPLE, people))
    names = {purpose: found for purposes, found in causes for purpose in purposes}
    where = Q()
    for purposes, found in causes:
        where |= Q(purpose__in=purposes, cause_id__in=list(found))
    return [
        (
            _day(row.made_at),
            _by_text(row, str(LETTERS[row.purpose])),
            names[row.purpose][row.cause_id] or giver,
        )
        for row in Outbox.objects.filter(where).exclude(state__in=NOT_SENT).order_by("-pk")[:MOST]
        if row.cause_id is not None
    ]


def _by_text(row: Outbox, what: str) -> str:
    return _("%(what)s, by text") % {"what": what} if row.channel == Outbox.Channel.TEXT else what


def _reminders(employer: Employer, giver: str) -> list[Line]:
    rows = Nudge.objects.filter(employer=employer).select_related("contact").order_by("-pk")[:MOST]
    nudges = {row.pk: row for row in rows}
    sent = Outbox.objects.filter(purpose__in=NUDGES, cause_id__in=nudges).exclude(state__in=NOT_SENT)
    return [
        (
            nudges[row.cause_id].sent_on,
            _by_text(row, str(NUDGES[row.purpose])),
            nudges[row.cause_id].contact.name or giver,
        )
        for row in sent
        if row.cause_id in nudges
    ]


def _answers(employer: Employer, giver: str) -> list[Line]:
    rows = Answer.objects.filter(pledge__employer=employer).select_related(
        "pledge__kind", "pledge__contact", "typed_by"
    )
    return [_answer(row, giver) for row in rows.order_by("-pk")[:MOST]]


def _answer(row: Answer, giver: str) -> Line:
    what = f"{row.pledge.kind.name}: {Answer.Said(row.said).label}"
    if row.until:
        what += f", {date_format(row.until, 'F Y')}"
    if row.typed_by:
        return _day(row.made_at), what, _("told to %(name)s") % {"name": row.typed_by.name}
    return _day(row.made_at), what, row.pledge.contact.name or giver


def _calls(employer: Employer) -> list[Line]:
    """Calls that reached nobody: the others left an answer, which says more."""
    rows = CallTask.objects.filter(pledge__employer=employer, outcome=CallTask.Outcome.NOT_REACHED)
    return [
        (_day(row.done_at), _("We rang and reached nobody"), row.done_by.name if row.done_by else "")
        for row in rows.filter(~Q(state=CallTask.State.OPEN)).select_related("done_by").order_by("-pk")[:MOST]
    ]


def _checks(employer: Employer) -> list[Line]:
    rows = EmployerCheck.objects.filter(employer=employer).select_related("called_by").order_by("-pk")[:MOST]
    return [(row.called_on, _("We rang to ask about the pledge"), row.called_by.name) for row in rows]
