"""A coordinator's pages: what slang means, and where people drop what was offered for their words."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from occupations import offered, slang
from occupations.forms import MEANINGS, SlangForm
from occupations.table import occupations
from pledges.access import user_of
from pledges.words import clean

HERE = "occupations:list-slang"


@require_safe
def list_slang(request: HttpRequest) -> HttpResponse:
    """`/desk/slang/`: the words that were looked for, or those changed here; how often offered work was kept."""
    q = clean(request.GET.get("q", "")).casefold()
    everything = slang.all_of_it()
    found = {words: (codes, ours) for words, (codes, ours) in everything.items() if _is_wanted(q, words, codes, ours)}
    rows = [_row(words, codes, ours) for words, (codes, ours) in found.items()]
    counts = [[name, _figure(shown, _("Offered")), _figure(kept, _("Kept"))] for name, shown, kept in offered.totals()]
    context = {
        "q": clean(request.GET.get("q", "")),
        "known": len(everything),
        "rows": rows,
        "columns": [{"label": _("Words")}, {"label": _("They mean")}, {"label": _("Since")}],
        "counts": counts,
        "count_columns": [
            {"label": _("Work")},
            {"label": _("Offered"), "num": True},
            {"label": _("Kept"), "num": True},
        ],
    }
    return render(request, "occupations/slang.html", context)


def _is_wanted(q: str, words: str, codes: list[str], ours: bool) -> bool:
    """Without a search those that were changed here: all of them are a long list."""
    return q in f"{words} {_titles(codes)}".casefold() if q else ours


def _row(words: str, codes: list[str], ours: bool) -> list[Any]:
    page = f"{reverse('occupations:change-slang')}?{urlencode({'words': words})}"
    return [
        {"text": words, "url": page},
        _titles(codes) or _("No kind of work"),
        _("Changed here") if ours else _("From the start"),
    ]


def _titles(codes: list[str]) -> str:
    return ", ".join(occupations()[code].title for code in codes if code in occupations())


def _figure(number: int, name: str) -> dict[str, Any]:
    return {"text": str(number), "num": True, "name": name}


@require_http_methods(["GET", "HEAD", "POST"])
def change_slang(request: HttpRequest) -> HttpResponse:
    """`/desk/slang/change/?words=<words>`: what some words stand for from now on; none: new words."""
    words = clean(request.GET.get("words", ""))
    codes, ours = slang.all_of_it().get(words, ([], False))
    first = {"words": words, **dict(zip(MEANINGS, codes, strict=False))}
    form = SlangForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and "take_back" in request.POST:
        if slang.take_back(words=words):
            messages.success(request, _("The words mean again what they meant at the start."))
        return redirect(HERE)
    if form.is_valid() and _said(form, request):
        return redirect(HERE)
    return render(request, "occupations/slang_change.html", {"form": form, "words": words, "ours": ours})


def _said(form: SlangForm, request: HttpRequest) -> bool:
    try:
        row = slang.say(words=form.cleaned_data["words"], codes=form.codes(), by=user_of(request))
    except ValidationError as error:
        form.add_error("words", error)
        return False
    messages.success(
        request, _("Saved. Whoever writes “%(words)s” is offered this from now on.") % {"words": row.words}
    )
    return True
