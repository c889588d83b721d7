"""What the key of a case system does not open: no answer and no log holds the facts, the wall, and who makes keys."""

import datetime as dt
import logging

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import YoungPerson
from core import clock
from core.logs import mask
from core.models import LifecycleLog
from matching import by_key, people_api
from notifications.models import Outbox
from opportunities.api import keys
from opportunities.api.describing import description
from tests import factories
from tests.matching.test_people_api import BODY, KEYS, REFERENCE, SECRETS, key, put

pytestmark = pytest.mark.django_db


# --- no answer and no log holds the facts


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(mask(record.getMessage()) + str(record.exc_info or ""))


@pytest.fixture(autouse=True)
def nothing_is_counted_yet():
    cache.clear()


@pytest.fixture
def text():
    return key()[1]


@pytest.fixture
def logged():
    """All that is logged, as the log masks it; SQL apart, which no installation logs."""
    kept, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db").setLevel(logging.INFO)
    yield kept.lines
    root.removeHandler(kept)
    root.setLevel(before)
    logging.getLogger("django.db").setLevel(logging.NOTSET)


def requests(text):
    worker = factories.adviser().email
    yield put(text)
    yield put(text, {**BODY, "worker": worker})
    yield put(text, {**BODY, "worker": worker}, f"{REFERENCE}-2")  # one label twice
    yield put(text, {**BODY, "worker": "kestrel@council.example"})
    yield put(text, {**BODY, "born": "2008-99"})
    yield put(text, {**BODY, "Kestrel": "2008"})
    yield put(text, '{"label": "Kestrel')
    yield put(text, reference=f"{REFERENCE} x")
    yield put(text, reference=f"{REFERENCE}/x")
    yield put(text, method="delete")
    yield put("frk_x")


def test_no_answer_and_no_log_holds_what_was_sent(text, logged):
    answers = list(requests(text))
    assert {answer.status_code for answer in answers} == {200, 400, 401, 404, 405, 422}
    for answer in answers:
        said = (
            answer.content.decode().replace(f'"reference":"{REFERENCE}"', "").replace("like March 2008 or 3 2008", "")
        )
        said = said.replace("like NG18 5", "")
        assert not [secret for secret in SECRETS if secret.lower() in said.lower()], said
    assert any("/api/v1/people/***" in line for line in logged)
    lines = "\n".join(logged)
    assert not [secret for secret in SECRETS if secret.lower() in lines.lower()], lines
    with factories.as_worker():
        rows = str(list(LifecycleLog.objects.values())) + str(list(Outbox.objects.values()))
    assert not [secret for secret in SECRETS if secret in rows and secret != "2008"]


def test_a_line_of_the_log_keeps_what_stands_around_a_reference():
    assert mask('"PUT /api/v1/people/A%20B-1/ HTTP/1.1" 200') == '"PUT /api/v1/people/*** HTTP/1.1" 200'
    assert mask("Not Found: /api/v1/people/A B\nC/") == "Not Found: /api/v1/people/***"


def test_the_description_shows_nothing_but_three_fields():
    told = description()["components"]["schemas"]
    assert list(told["PersonSent"]["properties"]) == ["reference", "id", "status"]
    (operation,) = description()["paths"]["/api/v1/people/{reference}/"].items()
    assert operation[0] == "put" and operation[1]["security"] == [{"key": []}]
    (example,) = operation[1]["requestBody"]["content"]["application/json"]["examples"].values()
    assert put(key()[1], example["value"]).status_code == 200


# --- the wall


def test_the_scope_is_that_council_alone(text, monkeypatch):
    seen = []
    real = by_key.status_of

    def look(person):
        seen.append(sorted({each.responsible_authority.short_name for each in YoungPerson.objects.all()}))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM young_person")
            seen.append(cursor.fetchone()[0])
        return real(person)

    factories.young_person(factories.council("Derbyshire"), "Theirs")
    monkeypatch.setattr(people_api.by_key, "status_of", look)
    put(text)
    assert seen == [["Nottinghamshire"], 1]


# --- the team manager's page


def test_a_team_manager_makes_a_key_sees_it_once_and_ends_it(sign_in):
    manager = sign_in("team_manager")
    assert KEYS in manager.get("/adviser/team/").content.decode()
    assert "There is no key yet" in manager.get(KEYS).content.decode()
    made = manager.post(KEYS, {"name": "Mosaic", "days": "30"})
    page = made.content.decode()
    start = page.index("frk_")
    text = page[start : start + 44]
    assert f'href="{KEYS}"' in page and made["Cache-Control"] == "no-store"
    assert put(text).status_code == 200
    listed = manager.get(KEYS).content.decode()
    assert f"Mosaic (frk_{text[4:12]}…)" in listed and text not in listed
    row = keys.of_people(factories.council().pk).get()
    assert row.expires_on == clock.today() + dt.timedelta(days=30) and row.scopes == ["people"]
    assert "Mosaic can send nobody any more" in manager.get(f"{KEYS}{row.pk}/").content.decode()
    assert put(text).status_code == 200  # a page that was looked at ends nothing
    assert manager.post(f"{KEYS}{row.pk}/").status_code == 302
    assert put(text).status_code == 401
    assert "This key was ended before" in manager.post(f"{KEYS}{row.pk}/", follow=True).content.decode()
    assert "Ended " in manager.get(KEYS).content.decode()


def test_what_is_wrong_is_said(sign_in):
    assert "Enter what the system is called" in sign_in("team_manager").post(KEYS, {"days": "30"}).content.decode()
    assert not keys.of_people(factories.council().pk).exists()


@pytest.mark.parametrize("role", ["adviser", "social_worker", "coordinator", "safeguarding_lead", "operator"])
def test_others_find_no_such_page(sign_in, role):
    row, _text = key()
    client = sign_in(role)
    assert {client.get(KEYS).status_code, client.get(f"{KEYS}{row.pk}/").status_code} == {404}
    assert client.post(f"{KEYS}{row.pk}/").status_code == 404


def test_a_manager_elsewhere_and_the_desk_neither_see_nor_end_it(sign_in):
    row, text = key()
    elsewhere = sign_in("team_manager", council=factories.council("Derbyshire"))
    assert "There is no key yet" in elsewhere.get(KEYS).content.decode()
    assert elsewhere.post(f"{KEYS}{row.pk}/").status_code == 404
    desk = sign_in("coordinator")
    assert row.name not in desk.get("/desk/api-keys/").content.decode()
    assert desk.post(f"/desk/api-keys/{row.pk}/end/").status_code == 404
    reads = key(scope=keys.READ)[0]
    assert sign_in("team_manager").post(f"{KEYS}{reads.pk}/").status_code == 404
    assert put(text).status_code == 200


def test_the_page_says_that_papers_are_missing(sign_in, settings):
    settings.INSTALLATION_MODE = "real"
    page = sign_in("team_manager").get(KEYS).content.decode()
    assert "Nobody can be sent yet" in page and "has not accepted these papers yet" in page
