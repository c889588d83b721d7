"""The team manager's own pages: who has no adviser, who supports whom, who stands in, and the end of support."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import cover
from accounts.apart import keep_apart as keep
from accounts.apart import links_in_use
from accounts.ending import end_support
from accounts.models import Council, Cover, View, YoungPerson
from accounts.roles import Role
from accounts.viewing import log_view
from core.lifecycle import MoveRefused
from matching import listing, shown, transfers
from matching.models import Interests
from matching.team_forms import ApartForm, CoverForm, EndForm, HandOverForm
from matching.team_views import HERE, council_of, decision_page, refused_by, somebody, user_of
from matching.views import hat_of


@require_safe
def show_team(request: HttpRequest) -> HttpResponse:
    """`/adviser/team/`: how many have said what they would like; those without an adviser first, then everybody with
    theirs; and who stands in for whom."""
    people = list(shown.managed())
    ids = [person.pk for person in people]
    log_view(hat_of(request), ids, View.Page.LIST)
    workers = dict(links_in_use().filter(person__in=ids).values_list("person_id", "worker__name"))
    people.sort(key=lambda person: person.pk in workers)
    without = sum(person.pk not in workers for person in people)
    asked = Interests.objects.filter(pk__in=ids).count()
    context = {
        "stats": [listing.coverage(asked, len(ids)), {"label": _("Have no adviser"), "figure": without}],
        "rows": [_row(person, workers.get(person.pk)) for person in people],
        "columns": _columns(_("Who"), _("Adviser"), _("Change"), _("Help"), _("Moves"), _("End")),
        "without": without,
        "hidden": shown.hidden_from_managers(),
        "transfers": transfers.rows_of(council_of(request)),
        "transfer_columns": _columns(_("Councils"), _("What was written"), _("Answer by"), _("What next")),
        "covers": _covers(council_of(request)),
        "cover_columns": _columns(_("Away"), _("Stands in"), _("From"), _("Until"), _("End")),
    }
    return render(request, "matching/team.html", context)


def _columns(*labels: str) -> list[dict[str, str]]:
    return [{"label": label} for label in labels]


def _row(person: YoungPerson, worker: str | None) -> list[Any]:
    links = [
        (_("Choose their adviser"), "hand-over"),
        (_("A guest"), "let-guest-in"),
        (_("Another council"), "ask-transfer"),
        (_("End support"), "end-support"),
    ]
    cells = [{"text": text, "url": reverse(f"matching:{name}", args=[person.public_id])} for text, name in links]
    return [person.label, worker or _("Nobody yet"), *cells]


def _covers(council: int) -> list[list[Any]]:
    rows = Cover.objects.to_come().filter(council=council).select_related("worker", "stands_in")
    return [_cover(row) for row in rows.order_by("first_day", "pk")]


def _cover(row: Cover) -> list[Any]:
    first, last = (date_format(day, "j F Y") for day in (row.first_day, row.last_day))
    end = {"text": _("End it"), "url": reverse("matching:end-cover", args=[row.pk])}
    days = {"text": first, "name": _("From")}, {"text": last, "name": _("Until")}
    return [row.worker.name, row.stands_in.name, *days, end]


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/adviser/`: another adviser from today."""
    person = somebody(request, public_id)
    form = HandOverForm(cover.workers_of(council_of(request)), data=request.POST or None)
    if form.is_valid():
        try:
            cover.hand_over(person=person, worker=form.chosen("worker"), by=user_of(request))
        except ValidationError as error:
            refused_by(form, error)
        else:
            messages.success(request, _("%(label)s has their adviser.") % {"label": person.label})
            return redirect(HERE)
    title = _("Choose an adviser for %(label)s") % {"label": person.label}
    return decision_page(
        request, form, title, _("Save"), _("Whoever supported them until now is told, and so are you.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def arrange_cover(request: HttpRequest) -> HttpResponse:
    """`/adviser/team/cover/`: somebody stands in for a worker who is away."""
    form = CoverForm(cover.workers_of(council_of(request)), data=request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                cover.stand_in(
                    worker=form.chosen("worker"), colleague=form.chosen("stands_in"), by=user_of(request),
                    council=Council.objects.get(pk=council_of(request)),
                    first_day=said["first_day"], last_day=said["last_day"],
                )  # fmt: skip
        except ValidationError as error:
            refused_by(form, error)
        else:
            messages.success(request, _("Saved. Both are told."))
            return redirect(HERE)
    lead = _("From the first day to the last, whoever stands in sees the other's young people on their own list.")
    return decision_page(request, form, _("Stand in for an adviser"), _("Save"), lead)


@require_http_methods(["GET", "HEAD", "POST"])
def end_cover(request: HttpRequest, number: int) -> HttpResponse:
    """`/adviser/team/cover/<number>/`: whoever stands in sees nobody of the other's any more, from now on."""
    rows = Cover.objects.to_come().filter(council=council_of(request))
    row = get_object_or_404(rows.select_related("worker", "stands_in"), pk=number)
    if request.method == "POST":
        try:
            cover.end_cover(cover=row, by=user_of(request))
            messages.success(request, _("It has ended. Both are told."))
        except MoveRefused as refused:
            messages.info(request, str(refused))
        return redirect(HERE)
    said = {"stands_in": row.stands_in.name, "worker": row.worker.name}
    lead = _("%(stands_in)s stops standing in for %(worker)s now, and sees their young people no more.") % said
    return decision_page(request, Form(), _("End it now?"), _("End it now"), lead)


@require_http_methods(["GET", "HEAD", "POST"])
def keep_apart(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/apart/`: who works for the council is seen by their own worker alone."""
    if hat_of(request).role == Role.TEAM_MANAGER:
        person, home, said = somebody(request, public_id), reverse(HERE), {}
    else:
        person = _own(request, public_id)
        home = reverse("matching:show-person", args=[public_id])
        said = {"back": home, "back_label": person.label}
    form = ApartForm(request.POST if request.method == "POST" else None, initial={"apart": person.kept_apart})
    if form.is_valid():
        apart = form.cleaned_data["apart"]
        try:
            keep(person=person, apart=apart, by=user_of(request), role=hat_of(request).role)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Only their own adviser sees them.") if apart else _("The team sees them."))
            return redirect(home)
    lead = _("Tick it when they work for the council. Colleagues, managers and whoever stands in no longer see them.")
    return decision_page(request, form, _("Keep %(label)s apart") % {"label": person.label}, _("Save"), lead, **said)


def _own(request: HttpRequest, public_id: UUID) -> YoungPerson:
    """Whose own worker somebody is: whoever stands in does not decide this."""
    mine = links_in_use().filter(worker=user_of(request)).values("person_id")
    person: YoungPerson = get_object_or_404(YoungPerson, pk__in=mine, ended_on=None, public_id=public_id)
    log_view(hat_of(request), [person.pk], View.Page.PERSON)
    return person


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/end/`: support ends today, after a word on what follows."""
    person = somebody(request, public_id)
    form = EndForm(request.POST or None)
    if form.is_valid():
        end_support(person=person, why=form.cleaned_data["why"], by=user_of(request), role=hat_of(request).role)
        messages.success(request, _("Support has ended."))
        return redirect(HERE)
    lead = _("They leave every list today. Nothing more is sent to them or about them. This cannot be taken back here.")
    return decision_page(
        request, form, _("End support for %(label)s") % {"label": person.label}, _("End support"), lead
    )
