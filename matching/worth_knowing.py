"""What an adviser wants to know before they share a match: what is still missing, who offers it, what goes with it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import FrToday
from matching.overview import each_of
from matching.shown import Shown
from opportunities import needs, support
from opportunities.models import Entitlement, Opportunity
from pledges.habits import Habit, Known, habits, of_known

DBS = next(need for need in needs.NEEDS if need.code == "dbs")


def add_notes(matches: Iterable[Shown]) -> None:
    """Put `notes` on each match: sentences for the worker. Three queries, however many."""
    found = list(matches)
    rows = Opportunity.objects.in_bulk([match.opportunity_id for match in found])
    known = habits(row.employer_id for row in rows.values())
    due = list(_due_rows().values_list("kinds", "words"))
    for match in found:
        row = rows[match.opportunity_id]
        words = [_to_mention(words) for kinds, words in due if match.kind in kinds]
        match.notes = [*_missing(row), *_business(known[row.employer_id]), *words, *_support(row)]


ABOUT = ("needs_mask", "provider_wanted", "starts_on", "support_mask")


def asked() -> dict[str, Any]:
    """The same of one match, as fields of overview.each_of over Match: no query of its own."""
    due = each_of(_due_rows(), kinds="kinds", words="words")
    about = {name: f"opportunity__{name}" for name in ABOUT}
    return {"known": Known("opportunity__employer_id"), "due": due, **about}


def of_asked(said: dict[str, Any], kind: str) -> tuple[list[str], list[str]]:
    """Of what was `asked`, sentences: about the business, and about what it offers. kind: its code."""
    row = Opportunity(**{name: said[name] for name in ABOUT})
    words = [_to_mention(one["words"]) for one in said["due"] if kind in one["kinds"]]
    return _business(of_known(said["known"])), [*_missing(row), *words, *_support(row)]


def _missing(row: Opportunity) -> list[str]:
    """What has to come before the first day, or is not said yet."""
    found = [
        (row.needs_mask & DBS.mask, _("Still to do: a criminal record check (DBS). It is free, and we help.")),
        (row.provider_wanted, _("Still missing: a training provider.")),
        (row.starts_on is None, _("Still missing: a first day. It is flexible.")),
    ]
    return [words for holds, words in found if holds]


def _business(habit: Habit) -> list[str]:
    found = []
    if habit.checked_on:
        found.append(_("We checked the business on %(day)s.") % {"day": date_format(habit.checked_on, "j F Y")})
    if habit.days == 0:
        found.append(_("It mostly answers us on the same day."))
    elif habit.days is not None:
        words = ngettext(
            "It mostly answers us within %(days)s day.", "It mostly answers us within %(days)s days.", habit.days
        )
        found.append(words % {"days": habit.days})
    return found


def _due_rows() -> QuerySet[Entitlement]:
    """What young people are due by law today."""
    rows = Entitlement.objects.filter(Q(valid_to=None) | Q(valid_to__gte=FrToday()), valid_from__lte=FrToday())
    return rows.filter(goes_to=Entitlement.For.YOUNG_PERSON).order_by("valid_from", "pk")


def _to_mention(words: str) -> str:
    return _("To mention: %(words)s") % {"words": words}


def _support(row: Opportunity) -> list[str]:
    offers = "; ".join(str(offer.offers) for offer in support.held_in(row.support_mask))
    return [_("They offer: %(offers)s.") % {"offers": offers}] if offers else []
