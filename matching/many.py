"""Many young people at once: a sheet, or a paper list typed row by row on one page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts import papers
from accounts.models import Council
from accounts.roles import Role
from matching import people_sheet
from matching.people_sheet import Row, Saved
from matching.views import council_of, hat_of, user_of
from pledges.forms import WordsField
from pledges.sheets import MOST_BYTES, Unreadable, refuse_by_size

AT_ONCE = 8  # rows on the page
SHOWN = 20  # good rows of a preview
NAMES = ("label", "born", "area", "words")


class SheetForm(forms.Form):
    """A file, or rows pasted with their headings."""

    file = forms.FileField(label=gettext_lazy("A sheet: .xlsx or .csv"), required=False)
    rows = forms.CharField(
        label=gettext_lazy("Or paste the rows, with their headings"),
        required=False,
        strip=False,
        max_length=MOST_BYTES // 10,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not said.get("file") and not str(said.get("rows", "")).strip():
            raise forms.ValidationError(gettext_lazy("Choose a file, or paste the rows"))
        return said

    def read(self) -> list[dict[str, str]]:
        """The rows by our fields. Raises Unreadable."""
        file = self.cleaned_data["file"]
        if file:
            refuse_by_size(file.size)
            return people_sheet.read(file.read(), file.name)
        return people_sheet.read(self.cleaned_data["rows"].encode(), "rows.csv")


class RowsForm(SheetForm):
    """The rows that were read, to put right."""

    mark_optional = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["rows"].label = _("The rows")


@require_http_methods(["GET", "HEAD", "POST"])
def upload_people(request: HttpRequest) -> HttpResponse:
    """`/adviser/sheet/`: a sheet is read and shown with what is wrong; `do=save` adds the rows that can be read."""
    council, hat = council_of(request), hat_of(request)
    form = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context: dict[str, Any] = {
        "form": form, "refused": papers.refusal(council), "fields": people_sheet.FIELDS,
        "back": _home(hat.role),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid() and not context["refused"]:
        try:
            rows = people_sheet.check(form.read(), hat)
        except Unreadable as unreadable:
            form.add_error(None, str(unreadable))
        else:
            if request.POST.get("do") == "save":
                saved = people_sheet.save(rows, council=council, by=user_of(request))
                messages.success(request, _said(saved))
                if not saved.left:
                    return redirect(_home(hat.role))
                rows = saved.left
            context |= _preview(rows)
    return render(request, "matching/sheet.html", context)


def _home(role: str) -> str:
    return reverse("matching:show-team" if role == Role.TEAM_MANAGER else "matching:list-people")


def _preview(rows: list[Row]) -> dict[str, Any]:
    good = [row for row in rows if not row.problems]
    labels = {one.name: str(one.label) for one in people_sheet.FIELDS}
    bad = [
        [str(row.number), row.cells.get("label", ""), labels.get(name, ""), sentence]
        for row in rows for name, sentence in row.problems.items()
    ]  # fmt: skip
    return {
        "bad": bad,
        "bad_columns": [{"label": words} for words in (_("Row"), _("Who"), _("Column"), _("What to do"))],
        "good": [
            [row.cells["label"], _born(row), row.sector, row.worker.name if row.worker else _("Nobody yet")]
            for row in good[:SHOWN]
        ],
        "good_columns": [{"label": words} for words in (_("Who"), _("Born"), _("Lives"), _("Adviser"))],
        "count": len(good),
        "read": RowsForm(initial={"rows": people_sheet.as_text(rows)}),
    }


def _born(row: Row) -> str:
    return f"{row.month:%m/%Y}" if row.month else ""


def _said(saved: Saved) -> str:
    words = [ngettext("%(n)s young person added.", "%(n)s young people added.", saved.added) % {"n": saved.added}]
    if saved.there:
        there = ngettext("%(n)s was there already.", "%(n)s were there already.", saved.there)
        words.append(there % {"n": saved.there})
    if saved.left:
        left = ngettext("%(n)s row is left to put right.", "%(n)s rows are left to put right.", len(saved.left))
        words.append(left % {"n": len(saved.left)})
    return " ".join(words)


# --- row by row -------------------------------------------------------------------------------------------------------


class RowForm(forms.Form):
    """One young person of a paper list. A row left empty is none."""

    mark_optional = False
    label = WordsField(label=gettext_lazy("Your own short word"), required=False)
    born = WordsField(label=gettext_lazy("Born, like 3 2008"), required=False)
    area = WordsField(label=gettext_lazy("Postcode, or like NG18 5"), required=False)
    words = WordsField(label=gettext_lazy("What they would like"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for one in self.fields.values():
            one.widget.attrs["autocomplete"] = "off"


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0


@require_http_methods(["GET", "HEAD", "POST"])
def add_several(request: HttpRequest) -> HttpResponse:
    """`/adviser/people/several/`: eight rows at a time; what can be read is added, the rest stays with what to do."""
    council, added = council_of(request), _count(request.GET.get("added", ""))
    context: dict[str, Any] = {"refused": papers.refusal(council), "added": added, "forms": _forms([])}
    if request.method == "POST" and not context["refused"]:
        added = _count(request.POST.get("added", ""))
        saved = _save(request, council)
        added += saved.added
        if not saved.left:
            here = reverse("matching:add-several")
            if not saved.added:
                messages.info(request, _("Nothing was typed, so nobody was added."))
            return redirect(f"{here}?{urlencode({'added': added})}" if added else here)
        context |= {"added": added, "forms": _forms(saved.left)}
    return render(request, "matching/add_several.html", context)


def _save(request: HttpRequest, council: Council) -> Saved:
    sent = [RowForm(request.POST, prefix=str(number)) for number in range(AT_ONCE)]
    cells = [form.cleaned_data for form in sent if form.is_valid() and any(form.cleaned_data.values())]
    rows = people_sheet.check(cells, hat_of(request))
    return people_sheet.save(rows, council=council, by=user_of(request))


def _forms(left: list[Row]) -> list[RowForm]:
    """The rows that have something wrong, then empty ones; the first control to type in has the focus."""
    data = {f"{at}-{name}": row.cells.get(name, "") for at, row in enumerate(left) for name in NAMES}
    found = [RowForm(data if at < len(left) else None, prefix=str(at)) for at in range(AT_ONCE)]
    for form, row in zip(found, left, strict=False):
        for name, sentence in row.problems.items():
            form.add_error(name if name in form.fields else None, sentence)
    first = next((name for name in NAMES if left and name in left[0].problems), "label")
    found[0].fields[first].widget.attrs["autofocus"] = True
    return found
