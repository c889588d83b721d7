"""Default deny, everywhere: a route, field or task that nobody declared turns this red."""

import pytest
from django.db import models
from django.urls import include, path

from config.policy import POLICY, TASKS
from config.urls import urlpatterns
from core.policy import PUBLIC, Route, join
from core.privacy import declare
from tests.rules import checks as rules


def test_every_route_is_declared_and_every_declaration_is_a_route():
    assert rules.undeclared_routes(urlpatterns, POLICY) == set()
    assert set(POLICY) - set(rules.routes(urlpatterns)) == set()


def test_planted_undeclared_route_is_found():
    planted = [
        *urlpatterns,
        path("x/", include(([path("secret/", lambda request: None, name="secret")], "planted"))),
    ]
    assert rules.undeclared_routes(planted, POLICY) == {"planted:secret"}


def test_a_route_declared_twice_is_refused():
    with pytest.raises(ValueError, match="declared twice"):
        join([Route("a", PUBLIC)], [Route("a", PUBLIC)])


def test_every_stored_field_is_declared():
    assert rules.undeclared_fields(rules.stored_fields(), rules.declared_fields()) == set()


def test_planted_undeclared_field_is_found():
    stored = rules.stored_fields()
    stored["accounts.YoungPerson"] = stored["accounts.YoungPerson"] | {"favourite_colour"}
    assert rules.undeclared_fields(stored, rules.declared_fields()) == {"accounts.YoungPerson.favourite_colour"}


def test_a_personal_field_needs_a_retention():
    with pytest.raises(ValueError, match="retention"):
        declare("accounts.User", personal={"email": ""})
    with pytest.raises(ValueError, match="one declaration"):
        declare("accounts.User", none="email", personal={"email": "for ever"})


def celery_tasks() -> set[str]:
    from config.celery import app

    app.loader.import_default_modules()
    return set(app.tasks)


def test_every_task_is_declared():
    assert rules.undeclared_tasks(celery_tasks(), TASKS) == set()


def test_planted_undeclared_task_is_found():
    assert rules.undeclared_tasks({*celery_tasks(), "matching.tasks.secret"}, TASKS) == {"matching.tasks.secret"}


def test_no_personal_data_in_str():
    """A model's __str__ may only use fields declared as saying nothing of a person."""
    from django.apps import apps
    from django.conf import settings

    declared = rules.declared_fields()
    for model in (model for room in settings.ROOMS for model in apps.get_app_config(room).get_models()):
        if model.__str__ is models.Model.__str__:
            continue
        fields = declared[model._meta.label].fields
        said = {name for name, (kind, _) in fields.items() if kind != "none"}
        row = model(
            **{name: f"secret-{name}" for name in said if model._meta.get_field(name).get_internal_type() in TEXT}
        )
        assert "secret-" not in str(row), model


TEXT = {"CharField", "TextField", "EmailField"}
