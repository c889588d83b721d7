"""What has happened with one opportunity, for its business: when it was shown; for the giver, signed in, its
introductions.

Nobody is named. Of introductions it tells what `known` lets this visitor read and no more: what is over is not in it.
"""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import clock
from core.models import LifecycleLog
from introductions import home, known, services
from introductions.home_views import Door
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction
from introductions.timeline import Moment, day_of
from opportunities.desk_history import SAID
from opportunities.lifecycle import MODEL
from opportunities.models import Opportunity

S = Introduction.State
TO_BUSINESS = {
    S.INTRODUCED: gettext_lazy("An introduction began"),
    S.MEETING: gettext_lazy("A meeting was set"),
    S.INTERVIEW: gettext_lazy("An interview was set"),
    S.OFFERED: gettext_lazy("It was offered"),
    S.CHECKS: gettext_lazy("Checks began"),
}


@require_safe
def show_opportunity(request: HttpRequest, door: Door, public_id: UUID) -> HttpResponse:
    """`/employer/opportunities/<id>/`, or by link: one that is or was open. Four queries for its timeline."""
    row = get_object_or_404(home.opened_by(door.visitor), public_id=public_id)
    context = {"door": door, "row": row, "moments": moments(door, row), "back": door.url("show-home")}
    return render(request, "introductions/home_opportunity.html", context)


def moments(door: Door, row: Opportunity) -> list[Moment]:
    """What is still to come first, then the newest first."""
    found = [*_shown(row), *_introductions(door, row)]
    return sorted(found, key=lambda moment: moment.at, reverse=True)


def _shown(row: Opportunity) -> Iterator[Moment]:
    """Its own moves. Who of us made them, and why, stays with the desk."""
    for move in LifecycleLog.objects.filter(model=MODEL, object_id=row.pk, move__in=SAID).order_by("pk"):
        yield Moment(move.at, str(SAID[move.move]))


def _introductions(door: Door, row: Opportunity) -> Iterator[Moment]:
    if door.token or not services.is_checked(door.visitor.employer):  # a link to the page may have been passed on
        return
    with known.as_business(door.visitor):
        found = {each.pk: each for each in known.of_giver(door.visitor).filter(opportunity=row)}
    moves = LifecycleLog.objects.filter(model=INTRODUCTION.model, object_id__in=found, new__in=TO_BUSINESS)
    for move in moves.exclude(old=F("new")).exclude(old=S.FROZEN).order_by("pk"):  # it rested: nobody else's business
        yield Moment(move.at, _line(door, found[move.object_id], str(TO_BUSINESS[S(move.new)])))
    now = clock.now()
    for each in found.values():
        yield from _day(door, each, now)


def _day(door: Door, row: Introduction, now: dt.datetime) -> Iterator[Moment]:
    """The meeting that comes, or the first day."""
    if row.state in (S.MEETING, S.INTERVIEW) and row.meets_at and row.meets_at > now:
        yield Moment(row.meets_at, _line(door, row, _("You meet on %(when)s") % {"when": known.when(row)}), True)
    if row.state == S.STARTED:
        first = day_of(row.start.starts_on)
        ahead = first > now
        yield Moment(first, _line(door, row, _("A first day") if ahead else _("Somebody started")), ahead)


def _line(door: Door, row: Introduction, words: str) -> str:
    url = door.url("show-known", row.reference)
    said = _("reference %(reference)s") % {"reference": row.reference}
    return format_html('{} (<a href="{}">{}</a>)', words, url, said)
