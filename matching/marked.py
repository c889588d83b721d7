"""What somebody has just done with a match, kept for the next page only: it is said where the match stood.

A session row keeps it between the POST and the page that follows: who, what, the place in the list, and the title. No
words that were typed.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching import sharing
from matching.models import MatchAction
from matching.sharing import REASONS

KEY = "matching.marked"
KEY_SEVERAL = "matching.marked_several"
DONE: dict[str, str | Promise] = {
    MatchAction.State.SHARED: gettext_lazy("shared with them"),
    MatchAction.State.LATER: gettext_lazy("kept for later"),
    MatchAction.State.NOT_NOW: gettext_lazy("not now"),
}
WHY = [(code, words) for code, words in REASONS if code != "words"]  # typed words stay in the table
TAKEN_BACK = "take_back"
MOST = 999


class Item(Protocol):
    """One line of a list."""

    person_id: int
    opportunity: str
    marked: "Marked | None"


@dataclass(frozen=True)
class Marked:
    """`at`: where in its list the match stood. `error`: why nothing was kept, with the `reason` that was chosen."""

    person_id: int
    person: str  # public id
    opportunity: str  # public id
    title: str
    state: str
    at: int = 0
    reason: str = ""
    error: str = ""
    employer: str = ""
    on: str = ""  # the day, like 2026-11-30

    @property
    def ways(self) -> list[sharing.Way]:
        """How what was shared is sent from the worker's own phone, or printed."""
        shared = self.state == MatchAction.State.SHARED and not self.error
        return sharing.ways(self.opportunity) if shared else []

    @property
    def line(self) -> str:
        """One line to paste into the case system; none where nothing was kept, or it was taken back."""
        said = DONE.get(self.state, "")
        if not said or self.error or not self.on:
            return ""
        why = dict(WHY).get(self.reason, "") if self.state == MatchAction.State.NOT_NOW else ""
        return sharing.case_line(
            day=dt.date.fromisoformat(self.on), title=self.title, employer=self.employer,
            said=_("%(said)s (%(why)s)") % {"said": said, "why": why} if why else str(said),
        )  # fmt: skip

    @property
    def words(self) -> str:
        """What happened, in a sentence."""
        said = {
            MatchAction.State.SHARED: _("Marked as shared"),
            MatchAction.State.LATER: _("Kept for later"),
            MatchAction.State.NOT_NOW: _("Not now. It comes back if it changes"),
            TAKEN_BACK: _("Taken back: it is among the new ones again"),
        }
        return self.error or said[self.state]

    @property
    def can_be_taken_back(self) -> bool:
        return self.state != TAKEN_BACK and not self.error


@dataclass
class Gone:
    """A match that has left the list, in its old place: only what was done is said, and for whom (`who`, a label)."""

    marked: Marked
    who: str = ""
    gone: bool = True


def remember(request: HttpRequest, marked: Marked) -> None:
    """Keep it for the next page."""
    request.session[KEY] = asdict(marked)


def remember_several(request: HttpRequest, several: Iterable[Marked]) -> None:
    """Keep what was done with several at once."""
    request.session[KEY_SEVERAL] = [asdict(one) for one in several]


def recall_several(request: HttpRequest) -> list[Marked]:
    """What was kept of several, once."""
    return [Marked(**one) for one in request.session.pop(KEY_SEVERAL, [])]


def recall(request: HttpRequest) -> Marked | None:
    """What was kept, once."""
    kept: dict[str, Any] | None = request.session.pop(KEY, None)
    return Marked(**kept) if kept else None


def place(items: list[Any], marked: Marked | None, who: str = "") -> list[Any]:
    """The list with what was done said in it: at the match if it is still there, else where it stood, with the label
    of the person (`who`) where the list has several people."""
    if marked is None:
        return items
    for item in items:
        if (item.person_id, item.opportunity) == (marked.person_id, marked.opportunity):
            item.marked = marked
            return items
    return [*items[: marked.at], Gone(marked, who), *items[marked.at :]]
