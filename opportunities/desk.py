"""The officers' pages: drafts to complete, what waits for a second person, what is live."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.hats import Hat
from accounts.models import User
from core.lifecycle import MoveRefused
from opportunities import services, views
from opportunities.finding import page_number
from opportunities.forms import CompleteForm, WhyForm
from opportunities.lifecycle import LIFECYCLE
from opportunities.models import Opportunity
from opportunities.refusals import Law, Refusal, Refused, advice, for_judging, refusals
from pledges.models import Pledge

PAGE = 25
State = Opportunity.State
TABS = (
    ("drafts", gettext_lazy("To complete"), (State.DRAFT,)),
    ("waiting", gettext_lazy("Second person"), (State.SUBMITTED,)),
    ("open", gettext_lazy("Open now"), (State.PUBLISHED, State.PAUSED)),
    ("ended", gettext_lazy("Ended"), (State.CLOSED, State.WITHDRAWN)),
)
# move -> (button, the question it asks first: "" for none). Those that ask nothing are the way on, and stand first.
BUTTONS = {
    "submit": (gettext_lazy("Send it in"), ""),
    "approve": (gettext_lazy("Publish it"), ""),
    "resume": (gettext_lazy("Show it again"), ""),
    "send_back": (gettext_lazy("Send it back"), gettext_lazy("What has to be put right?")),
    "pause": (gettext_lazy("Pause it"), gettext_lazy("Why should nobody see it for now?")),
    "close": (gettext_lazy("Close it"), gettext_lazy("Why does it end?")),
    "withdraw": (gettext_lazy("Give it up"), gettext_lazy("Why does nothing come of it?")),
}
DONE = {
    "submit": gettext_lazy("Sent in. A second person has to look now."),
    "approve": gettext_lazy("Published. Advisers hear of it with their next digest."),
    "send_back": gettext_lazy("Sent back, with your reason."),
    "pause": gettext_lazy("Paused. Nobody sees it now."),
    "resume": gettext_lazy("It can be seen again."),
    "close": gettext_lazy("Closed."),
    "withdraw": gettext_lazy("Given up, with your reason."),
}


def hat_of(request: HttpRequest) -> Hat:
    """The hat the policy let in."""
    hat: Hat = request.hat  # type: ignore[attr-defined]
    return hat


def own(request: HttpRequest) -> QuerySet[Opportunity]:
    """The opportunities of the hat's partnership; every other one is a 404. Drafts without an area are everybody's."""
    hat = hat_of(request)
    mine = services.partnerships_of(partnership=hat.partnership, council=hat.council)
    theirs = Q(partnership__isnull=True) & (Q(pledge__partnership__isnull=True) | Q(pledge__partnership__in=mine))
    return Opportunity.objects.filter(Q(partnership__in=mine) | theirs)


@require_safe
def list_desk(request: HttpRequest) -> HttpResponse:
    """`/desk/opportunities/`: one list in four parts. The same number of queries however many rows."""
    rows = own(request)
    part = request.GET.get("part", "drafts")
    states = {code: states for code, _label, states in TABS}
    if part not in states:
        part = "drafts"
    counts = rows.aggregate(**{code: Count("pk", filter=Q(state__in=wanted)) for code, wanted in states.items()})
    order = ("submitted_on", "pk") if part == "waiting" else ("-opened_on", "-pk") if part != "drafts" else ("pk",)
    listed = for_judging(rows.filter(state__in=states[part])).select_related("submitted_by").order_by(*order)
    paginator = Paginator(listed, PAGE)
    paginator.count = counts[part]
    page = paginator.get_page(page_number(request.GET.get("page")))
    law = Law.load()
    context = {
        "tabs": [
            {"label": label, "url": f"?part={code}", "current": code == part, "count": counts[code]}
            for code, label, _states in TABS
        ],
        "part": part,
        "page": page,
        "rows": [_row(row, law) for row in page],
        "columns": [{"label": _("What")}, {"label": _("Business")}, {"label": _("Where it stands")}],
    }
    return render(request, "opportunities/desk_list.html", context)


def _row(row: Opportunity, law: Law) -> list[Any]:
    url = f"/desk/opportunities/{row.public_id}/"
    return [{"text": row.title or row.kind.name, "url": url}, row.employer.name, standing(row, law)]


def standing(row: Opportunity, law: Law) -> str:
    """Where it stands, in one line: what is missing, who has waited how long, or whether it can be seen."""
    if row.state == State.DRAFT:
        missing = refusals(row, law)
        if not missing:
            return _("Complete. Send it in.")
        more = ngettext("%(n)d thing to do: %(first)s", "%(n)d things to do. First: %(first)s", len(missing))
        return more % {"n": len(missing), "first": missing[0].sentence}
    if row.state == State.SUBMITTED:
        return _waiting(row, law.today)
    if row.state == State.PUBLISHED:
        return _("Open now") if row.live else _("Published, and hidden: full, past its closing day, or the business")
    if row.state in (State.CLOSED, State.WITHDRAWN) and row.pledge.state == Pledge.State.WITHDRAWN:
        return _("%(state)s: the business took it back") % {"state": State(row.state).label}
    return str(State(row.state).label)


def _waiting(row: Opportunity, today: dt.date) -> str:
    days = services.waiting_days(row, today)
    name = row.submitted_by.name if row.submitted_by else ""
    words = ngettext("Sent in by %(name)s %(n)d day ago", "Sent in by %(name)s %(n)d days ago", days)
    return words % {"name": name, "n": days} if days else _("Sent in by %(name)s today") % {"name": name}


def edit_opportunity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/desk/opportunities/<id>/`: complete a draft, or change what is published; what is missing; a preview."""
    row = _row_of(request, public_id)
    form = CompleteForm(request.POST if request.method == "POST" else None, opportunity=row)
    if request.method == "POST" and form.is_valid():
        by = acting_user(request)
        save = _save(request, row, by)
        if save is None:
            messages.error(request, _("This cannot be changed now."))
            return redirect("opportunities:edit-opportunity", public_id)
        try:
            save(**form.values())
            messages.success(request, _("Saved."))
            return redirect("opportunities:edit-opportunity", public_id)
        except Refused as refused:
            for refusal in refused.refusals:
                form.add_error(None, refusal.sentence)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as wrong:
            form.add_error(None, wrong)
        row = _row_of(request, public_id)
    return render(request, "opportunities/desk_edit.html", _page(request, row, form))


