"""`/desk/intake/`: a promise told by phone, part of a contract or forwarded, typed in or kept in its own words."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Partnership
from accounts.roles import Role
from core.idempotency import DifferentBody, once
from pledges import access, intake
from pledges.desk_forms import IntakeForm
from pledges.models import Pledge, ToClearUp
from pledges.views import typed

WHERE = "intake"
KEYS = "intake"  # the scope of our idempotency keys


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """do=pledge makes a pledge, do=keep keeps the words to clear up. Sent twice, it is one record."""
    area = access.area_of(access.hat_of(request))
    if area is None:
        raise Http404
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, form, area)
            return redirect("pledges:take-in")
        except DifferentBody:
            form = _again(request)
    context = {"form": form, "typed": typed.remembered(request, WHERE)}
    return render(request, "pledges/intake.html", context)


def _form(request: HttpRequest, data: Any = None) -> IntakeForm:
    """Whoever may see to it: coordinators, and the officer. It is the officer, unless they only pass it on."""
    hat = access.hat_of(request)
    coordinators = list(access.coordinators_of(hat).values_list("pk", flat=True))
    passes_on = hat.role == Role.ECONOMIC_DEVELOPMENT and coordinators
    initial = {
        "owner": coordinators[0] if passes_on else hat.user,
        "source": Pledge.Source.FORWARD if passes_on else "",
    }
    posted = data or (request.POST if request.method == "POST" else None)
    return IntakeForm(posted, initial=initial, owners={hat.user, *coordinators})


def _again(request: HttpRequest) -> IntakeForm:
    """The page was sent before with other words: sent once more, it is another record."""
    data = request.POST.copy()
    data["key"] = uuid.uuid4().hex
    form = _form(request, data)
    messages.info(request, _("You have saved this page before. Press the button again to save these words as well."))
    return form


def _save(request: HttpRequest, form: IntakeForm, area: Partnership) -> None:
    data, by = form.cleaned_data, access.user_of(request)
    shared = {"source": data["source"], "by": by, "owner": data["owner"], "partnership": area}

    def save() -> list[Any]:
        if form.only_words:
            return ["record", intake.keep_words(words=form.written(), why=form.missing(), **shared).pk]
        words = form.written() if data["pasted"] else []
        return ["pledge", intake.take_in(promise=form.promise(), words=words, **shared).pk]

    body = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    (what, pk), repeated = once(scope=KEYS, key=data["key"], body=body, do=save)
    if not repeated:
        rows: Any = Pledge.objects if what == "pledge" else ToClearUp.objects
        typed.remember(request, WHERE, rows.get(pk=pk))
