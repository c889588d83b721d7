"""What young people would like, for businesses and coordinators: from the suppressed table `demand`, never from people.

One sentence for whoever has just pledged; and the sheet of an event, of what is wanted there and nobody offers.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.postcodes import outcode_of
from pledges.lifecycle import OPEN
from pledges.models import Demand, Event, Pledge

MILES = 8
SMALL = 100  # people with wishes in the area: below it the sheet says the order and no figures
FEWEST_AROUND = 10  # people with wishes in the area: below it there is no sheet, nor a figure of the area


@dataclass(frozen=True)
class Wanted:
    """One line of the sheet. people: None where the area is small."""

    name: str
    people: int | None


def sentence_for(pledge: Pledge) -> str:
    """ "10 or more young people within 8 miles would like this"; "" for fewer than five, too few around here, and a
    pledge of no known work. One query."""
    category = pledge.category_id or pledge.employer.sector_id
    if category is None:
        return ""
    near = Q(partnership=pledge.partnership_id, partnership__isnull=False)
    if pledge.postcode:
        near |= Q(place=outcode_of(pledge.postcode))
    rows = Demand.objects.filter(near, category=category, kind=pledge.kind_id)
    row = rows.filter(~Q(place="") | Q(people__gte=FEWEST_AROUND)).order_by("-place").first()
    if row is None:
        return ""
    if row.place:
        return _("%(n)s or more young people within %(miles)s miles would like this.") % {
            "n": row.people,
            "miles": MILES,
        }
    return _("%(n)s or more young people around here would like this.") % {"n": row.people}


def sheet(event: Event) -> list[Wanted]:
    """Work that is wanted in the event's area and in which no pledge there is open, what most want first; none where
    fewer than ten have wishes."""
    pledges = Pledge.objects.filter(partnership=event.partnership_id, state__in=OPEN)
    offered = pledges.annotate(work=Coalesce("category", "employer__sector")).values_list("work", flat=True)
    here = Demand.objects.filter(partnership=event.partnership_id, kind=None)
    rows = list(here.select_related("category").order_by("-people", "category__name"))
    everybody = next((row.people for row in rows if row.category is None), 0)
    if everybody < FEWEST_AROUND:
        return []
    taken = set(offered)
    return [
        Wanted(row.category.name, row.people if everybody >= SMALL else None)
        for row in rows
        if row.category is not None and row.category_id not in taken
    ]
