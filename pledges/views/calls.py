"""`/desk/calls/` and `/desk/week/`: whom to ring next, with what to say, and what fits into the week."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from pledges import access, plan
from pledges.answers import AnswerRefused, Promised, months_ahead, name_of
from pledges.calls import CallRefused, close_call
from pledges.history import sent_and_said
from pledges.lifecycle import OPEN
from pledges.models import CallTask
from pledges.views.desk import businesses_to_ring

A_PAGE = 25
HISTORY_SHOWN = 30
HOURS = 5
Why = CallTask.Why
# What to ask, in plain words: the first sentence after "Hello, this is ... of the council".
SCRIPT = {
    Why.NO_ANSWER: lazy("You made a pledge, and we have not heard since. Is it still right? What do you need?"),
    Why.FIRST_WORD: lazy("Thank you for your pledge. I look after it. What would you like to do, and by when?"),
    Why.SENIOR: lazy("Ask for the owner or a manager. Your business made a pledge. Who can decide about it?"),
    Why.HELP: lazy("You asked for help with your pledge. What is in the way?"),
    Why.WRITE: lazy("You asked us to write the advert. What would somebody do in a day? When, and where?"),
    Why.RING_ME: lazy("You asked to be rung. What would you like to do for a young person?"),
    Why.LATER: lazy("You asked us to ring again now. Is it a good time?"),
    Why.PROMISE: lazy("Your month is near. Is it on track? What do you need from us?"),
    Why.SILENCE: lazy("You said that we may publish the simple version. Shall we go through it together?"),
    Why.NO_REMINDERS: lazy("You asked for no reminders, so I ring instead. How does it go?"),
    Why.STILL_OPEN: lazy("Young people can see what you offer. Is it still open? Until when?"),
    Why.OFFER_AGAIN: lazy("It has closed and nobody has started. Shall we offer it again?"),
}


class OutcomeForm(forms.Form):
    """How a call went. The button says which outcome; a month is needed only with `later`."""

    note = forms.CharField(label=lazy("What they said"), max_length=300, required=False)
    until = forms.ChoiceField(label=lazy("If later: which month?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = {month.isoformat(): month for month in months_ahead(clock.today())}
        choices = [(code, date_format(month, "F Y")) for code, month in self.months.items()]
        self.fields["until"].choices = [("", ""), *choices]  # type: ignore[attr-defined]


@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    """Businesses nobody has spoken to, as on the page of today, and the promises most worth a call. The number of
    queries does not grow with the rows."""
    hat, today = access.hat_of(request), clock.today()
    calls = plan.calls_to_make(hat, today)
    page = Paginator(calls, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "to_call": businesses_to_ring(hat)[0] if page.number == 1 else [],
        "page": page,
        "rows": [_row(call) for call in page],
        "columns": [
            {"label": _("Business")},
            {"label": _("Ring by")},
            {"label": _("Why")},
            {"label": _("What")},
            {"label": _("Whose")},
            {"label": _("In time?")},
        ],
    }
    return render(request, "pledges/calls.html", context)


def _row(call: plan.Call) -> list[Any]:
    task, pledge = call.task, call.task.pledge
    what = f"{pledge.kind.name}, {pledge.places}"
    if pledge.by_month:
        what += f", {date_format(pledge.by_month, 'F Y')}"
    return [
        {"text": pledge.employer.name, "url": reverse("pledges:show-call", args=[task.public_id])},
        date_format(task.due_on, "l j F"),
        str(Why(task.why).label),
        what,
        {"text": name_of(pledge, task), "name": _("Whose")},
        _badge(call),
    ]


def _badge(call: plan.Call) -> dict[str, str]:
    if call.late:
        return {"text": _("Late"), "badge": "late"}
    if call.worth.floor:
        return {"text": _("First word"), "badge": "now"}
    return {"text": _("In time"), "badge": "good"}


@require_http_methods(["GET", "HEAD", "POST"])
def show_call(request: HttpRequest, public_id: str) -> HttpResponse:
    """One call: what to say, how to reach them, all that went before, and one button for how it went."""
    rows = CallTask.objects.filter(pledge__in=access.pledges_of(access.hat_of(request)))
    related = ("pledge__employer__lead", "pledge__kind", "pledge__contact", "pledge__owner", "owner", "done_by")
    task = get_object_or_404(rows.select_related(*related), public_id=public_id)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _close(request, task, form):
        return redirect("pledges:list-calls")
    pledge = task.pledge
    context = {
        "task": task,
        "pledge": pledge,
        "contact": pledge.contact,
        "form": form,
        "script": SCRIPT[Why(task.why)],
        "user_name": access.user_of(request).name,
        "owner_name": name_of(pledge, task),
        "is_open": task.state == CallTask.State.OPEN and pledge.state in OPEN,
        "late": task.due_on < clock.today(),
        "outcomes": [(code, label, code == CallTask.Outcome.SPOKE) for code, label in CallTask.Outcome.choices],
        "history": sent_and_said(pledge.employer)[:HISTORY_SHOWN],
        "facts": [
            {"label": _("Pledge"), "value": f"{pledge.kind.name}, {pledge.places}"},
            {"label": _("By"), "value": date_format(pledge.by_month, "F Y") if pledge.by_month else _("Not said yet")},
            {"label": _("In their words"), "value": pledge.words or _("Not said yet")},
        ],
    }
    return render(request, "pledges/call.html", context)


def _close(request: HttpRequest, task: CallTask, form: OutcomeForm) -> bool:
    outcome = request.POST.get("outcome", "")
    until = form.months.get(form.cleaned_data["until"]) if outcome == CallTask.Outcome.LATER else None
    try:
        promised = close_call(
            task=task, by=access.user_of(request), outcome=outcome, note=form.cleaned_data["note"], until=until
        )
    except (CallRefused, AnswerRefused) as refused:
        form.add_error("until" if outcome == CallTask.Outcome.LATER and until is None else None, str(refused))
        return False
    messages.success(request, _said(promised))
    return True


def _said(promised: Promised) -> str:
    if promised.date is None:
        return _("Saved. It is given back, with thanks.")
    day = date_format(promised.date, "l j F")
    return _("Saved. Next: %(name)s rings by %(day)s.") % {"name": promised.name, "day": day}


class HoursForm(forms.Form):
    """How many hours there are this week."""

    hours = forms.IntegerField(
        label=lazy("How many hours have you this week?"),
        min_value=1,
        max_value=37,
        error_messages={
            "invalid": lazy("Enter hours, from 1 to 37."),
            "min_value": lazy("Enter hours, from 1 to 37."),
            "max_value": lazy("Enter hours, from 1 to 37."),
            "required": lazy("Enter hours, from 1 to 37."),
        },
    )


def _time(minutes: int) -> str:
    """75 -> "1 hour and 15 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    return _(" and ").join(parts)


@require_safe
def show_week(request: HttpRequest) -> HttpResponse:
    """A week's plan for so many hours, in order of worth. What does not fit is counted."""
    form = HoursForm(request.GET if "hours" in request.GET else {"hours": HOURS})
    week = None
    if form.is_valid():
        week = plan.week_of(access.hat_of(request), hours=form.cleaned_data["hours"], today=clock.today())
    context = {
        "form": form,
        "week": week,
        "time_taken": _time(week.minutes) if week else "",
        "left_out": [plan.words_for(sort, n) for sort, n in week.left_out.items()] if week else [],
        "columns": [{"label": _("Who")}, {"label": _("What")}, {"label": _("Minutes"), "num": True}],
        "rows": [
            [
                {"text": item.title, "url": item.url},
                item.more,
                {"text": str(item.minutes), "num": True, "name": _("Minutes")},
            ]
            for item in (week.items if week else [])
        ],
    }
    return render(request, "pledges/week.html", context)
