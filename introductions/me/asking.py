"""A young person says no to being seen, or asks for help again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import objections
from accounts.apart import is_hidden
from accounts.roles import YOUNG_PERSON
from core import clock
from core.lifecycle import MoveRefused
from core.workdays import add_working_days
from introductions import concerns, help_again
from introductions.me import telling
from introductions.me.around import seers
from introductions.me.forms import ObjectForm
from introductions.me.views import own, user_of

WORKDAYS = 5  # until an answer


@require_http_methods(["GET", "HEAD", "POST"])
def make_objection(request: HttpRequest) -> HttpResponse:
    """`/me/who/no/`: whom, or what, they do not want, in their own words."""
    person = own(request)
    form = ObjectForm([each["label"] for each in seers(person)], data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer_by = add_working_days(clock.today(), WORKDAYS)
        try:
            objections.make_objection(person=person, answer_by=answer_by, by=user_of(request), **form.cleaned_data)
        except objections.NobodyReads:
            concerns.pass_on(person=person, role=YOUNG_PERSON, **form.cleaned_data)
            messages.success(request, concerns.who_reads(person))
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect("introductions:show-who")
    reader = concerns.who_reads(person) if is_hidden(person) else ""
    return render(request, "introductions/me_object.html", {"form": form, "reader": reader})


@require_POST
def ask_again(request: HttpRequest) -> HttpResponse:
    """`/me/help/`: one tap; whoever supports them gets in touch."""
    person = own(request)
    row = help_again.ask_again(person=person, by=user_of(request))
    said = {"who": telling.helper_of(person), "day": date_format(row.due_on, "l j F")}
    messages.success(request, _("%(who)s will get in touch by %(day)s.") % said)
    return redirect("introductions:show-me")
