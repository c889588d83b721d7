"""The description of the API is sound, and what would break its promises is seen."""

import io
import json

import pytest
import schemathesis
from django.core.management import call_command
from django.core.management.base import CommandError
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, status_code_conformance

from opportunities.api import writing
from opportunities.api.describing import description
from tests.contracts.test_running import without_success


def validate():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out)
    return json.loads(out.getvalue())


def test_it_is_openapi_3_1_without_a_warning():
    told = validate()
    assert told["openapi"] == "3.1.0" and told == json.loads(json.dumps(description()))


def test_planted_an_address_that_says_nothing_of_its_answer_is_a_warning(monkeypatch):
    monkeypatch.delattr(writing.DraftClose.post, "kwargs", raising=False)
    monkeypatch.setattr(writing.DraftClose, "schema", writing.DraftClose.schema.__class__())
    with pytest.raises(CommandError):
        validate()


def served(status):
    """The description over a server that answers everything with this status, whatever key it is shown."""
    told = json.loads(json.dumps(description()))

    def application(environ, start_response):
        start_response(f"{status} Said", [("Content-Type", "application/json")])
        return [b"{}"]

    return schemathesis.openapi.from_wsgi("/schema", _with_schema(told, application))


def _with_schema(told, application):
    def both(environ, start_response):
        if environ["PATH_INFO"] != "/schema":
            return application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    return both


def case(schema):
    headers = {"Authorization": "Bearer frk_x", "Idempotency-Key": "one"}
    made = schema["/api/v1/drafts/"]["POST"].Case(headers=headers, body={"kind": "site-visit", "places": 1})
    return made


def test_planted_an_undocumented_answer_is_seen():
    with pytest.raises(FailureGroup) as seen:
        case(served(418)).call_and_validate(checks=[status_code_conformance])
    assert "Undocumented status code" in str(seen.value.exceptions[0])


def test_planted_an_answer_without_a_key_is_seen():
    with pytest.raises(FailureGroup) as seen:
        case(served(201)).call_and_validate(checks=[ignored_auth])
    assert "without authentication" in str(seen.value.exceptions[0])


def test_planted_an_operation_that_never_succeeds_is_seen():
    one, all_of_it = "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f", description()["paths"]
    told = {path: path.replace("{public_id}", one).replace("{reference}", "CASE-1") for path in all_of_it}
    done = {(method.upper(), told[path]) for path, item in all_of_it.items() for method in item}
    assert len(done) >= 6 and without_success(all_of_it, done) == []
    for method, path in done:
        (meant,) = (name for name, where in told.items() if where == path)
        assert without_success(all_of_it, done - {(method, path)}) == [f"{method} {meant}"]
