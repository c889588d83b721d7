"""A sheet: upload, preview with its columns and bad rows, apply, result."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pledges import access, imports
from pledges.forms import ColumnsForm, SheetForm
from pledges.models import Event, SheetUpload
from pledges.rows import Bad, Good
from pledges.views.events import event_of

A_PAGE = 50
SHOWN = 10
A_LINE = 160
ROUND_A_FILE = 2000  # bytes that a browser sends round a file


@require_http_methods(["GET", "HEAD", "POST"])
def upload_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file. What cannot be read comes back with a sentence; nothing is stored of it."""
    event = event_of(request, code)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if request.method == "POST":
        try:
            imports.refuse_by_size(int(request.META.get("CONTENT_LENGTH") or 0) - ROUND_A_FILE)
            if form.is_valid():
                chosen = form.cleaned_data["sheet"]
                sheet = imports.read_sheet(chosen.read(), chosen.name)
                upload = imports.hold_sheet(event=event, sheet=sheet, by=access.user_of(request))
                return redirect("pledges:preview-sheet", event.code, upload.public_id)
        except imports.Unreadable as unreadable:
            form.errors["sheet"] = form.error_class([str(unreadable)])  # in place of "Choose a file"
    return render(request, "pledges/sheet_upload.html", {"form": form, "event": event})


@require_http_methods(["GET", "HEAD", "POST"])
def preview_sheet(request: HttpRequest, code: str, public_id: str) -> HttpResponse:
    """What the sheet would become. POST with do=columns chooses columns, with do=apply applies it, once."""
    event = event_of(request, code)
    upload = get_object_or_404(SheetUpload, event=event, public_id=public_id)
    if upload.applied_at is not None:
        return render(request, "pledges/sheet_result.html", {"event": event, "outcome": upload.outcome})
    if request.method == "POST":
        return _act(request, event, upload)
    return render(request, "pledges/sheet_preview.html", _preview(request, event, upload))


def _act(request: HttpRequest, event: Event, upload: SheetUpload) -> HttpResponse:
    if request.POST.get("do") == "columns":
        form = ColumnsForm(request.POST, header=upload.header)
        if form.is_valid():
            imports.choose_columns(upload=upload, chosen=form.chosen())
    else:
        try:
            imports.apply_upload(upload=upload, by=access.user_of(request))
        except imports.Unreadable as unreadable:
            messages.error(request, str(unreadable))
    return redirect("pledges:preview-sheet", event.code, upload.public_id)


def _preview(request: HttpRequest, event: Event, upload: SheetUpload) -> dict[str, Any]:
    sheet, mapping = imports.sheet_of(upload), upload.mapping
    context: dict[str, Any] = {
        "event": event,
        "upload": upload,
        "missing": imports.missing_columns(mapping),
        "form": ColumnsForm(initial={name: str(column) for name, column in mapping.items()}, header=upload.header),
    }
    if context["missing"]:
        return context
    report = imports.check_rows(sheet=sheet, mapping=mapping, event=event)
    kinds = Counter(good.promise.kind.name for good in report.good)
    page = Paginator(report.bad, A_PAGE).get_page(request.GET.get("page"))
    stats = [
        {"label": _("Rows"), "figure": report.rows},
        {"label": _("Good"), "figure": len(report.good), "lead": True},
        {"label": _("To clear up"), "figure": len(report.bad_rows)},
    ]
    if report.left_out:
        stats.append({"label": _("Left out"), "figure": len(report.left_out)})
    return {
        **context,
        "stats": stats,
        "kinds": kinds.most_common(),
        "page": page,
        "bad": [[str(bad.row), bad.column, bad.reason] for bad in page],
        "sample": [_as_understood(good) for good in report.good[:SHOWN]],
        "sample_columns": [
            {"label": _("Row")},
            {"label": _("Business")},
            {"label": _("Pledge")},
            {"label": _("By")},
            {"label": _("How to reach them")},
            {"label": _("Where")},
        ],
        "notes": _by_reason(report.notes),
        "left_out": _by_reason(report.left_out),
        "can_apply": bool(report.good or report.bad),
    }


def _as_understood(good: Good) -> list[Any]:
    """A good row as it would be saved, in words."""
    promise, reach = good.promise, good.promise.reach
    way = {"call": _("by call"), "text": _("by text"), "email": _("by email")}[reach.way]
    business = ", ".join(part for part in (promise.business.name, promise.business.size) if part)
    pledge = [
        f"{promise.kind.name}, {promise.places}",
        promise.category.name if promise.category else "",
        promise.words,
    ]
    person = [reach.name, reach.job, reach.email, reach.phone, way, reach.best_time]
    return [
        str(good.row),
        business,
        ". ".join(part for part in pledge if part)[:A_LINE],
        {"text": date_format(promise.by_month, "F Y") if promise.by_month else _("Not said"), "name": _("By")},
        ", ".join(part for part in person if part),
        {
            "text": ", ".join(part for part in (promise.town, promise.postcode) if part) or _("Not said"),
            "name": _("Where"),
        },
    ]


def _by_reason(notes: Iterable[Bad]) -> list[tuple[str, str]]:
    """(note, its rows), each note once; of many rows the first ten and how many more."""
    rows: dict[str, list[str]] = {}
    for note in notes:
        rows.setdefault(note.reason, []).append(str(note.row))
    said = []
    for reason, numbers in list(rows.items())[:A_PAGE]:
        shown, more = ", ".join(numbers[:SHOWN]), len(numbers) - SHOWN
        said.append((reason, _("%(rows)s and %(more)d more") % {"rows": shown, "more": more} if more > 0 else shown))
    return said
