"""Where operators ask something of the messages, and read what became of it."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from notifications import channels, orders
from notifications.models import OutboxCount, OutboxOrder

Action = OutboxOrder.Action


def dead() -> dict[str, int]:
    """How many messages of each purpose ended dead, by the last count. Those that a mail carries go with it."""
    rows = OutboxCount.objects.filter(state="dead").exclude(channel="digest")
    return dict(rows.values_list("purpose").annotate(Sum("rows")).order_by("purpose"))


class OrderForm(forms.Form):
    """One thing to do, with what it is done to."""

    action = forms.ChoiceField(label=gettext_lazy("What to do"), choices=Action, widget=forms.RadioSelect)
    ref = forms.UUIDField(
        label=gettext_lazy("The message's reference"),
        help_text=gettext_lazy("The provider knows it too. For one message."),
        required=False,
        error_messages={"invalid": gettext_lazy("A reference has 32 letters and figures.")},
    )
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)
    NEEDS = {"explain": "ref", "replay": "ref", "cancel": "ref", "replay_all": "purpose"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dead = dead()
        names = [(name, f"{name.replace('_', ' ')} ({count})") for name, count in self.dead.items()]
        providers = sorted({channels.chosen(kind).name for kind in channels.KINDS})
        self.fields["purpose"].choices = [("", _("None")), *names]  # type: ignore[attr-defined]
        self.fields["provider"].choices = [("", _("None")), *((name, name) for name in providers)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        needed = self.NEEDS.get(found.get("action", ""), "provider")
        if "action" in found and needed not in self.errors and not found.get(needed):
            self.add_error(needed, _("Say of what."))
        if found.get("action") == Action.REPLAY_ALL and self.dead.get(found.get("purpose", ""), 0) > orders.MOST:
            raise ValidationError(str(orders.TOO_MANY))
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


@require_safe
def show_order(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/operator/messages/orders/<id>/`: what became of it."""
    order = get_object_or_404(OutboxOrder, public_id=public_id)
    facts = [{"label": label, "value": str(value)} for label, value in order.answer.get("facts", {}).items() if value]
    moments = [{"date": dt.datetime.fromisoformat(at), "text": text} for at, text in order.answer.get("moments", [])]
    return render(request, "notifications/order.html", {"order": order, "facts": facts, "moments": moments})
