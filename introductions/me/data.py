"""A copy of everything held about a young person, for themselves; and their way out."""

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.ending import WHY, end_support
from accounts.mail import can_text
from accounts.models import View
from accounts.personal_data import export_person
from accounts.roles import YOUNG_PERSON
from accounts.viewing import log_view
from introductions.lifecycle import KNOWN, ONGOING
from introductions.me.forms import DeleteForm
from introductions.me.views import own, user_of
from introductions.models import Concern, Introduction
from matching.views import hat_of

FILE = "my-copy.json"  # says nothing of what it is a copy of


@require_safe
def show_data(request: HttpRequest) -> HttpResponse:
    """`/me/data/`: a copy to read, a copy to keep, and the way out."""
    own(request)
    return render(request, "introductions/me_data.html", {"can_text": can_text()})


def _copy(request: HttpRequest) -> dict[str, Any]:
    person = own(request)
    log_view(hat_of(request), [person.pk], View.Page.EXPORT)
    return export_person(person)


@require_safe
def download_copy(request: HttpRequest) -> HttpResponse:
    """`/me/data/copy.json`: everything held, as a file."""
    body = json.dumps(_copy(request), indent=2, ensure_ascii=False)
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return answer


@require_safe
def read_copy(request: HttpRequest) -> HttpResponse:
    """`/me/data/copy/`: the same as a page."""
    held = _copy(request)["held"]
    parts = [
        (label, [[{"label": name, "value": in_words(value)} for name, value in row.items()] for row in rows])
        for label, rows in held.items()
    ]
    return render(request, "introductions/me_copy.html", {"parts": parts})


def in_words(value: Any) -> str:
    """A value of the copy, as people write it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return "\n".join(f"{name}: {in_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "\n".join(in_words(each) for each in value)
    return _moment(value) if isinstance(value, str) else str(value)


def _moment(text: str) -> str:
    """A day or a time in words; any other text as it is."""
    try:
        if len(text) == 10:
            return date_format(dt.date.fromisoformat(text), "j F Y")
        return date_format(localtime(dt.datetime.fromisoformat(text)), "j F Y, g:i a")
    except (ValueError, OverflowError):
        return text


@require_http_methods(["GET", "HEAD", "POST"])
def delete_me(request: HttpRequest) -> HttpResponse:
    """`/me/data/delete/`: what goes and what stays; the first POST asks once more, the second ends it today."""
    person = own(request)
    going = Introduction.objects.filter(person=person, state__in=ONGOING)
    context: dict[str, Any] = {
        "going": going.count(),
        "known": going.filter(state__in=[*KNOWN, Introduction.State.STARTED]).exists(),
        "looked_into": Concern.objects.filter(person=person).exclude(state=Concern.State.CLOSED).exists(),
    }
    if request.method != "POST":
        return render(request, "introductions/me_delete.html", context)
    sure = "sure" in request.POST
    form = DeleteForm(request.POST if sure else None)
    if not form.is_valid():
        return render(request, "introductions/me_delete_sure.html", {"form": form, **context})
    end_support(person=person, why=WHY.ASKED, by=user_of(request), role=YOUNG_PERSON)
    logout(request)
    messages.success(request, _farewell(looked_into=context["looked_into"]))
    return redirect("/")


def _farewell(*, looked_into: bool) -> str:
    """The last sentence. What others told us about them is not given away."""
    if looked_into:
        return _(
            "Your page is closed. We still look into something you told us. So we delete you when that is done, "
            "not tonight."
        )
    return _(
        "Your page is closed. Tonight we delete what we hold about you. If we still look into something that is wrong, "
        "we delete you when that is done."
    )
