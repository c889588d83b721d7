"""Promises that come without a form of their own: told by phone, part of a contract, forwarded by a colleague, or on a
paper card. Each becomes a record at once: a pledge, or its words as they came, with an owner who sees to it.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from accounts.models import Partnership, User
from pledges.clearing import turn_into_pledge
from pledges.models import Event, Pledge, ToClearUp
from pledges.services import Promise, promise_pledge, take_on

Words = Sequence[tuple[str, str]]  # (heading, what is written there)


def keep_words(
    *,
    words: Words,
    why: Sequence[tuple[str, str]],
    source: str,
    by: User,
    owner: User,
    partnership: Partnership,
    event: Event | None = None,
    number: int | None = None,
) -> ToClearUp:
    """A record to clear up. why: (what about it, a sentence) each. number: what is written on the paper itself."""
    return ToClearUp.objects.create(
        identity=uuid.uuid4().hex,  # two calls with the same words are two records
        event=event,
        partnership=partnership,
        source=source,
        row_number=number,
        words=[list(pair) for pair in words],
        reasons=[list(pair) for pair in why],
        typed_by=by,
        owner=owner,
    )


def take_in(*, promise: Promise, words: Words, source: str, by: User, owner: User, partnership: Partnership) -> Pledge:
    """A pledge without an event. What was pasted stays with it as a record that is cleared up already.

    A workplace that lies in another partnership makes it theirs.
    """
    with transaction.atomic():
        if words:
            record = keep_words(words=words, why=[], source=source, by=by, owner=owner, partnership=partnership)
            return turn_into_pledge(record=record, promise=promise, by=owner)
        pledge = promise_pledge(event=None, promise=promise, source=source, typed_by=owner)
        if pledge.partnership_id is None:
            take_on(pledge=pledge, partnership=partnership, by=owner)
            pledge.refresh_from_db()
        return pledge


def keep_card(*, event: Event, words: Words, why: Sequence[tuple[str, str]], by: User) -> ToClearUp:
    """A paper card that cannot become a pledge yet. It gets the next number of its event, to be written on the card."""
    with transaction.atomic():
        row = Event.objects.select_for_update(of=("self",)).select_related("owner", "partnership").get(pk=event.pk)
        cards = ToClearUp.objects.filter(event=row, source=Pledge.Source.DESK)
        number = (cards.aggregate(last=Max("row_number"))["last"] or 0) + 1
        return keep_words(
            words=words,
            why=why,
            source=Pledge.Source.DESK,
            by=by,
            owner=row.owner,
            partnership=row.partnership,
            event=row,
            number=number,
        )
