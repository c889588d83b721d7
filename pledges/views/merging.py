"""Businesses that may be one: the list, the preview side by side, and the two answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges import access, duplicates, merging
from pledges.employer_forms import MergeForm
from pledges.models import Employer

PAGE = 25


@require_safe
def list_merges(request: HttpRequest) -> HttpResponse:
    """`/desk/merge/`: pairs with the reason. The number of queries does not grow with the rows."""
    found = duplicates.proposals(access.employers_of(access.hat_of(request)))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "count": len(found),
        "columns": [{"label": _("Businesses")}, {"label": _("What speaks for it")}, {"label": _("Now")}],
        "rows": [_row(proposal) for proposal in page],
    }
    return render(request, "pledges/merge_list.html", context)


def _row(proposal: duplicates.Proposal) -> list[Any]:
    keep, gone = merging.better_to_keep(proposal.one, proposal.other)
    return [
        {
            "text": _("%(one)s and %(other)s") % {"one": proposal.one.name, "other": proposal.other.name},
            "url": reverse("pledges:show-merge", args=[keep.public_id, gone.public_id]),
        },
        ", ".join(proposal.reasons),
        f"{proposal.one.get_state_display()}, {proposal.other.get_state_display()}",
    ]


def show_merge(request: HttpRequest, keep: UUID, gone: UUID) -> HttpResponse:
    """`/desk/merge/<keep>/<gone>/`: what would move and what stays. POST: join them, or say that they are two."""
    rows = access.employers_of(access.hat_of(request)).select_related("sector", "lead")
    pair = {row.public_id: row for row in rows.filter(public_id__in=[keep, gone])}
    if keep == gone or len(pair) != 2:
        raise Http404
    form = MergeForm()
    if request.method == "POST":
        done, form = _answer(request, pair[keep], pair[gone])
        if done is not None:
            return done
    return _page(request, pair[keep], pair[gone], form)


def _answer(request: HttpRequest, keep: Employer, gone: Employer) -> tuple[HttpResponse | None, MergeForm]:
    by = access.user_of(request)
    if request.POST.get("do") == "two":
        duplicates.say_not_the_same(one=keep, other=gone, by=by)
        messages.success(request, _("Saved. We do not ask about these two again."))
        return redirect("pledges:list-merges"), MergeForm()
    form = MergeForm(request.POST)
    if form.is_valid():
        try:
            merging.merge(keep=keep, gone=gone, by=by, why=form.cleaned_data["why"])
            messages.success(request, _("%(name)s is one business now.") % {"name": keep.name})
            return redirect("pledges:show-employer", keep.public_id), form
        except merging.MergeRefused as refused:
            form.add_error(None, str(refused))
    return None, form


def _page(request: HttpRequest, keep: Employer, gone: Employer, form: MergeForm) -> HttpResponse:
    try:
        moves, refused = merging.foresee(keep=keep, gone=gone), ""
    except merging.MergeRefused as why:
        moves, refused = None, str(why)
    context = {
        "keep": keep,
        "gone": gone,
        "form": form,
        "moves": moves,
        "refused": refused,
        "columns": [{"label": _("What")}, {"label": keep.name}, {"label": gone.name}],
        "rows": [[label, of(keep) or "–", {"text": of(gone) or "–", "name": gone.name}] for label, of in _values()],
    }
    return render(request, "pledges/merge.html", context)


def _values() -> list[tuple[str, Callable[[Employer], str]]]:
    return [
        (_("Name"), lambda row: row.name),
        (_("Check"), lambda row: str(Employer.Check(row.state).label)),
        (_("Checked until"), lambda row: date_format(row.checked_until, "j F Y") if row.checked_until else ""),
        (_("Company number"), lambda row: row.company_number),
        (_("Charity number"), lambda row: row.charity_number),
        (_("Email domain"), lambda row: row.domain),
        (_("Size"), lambda row: row.size),
        (_("Sector"), lambda row: row.sector.name if row.sector else ""),
        (_("Led by"), lambda row: row.lead.name if row.lead else ""),
        (_("Pledges"), lambda row: str(row.pledges.count())),
    ]
