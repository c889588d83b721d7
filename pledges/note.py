"""The day-1 note: what a morning brought, who does what by when, and thanks ready to send."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.workdays import next_working_day
from pledges.models import Event, Pledge, PledgeKind, ToClearUp

WORD_BY = dt.timedelta(days=10)  # every pledge has had a human word by then (domain, section 5)
SCORED = dt.timedelta(days=30)  # the first count of what became of the promises
DAY = dt.timedelta(days=1)


def day_note(event: Event) -> dict[str, Any]:
    """`stats`, `table` and `columns` of kinds, `steps` (sentences), `thanks` (to, text to copy).

    Counts promises, never people. Pledges held back are left out until somebody has looked at them.
    """
    pledges = Pledge.objects.filter(event=event, held_back=Pledge.HeldBack.NO)
    kinds = list(
        pledges.values("kind__name", "kind__becomes")
        .annotate(made=Count("pk"), places=Sum("places"))
        .order_by("-made", "kind__position")
    )
    made = sum(row["made"] for row in kinds)
    places = sum(row["places"] for row in kinds if row["kind__becomes"] == PledgeKind.Becomes.PLACES)
    businesses = pledges.aggregate(n=Count("employer", distinct=True))["n"]
    return {
        "stats": [
            {"label": _("Pledges"), "figure": made, "lead": True},
            {"label": _("Businesses"), "figure": businesses},
            {"label": _("Places for young people"), "figure": places},
        ],
        "columns": [
            {"label": _("Kind")},
            {"label": _("Pledges"), "num": True},
            {"label": _("How many"), "num": True},
        ],
        "table": [_kind_row(row) for row in kinds],
        "steps": _steps(event, pledges),
        "thanks": _thanks(event, made=made, businesses=businesses),
    }


def _kind_row(row: Mapping[str, Any]) -> list[Any]:
    return [
        row["kind__name"],
        {"text": str(row["made"]), "num": True, "name": _("Pledges")},
        {"text": str(row["places"]), "num": True, "name": _("How many")},
    ]


def _steps(event: Event, pledges: QuerySet[Pledge]) -> list[str]:
    """What happens now, each with a date, and a name where somebody has to do it."""
    by = {"name": event.owner.name, "date": _day(next_working_day(event.held_on + WORD_BY - 2 * DAY))}
    unclear = ToClearUp.objects.filter(event=event, state=ToClearUp.State.OPEN).count()
    first = pledges.filter(by_month__isnull=False).order_by("by_month").values_list("by_month", flat=True).first()
    said = [
        _("Every business that left an email was thanked at once, with a link to its own page."),
        _("%(name)s speaks to every business by %(date)s. Nothing is shown to young people before that.") % by,
    ]
    if unclear:
        words = ngettext(
            "%(n)d record cannot be read yet. %(name)s clears it up by %(date)s.",
            "%(n)d records cannot be read yet. %(name)s clears them up by %(date)s.",
            unclear,
        )
        said.append(words % {"n": unclear, **by})
    if first is not None:
        said.append(_("The first promises are for %(month)s.") % {"month": date_format(first, "F Y")})
    counted = _("On %(date)s a public page counts what became of the promises: open, waiting, kept and ended.")
    return [*said, counted % {"date": _day(event.held_on + SCORED)}]


def _thanks(event: Event, *, made: int, businesses: int) -> list[dict[str, str]]:
    """Texts for the sponsor and the speakers, when the event names them."""
    said = {
        "event": event.name,
        "day": _day(event.held_on),
        "businesses": ngettext("%d business", "%d businesses", businesses) % businesses,
        "pledges": ngettext("%d promise", "%d promises", made) % made,
        "scored": _day(event.held_on + SCORED),
        "owner": event.owner.name,
        "partnership": event.partnership.name,
    }
    close = _(
        "We now speak to every business in turn. On %(scored)s we publish how many promises are open, how many are"
        " waiting and on whom, and how many are kept. We will send you that page.\n\n%(owner)s\n%(partnership)s"
    )
    sponsor = _(
        "Dear %(who)s,\n\nThank you for making %(event)s possible. On %(day)s, %(businesses)s made %(pledges)s to young"
        " people who were in care."
    )
    speakers = _(
        "Dear %(who)s,\n\nThank you for speaking at %(event)s on %(day)s. People listened, and then they acted:"
        " %(businesses)s made %(pledges)s to young people who were in care."
    )
    letters = (
        (event.sponsor, _("To the sponsor: %(who)s"), sponsor),
        (event.speakers, _("To the speakers: %(who)s"), speakers),
    )
    return [
        {"to": to % {"who": who}, "text": f"{first}\n\n{close}" % {**said, "who": who}}
        for who, to, first in letters
        if who
    ]


def _day(day: dt.date) -> str:
    return date_format(day, "l j F Y")
