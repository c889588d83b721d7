"""Signing in and out, and changing hats. The sign-in itself is django-allauth's: here are its pages, under
our addresses."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.views import ConfirmLoginCodeView, LogoutView, RequestLoginCodeView
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import hats, menus, personas
from accounts.attempts import PENDING
from accounts.forms import AskForCodeForm, TypeCodeForm
from accounts.models import User
from accounts.roles import YOUNG_PERSON
from core import installation
from core.policy import may_read
from core.telephones import as_read

BACKEND = "accounts.backend.Backend"


class SignIn(RequestLoginCodeView):  # type: ignore[misc]  # allauth is not typed
    """`/sign-in/`: ask for a code. The answer is the same whether or not somebody has the address."""

    form_class = AskForCodeForm
    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Coming back here begins anew: allauth would send somebody who mistyped their address on to the code."""
        request.session.pop(PENDING, None)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "too_many": self.request.too_many_attempts}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "groups": personas.groups() if installation.is_demo() else []}


class TypeCode(ConfirmLoginCodeView):  # type: ignore[misc]  # allauth is not typed
    """`/sign-in/code/`: type the code. Three tries, ten minutes; the session gets a new key when it is right."""

    form_class = TypeCodeForm
    template_name = "accounts/type_code.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"too_many": self.request.too_many_attempts, "by_text": bool(self._process.state.get("phone"))}
        return {**super().get_form_kwargs(), **more}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "phone": as_read(found["phone"] or "")}

    def form_valid(self, form: TypeCodeForm) -> HttpResponse:
        """Whoever works here may stay signed in for longer; a young person's phone may be anybody's."""
        response: HttpResponse = super().form_valid(form)
        user = self.request.user
        if form.cleaned_data.get("remember") and isinstance(user, User) and hats.memberships(user.pk):
            self.request.session.set_expiry(settings.REMEMBERED_PHONE_AGE)
        return response


class SignOut(LogoutView):  # type: ignore[misc]  # allauth is not typed
    """`/sign-out/`: a page with one button; only its POST signs out."""

    template_name = "accounts/sign_out.html"


sign_in = SignIn.as_view()
type_code = sensitive_post_parameters("code")(TypeCode.as_view())
sign_out = SignOut.as_view()


def closed(request: HttpRequest) -> HttpResponse:
    """Pages allauth wants an address for and we do not offer (signing up, passwords)."""
    raise Http404


@require_POST
def sign_in_as(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/sign-in/as/<person>/`: be one of the demonstration's people. 404 in a real installation."""
    if not installation.is_demo():
        raise Http404
    user = get_object_or_404(User, public_id=public_id, is_active=True)
    request.session.flush()  # nothing of the person before stays, their hat least of all
    login(request, user, backend=BACKEND)
    return redirect(_wanted(request, user) or "accounts:go-home")


def _wanted(request: HttpRequest, user: User) -> str:
    """The page somebody was on the way to, if it is ours and open to the hat that this person wears first."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    mine = hats.memberships(user.pk)
    role = mine[0].role if mine else YOUNG_PERSON if hats.oneself(user.pk) else ""
    return wanted if ours and role and may_read(urlsplit(wanted).path, role) else ""


@require_GET
def go_home(request: HttpRequest) -> HttpResponse:
    """`/go/`: the first page of the hat that is worn."""
    hat: hats.Hat | None = request.hat  # type: ignore[attr-defined]
    return redirect((menus.home_for(hat) if hat else None) or "accounts:choose-hat")


@require_http_methods(["GET", "POST"])
def choose_hat(request: HttpRequest) -> HttpResponse:
    """`/hats/`: under which hat to act; also where to sign out. POST `hat`: the number of a membership of one's own, 0
    for oneself."""
    mine = _hats_of(request.user)  # type: ignore[arg-type]
    if request.method == "POST":
        chosen = request.POST.get("hat", "")
        if chosen not in {str(hat.membership) for hat in mine}:
            raise BadRequest("not a hat of one's own")
        request.session[hats.SESSION_KEY] = int(chosen)
        request.session.cycle_key()
        return redirect("accounts:go-home")
    worn: hats.Hat | None = request.hat  # type: ignore[attr-defined]
    told_daily = worn is not None and may_read("/inbox/emails/", worn.role)
    return render(request, "accounts/hats.html", {"hats": mine, "told_daily": told_daily})


def _hats_of(user: User) -> list[hats.Hat]:
    """All somebody may wear: their memberships, and themselves where they are a young person with an account."""
    person = hats.oneself(user.pk)
    found = [hats.hat_of(row) for row in hats.memberships(user.pk)]
    return found if person is None else [*found, hats.hat_of_oneself(user, person)]
