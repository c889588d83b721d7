"""Why something was suggested, in sentences made from the mask when they are shown.

The same text stands on pages, in mails and in the API. It is written about the young person, for their adviser; on
their own pages it speaks to them. It never calls them anything: it goes out in mails. It never speaks of right to
work, health or parenting: no such bit exists.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import weights as w
from occupations.table import by_number

HUNDREDS_OF_METRES_PER_MILE = 16.09344
SEPARATOR = " · "


def distance(distance_hm: int) -> str:
    """A straight line in whole miles; "From home" for what needs no travel."""
    if distance_hm < 0:
        return _("From home")
    miles = round(distance_hm / HUNDREDS_OF_METRES_PER_MILE)
    if miles < 1:
        return _("Less than a mile away")
    return ngettext("About %(miles)s mile away", "About %(miles)s miles away", miles) % {"miles": miles}


def sentences(
    reasons: int, distance_hm: int, categories: Iterable[str] = (), *, occupation: int | None = None, you: bool = False
) -> list[str]:
    """The reasons of a match, the strongest first. categories: names of those both sides share. occupation: of the
    opportunity. you: said to them."""
    liked = _and([name[:1].lower() + name[1:] for name in categories])
    work = by_number()[occupation].title if reasons & w.OCCUPATION.flag and occupation else ""
    said = _to_you(liked, work) if you else _about(liked, work)
    hidden = w.INTEREST if work else w.OCCUPATION  # the work itself says more than its sort
    found = [words for weight, words in said if reasons & weight.flag and weight is not hidden]
    return found if reasons & w.REMOTE.flag else [*found[:1], _how_far(reasons, distance_hm), *found[1:]]


def _about(liked: str, work: str) -> list[tuple[w.Weight, str]]:
    return [
        (w.OCCUPATION, _("The work they named: %(work)s") % {"work": work}),
        (w.INTEREST, _("Would like %(work)s") % {"work": liked} if liked else _("The work they would like")),
        (w.OPEN, _("Is open to anything")),
        (w.FIRST_KIND, _("The kind they asked for")),
        (w.REMOTE, _("Can be done from home")),
        (w.RINGFENCED, _("Kept for people with an adviser")),
        (w.LIVING_WAGE, _("Pays the National Living Wage at any age")),
        (w.LOCAL, _("Made for this area")),
        (w.READY, _("Starts when they can start")),
    ]


def _to_you(liked: str, work: str) -> list[tuple[w.Weight, str]]:
    return [
        (w.OCCUPATION, _("The work you named: %(work)s") % {"work": work}),
        (w.INTEREST, _("You like %(work)s") % {"work": liked} if liked else _("The work you would like")),
        (w.OPEN, _("You are open to anything")),
        (w.FIRST_KIND, _("The kind you asked for")),
        (w.REMOTE, _("Can be done from home")),
        (w.RINGFENCED, _("Kept for people with an adviser")),
        (w.LIVING_WAGE, _("Pays the National Living Wage at any age")),
        (w.LOCAL, _("Made for your area")),
        (w.READY, _("Starts when you can start")),
    ]


def listed(names: Iterable[str]) -> str:
    """Names one after another, so that one with a comma in it is still one."""
    found = list(names)
    return ("; " if any("," in name for name in found) else ", ").join(found)


def _how_far(reasons: int, distance_hm: int) -> str:
    far = distance(distance_hm)
    return _("%(far)s, close to home") % {"far": far} if reasons & w.VERY_NEAR.flag else far


def _and(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}
