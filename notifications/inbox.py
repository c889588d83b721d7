"""What we told somebody, for themselves: their own messages of the last 90 days, whether or not an email arrived."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from core.clock import FrNow
from core.policy import may_read
from notifications import registry
from notifications.models import Outbox
from notifications.preparing import SWITCHED_OFF

KEPT = dt.timedelta(days=90)
PER_PAGE = 50
NOT_LISTED = ("digest", "sign_in_code", "sign_in_text")  # a digest's items stand for it; codes are no news
# why a message ended that was not for them any more
NEVER_TOLD = ("not entitled", "support ended", "nothing left", SWITCHED_OFF)


@dataclass(frozen=True)
class Line:
    """One sentence: names nobody. `url`: the page where the thing stands."""

    words: str
    day: str
    url: str
    is_new: bool


def told_to(user: User) -> "QuerySet[Outbox, Outbox]":
    """Somebody's own messages, the newest first. Call it in their own scope."""
    rows = Outbox.objects.filter(recipient=user, made_at__gte=FrNow() - KEPT)
    found: QuerySet[Outbox, Outbox] = rows.exclude(purpose__in=NOT_LISTED).exclude(reason__in=NEVER_TOLD)
    return found.order_by("-made_at", "-pk")


@require_safe
def show_inbox(request: HttpRequest) -> HttpResponse:
    """`/inbox/`: what is new is marked, once. The same number of queries for any number of messages."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    role = request.hat.role if getattr(request, "hat", None) else ""  # type: ignore[attr-defined]
    page = Paginator(told_to(user), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    lines = [_line(list(group), role) for _key, group in groupby(rows, key=_together)]
    Outbox.objects.filter(pk__in=[row.pk for row in rows], recipient=user, read_at=None).update(read_at=FrNow())
    chooses = bool(registry.kinds_for(role))
    return render(request, "notifications/inbox.html", {"page": page, "lines": lines, "chooses": chooses})


def _together(row: Outbox) -> Any:
    """What came for one digest on one day is one line."""
    alone = row.pk if row.channel != "digest" else 0
    return row.purpose, localtime(row.made_at).date(), alone


def _line(rows: list[Outbox], role: str) -> Line:
    purpose = registry.find(rows[0].purpose)
    if rows[0].channel == Outbox.Channel.DIGEST:
        words = _("%(kind)s: %(number)s") % {"kind": purpose.kind.label, "number": len(rows)}
    else:
        words = purpose.line(rows[0])
    url = reverse(purpose.page) if purpose.page else ""
    day = date_format(localtime(rows[0].made_at), "j F Y")
    return Line(words, day, url if url and may_read(url, role) else "", any(row.read_at is None for row in rows))
