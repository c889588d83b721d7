"""One opportunity at the desk: its task list of six questions, each question on a page, and the preview."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from core.lifecycle import MoveRefused
from opportunities import by_business, desk_moves, next_steps, plain_english, services, shown, views, words
from opportunities.desk import acting_user, hat_of, own, standing
from opportunities.desk_history import history
from opportunities.forms import CompleteForm
from opportunities.lifecycle import LIFECYCLE
from opportunities.models import Opportunity
from opportunities.questions import BY_CODE, ELSEWHERE, Question, standings
from opportunities.refusals import Law, Refusal, Refused, advice, for_judging, refusals
from pledges.models import Pledge

State = Opportunity.State


def _row_of(request: HttpRequest, public_id: UUID) -> Opportunity:
    """One of the hat's own, with all the page shows; else the 404 of an address that does not exist."""
    rows = for_judging(own(request))
    more = ("submitted_by", "approved_by", "pledge__owner", "pledge__employer__lead", "authority", "row")
    return get_object_or_404(rows.select_related(*more), public_id=public_id)


@require_safe
def show_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/desk/opportunities/<id>/`: how far each question is, who does what next, the buttons, places and history."""
    row = _row_of(request, public_id)
    law = Law.load()
    missing = _missing(request, row, law)
    writes = can_write(request, row)
    moves = desk_moves.drawn(row, hat_of(request).role, missing)
    reads = {"approve", "submit"} & {move["name"] for move in moves}  # whoever decides about the words reads them here
    context = {
        "row": row,
        **(views.page(row, law.today, words.now(), shown.Reader(signed_in=True)) if reads else {}),
        "reads": reads,
        **_state(row, law),
        "written": by_business.told(by_business.last_words([row.pk]).get(row.pk)) if row.state == State.DRAFT else "",
        "next": next_steps.next_step(row, law.today),
        "columns": [{"label": _("Question")}, {"label": _("How far it is")}],
        "rows": _rows(row, missing, writes),
        "missing": [found for found in missing if found.code in ELSEWHERE or found.code not in _asked()],
        "advice": advice(row, law),
        "score": plain_english.score(words_of(row)),
        "moves": moves,
        "stats": _places(row.pledge),
        "moments": history(row),
    }
    return render(request, "opportunities/desk_one.html", context)


def _asked() -> set[str]:
    return {code for question in BY_CODE.values() for code in question.mends}


def _rows(row: Opportunity, missing: list[Refusal], writes: bool) -> list[list[Any]]:
    """One for each question: the link to its page, its badge and what is to do there."""
    address = f"/desk/opportunities/{row.public_id}/"
    found: list[list[Any]] = []
    for each in standings(row, missing):
        title = (
            {"text": each.question.title, "url": f"{address}{each.question.code}/"} if writes else each.question.title
        )
        sentences = " ".join(str(refusal.sentence) for refusal in each.missing)
        to_do = _("%(label)s: %(sentences)s") % {"label": each.label, "sentences": sentences}
        found.append([title, to_do if sentences else {"text": each.label, "badge": each.kind}])
    return found


def words_of(row: Opportunity) -> str:
    """What a young person reads of it that somebody wrote."""
    return "\n".join(part for part in (row.title, row.summary, row.bring, row.not_needed) if part)


def _state(row: Opportunity, law: Law) -> dict[str, str]:
    """The badge of the state, and the line that says more; the same is not said twice."""
    label, words = str(State(row.state).label), standing(row, law)
    if words == label:
        return {"badge": label, "standing": ""}
    return {"badge": "" if words.startswith(label) else label, "standing": words}


def _missing(request: HttpRequest, row: Opportunity, law: Law) -> list[Refusal]:
    """What stands in the way of the next step, for this reader."""
    if row.state not in (State.DRAFT, State.SUBMITTED, State.PAUSED):
        return []
    own_one = services.own_submission(row, acting_user(request)) if row.state == State.SUBMITTED else []
    return own_one + refusals(row, law)


def _places(pledge: Pledge) -> list[dict[str, Any]]:
    """The ledger of the pledge."""
    return [
        {"label": _("Pledged"), "figure": pledge.places, "lead": True},
        {"label": _("Open now"), "figure": pledge.places_live},
        {"label": _("Held for somebody"), "figure": pledge.places_held},
        {"label": _("Started"), "figure": pledge.places_started},
    ]


def can_write(request: HttpRequest, row: Opportunity) -> bool:
    """Whether this officer may save a question now."""
    return row.state == State.DRAFT or any(
        move.name == "change" for move in LIFECYCLE.may(row.state, hat_of(request).role)
    )


def answer_question(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """`/desk/opportunities/<id>/<question>/`: one question. Saving it leaves all others as they are."""
    question = BY_CODE.get(step)
    row = _row_of(request, public_id)
    if question is None:
        raise Http404
    if not can_write(request, row):
        messages.error(request, _("This cannot be changed now."))
        return redirect("opportunities:edit-opportunity", public_id)
    data = request.POST if request.method == "POST" else None
    form = CompleteForm(data, opportunity=row, names=question.fields)
    if data is not None and form.is_valid() and saved(form, _save(request, row, question)):
        messages.success(request, _("Saved."))
        if form.asks_again:
            return redirect(f"{request.path}#id_occupation_0")
        return redirect("opportunities:edit-opportunity", public_id)
    context = {
        "row": row,
        "question": question,
        "form": form,
        "to_do": [found for found in _missing(request, row, Law.load()) if found.code in question.mends],
        "score": plain_english.score(words_of(row)) if question.code == "work" else None,
    }
    return render(request, "opportunities/desk_question.html", context)


def _save(request: HttpRequest, row: Opportunity, question: Question) -> Callable[..., Any]:
    """How what was typed is kept: a draft is completed, what is published is changed."""
    by = acting_user(request)
    if row.state == State.DRAFT:
        return partial(services.complete, opportunity=row, by=by, done=question.mask)
    return partial(services.change, opportunity=row, by=by, role=hat_of(request).role)


def saved(form: CompleteForm, save: Callable[..., Any]) -> bool:
    """Keep it. False, and sentences on the form, when it cannot be kept."""
    try:
        save(**form.values())
    except Refused as refused:
        for refusal in refused.refusals:
            form.add_error(None, refusal.sentence)
    except MoveRefused as refused:
        form.add_error(None, str(refused))
    except ValidationError as wrong:
        form.add_error(None, wrong)
    return form.is_valid()


@require_safe
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/desk/opportunities/<id>/preview/`: the public page of it, for drafts too."""
    row = get_object_or_404(own(request).select_related(*PREVIEWED), public_id=public_id)
    context = {**views.page(row, clock.today(), words.now()), "row": row}
    return render(request, "opportunities/desk_preview.html", context)


PREVIEWED = ("kind", "employer", "unpaid_reason", "category", "row")
