"""The giver has lost the message: their worker has the link to the introduction sent once more."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import View
from accounts.viewing import log_view
from introductions import business_messages, worker
from matching.views import hat_of


@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/introductions/<introduction>/send-link/`. 404 where nobody may be written to."""
    row = worker.mine(request, public_id).row
    if not business_messages.may_go_again(row):
        raise Http404
    log_view(hat_of(request), [row.person_id], View.Page.INTRODUCTION)
    if business_messages.comes_back(row):
        messages.warning(request, _("Our messages do not reach them. Ring them, and tell the coordinator."))
    elif business_messages.send_again(row):
        messages.success(request, _("We send them the link now."))
    else:
        messages.warning(request, _("It was sent three times today. Ring them: is the address or number right?"))
    return redirect("introductions:show-introduction", public_id=public_id)
