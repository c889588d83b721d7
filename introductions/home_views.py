"""A business's own page, by sign-in (`/employer/`) or by a signed link (`/k/<token>/home/`).

Behind a link the address is the right to act: no session, no CSRF token. A GET changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import find_link, use
from accounts.models import SignedLink, User
from introductions import home, known
from introductions.home import Visitor
from introductions.home_forms import ChoicesForm, ColleagueForm
from matching.views import hat_of
from pledges import answers
from pledges.contacts import ContactRefused, add_contact
from pledges.home_links import HOME
from pledges.lifecycle import OPEN
from pledges.models import Answer, Employer, EmployerContact
from pledges.views.answers import TAPS, MonthForm

View = Callable[..., HttpResponse]


class Door:
    """How the visitor came in: it gives addresses, and says whether they may act."""

    def __init__(self, visitor: Visitor, token: str = "", link: SignedLink | None = None) -> None:
        self.visitor, self.token, self.link = visitor, token, link

    def url(self, name: str, *args: Any) -> str:
        """The address of a page of this room behind the same door."""
        if self.token:
            return reverse(f"introductions:{name}-link", args=[self.token, *args])
        return reverse(f"introductions:{name}", args=args)

    @property
    def writes(self) -> bool:
        """Whether they may write drafts of the business. A link made before there was anything to write may not."""
        return self.visitor.sees_all and (self.link is None or "write" in self.link.verbs)

    def may(self, verb: str) -> None:
        """Notes the use of a link. 404 when it may not, or nobody may any more."""
        if self.visitor.closed or (self.link is not None and not use(self.link, verb)):
            raise Http404


def _by_link(token: str) -> Door:
    link = find_link(token, HOME)
    rows = EmployerContact.objects.select_related("employer")
    contact = rows.filter(pk=link.object_id).first() if link else None
    if link is None or contact is None:
        raise Http404
    return Door(Visitor(contact.employer, contact), token, link)


def _by_sign_in(request: HttpRequest) -> Door:
    hat = hat_of(request)
    employer = get_object_or_404(Employer, pk=hat.employer or 0)
    email = User.objects.values_list("email", flat=True).get(pk=hat.user)
    mine = employer.contacts.filter(email__iexact=email).order_by("pk").first() if email else None
    return Door(Visitor(employer, mine, signed_in=True))


def signed_in(view: View) -> View:
    """For `/employer/...`: the hat says which business."""

    @wraps(view)
    def inner(request: HttpRequest, **parts: Any) -> HttpResponse:
        return view(request, _by_sign_in(request), **parts)

    return csrf_protect(inner)


def linked(view: View) -> View:
    """For `/k/<token>/home/...`: the link says who, and the browser tells the address to nobody."""

    @wraps(view)
    def inner(request: HttpRequest, token: str, **parts: Any) -> HttpResponse:
        response = view(request, _by_link(token), **parts)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(inner)


@require_safe
def show(request: HttpRequest, door: Door) -> HttpResponse:
    """All pledges this visitor may see, and what comes next."""
    return _page(request, door)


def _page(
    request: HttpRequest, door: Door, choices: ChoicesForm | None = None, colleague: ColleagueForm | None = None
) -> HttpResponse:
    visitor = door.visitor
    if visitor.closed:
        return render(request, "introductions/home_closed.html", {"door": door})
    if choices is None and visitor.contact is not None:
        choices = ChoicesForm(contact=visitor.contact)
    found = home.home(visitor)
    labels = dict(Answer.Said.choices)
    for row in found["pledges"]:
        key = row["pledge"].public_id
        row["drafts"] = [(draft, door.url("show-home-draft", draft.public_id)) for draft in row["drafts"]]
        row["opened"] = [(each, door.url("show-home-opportunity", each.public_id)) for each in row["opened"]]
        row["taps"] = [(labels[TAPS[said][0]], door.url("answer-home", key, said)) for said in row["taps"]]
    introductions = known.listed(visitor, [row["pledge"] for row in found["pledges"]])
    context = {
        **found,
        "door": door,
        "introductions": [
            (row, "" if door.token else door.url("show-known", row.reference), known.stands(row))
            for row in introductions
        ],
        "choices": choices,
        "colleague": colleague or ColleagueForm(),
        "form": next((form for form in (choices, colleague) if form is not None and form.is_bound), None),
        "choices_url": door.url("change-home-choices"),
        "colleague_url": door.url("add-home-colleague"),
        "wrong_url": door.url("say-home-wrong"),
    }
    return render(request, "introductions/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, door: Door, public_id: UUID, said: str) -> HttpResponse:
    """One of the four answers: a GET asks, a POST answers and says who rings by when."""
    pledge = get_object_or_404(home.pledges_of(door.visitor), public_id=public_id)
    if said not in TAPS:
        raise Http404
    if door.visitor.told(pledge).state not in OPEN:
        return redirect(door.url("show-home"))
    code, words, question, button = TAPS[said]
    posted = request.POST if request.method == "POST" else None
    form = MonthForm(posted) if code == Answer.Said.LATER else None
    if posted is not None and (form is None or form.is_valid()):
        door.may("answer")
        try:
            until = form.cleaned_data["until"] if form else None
            promised = answers.answer(pledge=pledge, said=code, until=until, words=words)
            messages.success(request, _said(promised))
        except answers.AnswerRefused as refused:
            messages.info(request, str(refused))
        return redirect(door.url("show-home"))
    context = {
        "door": door,
        "pledge": pledge,
        "form": form,
        "question": question,
        "button": button,
        "back": door.url("show-home"),
    }
    return render(request, "introductions/home_answer.html", context)


def _said(promised: answers.Promised) -> str:
    if promised.date is None:
        return _("Thank you for telling us. When you can, pledge again: it takes a minute.")
    said = {"name": promised.name, "day": date_format(promised.date, "l j F")}
    return _("Thank you. %(name)s rings you by %(day)s.") % said


@require_POST
def change_choices(request: HttpRequest, door: Door) -> HttpResponse:
    """How this person wants to be reached."""
    contact = door.visitor.contact
    if contact is None or door.visitor.closed:
        raise Http404
    form = ChoicesForm(request.POST, contact=contact)
    if not form.is_valid():
        return _page(request, door, choices=form)
    door.may("choose")
    EmployerContact.objects.filter(pk=contact.pk).update(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect(door.url("show-home"))


@require_POST
def add_colleague(request: HttpRequest, door: Door) -> HttpResponse:
    """Note a colleague. They see nothing before a coordinator approves them. One answer, whoever is known already."""
    form = ColleagueForm(request.POST)
    if not form.is_valid():
        return _page(request, door, colleague=form)
    door.may("add")
    try:
        reach = replace(form.cleaned_data["reach"], name=form.cleaned_data["name"])
        add_contact(employer=door.visitor.employer, reach=reach)
    except ContactRefused:
        pass  # the same words as ever: nobody finds out here who is on the record
    messages.success(request, _("Thank you. We speak to your business before we write to them."))
    return redirect(door.url("show-home"))
