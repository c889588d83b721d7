"""A young person who asked for it hears that something new fits, once a week at most: never what, who or where.

Only of what their worker was told too, so that no more people hear of one place than there are places for, and
somebody is there to talk it through. Asked again at hand-over.
"""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.hearing import MATCHES
from accounts.models import Hearing, User
from core import clock
from core.scope import EVERYTHING, scope
from matching import stop_news
from matching.models import Match, MatchAction, MatchTold
from matching.shown import live
from notifications import addresses, registry
from notifications import services as notifications
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows

PURPOSE = "own_matches"
WEEK = dt.timedelta(days=7)
WORTH = dt.timedelta(days=2)


def register_purpose() -> None:
    """Called once, when the room is ready."""
    registry.register(
        Purpose(
            PURPOSE, "email", may_hear, render, address, expires_after=WORTH, on_unknown="end", can_be_off=MATCHES,
            page="introductions:show-me", line=registry.says(_lazy("Something new fits you.")),
        )
    )  # fmt: skip


def tell() -> dict[str, int]:
    """The daily job. Safe to run twice, in two processes, and late. Returns how many were told."""
    now = clock.now()
    year, week, _day = clock.today().isocalendar()
    with scope(EVERYTHING), transaction.atomic():
        chosen = Hearing.objects.exclude(matches=Hearing.Matches.PAGE)
        rows = chosen.filter(person__ended_on=None, person__user__is_active=True)
        users = dict(rows.order_by("pk").values_list("person_id", "person__user_id"))
        before = Outbox.objects.filter(purpose=PURPOSE, person__in=users).order_by()
        last = dict(before.values("person").annotate(at=Max("made_at")).values_list("person", "at"))
        fresh = with_something_new({person: max(last.get(person, now - WEEK), now - WEEK) for person in users})
        told = sum(
            notifications.tell(
                purpose=PURPOSE, recipient=users[person], cause_id=person, person=person, version=f"{year}-{week}"
            )
            for person in sorted(fresh)
        )
    return {"told": told}


def with_something_new(since: Mapping[int, dt.datetime]) -> set[int]:
    """Those of whose matches their worker was told since then, and which are live and acted on by nobody. since: for
    each person's id. Three queries."""
    told = MatchTold.objects.filter(person_id__in=since).values_list("person_id", "opportunity_id", "told_at")
    new = {(person, opportunity) for person, opportunity, at in told if at >= since[person]}
    still = live(Match.objects.filter(person_id__in=since)).values_list("person_id", "opportunity_id")
    acted = MatchAction.objects.filter(person_id__in=since).values_list("person_id", "opportunity_id")
    return {person for person, _opportunity in new & set(still) - set(acted)}


def may_hear(rows: Rows) -> set[int]:
    """While it is their own account, and something new still fits."""
    mine = [row for row in rows if row.recipient and row.recipient.is_active]
    fresh = with_something_new({row.person_id or 0: row.made_at - WEEK for row in mine})
    return {row.pk for row in mine if row.person_id in fresh}


def address(row: Outbox) -> str:
    """What they chose, the email address or the number, and never the other one instead; whatever reaches them where
    they have switched it off, which ends it."""
    user: User | None = row.recipient
    how = Hearing.objects.filter(person=row.person_id).values_list("matches", flat=True).first()
    chosen = {Hearing.Matches.EMAIL: (user and user.email) or "", Hearing.Matches.TEXT: user.phone if user else ""}
    if how not in chosen:
        return registry.reach_of(user)
    to = chosen[Hearing.Matches(how)]
    return "" if addresses.sends_nothing(to) else to


def render(row: Outbox, items: Rows) -> Mail:
    """That there is something, and where; and the way to hear no more of it."""
    stop = stop_news.make_address(row.person_id or 0)
    pages = {"page": urljoin(settings.SITE_URL, reverse("introductions:show-me")), "stop": stop}
    text = _(
        "Hello,\n\nSomething new fits what you said you would like. Have a look when it suits you:\n\n%(page)s\n\n"
        "You asked us to tell you, once a week at most. You do not have to do anything. Stop it here:\n\n%(stop)s"
    )
    by_button = stop if stop.startswith("https://") else ""  # mail programs take no other
    brief = _("something new is on your page")
    return Mail(_("Something new is on your page"), text % pages, brief=brief, stop=by_button)
