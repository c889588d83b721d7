"""The four one-tap answers from a message. Opening the address changes nothing (mail scanners do); a button does.

The address is the right to act, as on the pledge's page (views/links.py).
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.links import find_link, use
from accounts.models import SignedLink
from core import clock
from pledges import answers
from pledges.discreet import as_told
from pledges.lifecycle import OPEN
from pledges.messages import LINK
from pledges.models import Answer, Pledge

Said = Answer.Said
# Address -> (what is said, its words, the page's question, its button). `write` is one way to ask for help.
TAPS: dict[str, tuple[str, str, Any, Any]] = {
    "on-track": (Said.ON_TRACK, "", lazy("Is it on track?"), lazy("Yes, it is on track")),
    "help": (Said.HELP, "", lazy("Do you need help?"), lazy("Yes, ring me")),
    "write": (Said.HELP, answers.WRITE, lazy("Shall we write the advert for you?"), lazy("Yes, write it for me")),
    "later": (Said.LATER, "", lazy("Not now, but later?"), lazy("Yes, later")),
    "cannot": (Said.CANNOT, "", lazy("You can't do it now?"), lazy("No, I can't now")),
}
FOUR = ("on-track", "help", "later", "cannot")


class MonthForm(forms.Form):
    """One of the next 12 months."""

    until = forms.TypedChoiceField(
        label=lazy("When shall we ask again?"),
        coerce=dt.date.fromisoformat,
        error_messages={"required": lazy("Choose a month."), "invalid_choice": lazy("Choose a month.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(month.isoformat(), date_format(month, "F Y")) for month in answers.months_ahead(clock.today())]
        self.fields["until"].choices = [("", ""), *months]  # type: ignore[attr-defined]


def tell_nobody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address is a secret: a browser that leaves the page must not tell it to the next."""

    @wraps(view)
    def inner(request: HttpRequest, **parts: str) -> HttpResponse:
        response = view(request, **parts)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return inner


def _of(token: str) -> tuple[SignedLink, Pledge]:
    link = find_link(token, LINK)
    rows = Pledge.objects.select_related("employer__lead", "kind", "owner")
    pledge = rows.filter(pk=link.object_id).first() if link else None
    if link is None or pledge is None:
        raise Http404
    return link, pledge


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@tell_nobody
def answer_link(request: HttpRequest, token: str, said: str) -> HttpResponse:
    """A GET asks, with one button. A POST answers, and the next page says who rings by when."""
    link, pledge = _of(token)
    if said not in TAPS:
        raise Http404
    code, words, question, button = TAPS[said]
    posted = request.POST if request.method == "POST" else None
    form = MonthForm(posted) if code == Said.LATER else None
    if posted is not None and (form is None or form.is_valid()):
        if not use(link, "answer"):
            raise Http404
        try:
            until = form.cleaned_data["until"] if form else None
            answers.answer(pledge=pledge, said=code, until=until, words=words)
        except answers.AnswerRefused:
            messages.info(request, _("Nothing has changed: see below how it stands."))
            return redirect("pledges:show-link", token)
        return redirect("pledges:answered-link", token)
    if as_told(pledge).state not in OPEN:
        return redirect("pledges:show-link", token)
    context = {"pledge": pledge, "token": token, "form": form, "question": question, "button": button, "code": code}
    return render(request, "pledges/answer.html", context)


@require_safe
@tell_nobody
def answered_link(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, one date and one name. For who gave it back: thanks, and the way back."""
    _link, pledge = _of(token)
    last = answers.last_answer(pledge)
    if last is None:
        return redirect("pledges:show-link", token)
    promised = answers.promised(pledge, last.said, last.words)
    context = {
        "pledge": pledge,
        "token": token,
        "last": last,
        "promised": promised,
        "late": promised.date is not None and promised.date < clock.today(),
        "can_reopen": pledge.state in (Pledge.State.WITHDRAWN, Pledge.State.LAPSED),
    }
    return render(request, "pledges/answered.html", context)


def choices_for(pledge: Pledge) -> dict[str, Any]:
    """For the pledge's own page: the four answers while one may be given, and whether we are late."""
    labels = dict(Said.choices)
    taps = [(said, str(labels[TAPS[said][0]])) for said in FOUR] if pledge.state in OPEN else []
    late = answers.late_call(pledge)
    name = answers.name_of(pledge, late) if late else ""
    return {"taps": taps, "late": late, "late_name": name}
