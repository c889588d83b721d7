"""After a backup was restored: its messages may have gone out since, so each is asked about before it is handed over.

References are made of what a message is (services.reference), so a provider knows a message that was made anew, too.
"""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from core.clock import FrNow
from core.scope import EVERYTHING, scope
from notifications import channels
from notifications.channels import Channel, NotTaken
from notifications.lifecycle import SECOND_COPY
from notifications.models import Circuit, Outbox
from notifications.registry import Mail, Text


class AskFirst:
    """A channel whose provider is asked before each hand-over. What it holds already counts as taken now."""

    def __init__(self, channel: Channel) -> None:
        self.channel, self.name, self.can_be_asked = channel, channel.name, channel.can_be_asked
        self.lease, self.ask_after = 2 * channel.lease, channel.ask_after  # it asks, and hands over

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None:
        try:
            held = self.channel.find(ref)
        except Exception as error:
            raise NotTaken("could not be asked first") from error
        if not held:
            self.channel.send(ref=ref, to=to, mail=mail)

    def find(self, ref: uuid.UUID) -> list[str] | None:
        return self.channel.find(ref)


def asked_first(ways: Mapping[str, Channel]) -> dict[str, Channel]:
    """The same channels, those asked first of which a restore is not long ago. One query."""
    rows = Circuit.objects.filter(provider__in={way.name for way in ways.values()}, ask_first_until__gt=FrNow())
    asked = set(rows.values_list("provider", flat=True))
    return {kind: AskFirst(way) if way.name in asked else way for kind, way in ways.items()}


@transaction.atomic
def ask_first(for_how_long: dt.timedelta) -> tuple[list[str], int]:
    """From now on ask each provider before each hand-over. Returns their names, and how many messages wait for one
    that cannot be asked: those are marked, for they may come twice. Background work only."""
    ways = {kind: channels.chosen(kind) for kind in channels.KINDS}
    mute = [kind for kind, way in ways.items() if not way.can_be_asked]
    names = sorted({way.name for way in ways.values() if way.can_be_asked})
    for name in names:
        Circuit.objects.update_or_create(provider=name, defaults={"ask_first_until": FrNow() + for_how_long})
    with scope(EVERYTHING):
        waiting = Outbox.objects.filter(state__in=["due", "claimed", "handing"], channel__in=mute)
        return names, waiting.update(reason=SECOND_COPY)
