"""A young person's own sign-in: what they sign in with, and a new number."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import joining
from accounts.mail import can_text
from core.telephones import as_read
from introductions.me import confirming
from introductions.me.forms import JoinCodeForm, NumberForm
from introductions.me.views import own, user_of

AGAIN = "introductions:change-number"


def too_many(request: HttpRequest) -> bool:
    """Whether accounts.attempts has counted too many."""
    return bool(request.too_many_attempts)  # type: ignore[attr-defined]


@never_cache
@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
def change_number(request: HttpRequest) -> HttpResponse:
    """`/me/sign-in/`: what they sign in with; a POST sends a code to a new number and changes nothing yet. 404 where no
    texts can be sent."""
    own(request)
    if not can_text():
        raise Http404
    user = user_of(request)
    form = NumberForm(request.POST or None, too_many=too_many(request))
    if request.method == "POST" and form.is_valid():
        confirming.begin_new_number(request, user, form.cleaned_data["address"])
        return redirect("introductions:prove-number")
    context = {"form": form, "email": user.email, "phone": as_read(user.phone)}
    return render(request, "introductions/me_sign_in.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def prove_number(request: HttpRequest) -> HttpResponse:
    """`/me/sign-in/code/`: the code that came to the new number; then no other number, and no other phone, opens their
    page."""
    own(request)
    form = JoinCodeForm(request.POST or None)
    pending = confirming.waiting(request)
    if request.method != "POST" or pending is None or not form.is_valid():
        return _ask(request, form, pending)
    if too_many(request):
        confirming.forget(request)
        return _again(request, _("That was wrong too often. Wait an hour, then get a new code."))
    if confirming.is_right(request, pending, form.cleaned_data["code"]):
        return _change(request, pending)
    form.add_error("code", _("That is not the code we sent. Look at the newest one and try again."))
    return _ask(request, form, confirming.waiting(request))


def _ask(request: HttpRequest, form: JoinCodeForm, pending: confirming.Pending | None) -> HttpResponse:
    if pending is None:
        return _again(request, _("The code works no more. Get a new one.") if request.POST else "")
    return render(request, "introductions/me_prove_number.html", {"form": form, "pending": pending})


def _change(request: HttpRequest, pending: confirming.Pending) -> HttpResponse:
    confirming.forget(request)
    try:
        user = joining.change_number(person=own(request), phone=pending.phone)
    except ValidationError as error:
        return _again(request, " ".join(error.messages))
    update_session_auth_hash(request, user)
    messages.success(request, _("Your new number works. Every other phone is signed out."))
    return redirect(AGAIN)


def _again(request: HttpRequest, sentence: str) -> HttpResponse:
    if sentence:
        messages.error(request, sentence)
    return redirect(AGAIN)
