"""A worker's invitation, and the page it leads to. A GET shows, a POST acts: phones open links to preview them."""

from urllib.parse import quote
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import joining
from accounts.links import find_link, find_used, use
from accounts.mail import can_text
from accounts.models import SignedLink, View, YoungPerson, YoungPersonContact
from accounts.viewing import log_view
from accounts.views import BACKEND
from core.scope import Scope, scope
from introductions.me import confirming
from introductions.me.forms import JoinCodeForm, JoinForm
from introductions.me.signing import too_many
from matching import shown
from matching.views import hat_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/invite/`: what it is; a POST makes a link to copy, to text or to hold up. `end`: what
    they signed in with ends first."""
    hat = hat_of(request)
    person = get_object_or_404(shown.people_of(hat.user), public_id=public_id)
    log_view(hat, [person.pk], View.Page.PERSON)
    if request.method == "POST" and "end" in request.POST:
        try:
            joining.end_sign_in(person=person, by=hat.user, role=hat.role)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        person.refresh_from_db()
    context: dict[str, object] = {"person": person, "days": joining.DAYS, "can_text": can_text()}
    context["slept"] = joining.number_slept(person)
    context["signs_in"] = joining.signs_in(person)
    if request.method == "POST" and not context["signs_in"]:
        path = reverse("introductions:take-up-invitation", args=[joining.invite(person=person)])
        link = request.build_absolute_uri(path)
        contact = YoungPersonContact.objects.filter(person=person).first()
        phone = str(contact.details.get("phone", "")) if contact else ""
        words = _("It's %(name)s. Here is your link: %(link)s") % {"name": hat.name.split(" ")[0], "link": link}
        context |= {
            "link": link,
            "text": f"sms:{quote(phone.replace(' ', ''))}?&body={quote(words)}",
            "picture": _picture(link),
        }
    return render(request, "introductions/invite.html", context)


def _picture(link: str) -> str:
    """The link as a QR code, drawn into the page: its address stands nowhere else."""
    drawn = segno.make(link, error="m").svg_inline(
        scale=5, border=4, light="#fff", title=_("The link as a QR code"), svgclass=None, lineclass=None
    )
    return mark_safe(drawn)


def _supported(link: SignedLink) -> None:
    """404 unless the invitation is to somebody whose support goes on."""
    with scope(Scope(person=link.object_id)):
        if not YoungPerson.objects.filter(pk=link.object_id, ended_on=None).exists():
            raise Http404


@never_cache
@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
def take_up_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """`/k/<token>/join/`: name, and address or number. A POST sends a code to it and makes nothing yet."""
    link = find_link(token, joining.JOIN)
    if link is None:
        return _taken_up(request, token)
    _supported(link)
    form = JoinForm(request.POST or None, too_many=too_many(request))
    if request.method == "POST" and form.is_valid():
        with scope(Scope(person=link.object_id)):
            confirming.begin(request, link, **form.cleaned_data)
        return redirect("introductions:confirm-joining", token=token)
    return render(request, "introductions/join.html", {"form": form})


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_joining(request: HttpRequest, token: str) -> HttpResponse:
    """`/k/<token>/join/code/`: the code that was sent, and they are signed in as themselves; twice is once."""
    link = find_link(token, joining.JOIN)
    if link is None:
        return _taken_up(request, token)
    _supported(link)
    pending = confirming.waiting(request, link.pk)
    if pending is None:
        return _begin_again(request, token, _("The code works no more. Get a new one.") if request.POST else "")
    form = JoinCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if too_many(request):
            confirming.forget(request)
            return _begin_again(request, token, _("That was wrong too often. Wait an hour, then get a new code."))
        if confirming.is_right(request, pending, form.cleaned_data["code"]):
            return _join(request, token, link, pending)
        if confirming.waiting(request, link.pk) is None:
            return _begin_again(request, token, _("That was wrong three times. Get a new code."))
        form.add_error("code", _("That is not the code we sent. Look at the newest one and try again."))
    return render(request, "introductions/join_code.html", {"form": form, "pending": pending, "token": token})


def _begin_again(request: HttpRequest, token: str, sentence: str) -> HttpResponse:
    if sentence:
        messages.error(request, sentence)
    return redirect("introductions:take-up-invitation", token=token)


def _join(request: HttpRequest, token: str, link: SignedLink, pending: confirming.Pending) -> HttpResponse:
    """The address is theirs. The link is the right: whoever holds it may see this one row, and be it."""
    confirming.forget(request)
    user = None
    try:
        with scope(Scope(person=link.object_id)):
            if use(link, joining.JOIN):
                person = YoungPerson.objects.get(pk=link.object_id)
                user = joining.join(person=person, name=pending.name, email=pending.email, phone=pending.phone)
    except ValidationError as error:
        return _begin_again(request, token, " ".join(error.messages))
    if user is None:  # the first of two taps was quicker
        return _taken_up(request, token)
    login(request, user, backend=BACKEND)
    return redirect("introductions:show-me")


def _taken_up(request: HttpRequest, token: str) -> HttpResponse:
    """To their page for whoever has joined with it and is here as themselves; to the sign-in, with a sentence, for
    others who hold it. Unknown when nobody has joined."""
    link = find_used(token, joining.JOIN)
    if link is None:
        raise Http404
    with scope(Scope(person=link.object_id)):
        user = YoungPerson.objects.filter(pk=link.object_id, ended_on=None).values_list("user_id", flat=True).first()
    if user is None:
        raise Http404
    if request.user.pk == user:
        return redirect("introductions:show-me")
    messages.info(request, _("This page has been made already. Sign in with what you gave then."))
    return redirect("account_login")
