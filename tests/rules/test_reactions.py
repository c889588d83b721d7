"""config/reactions.py says all that follows from a fact: nothing is connected elsewhere."""

import importlib

from django.conf import settings
from django.dispatch import Signal

from config.reactions import REACTIONS


def facts() -> dict[str, Signal]:
    found = {}
    for room in settings.ROOMS:
        try:
            module = importlib.import_module(f"{room}.events")
        except ModuleNotFoundError:
            continue
        found |= {f"{room}.{name}": value for name, value in vars(module).items() if isinstance(value, Signal)}
    return found


def connected() -> set[tuple[str, str]]:
    return {(name, key[0]) for name, fact in facts().items() for key, *_ in fact.receivers}


def listed() -> set[tuple[str, str]]:
    names = {id(fact): name for name, fact in facts().items()}
    return {(names[id(fact)], f"{react.__module__}.{react.__qualname__}") for fact, react in REACTIONS}


def test_what_is_connected_is_what_is_listed():
    assert connected() == listed() and listed()


def test_planted_connection_elsewhere_is_found():
    fact = next(iter(facts().values()))

    def secret(**_):
        pass

    fact.connect(secret, dispatch_uid="planted")
    try:
        assert connected() - listed() != set()
    finally:
        fact.disconnect(dispatch_uid="planted")
