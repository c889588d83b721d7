"""The team manager's own pages: who has no adviser, who supports whom, who stands in, and the end of support."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import cover
from accounts.ending import end_support
from accounts.models import AdviserLink, Council, Cover, View, YoungPerson
from accounts.viewing import log_view
from core.clock import FrToday
from matching import transfers
from matching.team_forms import CoverForm, EndForm, HandOverForm
from matching.team_views import HERE, council_of, decision_page, refused_by, somebody, user_of
from matching.views import hat_of


@require_safe
def show_team(request: HttpRequest) -> HttpResponse:
    """`/adviser/team/`: those without an adviser first, then everybody with theirs; and who stands in for whom."""
    people = list(YoungPerson.objects.filter(ended_on__isnull=True).order_by("label", "pk"))
    log_view(hat_of(request), [person.pk for person in people], View.Page.LIST)
    workers = dict(AdviserLink.objects.current().values_list("person_id", "worker__name"))
    people.sort(key=lambda person: person.pk in workers)
    rows = [
        [
            person.label,
            workers.get(person.pk, _("Nobody yet")),
            {"text": _("Choose their adviser"), "url": reverse("matching:hand-over", args=[person.public_id])},
            {"text": _("A guest"), "url": reverse("matching:let-guest-in", args=[person.public_id])},
            {"text": _("Another council"), "url": reverse("matching:ask-transfer", args=[person.public_id])},
            {"text": _("End support"), "url": reverse("matching:end-support", args=[person.public_id])},
        ]
        for person in people
    ]
    context = {
        "rows": rows,
        "columns": [
            {"label": words} for words in (_("Who"), _("Adviser"), _("Change"), _("Help"), _("Moves"), _("End"))
        ],
        "without": sum(person.pk not in workers for person in people),
        "transfers": transfers.rows_of(council_of(request)),
        "transfer_columns": [
            {"label": words} for words in (_("Councils"), _("What was written"), _("Answer by"), _("What next"))
        ],
        "covers": _covers(council_of(request)),
        "cover_columns": [{"label": words} for words in (_("Away"), _("Stands in"), _("From"), _("Until"))],
    }
    return render(request, "matching/team.html", context)


def _covers(council: int) -> list[list[str]]:
    rows = Cover.objects.filter(council=council, last_day__gte=FrToday()).select_related("worker", "stands_in")
    return [
        [row.worker.name, row.stands_in.name, date_format(row.first_day, "j F Y"), date_format(row.last_day, "j F Y")]
        for row in rows.order_by("first_day", "pk")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/adviser/`: another adviser from today."""
    person = somebody(request, public_id)
    form = HandOverForm(cover.workers_of(council_of(request)), data=request.POST or None)
    if form.is_valid():
        cover.hand_over(person=person, worker=form.chosen("worker"), by=user_of(request))
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
