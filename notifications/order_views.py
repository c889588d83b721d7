"""Where operators ask something of the messages, and read what became of it.

One message is sent again or given up from the page that explains it: nobody does it unseen.
"""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from notifications import channels, orders
from notifications.models import OutboxCount, OutboxOrder

Action = OutboxOrder.Action
AFTER_EXPLAINED = {Action.REPLAY: gettext_lazy("Send it again"), Action.CANCEL: gettext_lazy("Give it up")}


def dead() -> dict[str, int]:
    """How many messages of each purpose ended dead, by the last count. Those that a mail carries go with it."""
    rows = OutboxCount.objects.filter(state="dead").exclude(channel="digest")
    return dict(rows.values_list("purpose").annotate(Sum("rows")).order_by("purpose"))


class OrderForm(forms.Form):
    """One thing to do, with what it is done to."""

    action = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        help_text=gettext_lazy(
            "To send one message again, or to give it up, have it explained first: the buttons stand below the answer."
        ),
        choices=[(action.value, action.label) for action in Action if action not in AFTER_EXPLAINED],
        widget=forms.RadioSelect,
    )
    ref = forms.UUIDField(
        label=gettext_lazy("The message's reference"),
        help_text=gettext_lazy("The provider knows it too. For one message."),
        required=False,
        error_messages={"invalid": gettext_lazy("A reference has 32 letters and figures.")},
    )
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)
    NEEDS = {"explain": "ref", "replay_all": "purpose"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, f"{name.replace('_', ' ')} ({count})") for name, count in dead().items()]
        providers = sorted({channels.chosen(kind).name for kind in channels.KINDS})
        self.fields["purpose"].choices = [("", _("None")), *names]  # type: ignore[attr-defined]
        self.fields["provider"].choices = [("", _("None")), *((name, name) for name in providers)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        needed = self.NEEDS.get(found.get("action", ""), "provider")
        if "action" in found and needed not in self.errors and not found.get(needed):
            self.add_error(needed, _("Say of what."))
        return found

    def order(self, by: int) -> OutboxOrder:
        """Write down what was asked for: the action, and what it is done to."""
        needed = self.NEEDS.get(self.cleaned_data["action"], "provider")
        asked = {"action": self.cleaned_data["action"], needed: self.cleaned_data[needed]}
        return OutboxOrder.objects.create(by_id=by, **asked)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`/operator/messages/orders/`: a GET shows the choice, and how many each would touch (`?ref=`: of this
    message); a POST writes it down."""
    form = OrderForm(request.POST if request.method == "POST" else None, initial=_asked_about(request))
    if form.is_valid():
        return redirect("notifications:show-order", form.order(request.user.pk or 0).public_id)
    status = 422 if form.is_bound else 200
    return render(request, "notifications/order_form.html", {"form": form}, status=status)


def _asked_about(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: to explain the message whose reference the address names."""
    try:
        return {"action": Action.EXPLAIN, "ref": uuid.UUID(request.GET["ref"])}
    except (KeyError, ValueError):
        return {}


@require_http_methods(["GET", "HEAD", "POST"])
def show_order(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/operator/messages/orders/<id>/`: what became of it; a POST confirms it, or does what can be done
    to the message that it explains."""
    order = get_object_or_404(OutboxOrder, public_id=public_id)
    if request.method == "POST":
        return _go_on(order, request)
    return _shown(order, request)


def _shown(order: OutboxOrder, request: HttpRequest, problem: str = "") -> HttpResponse:
    """The page of an order. problem: why it could not be confirmed."""
    facts = [{"label": label, "value": str(value)} for label, value in order.answer.get("facts", {}).items() if value]
    moments = [{"date": dt.datetime.fromisoformat(at), "text": text} for at, text in order.answer.get("moments", [])]
    if facts and order.done_at:
        facts = [
            {"label": _("Reference"), "value": str(order.ref)},
            *facts,
            {"label": _("As it was on"), "value": date_format(localtime(order.done_at), "j F Y H:i:s")},
        ]
    buttons = [(action, AFTER_EXPLAINED[Action(action)]) for action in offered(order)]
    context = {
        "order": order,
        "facts": facts,
        "moments": moments,
        "buttons": buttons,
        "problem": problem,
        "purpose": order.purpose.replace("_", " "),
        "is_own": order.by_id == request.user.pk,
    }
    return render(request, "notifications/order.html", context, status=422 if problem else 200)


def offered(order: OutboxOrder) -> list[str]:
    """What can be done to the message that an order explained, as the relay found it."""
    found: list[str] = order.answer.get("may", [])
    return found


def _go_on(order: OutboxOrder, request: HttpRequest) -> HttpResponse:
    """Confirm it, or ask for what can be done to the message that was explained. 404 for anything else."""
    action = request.POST.get("action", "")
    by = request.user.pk or 0
    if action in offered(order):
        order = OutboxOrder.objects.create(action=action, ref=order.ref, by_id=by)
    elif action == "confirm" and order.waits:
        try:
            orders.confirm(order, by)
        except ValidationError as error:
            order.refresh_from_db()
            return _shown(order, request, error.messages[0])
    else:
        raise Http404
    return redirect("notifications:show-order", order.public_id)
