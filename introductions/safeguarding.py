"""A safeguarding lead's pages: what waits by its clock, one concern with all there is, and what was done about it.

Another council's concern is a 404. The lead of the council where the work is sees what was said, and of the young
person only which council supports them.
"""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import safety
from accounts.models import AdviserLink, Council, User, View, YoungPerson, YoungPersonContact
from accounts.viewing import log_view
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from introductions import concerns
from introductions.models import Concern, ConcernNote, Introduction
from matching.views import hat_of
from pledges.forms import ReadField, WordsField
from pledges.reading import read_phone

S = Concern.State
CLOSED_SHOWN = 100
VERBS = {"note": concerns.note, "close": concerns.close, "reopen": concerns.reopen}


class NoteForm(forms.Form):
    """What a lead did. Kept as it is written."""

    words = WordsField(
        label=gettext_lazy("What did you do, or hear?"),
        help_text=gettext_lazy("It is kept as evidence and cannot be changed. The young person does not see it."),
        lines=True,
        max_length=4000,
        error_messages={"required": gettext_lazy("Write what you did, or heard")},
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=lambda: uuid4().hex)


class NumbersForm(forms.Form):
    """A council's numbers, as people ring them."""

    day_phone = ReadField(
        label=gettext_lazy("Number in the day"),
        reader=read_phone,
        max_length=20,
        error_messages={"required": gettext_lazy("Enter the number people ring in the day")},
    )
    day_hours = WordsField(
        label=gettext_lazy("When that is answered"),
        help_text=gettext_lazy("Like: Monday to Friday, 9am to 5pm"),
        max_length=60,
        error_messages={"required": gettext_lazy("Say when the number is answered")},
    )
    night_phone = ReadField(
        label=gettext_lazy("Number at night and at weekends"),
        reader=read_phone,
        max_length=20,
        error_messages={"required": gettext_lazy("Enter the number people ring out of hours")},
    )


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the policy lets nobody else in
    return request.user


@require_safe
def list_concerns(request: HttpRequest) -> HttpResponse:
    """`/safeguarding/`: what nobody has looked at first, the latest of all before it; `?show=closed`."""
    closed = request.GET.get("show") == "closed"
    rows = _closed() if closed else concerns.queue()
    now = clock.now()
    context = {
        "closed": closed,
        "rows": [_row(row, now) for row in rows],
        "columns": [{"label": _("Number")}, {"label": _("By when")}, {"label": _("How urgent")}, {"label": _("From")}],
        "late": sum(_late(row, now) for row in rows),
    }
    return render(request, "introductions/concerns.html", context)


def _closed() -> list[Concern]:
    rows = Concern.objects.filter(state=S.CLOSED).select_related("seen_by")
    return list(rows.order_by("-closed_at", "-pk")[:CLOSED_SHOWN])


def _late(row: Concern, now: Any) -> bool:
    return bool(row.state == S.NEW and row.look_by <= now)


def _row(row: Concern, now: Any) -> list[Any]:
    url = reverse("introductions:show-concern", args=[row.public_id])
    return [{"text": concerns.number_of(row), "url": url}, _clock(row, now), row.get_urgency_display(), _from(row)]


def _from(row: Concern) -> str:
    words = str(row.get_said_by_display())
    return _("%(who)s. Many came in this hour.") % {"who": words} if row.words.get("many") else words


def _clock(row: Concern, now: Any) -> dict[str, str]:
    """A badge: late, by when, who looks at it, or when it was closed."""
    by = _moment(row.look_by)
    if _late(row, now):
        return {"text": _("Late: by %(time)s") % {"time": by}, "badge": "late"}
    if row.state == S.NEW:
        return {"text": _("By %(time)s") % {"time": by}, "badge": "now"}
    if row.state == S.SEEN and row.seen_by is not None:
        return {"text": _("With %(name)s") % {"name": row.seen_by.name}, "badge": "info"}
    return {"text": _("Closed on %(time)s") % {"time": _moment(row.closed_at)}, "badge": "good"}


def _moment(at: Any) -> str:
    return date_format(at.astimezone(LONDON), "j F, H:i")


def _one(public_id: UUID) -> Concern:
    rows = Concern.objects.select_related("opportunity", "employer", "responsible", "work_council", "seen_by")
    found: Concern = get_object_or_404(rows, public_id=public_id)
    return found


