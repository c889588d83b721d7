"""Lifecycles as data: a frozen table of moves per model, and one engine that carries them out.

    PLEDGE = Lifecycle("pledges.Pledge", states=(...), moves=(Move("confirm", ("noted",), "confirmed", DESK),))
    PLEDGE.move(pledge, "confirm", role="coordinator")

The engine locks the row, checks the move, writes the new state and a log row, and announces the move's fact. Buttons,
filters and diagrams are read from the same table. PostgreSQL ties dates and two-person rules to the states.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from core.models import LifecycleLog
from core.scope import current

SYSTEM = "system"  # background work and reactions; no person moves as it


class MoveRefused(Exception):
    """The move is not in the table for this state and role. Its text may be shown to people."""


@dataclass(frozen=True)
class Move:
    """One arrow: its name, the states it starts from, the state it leads to, and the roles that may make it."""

    name: str
    old: tuple[str, ...]
    new: str
    roles: Iterable[str]
    fact: Signal | None = None


@dataclass(frozen=True)
class Lifecycle:
    """All states and moves of one model's `state` field."""

    model: str
    states: tuple[str, ...]
    moves: tuple[Move, ...]
    by_name: Mapping[str, Move] = field(init=False)

    def __post_init__(self) -> None:
        named = {move.name: move for move in self.moves}
        if len(named) != len(self.moves):
            raise ValueError(f"{self.model}: a move is named twice")
        for move in self.moves:
            if unknown := {*move.old, move.new} - set(self.states):
                raise ValueError(f"{self.model}.{move.name}: unknown states {sorted(unknown)}")
        object.__setattr__(self, "by_name", named)

    def may(self, state: str, role: str) -> list[Move]:
        """The moves `role` may make from `state`, in the order of the table."""
        return [move for move in self.moves if state in move.old and role in move.roles]

    def move(
        self,
        row: models.Model,
        name: str,
        *,
        role: str,
        why: str = "",
        on_behalf_of: int | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Move `row` (locked and re-read first) and set the fields in `changes` with it.

        Raises MoveRefused when the row is not, or is no longer, in a state the move starts from, or the role may not.
        """
        move = self.by_name[name]
        with transaction.atomic():
            manager = type(row)._default_manager
            old: str = manager.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=row.pk)
            if old not in move.old or role not in move.roles:
                raise MoveRefused(_("This cannot be done now: it is already “%(state)s”.") % {"state": old})
            values = {"state": move.new, **(changes or {})}
            manager.filter(pk=row.pk).update(**values)
            for key, value in values.items():
                setattr(row, key, value)
            LifecycleLog.objects.create(
                model=self.model, object_id=row.pk, move=name, old=old, new=move.new,
                actor=current().actor, role=role, on_behalf_of=on_behalf_of, why=why,
            )  # fmt: skip
            if move.fact is not None:
                move.fact.send(sender=type(row), id=row.pk, old=old, new=move.new)
