"""Records to clear up: the list, and one with the words as written beside a prefilled form."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from pledges import access
from pledges.clearing import Cleared, set_aside, title_of, turn_into_pledge, words_of
from pledges.forms import DeskPledgeForm, ReasonForm
from pledges.models import ToClearUp
from pledges.reading import Unclear, find_reach, guess_places, read_month, read_way, read_yes_no
from pledges.rows import categories_by_word, kinds_by_word
from pledges.words import key

A_PAGE = 25


@require_safe
def list_to_clear_up(request: HttpRequest) -> HttpResponse:
    """Open records of the partnership's events, the oldest first."""
    rows = access.to_clear_up_of(access.hat_of(request)).filter(state=ToClearUp.State.OPEN)
    page = Paginator(rows.select_related("owner", "event").order_by("pk"), A_PAGE).get_page(request.GET.get("page"))
    table = [
        [
            {"text": title_of(record), "url": reverse("pledges:show-to-clear-up", args=[record.public_id])},
            record.reasons[0][1] if record.reasons else "",
            record.owner.name,
        ]
        for record in page
    ]
    columns = [{"label": _("As written")}, {"label": _("Why")}, {"label": _("Whose")}]
    return render(request, "pledges/to_clear_up_list.html", {"page": page, "table": table, "columns": columns})


@require_http_methods(["GET", "HEAD", "POST"])
def show_to_clear_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Turn it into a pledge (do=pledge), or set it aside with a reason (do=aside)."""
    rows = access.to_clear_up_of(access.hat_of(request)).select_related("owner", "event", "pledge__employer")
    record = get_object_or_404(rows, public_id=public_id)
    doing = request.POST.get("do") if request.method == "POST" else ""
    form = DeskPledgeForm(request.POST if doing == "pledge" else None, initial=_initial(record))
    aside = ReasonForm(request.POST if doing == "aside" else None, prefix="aside")
    if doing and _act(request, record, form if doing == "pledge" else aside):
        return redirect("pledges:list-to-clear-up")
    context = {
        "record": record,
        "form": form,
        "aside": aside,
        "written": [{"label": heading, "value": str(words) or "-"} for heading, words in record.words],
        "is_open": record.state == ToClearUp.State.OPEN,
    }
    return render(request, "pledges/to_clear_up.html", context)


def _act(request: HttpRequest, record: ToClearUp, form: DeskPledgeForm | ReasonForm) -> bool:
    if not form.is_valid():
        return False
    try:
        if isinstance(form, DeskPledgeForm):
            turn_into_pledge(record=record, promise=form.promise(), by=access.user_of(request))
            messages.success(request, _("It is a pledge now."))
        else:
            set_aside(record=record, because=form.cleaned_data["because"])
            messages.success(request, _("Set aside."))
    except Cleared as cleared:
        messages.info(request, str(cleared))
    return True


def _initial(record: ToClearUp) -> dict[str, Any]:
    """The words as written, put where they belong; what can be read already is read."""
    said = words_of(record)
    found = find_reach("\n".join(str(cell) for _heading, cell in record.words))
    kind = kinds_by_word().get(key(said.get("kind", "")))
    category = categories_by_word().get(key(said.get("category", "")))
    return {
        "email": found.email,
        "phone": found.phone,
        **said,
        "places": guess_places(said.get("places", "")) or said.get("places", ""),
        "kind": kind.code if kind else "",
        "category": category.pk if category else None,
        "by_month": _month(said.get("by_month", "")),
        "way": read_way(said.get("way", "")),
        "publish_if_silent": read_yes_no(said.get("silent", "")) is True,
    }


def _month(text: str) -> dt.date | None:
    try:
        return read_month(text, today=clock.today()) if text else None
    except Unclear:
        return None
