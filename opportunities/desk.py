"""The officers' pages: drafts to complete, what waits for a second person, what is live."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.hats import Hat
from accounts.models import User
from opportunities import by_business, next_steps, services
from opportunities.finding import page_number
from opportunities.models import Opportunity
from opportunities.refusals import Law, for_judging, refusals
from opportunities.still_open import WARN_BEFORE, is_answered, last_warning_of
from pledges.models import Pledge

PAGE = 25
State = Opportunity.State
TABS = (
    ("drafts", gettext_lazy("To complete"), (State.DRAFT,)),
    ("waiting", gettext_lazy("Second person"), (State.SUBMITTED,)),
    ("open", gettext_lazy("Open now"), (State.PUBLISHED, State.PAUSED)),
    ("ended", gettext_lazy("Ended"), (State.CLOSED, State.WITHDRAWN)),
)


def hat_of(request: HttpRequest) -> Hat:
    """The hat the policy let in."""
    hat: Hat = request.hat  # type: ignore[attr-defined]
    return hat


def own(request: HttpRequest) -> QuerySet[Opportunity]:
    """The opportunities of the hat's partnership; every other one is a 404. Drafts without an area are everybody's."""
    hat = hat_of(request)
    mine = services.partnerships_of(partnership=hat.partnership, council=hat.council)
    theirs = Q(partnership__isnull=True) & (Q(pledge__partnership__isnull=True) | Q(pledge__partnership__in=mine))
    return Opportunity.objects.filter(Q(partnership__in=mine) | theirs)


@require_safe
def list_desk(request: HttpRequest) -> HttpResponse:
    """`/desk/opportunities/`: one list in four parts. The same number of queries however many rows."""
    rows = own(request)
    part = request.GET.get("part", "drafts")
    states = {code: states for code, _label, states in TABS}
    if part not in states:
        part = "drafts"
    counts = rows.aggregate(**{code: Count("pk", filter=Q(state__in=wanted)) for code, wanted in states.items()})
    order = ("submitted_on", "pk") if part == "waiting" else ("-opened_on", "-pk") if part != "drafts" else ("pk",)
    listed = for_judging(rows.filter(state__in=states[part])).select_related("submitted_by").order_by(*order)
    paginator = Paginator(listed, PAGE)
    paginator.count = counts[part]
    page = paginator.get_page(page_number(request.GET.get("page")))
    law = Law.load()
    written = by_business.last_words([row.pk for row in page]) if part == "drafts" else {}
    context = {
        "tabs": [
            {"label": label, "url": f"?part={code}", "current": code == part, "count": counts[code]}
            for code, label, _states in TABS
        ],
        "part": part,
        "page": page,
        "rows": [_row(row, law, by_business.told(written.get(row.pk))) for row in page],
        "columns": [{"label": _("What")}, {"label": _("Business")}, {"label": _("Where it stands")}],
    }
    return render(request, "opportunities/desk_list.html", context)


def _row(row: Opportunity, law: Law, written: str) -> list[Any]:
    url = f"/desk/opportunities/{row.public_id}/"
    stands = _stands(row, law)
    return [
        {"text": row.title or row.kind.name, "url": url},
        row.employer.name,
        f"{written} {stands}" if written else stands,
    ]


def _stands(row: Opportunity, law: Law) -> str | dict[str, str]:
    """The cell of the list. What has waited longer than a working day is marked."""
    words = standing(row, law)
    if row.state == State.SUBMITTED and next_steps.is_late(row, law.today):
        return {"text": _("Late. %(words)s") % {"words": words}, "badge": "late"}
    if row.live and row.closes_on and last_warning_of(row.closes_on) <= law.today:
        return {"text": words, "badge": "now"}
    return words


def standing(row: Opportunity, law: Law) -> str:
    """Where it stands, in one line: what is missing, who has waited how long, or whether it can be seen."""
    if row.state == State.DRAFT:
        missing = refusals(row, law)
        if not missing:
            return _("Complete. Send it in.")
        more = ngettext("%(n)d thing to do: %(first)s", "%(n)d things to do. First: %(first)s", len(missing))
        return more % {"n": len(missing), "first": missing[0].sentence}
    if row.state == State.SUBMITTED:
        return _waiting(row, law.today)
    if row.state == State.PUBLISHED:
        return _open(row, law.today)
    if row.state in (State.CLOSED, State.WITHDRAWN) and row.pledge.state == Pledge.State.WITHDRAWN:
        return _("%(state)s: the business took it back") % {"state": State(row.state).label}
    return str(State(row.state).label)


def _open(row: Opportunity, today: dt.date) -> str:
    """Of what is published: hidden, closing soon, or without an answer so far."""
    if not row.live:
        return _("Published, and hidden: past its closing day, its pay below a new floor, or the business")
    if row.places_taken >= row.places:
        return next_steps.close_it() if next_steps.all_begun(row) else _("Open now. All its places are held")
    if row.closes_on and row.closes_on - today <= WARN_BEFORE:
        days = (row.closes_on - today).days
        return ngettext("Open now. Closes in %(n)d day", "Open now. Closes in %(n)d days", days) % {"n": days}
    if row.closes_on is None and row.still_asked_on and not is_answered(row):
        asked = {"day": date_format(row.still_asked_on, "j F")}
        return _("Open now. We asked on %(day)s whether it still is: no answer yet") % asked
    return _("Open now")


def acting_user(request: HttpRequest) -> User:
    """The signed-in user; the policy lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def _waiting(row: Opportunity, today: dt.date) -> str:
    days = services.waiting_days(row, today)
    name = row.submitted_by.name if row.submitted_by else ""
    words = ngettext("Sent in by %(name)s %(n)d day ago", "Sent in by %(name)s %(n)d days ago", days)
    return words % {"name": name, "n": days} if days else _("Sent in by %(name)s today") % {"name": name}
