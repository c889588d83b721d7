"""Lists of young people for their workers: rows of words, a constant number of queries."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.hats import Hat
from accounts.models import AdviserLink, Membership, YoungPerson
from core import clock
from matching import rows as rules
from matching import shown
from matching.forms import HOURS
from matching.models import Interests
from matching.reasons import listed
from matching.services import MILE
from matching.why_not import Failure, first_failing_rule
from opportunities import needs
from opportunities.models import Opportunity
from pledges.models import Category, PledgeKind


def team_of(hat: Hat) -> int | None:
    """The team of a manager's membership; None: the whole council."""
    return Membership.objects.values_list("team_id", flat=True).get(pk=hat.membership)


def table(people: QuerySet[YoungPerson], *, links: bool) -> dict[str, Any]:
    """`rows`, `columns` and `total` for components/table.html; `people`: whose rows they are (ids).

    links: to each person's page (for their own worker).
    """
    found = list(people.select_related("living_authority"))
    ids = [person.pk for person in found]
    new, wishes, names = shown.new_counts(ids), _wishes(ids), _category_names()
    workers = {} if links else _workers(ids)
    found.sort(key=lambda person: not new.get(person.pk))  # who has something new first; else as they came, by label
    rows = []
    for person in found:
        name: Any = person.label
        if links:
            name = {"text": person.label, "url": reverse("matching:show-person", args=[person.public_id])}
        third = _area(person) if links else workers.get(person.pk, _("Nobody yet"))
        rows.append([name, _new(new.get(person.pk, 0)), third, _wish(wishes.get(person.pk), names)])
    columns = [
        {"label": _("Who")},
        {"label": _("New matches")},
        {"label": _("Lives") if links else _("Adviser")},
        {"label": _("Would like")},
    ]
    figures = {
        "total": len(rows),
        "people": ids,
        "asked": len(wishes),
        "with_new": sum(count > 0 for count in new.values()),
    }
    return {"rows": rows, "columns": columns, **figures}


def stats(table: dict[str, Any]) -> list[dict[str, Any]]:
    """What a team manager reads first, for components/stats.html: coverage before anything else."""
    of_all = _("of %(total)s young people") % {"total": table["total"]}
    return [
        {"label": _("Have said what they would like"), "figure": table["asked"], "more": of_all, "lead": True},
        {"label": _("Have new matches to look at"), "figure": table["with_new"]},
    ]


def _new(count: int) -> Any:
    return {"text": _("%(count)s new") % {"count": count}, "badge": "now"} if count else ""


def facts(person: YoungPerson, interests: Interests | None) -> list[dict[str, str]]:
    """What is known of somebody, for components/rows.html. Nothing of right to work or background."""
    found = [
        {"label": _("Born"), "value": date_format(person.birth_month, "F Y")},
        {"label": _("Lives"), "value": _area(person)},
    ]
    if interests is None:
        return found
    names = _category_names()
    kinds = dict(PledgeKind.objects.filter(bit__isnull=False).order_by("position").values_list("bit", "name"))
    wanted = [name for bit, name in kinds.items() if bit is not None and interests.kinds >> bit & 1]
    travel = str(Interests.Travel(interests.travel).label)
    miles = round(interests.radius_m / MILE)
    return [
        *found,
        {"label": _("In their own words"), "value": interests.words or _("Nothing written yet")},
        {"label": _("Would like"), "value": _wish_of(interests.categories, interests.open_to_anything, names)},
        {"label": _("Would go for"), "value": ", ".join(wanted) or _("Anything")},
        {"label": _("How far"), "value": _("%(travel)s, up to %(miles)s miles") % {"travel": travel, "miles": miles}},
        *_more_facts(interests),
    ]


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
    return [*found, {"label": _("Has already"), "value": "\n".join(has)}] if has else found


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


def _wishes(ids: list[int]) -> dict[int, tuple[int, bool]]:
    found = Interests.objects.filter(pk__in=ids).values_list("pk", "categories", "open_to_anything")
    return {pk: (categories, anything) for pk, categories, anything in found}


def _workers(ids: list[int]) -> dict[int, str]:
    links = AdviserLink.objects.current().filter(person_id__in=ids)
    return dict(links.values_list("person_id", "worker__name"))


def _category_names() -> dict[int, str]:
    return dict(Category.objects.order_by("bit").values_list("bit", "name"))


def _wish(wish: tuple[int, bool] | None, names: dict[int, str]) -> str:
    return _("Not said yet") if wish is None else _wish_of(*wish, names)


def _wish_of(categories: int, anything: bool, names: dict[int, str]) -> str:
    if anything:
        return _("Anything")
    return listed(name for bit, name in names.items() if categories >> bit & 1) or _("No preference")
