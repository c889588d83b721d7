"""Records that could not be read: turned into a pledge by a person, or set aside with a reason."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from pledges.columns import map_columns
from pledges.models import Pledge, ToClearUp
from pledges.services import Promise, promise_pledge, take_on
from pledges.words import clean


class Cleared(Exception):
    """Somebody else has cleared this up meanwhile. Its text may be shown to people."""


def words_of(record: ToClearUp) -> dict[str, str]:
    """What was written, by our fields, as far as its headings are known."""
    cells = [str(cell) for _heading, cell in record.words]
    return {name: cells[column] for name, column in map_columns([pair[0] for pair in record.words]).items()}


def title_of(record: ToClearUp) -> str:
    """A few of its words to know it by: the business, else the first that there are, else the number on the card."""
    words = [words_of(record).get("business", ""), *(str(cell) for _heading, cell in record.words)]
    nameless = _("Card %(n)d") % {"n": record.row_number} if record.row_number else _("No words")
    return next((word[:60].rstrip(" .,;:") for word in words if word), "") or nameless


def turn_into_pledge(*, record: ToClearUp, promise: Promise, by: User) -> Pledge:
    """Make the pledge that the record stands for, and close the record. Raises Cleared."""
    with transaction.atomic():
        row = _open(record)
        pledge = promise_pledge(event=row.event, promise=promise, source=row.source, typed_by=by)
        if pledge.partnership_id is None and row.partnership is not None:
            take_on(pledge=pledge, partnership=row.partnership, by=by)
            pledge.refresh_from_db()
        row.state, row.pledge = ToClearUp.State.CLEARED, pledge
        row.save(update_fields=["state", "pledge"])
        return pledge


def set_aside(*, record: ToClearUp, because: str) -> None:
    """Close the record without a pledge. Raises Cleared, or ValueError without a reason."""
    because = clean(because)[:200]
    if not because:
        raise ValueError("a reason is needed")
    with transaction.atomic():
        row = _open(record)
        row.state, row.because = ToClearUp.State.SET_ASIDE, because
        row.save(update_fields=["state", "because"])


def _open(record: ToClearUp) -> ToClearUp:
    rows = ToClearUp.objects.select_for_update(of=("self",)).select_related("event__owner", "partnership")
    row = rows.get(pk=record.pk)
    if row.state != ToClearUp.State.OPEN:
        raise Cleared(_("Somebody has cleared this up already."))
    return row
