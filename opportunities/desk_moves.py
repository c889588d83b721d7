"""The buttons of one opportunity: each is a verb, some with a question first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.lifecycle import MoveRefused
from opportunities import renewing, services, still_open
from opportunities.desk import acting_user, hat_of, own
from opportunities.lifecycle import LIFECYCLE
from opportunities.models import Opportunity
from opportunities.move_forms import CloseForm, ExtendForm, MoveForm, SplitForm, WhyForm
from opportunities.refusals import Refusal, Refused
from opportunities.seen import stamp

State = Opportunity.State


@dataclass(frozen=True)
class Button:
    """One button. `form`: what it asks first; `question`: the label of its reason; `done`: what is said afterwards."""

    label: str | Promise
    done: str | Promise
    verb: Callable[..., Any]
    form: type[MoveForm] | None = None
    question: str | Promise = ""


# Those that ask nothing are the way on, and stand first.
BUTTONS = {
    "submit": Button(
        gettext_lazy("Send it in"), gettext_lazy("Sent in. A second person has to look now."), services.submit
    ),
    "approve": Button(
        gettext_lazy("Publish it"),
        gettext_lazy("Published. Advisers hear of it with their next digest."),
        services.approve,
    ),
    "resume": Button(gettext_lazy("Show it again"), gettext_lazy("It can be seen again."), services.resume),
    "say_open": Button(
        gettext_lazy("They say it is still open"),
        gettext_lazy("Written down. We ask again in eight weeks."),
        still_open.say_open,
    ),
    "again": Button(
        gettext_lazy("Offer this again"),
        gettext_lazy("This is the new draft, with the same words. Its dates are empty."),
        renewing.offer_again,
    ),
    "extend": Button(
        gettext_lazy("Make it open longer"), gettext_lazy("It is open longer now."), renewing.extend, ExtendForm
    ),
    "split": Button(
        gettext_lazy("Make two of it"),
        gettext_lazy("This is the second draft. Change what is different about it."),
        renewing.split,
        SplitForm,
    ),
    "send_back": Button(
        gettext_lazy("Send it back"),
        gettext_lazy("Sent back, with your reason."),
        services.send_back,
        WhyForm,
        gettext_lazy("What has to be put right?"),
    ),
    "pause": Button(
        gettext_lazy("Pause it"),
        gettext_lazy("Paused. Nobody sees it now."),
        services.pause,
        WhyForm,
        gettext_lazy("Why should nobody see it for now?"),
    ),
    "close": Button(
        gettext_lazy("Close it"),
        gettext_lazy("Closed."),
        services.close,
        CloseForm,
        gettext_lazy("Why does it end?"),
    ),
    "withdraw": Button(
        gettext_lazy("Give it up"),
        gettext_lazy("Given up, with your reason."),
        services.withdraw,
        WhyForm,
        gettext_lazy("Why does nothing come of it?"),
    ),
}
STAMPED = ("submit", "approve")  # of what was read: they carry its stamp
NEW_DRAFTS = ("again", "split")  # no moves of the lifecycle: they make another row


def allowed(row: Opportunity, role: str) -> set[str]:
    """The buttons that this role may press now."""
    found = {move.name for move in LIFECYCLE.may(row.state, role)} & set(BUTTONS)
    if row.state == State.CLOSED:
        found.add("again")
    if row.state == State.DRAFT and row.places > 1:
        found.add("split")
    return found


def drawn(row: Opportunity, role: str, missing: Sequence[Refusal]) -> list[dict[str, Any]]:
    """The buttons of the page. `held`: it waits for what is missing."""
    may = allowed(row, role)
    return [
        {
            "name": name,
            "label": button.label,
            "form": _form(name, row) if button.form else None,
            "seen": stamp(row) if name in STAMPED else "",
            "held": bool(missing) and name in ("submit", "approve", "resume", "say_open"),
        }
        for name, button in BUTTONS.items()
        if name in may
    ]


def _form(name: str, row: Opportunity, request: HttpRequest | None = None) -> MoveForm:
    button = BUTTONS[name]
    make = button.form or MoveForm
    return make(request.POST if request else None, name=name, opportunity=row, question=button.question)


@require_POST
def move_opportunity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One step. What is in the way is said on the page the officer comes back to."""
    row = get_object_or_404(own(request), public_id=public_id)
    name = request.POST.get("move", "")
    back = redirect("opportunities:edit-opportunity", public_id)
    if name not in BUTTONS:
        messages.error(request, _("Choose what to do."))
        return back
    form = _form(name, row, request)
    if not form.is_valid():
        for sentences in form.errors.values():
            messages.error(request, " ".join(map(str, sentences)))
        messages.error(request, _("Nothing was changed."))
        return back
    seen = {"seen": request.POST.get("seen", "")} if name in STAMPED else {}
    made = _do(request, row, name, form.cleaned_data | seen)
    return redirect("opportunities:edit-opportunity", made.public_id) if made else back


def _do(request: HttpRequest, row: Opportunity, name: str, values: dict[str, Any]) -> Opportunity | None:
    """Do it, and say what came of it. Returns a new row where one was made."""
    try:
        if name in NEW_DRAFTS and name not in allowed(row, hat_of(request).role):
            raise MoveRefused(_("This cannot be done now."))
        made = BUTTONS[name].verb(opportunity=row, by=acting_user(request), role=hat_of(request).role, **values)
        messages.success(request, str(BUTTONS[name].done))
        return made if name in NEW_DRAFTS else None
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, refusal.sentence)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    return None