@require_safe
def show_concern(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/safeguarding/<concern>/`: everything, and what was done. Opening it is not looking at it: a button says so."""
    return _page(request, _one(public_id), NoteForm())


def _page(request: HttpRequest, row: Concern, form: NoteForm) -> HttpResponse:
    person = YoungPerson.objects.filter(pk=row.person_id).first() if row.person_id else None
    if person is not None:
        own = row.said_by == Concern.SaidBy.YOUNG_PERSON
        log_view(hat_of(request), [person.pk], View.Page.CONCERN if own else View.Page.SAFETY)
    context = {
        "concern": row,
        "number": concerns.number_of(row),
        "clock": _clock(row, clock.now()),
        "facts": [fact for fact in (*_facts(row), *_about(row, person)) if fact["value"]],
        "notes": [
            (each.at.astimezone(LONDON), each.by.name, each.words["words"])
            for each in ConcernNote.objects.filter(concern=row).select_related("by").order_by("-at", "-pk")
        ],
        "form": form,
        "seen_elsewhere": row.person_id is not None and person is None,
    }
    return render(request, "introductions/concern.html", context)


def _facts(row: Concern) -> list[dict[str, Any]]:
    councils = dict.fromkeys(council.short_name for council in (row.responsible, row.work_council) if council)
    return [
        {"label": _("Said by"), "value": _from(row)},
        {"label": _("When"), "value": _moment(row.made_at)},
        {"label": _("How urgent"), "value": row.get_urgency_display()},
        {"label": _("How to reach them"), "value": row.words.get("reach", "")},
        {"label": _("Leads who see it"), "value": ", ".join(councils)},
        {"label": _("Business"), "value": row.employer.name if row.employer else ""},
        {"label": _("Opportunity"), "value": row.opportunity.title if row.opportunity else ""},
    ]


def _about(row: Concern, person: YoungPerson | None) -> list[dict[str, Any]]:
    """Of the young person, for the lead of the council that supports them."""
    if person is None:
        return []
    contact = YoungPersonContact.objects.filter(person=person).first()
    link = AdviserLink.objects.current().filter(person=person).select_related("worker").first()
    met = Introduction.objects.filter(pk=row.introduction_id).first() if row.introduction_id else None
    details = contact.details if contact else {}
    reach = [details.get(key, "") for key in ("name", "phone", "email")]
    return [
        {"label": _("Young person"), "value": person.label},
        {"label": _("Name and contact"), "value": ", ".join(words for words in reach if words)},
        {"label": _("Worker"), "value": link.worker.name if link else ""},
        {"label": _("Introduction"), "value": f"{met.reference}, {met.get_state_display()}" if met else ""},
        {"label": _("Named adult"), "value": met.adult_name if met else ""},
    ]


@require_POST
def see_concern(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """ "I am looking at it": the clock stops."""
    row = _one(public_id)
    try:
        concerns.see(concern=row, by=user_of(request))
    except MoveRefused as refused:
        messages.info(request, str(refused))
    return redirect("introductions:show-concern", public_id)


@require_POST
def write_concern(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`do`: note, close or reopen, each with words."""
    row, verb, form = _one(public_id), VERBS.get(request.POST.get("do", "")), NoteForm(request.POST)
    if verb is None:
        raise BadRequest("no such verb")
    if not form.is_valid():
        return _page(request, row, form)
    by, words = user_of(request), form.cleaned_data["words"]
    refused = concerns.once_each(
        scope="concern-note",
        key=form.cleaned_data["key"],
        body={"concern": row.pk, "by": by.pk, "do": request.POST["do"], "words": words},
        do=lambda: concerns.write(verb=verb, concern=row, by=by, words=words),
    )
    if refused:
        messages.info(request, _("%(why)s Your words are saved as a note.") % {"why": refused})
    else:
        messages.success(request, _("Saved."))
    return redirect("introductions:show-concern", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_numbers(request: HttpRequest) -> HttpResponse:
    """`/safeguarding/numbers/`: whom people ring at the lead's own council."""
    council = get_object_or_404(Council, pk=hat_of(request).council or 0)
    known = safety.numbers_of([council])[0].known
    names = ("day_phone", "day_hours", "night_phone")
    form = NumbersForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(known, name) for name in names} if known else {},
    )
    if request.method == "POST" and form.is_valid():
        safety.record_numbers(council=council, by=user_of(request), **form.cleaned_data)
        messages.success(request, _("Saved. The page “Something is wrong” shows them from now on."))
        return redirect("introductions:edit-numbers")
    context = {"form": form, "council": council, "known": known}
    return render(request, "introductions/numbers.html", context)
