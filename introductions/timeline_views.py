"""The pages of one young person's timeline: their worker's, and their own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import View, YoungPerson
from accounts.viewing import log_view
from introductions.me.views import own
from introductions.timeline import moments
from matching.shown import people_of
from matching.views import hat_of


@require_safe
def show_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/timeline/`: for their worker of today; anybody else's is a 404."""
    person: YoungPerson = get_object_or_404(people_of(hat_of(request).user), public_id=public_id)
    log_view(hat_of(request), [person.pk], View.Page.PERSON)
    context = {"person": person, "moments": moments(person, you=False)}
    return render(request, "introductions/worker_timeline.html", context)


@require_safe
def show_own_timeline(request: HttpRequest) -> HttpResponse:
    """`/me/timeline/`: the same for the young person, without what is not theirs to read."""
    return render(request, "introductions/me_timeline.html", {"moments": moments(own(request), you=True)})
