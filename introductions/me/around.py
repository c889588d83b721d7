"""Before day one, and who sees me: a young person's own pages about what is around it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.apart import in_use
from accounts.cover import cover_of
from accounts.hats import in_force
from accounts.models import AdviserLink, Council, Membership, Objection, View, YoungPerson
from accounts.roles import Role
from core import clock
from introductions import readiness
from introductions.me import telling
from introductions.me.views import own

PLAN = "first_wage_plan"
LOOKED = 30  # rows of who looked
TITLES = {
    Role.TEAM_MANAGER: gettext_lazy("Leads the team that supports you"),
    Role.SAFEGUARDING_LEAD: gettext_lazy("Looks when something is wrong"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def show_ready(request: HttpRequest) -> HttpResponse:
    """`/me/ready/`: what should be there before day one; a POST ticks what is."""
    person = own(request)
    if request.method == "POST":
        readiness.record_ready(person=person, has=set(request.POST.getlist("has")))
        messages.success(request, _("Saved."))
        return redirect("introductions:show-ready")
    things = readiness.things_of(person)
    context = {"things": things, "left": sum(not there for _thing, there in things)}
    return render(request, "introductions/me_ready.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_first_wage(request: HttpRequest) -> HttpResponse:
    """`/me/first-wage/`: the gap before the first wage, what to ask, and a tick when there is a plan."""
    person = own(request)
    if request.method == "POST":
        has = readiness.ready(person) - {PLAN}
        readiness.record_ready(person=person, has=has | {PLAN} if "plan" in request.POST else has)
        messages.success(request, _("Saved."))
        return redirect("introductions:show-ready")
    context = {"there": PLAN in readiness.ready(person), "who": telling.helper_of(person)}
    return render(request, "introductions/me_first_wage.html", context)


@require_safe
def show_who(request: HttpRequest) -> HttpResponse:
    """`/me/who/`: who can see me, and who looked."""
    person = own(request)
    context = {
        "seers": seers(person),
        "looked": _looked(person),
        "today": clock.today(),
        "council": person.responsible_authority.name,
        "objections": Objection.objects.filter(person=person).order_by("-pk"),
    }
    return render(request, "introductions/me_who.html", context)


def seers(person: YoungPerson) -> list[dict[str, Any]]:
    """Names and what they are to them, for components/rows.html: whoever the walls and the pages let see them, and
    nobody else. Four queries."""
    links = AdviserLink.objects.current().filter(person=person).annotate(in_use=in_use())
    link = links.select_related("worker", "person").first()
    supported = link is not None and link.in_use
    found = [*_workers(link, supports=supported), *_guests(person)]
    rows = Membership.objects.filter(
        in_force(), council=person.responsible_authority_id, role__in=TITLES, user__is_active=True
    )
    if person.kept_apart and supported:
        rows = rows.exclude(role=Role.TEAM_MANAGER)
    does: dict[str, list[str]] = {}
    for row in rows.select_related("user").order_by("role", "pk"):
        does.setdefault(row.user.name, []).append(str(TITLES[Role(row.role)]))
    return [*found, *({"label": name, "value": "\n".join(words)} for name, words in does.items())]


def _workers(link: AdviserLink | None, *, supports: bool) -> Iterator[dict[str, Any]]:
    """Their own, while they work there, and who stands in."""
    if link is None:
        return
    if supports:
        yield {"label": link.worker.name, "value": _("Supports you")}
    if away := cover_of(link):
        yield {"label": away.stands_in.name, "value": _stands_in(away.last_day, link.worker.name)}


def _guests(person: YoungPerson) -> list[dict[str, Any]]:
    """Those who may still come in: to their last day, and no longer than their own council lets them."""
    hats = Membership.objects.filter(in_force(), user=OuterRef("worker"), role=Role.GUEST_ADVISER)
    rows = AdviserLink.objects.of_guests().filter(Exists(hats), person=person, worker__is_active=True)
    return [
        {"label": guest.worker.name, "value": _helps(guest.until)}
        for guest in rows.select_related("worker").order_by("until", "pk")
    ]


def _helps(last: dt.date) -> str:
    return _("Helps you until %(day)s") % {"day": date_format(last, "j F")}


def _stands_in(last: dt.date, name: str) -> str:
    said = {"name": name.split(" ")[0], "day": date_format(last, "j F")}
    return _("Stands in for %(name)s until %(day)s") % said


def _looked(person: YoungPerson) -> list[dict[str, Any]]:
    """Who looked, the newest day first. One query."""
    rows = View.objects.filter(~Q(viewer=person.user_id), ~Q(page=View.Page.SAFETY), person=person).select_related(
        "council"
    )
    return [
        {"date": row.on, "text": f"{row.get_role_display()}{_council(row.council)}: {row.get_page_display()}"}
        for row in rows.order_by("-on", "-pk")[:LOOKED]
    ]


def _council(council: Council | None) -> str:
    return f", {council.short_name}" if council else ""
