"""What an officer has typed in one sitting: how many, and the last one, kept in the session as numbers and ids."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from pledges import access
from pledges.clearing import title_of
from pledges.models import Pledge, ToClearUp

KEY = "typed"


@dataclass(frozen=True)
class Typed:
    """`last`: what it is called, "" when it is not the officer's to see. number: to be written on a card."""

    count: int
    last: str = ""
    kind: str = ""
    url: str = ""
    number: int | None = None


def remember(request: HttpRequest, where: str, row: Pledge | ToClearUp) -> None:
    """One more in `where` (an event's code, or a page)."""
    typed = request.session.get(KEY, {})
    what = "pledge" if isinstance(row, Pledge) else "record"
    request.session[KEY] = {**typed, where: [typed.get(where, [0])[0] + 1, what, str(row.public_id)]}


def remembered(request: HttpRequest, where: str) -> Typed | None:
    """What was typed there; None before the first."""
    found = request.session.get(KEY, {}).get(where)
    if not found:
        return None
    count, what, public_id = found
    hat = access.hat_of(request)
    if what == "record":
        record = access.to_clear_up_of(hat).filter(public_id=public_id).first()
        if record is None:
            return Typed(count)
        url = reverse("pledges:show-to-clear-up", args=[record.public_id])
        return Typed(count, title_of(record), url=url, number=record.row_number)
    pledge = access.pledges_of(hat).select_related("employer", "kind").filter(public_id=public_id).first()
    if pledge is None:
        return Typed(count)
    url = reverse("pledges:show-employer", args=[pledge.employer.public_id])
    return Typed(count, pledge.employer.name, f"{pledge.kind.name}, {pledge.places}", url)
