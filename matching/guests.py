"""A team manager lets a worker of another council help one young person, to a last day."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import guests
from accounts.models import AdviserLink, Council, YoungPerson
from core.lifecycle import MoveRefused
from matching.team_forms import GuestForm
from matching.team_views import HERE, council_of, refused_by, somebody, user_of


@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/guest/`: who is let in, and one more; `end`: a guest's access ends now."""
    person = somebody(request, public_id)
    inside = AdviserLink.objects.of_guests().filter(person=person).select_related("worker").order_by("until", "pk")
    if request.method == "POST" and (end := request.POST.get("end")):
        guests.see_off(link=get_object_or_404(inside, worker__public_id=_id(end)), by=user_of(request))
        messages.success(request, _("They can no longer see anything."))
        return redirect("matching:let-guest-in", public_id=public_id)
    councils = Council.objects.filter(childrens_services=True).exclude(pk=council_of(request)).order_by("name", "pk")
    form = GuestForm(list(councils), request.POST or None)
    if form.is_valid() and _done(request, person, form):
        return redirect(HERE)
    return render(request, "matching/guest.html", {"form": form, "person": person, "inside": list(inside)})


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _done(request: HttpRequest, person: YoungPerson, form: GuestForm) -> bool:
    said = form.cleaned_data
    try:
        guests.let_in(
            person=person, name=said["name"], email=said["email"], council=form.councils[said["council"]],
            until=said["until"], by=user_of(request),
        )  # fmt: skip
    except (MoveRefused, ValidationError) as error:
        refused_by(form, error)
        return False
    messages.success(request, _("They can help from now on. We have written to them."))
    return True
