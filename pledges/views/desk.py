"""`/desk/`: what to do today, each with a name and a date."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.hats import Hat
from accounts.roles import Role
from core import clock
from pledges import access, checks, desk_list
from pledges.clearing import title_of
from pledges.models import Employer, EmployerCheck, Pledge, PledgeKind, ToClearUp
from pledges.services import release_pledge, take_on

SHOWN = 10
HELD_BACK_PAGE = 50
WORD_BY_DAY = 10  # "Every pledge has had a human word by day 10" (domain, section 5)


@require_safe
def show_desk(request: HttpRequest) -> HttpResponse:
    """Counts and next steps of the hat's partnership. The number of queries does not grow with the rows."""
    hat = access.hat_of(request)
    to_call, calls = businesses_to_ring(hat)
    waiting = _waiting_checks(hat)
    open_records = access.to_clear_up_of(hat).filter(state=ToClearUp.State.OPEN)
    first = open_records.select_related("owner", "event").order_by("pk")[:SHOWN]
    context = {
        "stats": [
            {"label": _("Pledges"), "figure": access.pledges_of(hat).count(), "lead": True},
            {"label": _("Businesses to ring"), "figure": calls},
            {"label": _("To clear up"), "figure": open_records.count()},
        ],
        "to_call": to_call,
        "waiting": [_check_row(check) for check in waiting],
        "to_clear_up": [_record_row(record) for record in first],
        "events": access.events_of(hat).annotate(made=Count("pledges")).order_by("-held_on", "-pk")[:5],
        "held_back": desk_list.held_back(access.pledges_of(hat)).count() if hat.role == Role.COORDINATOR else 0,
        "without_area": Pledge.objects.filter(partnership__isnull=True)
        .select_related("employer", "kind")
        .order_by("pk")[:SHOWN],
    }
    return render(request, "pledges/desk.html", context)


def businesses_to_ring(hat: Hat) -> tuple[list[list[Any]], int]:
    """Businesses nobody has spoken to, the longest waiting first (who, whose, by when, pledges), and how many."""
    rows = (
        access.employers_of(hat)
        .filter(state=Employer.Check.UNCHECKED)
        .select_related("lead")
        .annotate(since=Min("pledges__made_at"), count=Count("pledges"), owner=Min("pledges__owner__name"))
        .order_by("since", "pk")
    )
    return [_call_row(row) for row in rows[:SHOWN]], rows.count()


def _call_row(employer: Any) -> list[Any]:
    return [
        {"text": employer.name, "url": reverse("pledges:show-employer", args=[employer.public_id])},
        (employer.lead.name if employer.lead else employer.owner) or _("Nobody yet"),
        date_format(_word_by(employer.since), "j F"),
        {"text": str(employer.count), "num": True},
    ]


def _waiting_checks(hat: Hat) -> Iterable[EmployerCheck]:
    """The open round of each business. One that a newer round overtook is not waiting for anybody."""
    rows = checks.open_rounds().filter(employer__in=access.employers_of(hat))
    return rows.select_related("employer", "called_by", "first_by").order_by("called_on", "pk")[:SHOWN]


def _check_row(check: EmployerCheck) -> list[Any]:
    step = _("The second person") if check.first_by_id else _("The first person")
    seen = check.first_by or check.called_by
    return [
        {"text": check.employer.name, "url": reverse("pledges:show-employer", args=[check.employer.public_id])},
        str(PledgeKind.Weight(check.weight).label),
        step,
        seen.name,
        date_format(check.first_on or check.called_on, "j F"),
    ]


def _record_row(record: ToClearUp) -> list[Any]:
    return [
        {"text": title_of(record), "url": reverse("pledges:show-to-clear-up", args=[record.public_id])},
        record.reasons[0][1] if record.reasons else "",
        record.owner.name,
        date_format(_word_by(record.made_at), "j F"),
    ]


@require_safe
def list_held_back(request: HttpRequest) -> HttpResponse:
    """`/desk/held-back/`: pledges that came in very great numbers. Nothing follows until they are released."""
    rows = desk_list.held_back(access.pledges_of(access.hat_of(request)))
    page = Paginator(rows, HELD_BACK_PAGE).get_page(request.GET.get("page"))
    return render(request, "pledges/held_back.html", {"page": page})


@require_POST
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """One tap: the pledge goes its way."""
    pledge = get_object_or_404(access.pledges_of(access.hat_of(request)), public_id=public_id)
    if release_pledge(pledge=pledge, by=access.user_of(request)):
        messages.success(request, _("Released. It goes its way now."))
    return redirect("pledges:list-held-back")


@require_POST
def take_pledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take on a pledge that named neither an event nor a place."""
    hat = access.hat_of(request)
    pledge = get_object_or_404(access.pledges_of(hat).select_related("employer"), public_id=public_id)
    area = access.area_of(hat)
    if area is not None and take_on(pledge=pledge, partnership=area, by=access.user_of(request)):
        day = date_format(_word_by(pledge.made_at), "l j F")
        said = _("%(business)s is yours now. Ring them by %(day)s.") % {"business": pledge.employer.name, "day": day}
        messages.success(request, said)
    else:
        messages.info(request, _("Somebody has taken this pledge on already."))
    return redirect("pledges:show-desk")


def _word_by(since: dt.datetime) -> dt.date:
    return (since + dt.timedelta(days=WORD_BY_DAY)).astimezone(clock.LONDON).date()
