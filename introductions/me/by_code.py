"""A worker types the code that a young person showed or texted them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.lifecycle import MoveRefused
from introductions import services
from introductions.me import codes
from introductions.models import Introduction
from matching import shown
from matching.views import hat_of


@require_POST
def take_code(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/code/`: they would like to go for the opportunity of the code."""
    hat = hat_of(request)
    person = get_object_or_404(shown.people_of(hat.user), public_id=public_id)
    opportunity = codes.find(request.POST.get("code", ""))
    if opportunity is None:
        messages.error(request, _("Nothing open has that code. Check the six letters and numbers, and type it again."))
        return redirect("matching:show-person", public_id=public_id)
    try:
        services.say_interested(person=person, opportunity=opportunity, said_by=Introduction.SaidBy.CODE, role=hat.role)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        said = {"label": person.label, "title": opportunity.title}
        messages.success(request, _("Noted: %(label)s would like to go for “%(title)s”.") % said)
    return redirect("matching:show-person", public_id=public_id)
