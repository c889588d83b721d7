"""Who was asked to an event, whether they said yes, came, and pledged."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from pledges.employers import name_key
from pledges.lifecycle import INVITATION
from pledges.models import Event, Invitation, Pledge
from pledges.reading import Unclear, read_email
from pledges.words import clean, key, quoted

MOST_LINES = 2000
LONGEST = 120


@dataclass(frozen=True)
class Guest:
    """One business to invite."""

    business: str
    email: str = ""


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read, by its number (the first is 1), and what to do about it."""

    number: int
    sentence: str


def read_lines(text: str) -> tuple[list[Guest], list[BadLine]]:
    """The guests of a pasted list, "Business, email" on each line; the email may be left out.

    Tabs and semicolons, as sheets copy them, are read as well. Raises Unclear for more than 2,000 lines.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise Unclear(_("Add at most 2,000 lines at a time. These are %(count)d.") % {"count": len(lines)})
    good, bad = [], []
    for number, line in lines:
        try:
            good.append(read_line(line))
        except Unclear as unclear:
            bad.append(BadLine(number, str(unclear)))
    return good, bad


def read_line(line: str) -> Guest:
    """One guest. Only what holds an @ after the last comma, tab or semicolon is an email. Raises Unclear."""
    parts = line.replace("\t", ",").replace(";", ",").split(",")
    cells = [cell for cell in (clean(part) for part in parts) if cell]
    email = cells.pop() if cells and "@" in cells[-1] else ""
    business = ", ".join(cells)
    if not key(business):
        raise Unclear(_("Write the name of the business first, like: Old Bank Kitchen, jo@oldbank.co.uk"))
    if len(business) > LONGEST:
        raise Unclear(_("The name %(words)s is too long. Use 120 letters or fewer.") % {"words": quoted(business)})
    return Guest(business, read_email(email) if email else "")


def invite(*, event: Event, guests: Iterable[Guest]) -> tuple[int, int]:
    """Put `guests` on the list, each business once. Gives how many were added, and how many were there already."""
    guests = list(guests)
    rows: dict[str, Invitation] = {}
    for guest in guests:
        row = Invitation(event=event, business=guest.business, name_key=name_key(guest.business), email=guest.email)
        rows.setdefault(row.name_key, row)
    with transaction.atomic():
        Event.objects.select_for_update(of=("self",)).get(pk=event.pk)  # of two lists at once, one waits
        there = set(Invitation.objects.filter(event=event, name_key__in=rows).values_list("name_key", flat=True))
        new = [row for name, row in rows.items() if name not in there]
        Invitation.objects.bulk_create(new)
    return len(new), len(guests) - len(new)


def move_invitation(*, invitation: Invitation, name: str, role: str) -> None:
    """One move of the invitation's lifecycle. Raises MoveRefused."""
    INVITATION.move(invitation, name, role=role)


def listed(event: Event, words: str = "") -> QuerySet[Invitation]:
    """The event's invitations by name, each with `pledged`: whether a business of that name pledged there.

    words: only those whose name holds them.
    """
    made = Pledge.objects.filter(event=event, employer__name_key=OuterRef("name_key"))
    rows = Invitation.objects.filter(event=event).annotate(pledged=Exists(made)).order_by("name_key", "pk")
    return rows.filter(name_key__contains=name_key(words)) if key(words) else rows


def counts(event: Event) -> dict[str, int]:
    """How many are invited, coming (those who came are among them), came, and pledged."""
    State = Invitation.State
    found: dict[str, int] = listed(event).aggregate(
        invited=Count("pk"),
        coming=Count("pk", filter=Q(state__in=[State.COMING, State.CAME])),
        came=Count("pk", filter=Q(state=State.CAME)),
        gave=Count("pk", filter=Q(pledged=True)),
    )
    return found
