"""The signed-in header's menu, by role. Rooms register their entries in AppConfig.ready, so that accounts
knows none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.hats import Hat


@dataclass(frozen=True)
class Entry:
    """One entry: its words, its URL name, who sees it, its place (low first), and other lists that belong to it."""

    label: str | Promise
    url_name: str
    roles: frozenset[str]
    position: int
    also: tuple[str, ...] = ()


_entries: list[Entry] = []
FORGET = Entry(_("Forget this phone"), "account_logout", frozenset(), 0)  # the last, where the phone is remembered


def add(label: str | Promise, url_name: str, roles: Iterable[str], position: int, also: tuple[str, ...] = ()) -> None:
    """Register an entry; called once per entry at start-up."""
    _entries.append(Entry(label, url_name, frozenset(roles), position, also))


def home_for(hat: Hat) -> str | None:
    """The address of the hat's first entry: where signing in leads. None when no room has anything for the role."""
    found = min(
        (entry for entry in _entries if hat.role in entry.roles),
        key=lambda entry: entry.position,
        default=None,
    )
    return reverse(found.url_name) if found else None


def menu_for(hat: Hat | None, path: str, *, remembered: bool = False) -> list[tuple[str, str, bool]]:
    """(label, address, is this page) for the hat; empty for a visitor. remembered: they stay signed in here."""
    if hat is None:
        return []
    found = sorted((entry for entry in _entries if hat.role in entry.roles), key=lambda entry: entry.position)
    found += [FORGET] if remembered else []
    under = {reverse(name): entry for entry in found for name in (entry.url_name, *entry.also)}
    here = under.get(max((url for url in under if path.startswith(url)), key=len, default=""))
    return [(str(entry.label), reverse(entry.url_name), entry is here) for entry in found]
