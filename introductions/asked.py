"""What young people asked: those who lead the team answer objections, and see who would like help and has no worker."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import objections
from accounts.apart import links_in_use
from accounts.models import Objection, Transfer, View, YoungPerson
from accounts.viewing import log_view
from core import clock
from core.lifecycle import MoveRefused
from introductions import help_again
from introductions.me.forms import AnswerForm
from introductions.me.views import user_of
from introductions.models import HelpAgain
from matching import shown
from matching.views import hat_of

ANSWERED = 20  # of those that have an answer, the newest


def _objections() -> QuerySet[Objection]:
    """Of those whom a manager's pages show."""
    rows: QuerySet[Objection] = Objection.objects.filter(person__in=shown.managed()).select_related("person")
    return rows


def waits_for_manager(council: int | None) -> list[tuple[str, str]]:
    """What waits for an answer of whoever leads the team, in words, with its address. Two queries."""
    objected = _objections().filter(answered_at=None).count()
    moves = Transfer.objects.filter(to_council=council, state=Transfer.State.ASKED).count()
    found = [
        (objected, reverse("introductions:list-asked"), ngettext(
            "%(n)d young person does not want something", "%(n)d young people do not want something", objected)),
        (moves, reverse("matching:show-team"), ngettext(
            "Another council asks you to take somebody over", "Other councils ask you to take over %(n)d young people",
            moves)),
    ]  # fmt: skip
    return [(words % {"n": count}, url) for count, url, words in found if count]


@require_safe
def list_asked(request: HttpRequest) -> HttpResponse:
    """`/adviser/team/asked/`: what waits for an answer, the latest first; who wants help and has no worker, or has
    waited for theirs too long."""
    waiting = list(_objections().filter(answered_at=None).order_by("answer_by", "pk"))
    answered = list(_objections().filter(answered_at__isnull=False).order_by("-answered_at", "-pk")[:ANSWERED])
    theirs = links_in_use().filter(person=OuterRef("person"))
    late = Q(due_on__lt=clock.today(), person__kept_apart=False)
    wanting = HelpAgain.objects.filter(Q(~Exists(theirs)) | late, taken_at=None, person__ended_on=None)
    helps = list(wanting.select_related("person").order_by("due_on", "pk"))
    log_view(hat_of(request), [row.person_id for row in [*waiting, *answered, *helps]], View.Page.LIST)
    context = {
        "waiting": [_waiting(row) for row in waiting],
        "late": sum(row.answer_by < clock.today() for row in waiting),
        "helps": [_help(row) for row in helps],
        "answered": [_row(row, _("Answered"), _("Read it")) for row in answered],
    }
    return render(request, "introductions/asked.html", context)


def _waiting(row: Objection) -> dict[str, Any]:
    said = {"day": date_format(row.answer_by, "j F"), "last": date_format(objections.last_lawful_day(row), "j F")}
    if row.answer_by < clock.today():
        return _row(row, _("Late: promised by %(day)s. The law allows until %(last)s") % said, _("Answer"))
    return _row(row, _("Answer by %(day)s. The law allows until %(last)s") % said, _("Answer"))


def _row(row: Objection, value: str, action: str) -> dict[str, Any]:
    url = reverse("introductions:answer-objection", args=[row.public_id])
    return {"label": row.person.label, "value": value, "url": url, "action": action}


def _help(row: HelpAgain) -> dict[str, Any]:
    said = {"day": date_format(row.due_on, "j F")}
    late = row.due_on < clock.today()
    by = _("Late: they were told by %(day)s") % said if late else _("They were told: by %(day)s") % said
    url = reverse("matching:hand-over", args=[row.person.public_id])
    return {"label": row.person.label, "value": by, "url": url, "action": _("Choose their adviser")}


@require_http_methods(["GET", "HEAD", "POST"])
def answer_objection(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/team/asked/<objection>/`: their words, and the answer that they read."""
    row = get_object_or_404(_objections(), public_id=public_id)
    log_view(hat_of(request), [row.person_id], View.Page.CONCERN)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            objections.answer_objection(
                objection=row, words=form.cleaned_data["words"], by=user_of(request), role=hat_of(request).role
            )
        except MoveRefused as refused:
            messages.error(request, str(refused))
            return redirect("introductions:answer-objection", public_id=public_id)
        messages.success(request, _("They can read your answer on their page."))
        return redirect("introductions:list-asked")
    last = objections.last_lawful_day(row)
    return render(request, "introductions/answer_objection.html", {"row": row, "form": form, "last": last})


@require_POST
def take_up_help(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/help/`: their worker has got in touch."""
    hat = hat_of(request)
    person: YoungPerson = get_object_or_404(shown.people_of(hat.user), public_id=public_id)
    if help_again.take_up(person=person, by=user_of(request), role=hat.role):
        messages.success(request, _("Noted."))
    return redirect("introductions:show-monday")
