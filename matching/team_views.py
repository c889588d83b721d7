"""What the team manager's pages have in common."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import User, View, YoungPerson
from accounts.viewing import log_view
from core.lifecycle import MoveRefused
from matching import shown
from matching.views import hat_of

HERE = "matching:show-team"


def council_of(request: HttpRequest) -> int:
    """The council of the manager's hat."""
    council = hat_of(request).council
    assert council is not None  # a team manager's hat belongs to one
    return council


def user_of(request: HttpRequest) -> User:
    """Whoever is signed in: the policy lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def somebody(request: HttpRequest, public_id: UUID) -> YoungPerson:
    """Somebody whom the manager's pages show; anybody else is as unknown as a random id."""
    person: YoungPerson = get_object_or_404(shown.managed(), public_id=public_id)
    log_view(hat_of(request), [person.pk], View.Page.PERSON)
    return person


def decision_page(
    request: HttpRequest, form: Form, title: str, button: str, lead: str = "", **more: Any
) -> HttpResponse:
    """One decision: what it does, the form, the button. more: `link_url` and `link` to another page, `back`."""
    context: dict[str, Any] = {"form": form, "title": title, "button": button, "lead": lead, **more}
    return render(request, "matching/team_form.html", context)


def refused_by(form: Form, error: ValidationError | MoveRefused) -> None:
    """What the database or a verb said, at its field where the form has it."""
    if isinstance(error, MoveRefused):
        error = ValidationError(str(error))
    for name, sentences in getattr(error, "message_dict", {"__all__": error.messages}).items():
        form.add_error(name if name in form.fields else None, sentences)
