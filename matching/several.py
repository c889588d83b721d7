"""Several matches marked at once, from Monday's page or a young person's own."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User, YoungPerson
from core import clock
from matching import marked, services, shown
from matching.forms import SeveralForm
from matching.marked import Marked
from matching.models import MatchAction
from matching.views import hat_of, page_of
from opportunities.models import Opportunity


@require_POST
def act_on_several(request: HttpRequest) -> HttpResponse:
    """`/adviser/matches/several/`: what was ticked is shared, kept for later, or not now with a reason.

    One that is not the worker's own makes all of it a 404.
    """
    form = SeveralForm(request.POST)
    valid = form.is_valid()
    if {"match", "state"} & form.errors.keys() - ({"match"} if not request.POST.getlist("match") else set()):
        raise Http404
    said = form.cleaned_data
    people, rows = _ticked(shown.people_of(hat_of(request).user), said.get("match", []))
    first = next(iter(people.values()), None)
    back = redirect(page_of(said.get("back") or "monday", first) if first else "introductions:show-monday")
    if not valid:
        messages.warning(request, _problem(form) if first else _("Tick at least one first."))
        return back
    assert isinstance(request.user, User)
    pairs = [(people[person], rows[opportunity]) for person, opportunity in said["match"]]
    services.act_on_several(
        pairs=[(person.pk, row.pk) for person, row in pairs], by=request.user, state=said["state"],
        reason=form.why() if said["state"] == MatchAction.State.NOT_NOW else "",
    )  # fmt: skip
    today = clock.today().isoformat()
    marked.remember_several(
        request,
        [
            Marked(
                person_id=person.pk, person=str(person.public_id), opportunity=str(row.public_id), title=row.title,
                state=said["state"], reason=said["reason"], employer=row.employer.name, on=today,
            )
            for person, row in pairs
        ],
    )  # fmt: skip
    return back


def _problem(form: SeveralForm) -> str:
    return " ".join(str(words) for words in form.non_field_errors()) or _("Use 160 letters or fewer")


def _ticked(
    mine: QuerySet[YoungPerson], pairs: list[tuple[UUID, UUID]]
) -> tuple[dict[UUID, YoungPerson], dict[UUID, Opportunity]]:
    """The people and opportunities of the pairs by public id. 404 when one of them is not the worker's own."""
    people = {one.public_id: one for one in mine.filter(public_id__in=[person for person, _opportunity in pairs])}
    wanted = Opportunity.objects.filter(public_id__in=[pk for _person, pk in pairs], row__isnull=False)
    rows = {one.public_id: one for one in wanted.select_related("employer")}
    if any(person not in people or opportunity not in rows for person, opportunity in pairs):
        raise Http404
    return people, rows
