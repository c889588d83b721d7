"""How much a key may write, what it may say of support, and who hears of it: a repetition counts for nothing new."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from core import clock
from core.scope import Scope, scope
from notifications.models import Outbox
from opportunities.api import limits
from opportunities.api.describing import description
from opportunities.models import Opportunity
from opportunities.support import SUPPORT
from pledges.models import EmployerContact, Pledge
from tests.opportunities import factories as make
from tests.opportunities.test_api_drafts import GOOD, System

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
PAGE = "/api/v1/opportunities/"


@pytest.fixture
def system(sign_in):
    cache.clear()
    return System(sign_in())


def statuses(system, names, body=GOOD):
    return [system.post(body, name=name).status_code for name in names]


def assert_limit(system, other, names, most):
    """Exactly `most` pass; the next is refused with a time to wait, and another key does not feel it."""
    assert statuses(system, names[:most]) == [201] * most
    refused = system.post(GOOD, name=names[most])
    assert (refused.status_code, refused["Content-Type"]) == (429, PROBLEM)
    assert str(most) in refused.json()["detail"] and int(refused["Retry-After"]) > 0
    assert other.post(GOOD).status_code == 201
    return refused


def at(monkeypatch, moment):
    """The day's count is made at this moment; the key stays in force."""
    monkeypatch.setattr(limits, "clock", SimpleNamespace(now=lambda: moment, LONDON=clock.LONDON))


def test_a_key_writes_so_often_a_minute_and_reads_on(system, sign_in, settings, monkeypatch):
    settings.API_WRITES_A_MINUTE = 3
    monkeypatch.setattr(limits.time, "time", lambda: 6_000_000.5)
    refused = assert_limit(system, System(sign_in(), system.row.employer), list("abcd"), 3)
    assert refused["Retry-After"] == "60" and Pledge.objects.filter(source="api").count() == 4
    draft = system.post(GOOD, name="a")  # a repetition writes nothing, but asks as often
    assert draft.status_code == 429
    assert system.client.get(PAGE, headers={"Authorization": f"Bearer {system.text}"}).status_code == 200
    monkeypatch.setattr(limits.time, "time", lambda: 6_000_061.0)
    assert system.post(GOOD, name="d").status_code == 201


def test_changing_and_closing_count_as_writing(system, settings):
    settings.API_WRITES_A_MINUTE = 3
    first = system.post(GOOD)
    second = system.patch(first, {"bring": "Flat shoes"})
    assert (second.status_code, system.close(second).status_code) == (200, 200)
    assert system.patch(second, {"bring": "Boots"}).status_code == 429
    assert system.read(first).status_code == 200


def test_a_key_makes_so_many_drafts_a_day(system, sign_in, settings, monkeypatch):
    settings.API_DRAFTS_A_DAY = 3
    noon = dt.datetime(2027, 3, 10, 12, tzinfo=dt.UTC)
    at(monkeypatch, noon)
    refused = assert_limit(system, System(sign_in(), system.row.employer), list("abcd"), 3)
    assert refused["Retry-After"] == str(12 * 60 * 60)
    assert Pledge.objects.filter(source="api").count() == Opportunity.objects.count() == 4
    assert system.post(GOOD, name="d").status_code == 429  # what was refused was not kept, so it is no repetition
    assert system.post(GOOD, name="a")["Idempotent-Replayed"] == "true"
    at(monkeypatch, noon + dt.timedelta(hours=12))
    assert system.post(GOOD, name="d").status_code == 201


def test_the_day_that_loses_an_hour_is_an_hour_shorter(system, settings, monkeypatch):
    settings.API_DRAFTS_A_DAY = 0
    at(monkeypatch, dt.datetime(2027, 3, 28, 0, tzinfo=dt.UTC))
    assert system.post(GOOD)["Retry-After"] == str(23 * 60 * 60)


def test_neither_a_repetition_nor_a_mistake_is_a_new_draft(system, settings):
    settings.API_DRAFTS_A_DAY = 2
    assert statuses(system, ["one"] * 5) == [201] * 5
    assert statuses(system, ["two", "three"], {**GOOD, "places": 0}) == [400, 400]
    assert statuses(system, ["two", "three"]) == [201, 429]


