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
from accounts.models import View, YoungPerson, YoungPersonContact
from accounts.viewing import log_view
from accounts.views import BACKEND
from core.scope import Scope, scope
from introductions.me.forms import JoinForm
from matching import shown
from matching.views import hat_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/invite/`: what it is; a POST makes a link to copy, to text or to hold up."""
    hat = hat_of(request)
    person = get_object_or_404(shown.people_of(hat.user), public_id=public_id)
    log_view(hat, [person.pk], View.Page.PERSON)
    context: dict[str, object] = {"person": person, "days": joining.DAYS}
    if request.method == "POST" and person.user_id is None:
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


@never_cache
@sensitive_post_parameters("email")
@require_http_methods(["GET", "HEAD", "POST"])
def take_up_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """`/k/<token>/join/`: name and email address, and they are signed in as themselves; pressed twice, done once."""
    link = find_link(token, joining.JOIN)
    if link is None:
        return _taken_up(request, token)
    form = JoinForm(request.POST or None)
    # The link is the right: whoever holds it may see this one row, and be it.
    user = None
    with scope(Scope(person=link.object_id)):
        person = YoungPerson.objects.filter(pk=link.object_id, ended_on=None).first()
        if person is None:
            raise Http404
        if request.method == "POST" and form.is_valid():
            try:
                if use(link, joining.JOIN):
                    user = joining.join(person=person, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None if not hasattr(error, "error_dict") else "email", error.messages)
    if request.method == "POST" and form.is_valid():
        if user is None:  # the first of two taps was quicker
            return _taken_up(request, token)
        login(request, user, backend=BACKEND)
        return redirect("introductions:show-me")
    return render(request, "introductions/join.html", {"form": form})


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
    messages.info(request, _("This page has been made already. Sign in with the email address you gave."))
    return redirect("account_login")