def _row_of(request: HttpRequest, public_id: UUID) -> Opportunity:
    """One of the hat's own, with all the page shows; else the 404 of an address that does not exist."""
    rows = for_judging(own(request)).select_related("submitted_by", "approved_by")
    return get_object_or_404(rows, public_id=public_id)


def _save(request: HttpRequest, row: Opportunity, by: User) -> Callable[..., Any] | None:
    """How what was typed is kept: a draft is completed, what is published is changed, all else stays."""
    role = hat_of(request).role
    if row.state == State.DRAFT:
        return partial(services.complete, opportunity=row, by=by)
    if any(move.name == "change" for move in LIFECYCLE.may(row.state, role)):
        return partial(services.change, opportunity=row, by=by, role=role)
    return None


def acting_user(request: HttpRequest) -> User:
    """The signed-in user; the policy lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def _page(request: HttpRequest, row: Opportunity, form: CompleteForm) -> dict[str, Any]:
    law = Law.load()
    user = acting_user(request)
    missing = _missing(row, law, user)
    moves = {move.name for move in LIFECYCLE.may(row.state, hat_of(request).role)}
    return {
        **views.page(row, law.today),
        "row": row,
        "form": form,
        "missing": missing,
        "advice": advice(row, law),
        **_state(row, law),
        "can_write": row.state == State.DRAFT or "change" in moves,
        "moves": [
            {"name": name, "label": label, "form": _why(name), "held": _held(name, missing)}
            for name, (label, _question) in BUTTONS.items()
            if name in moves
        ],
    }


def _state(row: Opportunity, law: Law) -> dict[str, str]:
    """The badge of the state, and the line that says more; the same is not said twice."""
    label, words = str(State(row.state).label), standing(row, law)
    if words == label:
        return {"badge": label, "standing": ""}
    return {"badge": "" if words.startswith(label) else label, "standing": words}


def _missing(row: Opportunity, law: Law, user: User) -> list[Refusal]:
    """What stands in the way of the next step, for this reader."""
    if row.state not in (State.DRAFT, State.SUBMITTED, State.PAUSED):
        return []
    own_one = services.own_submission(row, user) if row.state == State.SUBMITTED else []
    return own_one + refusals(row, law)


def _why(name: str) -> WhyForm | None:
    question = BUTTONS[name][1]
    return WhyForm(auto_id=f"{name}_%s", question=question) if question else None


def _held(name: str, missing: list[Refusal]) -> bool:
    """Whether the button waits for what is missing."""
    return bool(missing) and name in ("submit", "approve", "resume")


@require_POST
def move_opportunity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One step of the lifecycle. What is in the way is said on the page the officer comes back to."""
    row = get_object_or_404(own(request), public_id=public_id)
    name = request.POST.get("move", "")
    back = redirect("opportunities:edit-opportunity", public_id)
    if name not in BUTTONS:
        messages.error(request, _("Choose what to do."))
        return back
    values: dict[str, Any] = {}
    if BUTTONS[name][1]:
        form = WhyForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why, in a few words. Nothing was changed."))
            return back
        values["why"] = form.cleaned_data["why"]
    _do(request, row, name, values)
    return back


def _do(request: HttpRequest, row: Opportunity, name: str, values: dict[str, Any]) -> None:
    verb: Callable[..., None] = getattr(services, name)
    try:
        verb(opportunity=row, by=acting_user(request), role=hat_of(request).role, **values)
        messages.success(request, DONE[name])
    except Refused as refused:
        for refusal in refused.refusals:
            messages.error(request, refusal.sentence)
    except MoveRefused as refused:
        messages.error(request, str(refused))