@pytest.mark.parametrize("planted", ["one more", "all keys together"])
def test_planted_a_limit_that_is_none_is_seen(system, sign_in, settings, monkeypatch, planted):
    settings.API_DRAFTS_A_DAY = 2
    real = limits.within
    worse = {
        "one more": lambda name, most, seconds: real(name, most + 1, seconds),
        "all keys together": lambda name, most, seconds: real(name.rpartition(":")[0], most, seconds),
    }
    monkeypatch.setattr(limits, "within", worse[planted])
    with pytest.raises(AssertionError):
        assert_limit(system, System(sign_in(), system.row.employer), list("abc"), 2)


def test_without_a_cache_a_key_goes_on(system, settings, monkeypatch):
    settings.API_WRITES_A_MINUTE = settings.API_DRAFTS_A_DAY = 0
    monkeypatch.setattr(cache, "incr", lambda name: 1 / 0)
    assert system.post(GOOD).status_code == 201


def test_the_limits_are_described():
    for path, item in description()["paths"].items():
        for found in item.values():
            answer = found["responses"]["429"]
            assert "60 a minute that write" in answer["description"], path
            assert "200 new drafts a day" in answer["description"] and "Retry-After" in answer["headers"]


# --- support ----------------------------------------------------------------------------------------------------------


def test_support_is_written_and_read_by_its_codes(system, sign_in):
    codes = [offer.code for offer in SUPPORT]
    answer = system.post({**GOOD, "support": ["questions-first", "quiet-place"]})
    assert answer.json()["support"] == ["quiet-place", "questions-first"]
    row = Opportunity.objects.get(public_id=answer.json()["id"])
    assert row.support_mask == 1 << 1 | 1 << 7
    assert system.patch(answer, {"support": codes}).json()["support"] == codes
    assert Opportunity.objects.get(pk=row.pk).support_mask == 255
    shown = sign_in().get(f"{PAGE}{make.published(support_mask=0b101).public_id}/").json()
    assert (shown["support"], len(shown["support_says"])) == (["step-free", "other-hours"], 2)


def test_an_unknown_support_is_told_which_there_are(system):
    answer = system.post({**GOOD, "support": ["quiet-place", "free-lunch"]})
    (sentence,) = answer.json()["problems"]["support"]
    assert answer.status_code == 400 and all(offer.code in sentence for offer in SUPPORT)


def test_the_codes_of_support_are_those_that_were_given_out():
    given = "step-free quiet-place other-hours appointments clothes-and-kit buddy adviser-comes questions-first"
    assert [(offer.code, offer.bit) for offer in SUPPORT] == [(c, n) for n, c in enumerate(given.split())]
    schemas = description()["components"]["schemas"]
    for name in ("Opportunity", "Draft", "NewDraftRequest", "PatchedWritableRequest"):
        (enum,) = schemas[name]["properties"]["support"]["items"].values()
        assert schemas[enum.rpartition("/")[2]]["enum"] == given.split()


# --- the thank-you ----------------------------------------------------------------------------------------------------


def thanks():
    with scope(Scope()):
        return list(Outbox.objects.filter(purpose__startswith="pledge_thanks").values_list("cause_id", flat=True))


def test_who_gives_is_thanked_once_a_day_for_the_pledges_of_their_system(system):
    before = thanks()
    made = [system.post(GOOD, name=name) for name in ("one", "one", "two")]
    ids = [each.json()["id"] for each in made]
    pledges = Opportunity.objects.filter(public_id__in=ids).order_by("pledge").values_list("pledge", flat=True)
    assert len(pledges) == 2 and sorted(thanks()) == sorted([*before, pledges[0]])
    system.patch(made[0], {"bring": "Flat shoes"})
    assert system.post({**GOOD, "places": 0}).status_code == 400
    assert sorted(thanks()) == sorted([*before, pledges[0]])
    Pledge.objects.filter(source="api").update(made_at=clock.now() - dt.timedelta(days=1, minutes=1))
    third = system.post(GOOD, name="three").json()["id"]
    assert sorted(thanks()) == sorted([*before, pledges[0], Opportunity.objects.get(public_id=third).pledge_id])


def test_nobody_is_thanked_for_a_draft_over_the_limit(system, settings):
    settings.API_DRAFTS_A_DAY = 0
    before = thanks()
    assert system.post(GOOD).status_code == 429 and thanks() == before


def test_who_left_only_a_mobile_number_is_thanked_by_text(system):
    EmployerContact.objects.update(email="", phone="07700900123", way="text")
    system.post(GOOD)
    with scope(Scope()):
        (row,) = Outbox.objects.filter(cause_id=Pledge.objects.get(source="api").pk)
    assert row.channel == "text"
