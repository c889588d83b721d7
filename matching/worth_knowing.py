"""What an adviser wants to know before they share a match: what is still missing, who offers it, what goes with it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import FrToday
from matching.shown import Shown
from opportunities import needs, support
from opportunities.models import Entitlement, Opportunity
from pledges.habits import Habit, habits

DBS = next(need for need in needs.NEEDS if need.code == "dbs")


def add_notes(matches: Iterable[Shown]) -> None:
    """Put `notes` on each match: sentences for the worker. Three queries, however many."""
    found = list(matches)
    rows = Opportunity.objects.in_bulk([match.opportunity_id for match in found])
    known = habits(row.employer_id for row in rows.values())
    due = _due()
    for match in found:
        row = rows[match.opportunity_id]
        words = [words for kinds, words in due if match.kind in kinds]
        match.notes = [*_missing(row), *_business(known[row.employer_id]), *words, *_support(row)]


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


def _due() -> list[tuple[list[str], str]]:
    """(kinds, words) of what young people are due by law with a kind today."""
    rows = Entitlement.objects.filter(Q(valid_to=None) | Q(valid_to__gte=FrToday()), valid_from__lte=FrToday())
    mine = rows.filter(goes_to=Entitlement.For.YOUNG_PERSON).order_by("valid_from", "pk")
    return [
        (kinds, _("To mention: %(words)s") % {"words": words}) for kinds, words in mine.values_list("kinds", "words")
    ]


def _support(row: Opportunity) -> list[str]:
    offers = "; ".join(str(offer.offers) for offer in support.held_in(row.support_mask))
    return [_("They offer: %(offers)s.") % {"offers": offers}] if offers else []
