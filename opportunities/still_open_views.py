"""The page behind "is it still open?". Opening it changes nothing (mail scanners do); a button does.

The address is the right to act, as on the pledge's own pages.
"""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.links import find_link, use
from accounts.models import SignedLink
from core import clock
from core.lifecycle import MoveRefused
from opportunities import still_open
from opportunities.models import Opportunity
from opportunities.refusals import Refused
from opportunities.still_open_messages import LINK, VERB
from pledges.answers import name_of
from pledges.call_tasks import make_call
from pledges.models import CallTask
from pledges.views.answers import tell_nobody

Outcome = Opportunity.Outcome


class EndForm(forms.Form):
    """What became of it, for what is over."""

    outcome = forms.ChoiceField(
        label=lazy("What became of it?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), lazy("Choose what became of it")),
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@tell_nobody
def answer_still_open(request: HttpRequest, token: str) -> HttpResponse:
    """`/k/<token>/still/open/`: one question, two answers. After an answer the same page says what holds now."""
    link, row = _of(token)
    form = EndForm()
    said, problem = request.POST.get("said") if request.method == "POST" else None, ""
    if said == "closed":
        form = EndForm(request.POST)
    if said in ("open", "closed") and (said == "open" or form.is_valid()):
        if not use(link, VERB):
            raise Http404
        problem = _say(row, said, form)
        if not problem:
            return redirect("opportunities:answer-still-open", token)
    return render(request, "opportunities/still_open.html", {**_stands(row), "form": form, "problem": problem})


def _of(token: str) -> tuple[SignedLink, Opportunity]:
    link = find_link(token, LINK)
    rows = Opportunity.objects.select_related("pledge__owner", "pledge__employer__lead", "kind")
    row = rows.filter(pk=link.object_id).first() if link else None
    if link is None or row is None:
        raise Http404
    return link, row


def _say(row: Opportunity, said: str, form: EndForm) -> str:
    """Do it. Returns what to say when it could not be done."""
    try:
        if said == "open":
            still_open.say_open(opportunity=row)
        else:
            still_open.say_closed(row, form.cleaned_data["outcome"])
    except MoveRefused:
        return _("Nothing has changed: it has ended already.")
    except Refused:
        make_call(pledge=row.pledge, why=CallTask.Why.STILL_OPEN)
        return _("Thank you. Something else has to be put right first. We look at it and ring you.")
    return ""


def _stands(row: Opportunity) -> dict[str, Any]:
    """For the page: whether there is a question, and who looks after it. A link may have been passed on, so nothing
    here depends on who has taken a place."""
    soon = row.closes_on is not None and row.closes_on <= clock.today() + still_open.WARN_BEFORE
    return {
        "opportunity": row,
        "can_answer": still_open.can_answer(row),
        "answered": row.state == Opportunity.State.PUBLISHED and still_open.is_answered(row),
        "longer_until": row.closes_on + still_open.LONGER if row.closes_on and soon else None,
        "name": name_of(row.pledge),
    }
