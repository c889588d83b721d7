"""A business's own draft: how a young person will see it, and five questions that the business may answer."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.lifecycle import MoveRefused
from introductions import home
from introductions.home_forms import DraftForm
from introductions.home_views import Door
from opportunities import by_business, plain_english, views, words
from opportunities.desk_one import saved, words_of
from opportunities.models import Opportunity
from opportunities.refusals import for_judging
from pledges.answers import name_of

DRAFT = Opportunity.State.DRAFT


def _row_of(door: Door, public_id: UUID) -> Opportunity:
    """One of those the visitor may see; else the 404 of an address that does not exist."""
    more = ("authority", "row", "pledge__owner", "pledge__employer__lead")
    rows = for_judging(home.drafts_of(door.visitor)).select_related(*more)
    return get_object_or_404(rows, public_id=public_id)


@require_safe
def show_draft(request: HttpRequest, door: Door, public_id: UUID) -> HttpResponse:
    """A draft as a young person will see it. Whoever may write it sees above that how far each question is."""
    row = _row_of(door, public_id)
    context = {
        **views.page(row, clock.today(), words.now()),
        "door": door,
        "back": door.url("show-home"),
        "is_draft": row.state == DRAFT,
        "name": name_of(row.pledge),
    }
    if door.writes and row.state == DRAFT:
        last = by_business.last_words([row.pk]).get(row.pk)
        context |= {
            "columns": [{"label": _("Question")}, {"label": _("How far it is")}],
            "rows": _rows(door, row),
            "ready_on": last.at if last and last.move == by_business.READY else None,
            "ready_url": door.url("finish-home-draft", public_id),
        }
    return render(request, "introductions/home_draft.html", context)


def _rows(door: Door, row: Opportunity) -> list[list[Any]]:
    """One for each question: the link to its page, and its badge or what is to do there."""
    found: list[list[Any]] = []
    for each in by_business.standings(row):
        url = door.url("write-home-draft", row.public_id, each.question.code)
        to_do = " ".join(refusal.sentence for refusal in each.missing)
        words = _("%(label)s: %(sentences)s") % {"label": each.label, "sentences": to_do}
        found.append(
            [{"text": each.question.title, "url": url}, words if to_do else {"text": each.label, "badge": each.kind}]
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def write_draft(request: HttpRequest, door: Door, public_id: UUID, step: str) -> HttpResponse:
    """One question. Saving it leaves all others as they are."""
    row, question = _writable(door, public_id), by_business.BY_CODE.get(step)
    if question is None:
        raise Http404
    back = door.url("show-home-draft", public_id)
    if row.state != DRAFT:
        return redirect(back)
    data = request.POST if request.method == "POST" else None
    form = DraftForm(data, opportunity=row, names=question.fields)
    if data is not None and form.is_valid():
        door.may("write")
        if saved(form, partial(by_business.write, opportunity=row, question=question)):
            messages.success(request, _("Saved."))
            return redirect(f"{request.path}#id_occupation_0" if form.asks_again else back)
    standing = next(each for each in by_business.standings(row) if each.question == question)
    context = {
        "door": door,
        "row": row,
        "question": question,
        "form": form,
        "back": back,
        "to_do": standing.missing,
        "score": plain_english.score(words_of(row)) if question.code == "work" else None,
    }
    return render(request, "introductions/home_question.html", context)


@require_POST
def finish_draft(request: HttpRequest, door: Door, public_id: UUID) -> HttpResponse:
    """ "It is ready": from here the desk goes on."""
    row = _writable(door, public_id)
    door.may("write")
    try:
        by_business.say_ready(opportunity=row)
        messages.success(request, _("Thank you. %(name)s looks at it next.") % {"name": name_of(row.pledge)})
    except MoveRefused as refused:
        messages.info(request, str(refused))
    return redirect(door.url("show-home-draft", public_id))


def _writable(door: Door, public_id: UUID) -> Opportunity:
    """One of those the visitor may see, for a visitor who may write."""
    if not door.writes:
        raise Http404
    return _row_of(door, public_id)
