"""Lists of young people for their workers: rows of words, a constant number of queries."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.hearing import REMINDERS, is_off
from accounts.models import YoungPerson
from core import clock
from matching import rows as rules
from matching.forms import HOURS
from matching.models import Interests
from matching.overview import wished
from matching.reasons import listed
from matching.services import MILE
from matching.why_not import Failure, first_failing_rule
from occupations import slang
from occupations.table import by_number
from opportunities import needs
from opportunities.models import Opportunity
from pledges.models import Category, PledgeKind

TOLD = {
    "needs": gettext_lazy("What they need"),
    "may_know": gettext_lazy("What a business may know"),
    "interpreter": gettext_lazy("Would like an interpreter"),
}
FEW = 3  # occupations in a question


def table(people: Iterable[YoungPerson], *, links: bool) -> dict[str, Any]:
    """`rows`, `columns` and `total` for components/table.html; `people`: whose rows they are (ids). No query.

    people: as overview.known loads them. links: to each person's page (for their own worker).
    """
    # Who has something new first; else as they came, by label.
    found = sorted(people, key=lambda person: not person.new)  # type: ignore[attr-defined]
    columns = [
        {"label": _("Who")},
        {"label": _("New matches")},
        {"label": _("Lives") if links else _("Adviser")},
        {"label": _("Would like")},
    ]
    return {
        "rows": [_row(person, links) for person in found],
        "columns": columns,
        "total": len(found),
        "people": [person.pk for person in found],
        "asked": sum(hasattr(person, "interests") for person in found),
        "with_new": sum(person.new > 0 for person in found),  # type: ignore[attr-defined]
    }


def _row(person: Any, links: bool) -> list[Any]:
    name = person.label
    if links:
        name = {"text": person.label, "url": reverse("matching:show-person", args=[person.public_id])}
    third = _area(person) if links else person.worker_name or _("Nobody yet")
    return [name, _new(person.new), third, _wish(person)]


def stats(table: dict[str, Any]) -> list[dict[str, Any]]:
    """What a team manager reads first, for components/stats.html: coverage before anything else."""
    new = {"label": _("Have new matches to look at"), "figure": table["with_new"]}
    return [coverage(table["asked"], table["total"]), new]


def coverage(asked: int, total: int) -> dict[str, Any]:
    """How many have said what they would like, of how many. Of the few who are kept apart nothing is counted here."""
    more = _("of %(total)s young people") % {"total": total}
    return {"label": _("Have said what they would like"), "figure": asked, "more": more, "lead": True}


def _new(count: int) -> Any:
    return {"text": _("%(count)s new") % {"count": count}, "badge": "now"} if count else ""


def facts(person: YoungPerson, interests: Interests | None) -> list[dict[str, str]]:
    """What is known of somebody, for components/rows.html. Nothing of right to work or background."""
    found = [
        {"label": _("Born"), "value": date_format(person.birth_month, "F Y")},
        {"label": _("Lives"), "value": _area(person)},
    ]
    if person.user_id and is_off(person, REMINDERS):
        off = _("They have switched them off. Remind them yourself before they meet somebody")
        found.append({"label": _("Reminders to them"), "value": off})
    if interests is None:
        return found
    names = dict(Category.objects.order_by("bit").values_list("bit", "name"))
    kinds = dict(PledgeKind.objects.filter(bit__isnull=False).order_by("position").values_list("bit", "name"))
    wanted = [name for bit, name in kinds.items() if bit is not None and interests.kinds >> bit & 1]
    travel = str(Interests.Travel(interests.travel).label)
    miles = round(interests.radius_m / MILE)
    return [
        *found,
        _own_words(person, interests),
        *_named(interests),
        {"label": _("Would like"), "value": _wish_of(interests.categories, interests.open_to_anything, names)},
        {"label": _("Would go for"), "value": ", ".join(wanted) or _("Anything")},
        {"label": _("How far"), "value": _("%(travel)s, up to %(miles)s miles") % {"travel": travel, "miles": miles}},
        *_more_facts(interests),
    ]


def _own_words(person: YoungPerson, interests: Interests) -> dict[str, str]:
    """With a question that leads to the form, until somebody has said which work they mean."""
    row = {"label": _("In their own words"), "value": interests.words or _("Nothing written yet")}
    asked = interests.occupations is not None
    if meant := [] if asked else [each.title for each in slang.suggest(interests.words)[:FEW]]:
        page = reverse("matching:edit-interests", args=[person.public_id])
        row |= {"url": f"{page}#own-words", "action": _("Did they mean %(work)s?") % {"work": " · ".join(meant)}}
    return row


def _named(interests: Interests) -> list[dict[str, str]]:
    """The work that they kept of what their words may mean."""
    kept = [by_number()[number].title for number in interests.occupations or ()]
    return [{"label": _("Work they named"), "value": ", ".join(kept)}] if kept else []


def _more_facts(interests: Interests) -> list[dict[str, str]]:
    """What stands under "More, if you know it" on the form. All of it limits what fits."""
    hours = [str(label) for bit, label in HOURS if interests.hours & bit]
    has = [str(need.holds) for need in needs.held_in(interests.has) if need.code != "right-to-work"]
    first = interests.earliest_start
    start = _("From %(day)s") % {"day": date_format(first, "j F Y")} if first else _("Any day")
    found = [
        {"label": _("When"), "value": ", ".join(hours) or _("Any time")},
        {"label": _("Work from home"), "value": _("Would suit them") if interests.remote_ok else _("Not asked for")},
        {"label": _("Can start"), "value": start},
    ]
    if has:
        found.append({"label": _("Has already"), "value": "\n".join(has)})
    told = interests.told or {}
    return [*found, *({"label": str(label), "value": told[key]} for key, label in TOLD.items() if told.get(key))]


def why_not(person: YoungPerson, asked: str) -> Failure | None:
    """Why an opportunity (its id or its page's address, as pasted) is not among somebody's matches."""
    wanted = urlsplit(asked.strip()).path.strip("/").split("/")[-1]
    try:
        public_id = UUID(wanted)
    except ValueError:
        return Failure("unknown", _("Paste the address of an opportunity's page.")) if wanted else None
    opportunity = (
        Opportunity.objects.filter(public_id=public_id, row__isnull=False).values_list("pk", flat=True).first()
    )
    if opportunity is None:
        return Failure("unknown", _("There is no such opportunity."))
    [row], [about] = rules.opportunities([opportunity]), rules.people([person.pk])
    found = first_failing_rule(about, row, clock.today().toordinal())
    return found or Failure("match", _("It fits. It is on the list, unless fifty others fit better."))


def _area(person: YoungPerson) -> str:
    council = person.living_authority.short_name if person.living_authority else ""
    return ", ".join(part for part in (person.living_sector, council) if part)


def _wish(person: YoungPerson) -> str:
    if not hasattr(person, "interests"):
        return _("Not said yet")
    return _wish_of(person.interests.categories, person.interests.open_to_anything, wished(person))


def _wish_of(categories: int, anything: bool, names: dict[int, str]) -> str:
    if anything:
        return _("Anything")
    return listed(name for bit, name in names.items() if categories >> bit & 1) or _("No preference")
