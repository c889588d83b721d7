"""Everything held about a young person: each room registers its tables, so that a copy or an erasure forgets none.

    register_personal_data(Readiness, _("Before day one"))
    register_personal_data(CheckIn, _("How it goes"), of="start__person")

A test compares what is registered with what the database says leads to a young person.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import Promise

from accounts.models import User, YoungPerson
from core import clock
from core.lifecycle import SYSTEM
from core.models import LifecycleLog
from core.querysets import ScopedModel
from core.scope import EVERYTHING, scope

Row = dict[str, Any]
NotYet = Callable[[Iterable[Any]], Mapping[int, Iterable[str]]]
NAMES = ("name", "title", "reference")  # what a row is called when another one points to it


@dataclass(frozen=True)
class Registered:
    """One table. `own_copy`: which of its rows stand in the copy a young person gets themselves; `own_without`: which
    of their fields do not; `own_not_yet`: which do not in some of the rows."""

    model: type[ScopedModel]
    label: str | Promise
    of: str
    export: Callable[[YoungPerson], list[Row]] | None
    erase: Callable[[int], int] | None
    own_copy: Q
    own_without: tuple[str, ...]
    own_not_yet: NotYet | None


class StillNeeded(Exception):
    """Something about the person is not over yet: they are erased when it is."""


Hold = Callable[[Iterable[int]], set[int]]
_registered: dict[str, Registered] = {}
_holds: list[Hold] = []


def register_personal_data(
    model: type[ScopedModel],
    label: str | Promise,
    *,
    of: str = "person",
    export: Callable[[YoungPerson], list[Row]] | None = None,
    erase: Callable[[int], int] | None = None,
    own_copy: Q | None = None,
    own_without: tuple[str, ...] = (),
    own_not_yet: NotYet | None = None,
) -> None:
    """Called in AppConfig.ready, parents before children: rows are erased in the reverse order.

    label: what the table is called in a copy. of: the path to the person. export: its rows in words, unless their
    fields say it well enough. erase: takes the person's id and returns how many rows it deleted or cut off; deletes
    all unless given. own_copy: rows that the young person's own copy holds; all of them unless given. own_without:
    fields that it leaves out. own_not_yet: takes rows and returns, by their keys, the fields that it leaves out of
    them until their worker has looked.
    """
    if model._meta.db_table in _registered:
        raise ValueError(f"{model._meta.label} is registered already")
    own = Q() if own_copy is None else own_copy
    _registered[model._meta.db_table] = Registered(model, label, of, export, erase, own, own_without, own_not_yet)


def hold_erasure(hold: Hold) -> None:
    """Register a reason to wait: of these ids, the people about whom something is not over."""
    _holds.append(hold)


def tables() -> set[str]:
    """The tables that are registered."""
    return set(_registered)


def held(people: Iterable[int]) -> set[int]:
    """Those of `people` who cannot be erased yet."""
    wanted = list(people)
    return set[int]().union(*(hold(wanted) for hold in _holds))


def export_person(person: YoungPerson, *, own_copy: bool = True) -> Row:
    """Everything held about somebody, in words, ready to be written as JSON. Call it in a scope that sees them.

    own_copy: for the young person. Otherwise for the council, which answers a request in writing: then with what
    others said about them, and with what was done about it.
    """
    found = {str(table.label): _rows(table, person, own_copy=own_copy) for table in _registered.values()}
    held_rows = {label: rows for label, rows in found.items() if rows}
    copy: Row = json.loads(json.dumps({"made": clock.now(), "held": held_rows}, cls=DjangoJSONEncoder))
    return copy


def _rows(table: Registered, person: YoungPerson, *, own_copy: bool) -> list[Row]:
    if table.export is not None:
        return table.export(person)
    pointers = [field.name for field in table.model._meta.concrete_fields if field.remote_field]
    rows = table.model.objects.filter(table.own_copy if own_copy else Q(), **{table.of: person.pk})  # type: ignore[attr-defined]
    found = list(rows.select_related(*pointers).order_by("pk"))
    without = table.own_without if own_copy else ()
    not_yet = table.own_not_yet(found) if own_copy and table.own_not_yet else {}
    return [in_words(row, {*without, *not_yet.get(row.pk, ())}) for row in found]


def in_words(row: models.Model, without: Iterable[str] = ()) -> Row:
    """A row's fields by their names, but those in `without`: choices and other rows in words, numbers that only join
    tables left out."""
    found: Row = {}
    for field in row._meta.concrete_fields:
        if not field.primary_key and field.name not in without and (value := _value(row, field)) not in (None, ""):
            found[str(field.verbose_name)] = value
    return found


def _value(row: models.Model, field: Any) -> Any:
    if field.remote_field:
        other = getattr(row, field.name)
        return next((getattr(other, name) for name in NAMES if hasattr(other, name)), None)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    return getattr(row, field.attname)


def erase_person(*, person: int, by: User | None, why: str) -> dict[str, int]:
    """Erase somebody for good, in one transaction, as fr_worker. Returns how many rows of each table went.

    What is kept as evidence loses its link to the person. The support has ended before (ending.end_support), so that
    nothing is on its way to them. Raises StillNeeded, and LookupError when nobody has that id.
    """
    with transaction.atomic(), scope(EVERYTHING):
        if not YoungPerson.objects.select_for_update(of=("self",), no_key=True).filter(pk=person).exists():
            raise LookupError(person)
        if held([person]):
            raise StillNeeded(person)
        gone = {name: _erase(table, person) for name, table in reversed(_registered.items())}
        LifecycleLog.objects.create(
            model="accounts.YoungPerson", object_id=person, move="erase", old="ended", new="erased", why=why,
            actor=by.pk if by else None, role="" if by else SYSTEM,
        )  # fmt: skip
    return {name: count for name, count in gone.items() if count}


def _erase(table: Registered, person: int) -> int:
    if table.erase is not None:
        return table.erase(person)
    deleted: int = table.model.objects.filter(**{table.of: person}).delete()[0]  # type: ignore[attr-defined]
    return deleted
