"""The privacy notices, open to all, and where a council records that it has accepted the five papers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import papers
from accounts.models import Acceptance, Council
from accounts.papers import Paper
from core.forms import DateField
from introductions.safeguarding import user_of
from matching.views import hat_of
from pledges.forms import WordsField

NOTICES = {"young-people": Paper.YOUNG_PERSON, "businesses": Paper.EMPLOYER, "workers": Paper.WORKER}


class AcceptForm(forms.Form):
    """Who accepted it for the council, and when."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=12)
    accepted_by = WordsField(
        label=gettext_lazy("Who accepted it for the council?"),
        help_text=gettext_lazy("Name and office, like: Ann Fairley, Director of Children’s Services"),
        max_length=80,
        error_messages={"required": gettext_lazy("Enter who accepted it, with their office")},
    )
    accepted_on = DateField(label=gettext_lazy("On which day?"))


@require_safe
def show_notice(request: HttpRequest, name: str) -> HttpResponse:
    """`/privacy/young-people/`, `/privacy/businesses/`, `/privacy/workers/`."""
    if name not in NOTICES:
        raise Http404
    return render(request, "introductions/notice.html", {"paper": papers.text_of(NOTICES[name])})


def _council(request: HttpRequest) -> Council:
    """The council of the hat: a lead or an auditor of a partnership has none to speak for."""
    return get_object_or_404(Council, pk=hat_of(request).council or 0)


@require_safe
def list_papers(request: HttpRequest) -> HttpResponse:
    """`/safeguarding/papers/`: the five, each with its version and who accepted it."""
    council = _council(request)
    found = papers.accepted(council)
    context = {
        "council": council,
        "rows": [_row(paper, found.get(paper)) for paper in papers.FILES],
        "columns": [{"label": _("Paper")}, {"label": _("Words of")}, {"label": _("Accepted")}],
        "missing": len(papers.FILES) - len(found),
    }
    return render(request, "introductions/papers.html", context)


def _row(paper: str, row: Acceptance | None) -> list[Any]:
    url = f"{paper.replace('_', '-')}/"
    day = date_format(papers.text_of(paper).day, "j F Y")
    if row is None:
        return [{"text": str(Paper(paper).label), "url": url}, day, {"text": _("Not yet"), "badge": "now"}]
    said = {"name": row.accepted_by, "day": date_format(row.accepted_on, "j F Y"), "by": row.recorded_by.name}
    done = _("%(name)s, %(day)s. Recorded by %(by)s.") % said
    return [{"text": str(Paper(paper).label), "url": url}, day, done]


@require_http_methods(["GET", "HEAD", "POST"])
def accept_paper(request: HttpRequest, name: str) -> HttpResponse:
    """`/safeguarding/papers/<paper>/`: its words, and below them the record of who accepted them."""
    council, code = _council(request), name.replace("-", "_")
    if code not in Paper.values:
        raise Http404
    paper = papers.text_of(code)
    done = papers.accepted(council).get(code)
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"version": paper.version})
    if request.method == "POST" and form.is_valid():
        try:
            papers.accept(council=council, paper=code, by=user_of(request), **form.cleaned_data)
        except papers.AcceptanceRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Recorded."))
            return redirect("introductions:list-papers")
    context = {"paper": paper, "form": None if done and not form.is_bound else form, "done": done, "council": council}
    return render(request, "introductions/paper.html", context)
