"""Whether a young person can be reached: their worker hears when messages come back, and asks."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from accounts.services import number_is_theirs
from notifications import addresses

ASK_AGAIN = dt.timedelta(days=90)  # numbers are given to strangers when nobody uses them


def broken(people: Iterable[YoungPerson]) -> dict[int, str]:
    """What their worker reads of those whose address or number does not work any more, by key. One query; `user` is
    loaded."""
    users = {person.pk: person.user for person in people if person.user}
    stopped = addresses.stopped(to for user in users.values() for to in (user.phone, user.email or ""))
    found = {}
    for pk, user in users.items():
        said = [_("Their phone number does not work any more: ask them.")] if user.phone in stopped else []
        said += [_("Their email address does not work any more: ask them.")] if user.email in stopped else []
        if said:
            found[pk] = " ".join(said)
    return found


def broken_for_oneself(person: YoungPerson) -> str:
    """What somebody reads of their own address and number where messages come back from there; "" for nothing. One
    query."""
    user = person.user
    if user is None:
        return ""
    stopped = addresses.stopped([user.phone, user.email or ""])
    said = [_("Our texts to your number come back.")] if user.phone in stopped else []
    said += [_("Our emails to you come back.")] if user.email in stopped else []
    return " ".join(said)


def works(person: YoungPerson) -> None:
    """The worker has asked them: messages go there again."""
    if person.user:
        addresses.try_again([person.user.phone, person.user.email or ""])
        number_is_theirs(person=person)
