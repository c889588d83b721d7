"""The tables of libraries are declared as our own are."""

from django.apps import apps
from django.conf import settings

from accounts.privacy import THIRD_PARTY
from tests.rules import checks as rules


def third_party() -> dict[str, set[str]]:
    models = [model for model in apps.get_models() if model._meta.app_label not in settings.ROOMS]
    return {
        model._meta.label: {field.name for field in model._meta.get_fields() if getattr(field, "column", None)}
        for model in models
    }


def test_every_field_of_every_library_is_declared():
    assert rules.undeclared_fields(third_party(), {entry.model: entry for entry in THIRD_PARTY}) == set()


def test_planted_a_library_that_stores_more_is_found():
    stored = third_party()
    stored["sessions.Session"] |= {"address"}
    found = rules.undeclared_fields(stored, {entry.model: entry for entry in THIRD_PARTY})
    assert found == {"sessions.Session.address"}
