"""Monday's lines about matches: what to share first, who has said nothing yet, and for whom nothing fits."""

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Max, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from core.clock import FrNow
from introductions.lifecycle import ONGOING, OPEN
from introductions.models import Introduction
from matching import advice, reasons, worth_knowing
from matching.forms import ActionForm
from matching.models import Interests, Match, MatchTold
from matching.overview import each_of, wished
from matching.shown import FEW, live, new_of_each

QUIET_DAYS = 30  # without anything that fits, before the worker is asked to look why
FRIDAY = 4

Item = dict[str, Any]


def best_match() -> ArraySubquery:
    """The best match that nobody has acted on, and that they have not gone for."""
    gone_for = Introduction.objects.filter(person=OuterRef("person_id"), opportunity=OuterRef("opportunity_id"))
    row = "opportunity__row__"
    best = new_of_each().filter(~Exists(gone_for))[:1]
    return each_of(
        best, opportunity="opportunity__public_id", title=f"{row}title", employer=f"{row}employer_name",
        kind=f"{row}kind__code", kind_name=f"{row}kind__name", closes=f"{row}closes_on",
        categories=f"{row}categories", occupation=f"{row}occupation",
        reasons="reasons", distance="distance_hm", score="score", **worth_knowing.asked(),
    )  # fmt: skip


def to_share(person: YoungPerson, match: Item, today: dt.date) -> Item:
    """One line of components/todo_row.html: the name leads to the match on their own page, the title to what it is."""
    own_page = reverse("matching:show-person", args=[person.public_id])
    offer = reverse("opportunities:show-opportunity", args=[match["opportunity"]])
    liked = [name for bit, name in wished(person).items() if match["categories"] >> bit & 1]
    why = reasons.sentences(match["reasons"], match["distance"], liked, occupation=match["occupation"])
    due = _this_friday(today)
    closes = dt.date.fromisoformat(match["closes"]) if match["closes"] else None
    by = _("By %(day)s") % {"day": date_format(min(due, closes or due), "j F")}
    business, notes = worth_knowing.of_asked(match, match["kind"])
    return {
        "match": True,
        "due": due,
        "order": -match["score"],
        "kind": match["kind"],
        "title": person.label,
        "url": f"{own_page}#m-{person.public_id}-{match['opportunity']}",
        "text": _what(match),
        "text_url": f"{offer}?{urlencode({'back': reverse('introductions:show-monday')})}",
        "more": reasons.SEPARATOR.join([*why[:FEW], by]),
        "also": " ".join(business),
        "below": "introductions/monday_folds.html",
        "notes": notes,
        "action": reverse("matching:act-on-match"),
        "tick": {"person": person.public_id, "opportunity": match["opportunity"]},
        "hidden": [("person", person.public_id), ("opportunity", match["opportunity"]), ("back", "monday")],
        "buttons": [
            {"label": _("Share it"), "name": "state", "value": ActionForm.SHARED},
            {"label": _("Later"), "name": "state", "value": ActionForm.LATER, "second": True},
        ],
    }


def _what(match: Item) -> str:
    """The title and who offers it; the kind before it, unless the title says it already."""
    if match["kind_name"].split(" ")[0].casefold() in match["title"].casefold():
        return _("%(title)s, %(employer)s") % match
    return _("%(kind_name)s: %(title)s, %(employer)s") % match


def _this_friday(today: dt.date) -> dt.date:
    """The end of the working week; on a weekend, of the next."""
    return today + dt.timedelta(days=(FRIDAY - today.weekday()) % 7)


def without_wishes() -> ArraySubquery:
    """One row while nobody has written down what they would like, and they are on the way to nothing."""
    said = Interests.objects.filter(pk=OuterRef("pk"))
    going = Introduction.objects.filter(person=OuterRef("pk"), state__in=OPEN)
    return each_of(YoungPerson.objects.filter(~Exists(said), ~Exists(going), pk=OuterRef("pk")), pk="pk")


def ask_wishes(person: YoungPerson, row: Item, today: dt.date) -> Item:
    """A line that leads to the form of 30 seconds."""
    due = _this_friday(today)
    return _step(
        person, due=due, text=_("We do not know yet what they would like. Ask them for one sentence."),
        more=_("By %(day)s") % {"day": date_format(due, "j F")}, label=_("Write it down"),
        step_url=reverse("matching:edit-interests", args=[person.public_id]),
    )  # fmt: skip


def without_match() -> ArraySubquery:
    """One row while nothing fits, nothing new has come for 30 days, and what they would like is as old; and they are
    neither on the way to something nor there."""
    long_ago = FrNow() - dt.timedelta(days=QUIET_DAYS)
    fits = live(Match.objects.filter(person_id=OuterRef("pk")))
    told = MatchTold.objects.filter(person_id=OuterRef("pk")).order_by().values("person_id")
    last = Subquery(told.annotate(last=Max("told_at")).values("last"))
    going = Introduction.objects.filter(person=OuterRef("pk"), state__in=ONGOING)
    rows = Interests.objects.filter(~Exists(fits), ~Exists(going), pk=OuterRef("pk")).annotate(
        since=Greatest("changed_at", last)
    )
    return each_of(rows.filter(since__lt=long_ago), since="since", **advice.asked())


def nothing_fits(person: YoungPerson, row: Item, today: dt.date) -> Item | None:
    """A line with what would help most (matching.advice), and the rest below it."""
    since, found = dt.datetime.fromisoformat(row["since"]).date(), advice.of_asked(row)
    if found.fitting:  # the matcher has not listed it yet
        return None
    first, *others = found.sentences or [_("Nothing near them is open to them just now.")]
    if found.sentences and not found.helps:
        others = [*others, _("No single change would bring anything: it takes two.")]
    if len(others) == 1:  # nobody is made to open a fold for a single line
        first, others = f"{first} {others[0]}", []
    return _step(
        person, due=since, text=_("Nothing fits just now."),
        more=_("Nothing new since %(day)s") % {"day": date_format(since, "j F")}, also=first, others=others,
        below="introductions/monday_advice.html", label=_("See what would help"),
        step_url=reverse("matching:show-person", args=[person.public_id]),
    )  # fmt: skip


def _step(person: YoungPerson, **more: Any) -> Item:
    page = reverse("matching:show-person", args=[person.public_id])
    return {"step": True, "kind": "", "title": person.label, "url": page, "badge": "", **more}
