"""What keeps everything away from somebody for whom nothing fits, counted by the definition, and what would help.

Every figure is exact: an opportunity is "left out" by a wish when the wish is not met, and a change "would add" it when
nothing else is in its way. What cannot be changed here (age, audience, right to work) is counted nowhere.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Partnership
from core.clock import FrToday
from matching import rows
from matching.definition import RULES, Opportunity, Person, within_reach
from matching.forms import HOURS
from matching.models import Interests, MatchAction
from matching.overview import each_of
from matching.reasons import listed
from matching.services import MILE
from opportunities.models import SearchRow
from pledges.models import Category, PledgeKind

FIXED = frozenset({"live", "audience", "age", "allowed", "dismissed"})
FURTHER = (2, 5, 10)  # miles
MOST = 4  # sentences
PERSON = (
    "person_id", "kinds", "first_kind", "categories", "occupations", "open_to_anything", "hours", "has", "radius_m",
    "remote_ok", "earliest_start", "easting", "northing", "born_on", "responsible_id", "living_id", "volunteering_only",
)  # fmt: skip
ROW = (
    "opportunity_id", "live", "free", "kind_bit", "categories", "occupation", "hours", "needs", "remote", "easting",
    "northing", "starts_on", "closes_on", "min_age", "audience", "partnership_id", "ringfenced", "pays_living_wage",
    "version",
)  # fmt: skip


@dataclass
class Advice:
    """`fitting`: how many fit that the matcher has not listed yet. `helps`: one change alone would bring something.
    `sentences`: the most helpful first."""

    fitting: int = 0
    helps: bool = False
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Names:
    """Bit -> name, of the kinds and of the categories."""

    kinds: dict[int, str]
    categories: dict[int, str]


@dataclass(frozen=True)
class LeftOut:
    """What one wish leaves out, and of these what nothing else is in the way of."""

    all: list[Opportunity]
    alone: list[Opportunity]
    names: Names


def asked() -> dict[str, Any]:
    """All that advice reads, as fields of overview.each_of over Interests: no query of its own."""
    mine = {"person_id": OuterRef("pk")}
    dismissed = MatchAction.objects.filter(state=MatchAction.State.NOT_NOW, **mine)
    living = OuterRef("living_id")
    around = Partnership.objects.filter(Q(councils=living) | Q(councils__districts=living))
    kinds = PledgeKind.objects.filter(bit__isnull=False).order_by("position")
    return {
        **{name: name for name in PERSON},
        "today": FrToday(),
        "dismissed": each_of(dismissed, opportunity="opportunity_id", version="version"),
        "serving": each_of(Partnership.objects.filter(councils=OuterRef("responsible_id")), pk="pk"),
        "around": each_of(around, pk="pk"),
        "near": each_of(_near().order_by("pk"), **{name: name for name in ROW}),
        "kind_names": each_of(kinds, bit="bit", name="name", code="code"),
        "category_names": each_of(Category.objects.order_by("bit"), bit="bit", name="name"),
    }


def advise(person_id: int) -> Advice:
    """For one young person who has said what they would like. One query."""
    rows_of = Interests.objects.filter(pk=person_id)
    said: dict[str, Any] = rows_of.values_list(JSONObject(**asked()), flat=True).get()
    return of_asked(said)


def of_asked(said: dict[str, Any]) -> Advice:
    """The same of a row of `asked`. No query."""
    row = _row(Interests, PERSON, said)
    kinds = {kind["bit"]: kind["name"] for kind in said["kind_names"]}
    limited = sum(1 << kind["bit"] for kind in said["kind_names"] if kind["code"] in rows.FREELY_GIVEN)
    dismissed = {one["opportunity"]: one["version"] for one in said["dismissed"]}
    serving, around = ({one["pk"] for one in said[name]} for name in ("serving", "around"))
    near = []
    for one in (_row(SearchRow, ROW, found) for found in said["near"]):
        councils = {row.responsible_id} if one.partnership_id in serving else ()
        living = {row.living_id} if one.partnership_id in around else ()
        near.append(rows.as_opportunity(one, frozenset(councils), frozenset(living)))
    names = Names(kinds, {category["bit"]: category["name"] for category in said["category_names"]})
    today = dt.date.fromisoformat(said["today"]).toordinal()
    return limits(rows.as_person(row, limited, dismissed), near, today, names)


def _row(model: type[Model], names: Iterable[str], said: dict[str, Any]) -> Any:
    """A row as it was asked for: days come as text."""
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    return model(**{name: field.to_python(said[name]) for name, field in fields.items()})


def limits(person: Person, opportunities: Iterable[Opportunity], today: int, names: Names) -> Advice:
    """The same of rows in hand."""
    failing = {o: {code for code, holds in RULES.items() if not holds(person, o, today)} for o in opportunities}
    failing = {o: codes for o, codes in failing.items() if not codes & FIXED}
    near = {o: codes for o, codes in failing.items() if "distance" not in codes}
    found = []
    for code, say in SENTENCES.items():
        left_out = LeftOut([o for o in near if code in near[o]], [o for o in near if near[o] == {code}], names)
        if left_out.all:
            found.append((len(left_out.alone), say(person, left_out)))
    too_far = [o for o, codes in failing.items() if codes == {"distance"}]
    found += _further(person, too_far)
    found.sort(key=lambda one: -one[0])
    return Advice(
        fitting=sum(not codes for codes in failing.values()),
        helps=any(adds for adds, _words in found),
        sentences=[words for _adds, words in found[:MOST]],
    )


def _near() -> QuerySet[SearchRow]:
    """What is open on their side of the map, in a square, and all that is done from home."""
    where, reach = Q(remote=True), OuterRef("radius_m") + round(FURTHER[-1] * MILE)
    square = {f"{way}__range": (OuterRef(way) - reach, OuterRef(way) + reach) for way in ("easting", "northing")}
    open_still = Q(closes_on=None) | Q(closes_on__gte=FrToday())
    return SearchRow.objects.filter(open_still, where | Q(**square), live=True, free=True)


def _further(person: Person, too_far: list[Opportunity]) -> list[tuple[int, str]]:
    for miles in FURTHER:
        wider = replace(person, radius_m=person.radius_m + round(miles * MILE))
        adds = sum(within_reach(wider, o) for o in too_far)
        if adds:
            words = _("Going %(miles)s miles further would add %(adds)s.") % {"miles": miles, "adds": adds}
            return [(adds, words)]
    return []


def _leaves_out(what: str, left_out: LeftOut) -> str:
    return _("%(what)s leaves out %(number)s.") % {"what": what, "number": len(left_out.all)}


def _as_well(names: dict[int, str], left_out: LeftOut, mask: Callable[[Opportunity], int]) -> str:
    """The one bit more that would add most, the first of equals; nothing when none adds any."""
    adds = {bit: sum(bool(mask(o) >> bit & 1) for o in left_out.alone) for bit in names}
    best = max(adds, key=lambda bit: adds[bit], default=None)
    if best is None or not adds[best]:
        return ""
    return " " + _("“%(more)s” as well would add %(adds)s.") % {"more": names[best], "adds": adds[best]}


def _hours(person: Person, left_out: LeftOut) -> str:
    names = {bit.bit_length() - 1: str(label) for bit, label in HOURS}
    what = _("“%(some)s” only") % {"some": _some(names, person.hours)}
    return _leaves_out(what, left_out) + _as_well(names, left_out, lambda o: o.hours)


def _kinds(person: Person, left_out: LeftOut) -> str:
    what = _("“%(some)s” only") % {"some": _some(left_out.names.kinds, person.kinds)}
    return _leaves_out(what, left_out) + _as_well(left_out.names.kinds, left_out, lambda o: 1 << o.kind)


def _categories(person: Person, left_out: LeftOut) -> str:
    what = _("“%(some)s” only") % {"some": _some(left_out.names.categories, person.categories)}
    return _leaves_out(what, left_out) + _as_well(left_out.names.categories, left_out, lambda o: o.categories)


def _some(names: dict[int, str], mask: int) -> str:
    return listed(name for bit, name in names.items() if mask >> bit & 1)


def _needs(person: Person, left_out: LeftOut) -> str:
    asking = ngettext(
        "%(number)s asks for something that nobody has ticked for them.",
        "%(number)s ask for something that nobody has ticked for them.",
        len(left_out.all),
    ) % {"number": len(left_out.all)}
    return asking + _would_add(_("If they have it, that would add %(adds)s."), left_out)


def _start(person: Person, left_out: LeftOut) -> str:
    day = date_format(dt.date.fromordinal(person.earliest or 1), "j F Y")
    what = _("Starting on %(day)s or later") % {"day": day}
    return _leaves_out(what, left_out) + _would_add(_("An earlier day would add %(adds)s."), left_out)


def _remote(person: Person, left_out: LeftOut) -> str:
    at_home = ngettext("%(number)s is done from home.", "%(number)s are done from home.", len(left_out.all)) % {
        "number": len(left_out.all)
    }
    return at_home + _would_add(_("If that suits them, it would add %(adds)s."), left_out)


def _would_add(words: str, left_out: LeftOut) -> str:
    return " " + words % {"adds": len(left_out.alone)} if left_out.alone else ""


SENTENCES: dict[str, Callable[[Person, LeftOut], str]] = {
    "kind": _kinds,
    "interest": _categories,
    "hours": _hours,
    "start": _start,
    "needs": _needs,
    "remote": _remote,
}
