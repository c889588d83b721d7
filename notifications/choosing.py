"""The page on which somebody who works here chooses how they hear of things to do."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.hats import Hat
from accounts.models import User
from notifications import choices, registry
from notifications.forms import ChoicesForm


@require_http_methods(["GET", "HEAD", "POST"])
def choose_digests(request: HttpRequest) -> HttpResponse:
    """`/inbox/emails/`: each working day, once a week, or no email. 404 for a role that gets nothing of the kind."""
    hat: Hat = request.hat  # type: ignore[attr-defined]
    user = request.user
    kinds = registry.kinds_for(hat.role)
    if not kinds or not isinstance(user, User):
        raise Http404
    form = ChoicesForm(kinds, choices.choices_of(user), request.POST if request.method == "POST" else None)
    if form.is_valid():
        choices.choose(user=user, said=form.cleaned_data.items())
        messages.success(request, _("Saved."))
        return redirect("notifications:choose-digests")
    return render(request, "notifications/choices.html", {"form": form})
