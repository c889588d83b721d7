"""Rules of the repository as functions that name what breaks them. Each is asserted by a test, and each test has a
planted defect."""

import ast
import importlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver

from core.policy import Route
from core.privacy import Declared


def routes(patterns: Iterable[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """Every URL name ("room:name"), or the bare pattern where somebody forgot to name it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (namespace, pattern.namespace or "") if part)
            yield from routes(pattern.url_patterns, inner)
        else:
            yield ":".join(part for part in (namespace, pattern.name or f"unnamed {pattern.pattern}") if part)


def undeclared_routes(patterns: Iterable[URLPattern | URLResolver], policy: Mapping[str, Route]) -> set[str]:
    """Routes without a line in any room's policy."""
    return set(routes(patterns)) - set(policy)


def declared_fields() -> dict[str, Declared]:
    """All rooms' privacy declarations, by model."""
    found: dict[str, Declared] = {}
    for room in settings.ROOMS:
        module = importlib.import_module(f"{room}.{'declarations' if room == 'core' else 'privacy'}")
        for declared in module.FIELDS:
            if declared.model in found:
                raise ValueError(f"{declared.model} is declared twice")
            found[declared.model] = declared
    return found


def stored_fields() -> dict[str, set[str]]:
    """Every stored field of every model of the rooms, by model."""
    models = [model for room in settings.ROOMS for model in apps.get_app_config(room).get_models()]
    return {
        model._meta.label: {field.name for field in model._meta.get_fields() if getattr(field, "column", None)}
        for model in models
    }


def undeclared_fields(stored: Mapping[str, set[str]], declared: Mapping[str, Declared]) -> set[str]:
    """Fields that say nothing of what they hold, and declarations of fields that no longer exist."""
    named = {f"{label}.{name}" for label, entry in declared.items() for name in entry.fields}
    held = {f"{label}.{name}" for label, names in stored.items() for name in names}
    return held ^ named


def undeclared_tasks(registered: Iterable[str], declared: Iterable[str]) -> set[str]:
    """Background tasks of ours that no room names, and names without a task."""
    ours = {name for name in registered if name.split(".")[0] in {*settings.ROOMS, "config"}}
    return ours ^ set(declared)


def upward_references(path: Path, rooms: list[str]) -> list[str]:
    """`get_model` calls and foreign keys named by a string that reach a higher room, in one file of a room.

    import-linter sees imports; these two ways round it are banned here.
    """
    room = path.parts[0]
    higher = set(rooms[rooms.index(room) + 1 :]) if room in rooms else set()
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "get_model":
            found.append(f"{path}:{node.lineno} get_model")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            head, dot, tail = node.value.partition(".")
            if dot and head in higher and tail.isidentifier() and tail[:1].isupper():
                found.append(f"{path}:{node.lineno} {node.value}")
    return found
