"""Rows for tests. They are written as fr_worker: fr_web may not write for a council it does not act for."""

import datetime as dt
import itertools
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.models import AdviserLink, Council, Membership, Partnership, User, YoungPerson
from core.scope import EVERYTHING, scope

_numbers = itertools.count(1)


@contextmanager
def as_worker():
    """Become fr_worker for a block, on Django's own connection, so that an ordinary test can roll the rows back."""
    with transaction.atomic():
        before = _role()
        _become("fr_worker")
        with scope(EVERYTHING):
            yield
        _become(before)


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        return cursor.fetchone()[0]  # 'none' when no SET ROLE is in force; set_config takes it back


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role])


def council(short_name: str = "Nottinghamshire") -> Council:
    return Council.objects.get(short_name=short_name)  # reference data


def partnership(code: str = "nottinghamshire") -> Partnership:
    return Partnership.objects.get(code=code)


def user(name: str = "", **more) -> User:
    number = next(_numbers)
    return User.objects.make(name=name or f"Person {number}", email=f"person{number}@council.example", **more)


def membership(role: str, *, of: User | None = None, **place) -> Membership:
    """A hat: council=..., partnership=... or employer_id=...; Nottinghamshire's council or partnership unless given."""
    if not place and role != "operator":
        place = {"partnership": partnership()} if role in PARTNERSHIP_ROLES else {"council": council()}
    return Membership.objects.create(user=of or user(), role=role, valid_from=dt.date(2020, 1, 1), **place)


PARTNERSHIP_ROLES = {"coordinator", "economic_development", "support_officer", "board_member"}


def adviser(**place) -> User:
    return membership("adviser", **place).user


def young_person(of: Council | None = None, label: str = "A.B.", *, worker: User | None = None, **more) -> YoungPerson:
    of = of or council()
    values = {"living_sector": "NG18 1", "living_authority": of, "birth_month": dt.date(2005, 6, 1), **more}
    with as_worker():
        person = YoungPerson.objects.create(responsible_authority=of, label=label, **values)
        if worker:
            AdviserLink.objects.create(person=person, worker=worker, started_on=dt.date(2025, 1, 1))
    return person


def sign_in(client, role: str | None = None, *, user: User | None = None, **place) -> User:
    """Sign in a user who wears `role` (a new one unless given, who must then have a membership)."""
    if role:
        user = membership(role, of=user, **place).user
    client.force_login(user, backend="accounts.backend.Backend")
    return user
