"""A team manager's pages about support that goes to another council, or comes from one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import cover, transfers
from accounts.models import Transfer
from core import clock
from core.lifecycle import MoveRefused
from matching.team_forms import AnswerTransferForm, TransferForm
from matching.team_views import HERE, council_of, decision_page, refused_by, somebody, user_of
from matching.views import hat_of


def rows_of(council: int) -> list[list[Any]]:
    """What waits for an answer, theirs and ours, for components/table.html."""
    return [_row(row, ours=row.from_council_id == council) for row in transfers.waiting(council)]


def _row(row: Transfer, *, ours: bool) -> list[Any]:
    if row.state == Transfer.State.REFUSED:
        return [_("%(council)s said no") % {"council": row.to_council.short_name}, row.words, row.why, ""]
    day = date_format(row.answer_by, "j F Y")
    late = (
        {"text": _("Late: %(day)s") % {"day": day}, "badge": "now"}
        if row.answer_by < clock.today()
        else {"text": day, "name": _("Answer by")}
    )
    if ours:
        who = _("You asked %(council)s") % {"council": row.to_council.short_name}
        link = {"text": _("Take it back"), "url": reverse("matching:take-back-transfer", args=[row.public_id])}
    else:
        who = _("%(council)s asks you") % {"council": row.from_council.short_name}
        link = {"text": _("Answer"), "url": reverse("matching:answer-transfer", args=[row.public_id])}
    return [who, row.words, late, link]


def _waiting(public_id: UUID, **theirs: int) -> Transfer:
    """One that waits for an answer, of the council whose hat is worn; any other is as unknown as a random id."""
    rows = Transfer.objects.filter(state=Transfer.State.ASKED, **theirs).select_related("from_council", "to_council")
    found: Transfer = get_object_or_404(rows, public_id=public_id)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/transfer/`: ask another council to take over."""
    person = somebody(request, public_id)
    form = TransferForm(transfers.councils_to_ask(council_of(request)), request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            transfers.ask(
                person=person, to_council=form.councils[said["to_council"]], words=said["words"], by=user_of(request)
            )
        except (MoveRefused, ValidationError) as error:
            refused_by(form, error)
        else:
            messages.success(request, _("Asked. You hear when they answer."))
            return redirect(HERE)
    title = _("Another council takes over %(label)s") % {"label": person.label}
    lead = _(
        "Its team manager reads your words, and nothing else of them until they accept. Then you see them no more."
    )
    return decision_page(request, form, title, _("Ask them"), lead)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/transfers/<transfer>/`: the council that is asked takes over, or says why not."""
    transfer = _waiting(public_id, to_council=council_of(request))
    form = AnswerTransferForm(cover.workers_of(council_of(request)), data=request.POST or None)
    if form.is_valid():
        try:
            messages.success(request, _answered(request, transfer, form))
        except MoveRefused:
            messages.info(request, _("They have taken it back, or a colleague of yours has answered."))
        except ValidationError as error:
            refused_by(form, error)
        if not form.errors:
            return redirect(HERE)
    said = {"council": transfer.from_council.name, "words": transfer.words}
    lead = _("%(council)s writes: %(words)s") % said
    return decision_page(request, form, _("Another council asks you to take over"), _("Answer"), lead)


def _answered(request: HttpRequest, transfer: Transfer, form: AnswerTransferForm) -> str:
    by, role = user_of(request), hat_of(request).role
    if form.cleaned_data["answer"] == form.YES:
        transfers.accept(transfer=transfer, worker=form.chosen("worker"), by=by, role=role)
        return _("Your council supports them from today. Both workers are told.")
    transfers.refuse(transfer=transfer, why=form.cleaned_data["why"], by=by, role=role)
    return _("Answered. They read why.")


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/transfers/<transfer>/take-back/`: the council that asked no longer does."""
    transfer = _waiting(public_id, from_council=council_of(request))
    if request.method == "POST":
        try:
            transfers.take_back(transfer=transfer, by=user_of(request), role=hat_of(request).role)
            messages.success(request, _("Taken back. Nothing has changed for the young person."))
        except MoveRefused:
            messages.info(request, _("They have answered already."))
        return redirect(HERE)
    lead = _("You asked %(council)s to take over: %(words)s") % {
        "council": transfer.to_council.name, "words": transfer.words,
    }  # fmt: skip
    return decision_page(request, Form(), _("Take it back"), _("Take it back"), lead)
