"""What this room holds about a young person, for a copy and for an erasure."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import YoungPerson
from accounts.personal_data import Row, register_personal_data
from matching import leaving, listing, shown
from matching.models import Interests, Match, MatchAction, MatchTold


def register() -> None:
    """Called once, when the room is ready."""
    register_personal_data(Interests, gettext_lazy("What you would like"), export=_wishes, erase=leaving.leave)
    register_personal_data(Match, gettext_lazy("What fits you, and why"), export=_matches)
    register_personal_data(MatchAction, gettext_lazy("What your adviser did about what fits you"))
    register_personal_data(MatchTold, gettext_lazy("What your adviser was told about"))


def _wishes(person: YoungPerson) -> list[Row]:
    """In the words of their page: the columns are numbers."""
    interests = Interests.objects.filter(pk=person.pk).first()
    if interests is None:
        return []
    facts: Row = {fact["label"]: fact["value"] for fact in listing.facts(person, interests)}
    return [facts | {_("Changed"): interests.changed_at}]


def _matches(person: YoungPerson) -> list[Row]:
    return [
        {_("What"): match.title, _("Who offers it"): match.employer, _("Where"): match.town, _("Why"): match.reasons}
        for match in shown.matches_of([person.pk]).get(person.pk, [])
    ]
