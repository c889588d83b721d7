"""The API for reading: pages that hold still, validators, problems, and no field that the policy does not name."""

import base64
import datetime as dt
import importlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers

from accounts.models import Council
from core import clock
from core.cache import within
from core.models import PostcodeSector
from matching.policy import API_FIELDS as OF_PEOPLE
from opportunities.api import pages, schema, throttle
from opportunities.api.reading import PAGE
from opportunities.finding import KEPT
from opportunities.models import Opportunity, SearchRow
from opportunities.policy import API_FIELDS
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
LIST = "/api/v1/opportunities/"
PROBLEM = "application/problem+json"


@pytest.fixture
def visitor(sign_in):
    return sign_in()


def many(count):
    """Live opportunities beside each other, each a day older than the one before, written at once."""
    first = make.published(title="Number 0")
    row, flat = Opportunity.objects.get(pk=first.pk), SearchRow.objects.defer("words").get(pk=first.pk)
    with connection.cursor() as cursor:
        for number in range(1, count):
            row.pk, row.public_id = None, Opportunity._meta.get_field("public_id").get_default()
            row.title, row.opened_on = f"Number {number}", first.opened_on - dt.timedelta(days=number // 3)
            row.save(force_insert=True)
            columns = [c.column for c in SearchRow._meta.concrete_fields if c.name not in ("opportunity", "opened_on")]
            cursor.execute(
                f"INSERT INTO opportunity_search (opportunity_id, opened_on, {', '.join(columns)})"
                f" SELECT %s, %s, {', '.join(columns)} FROM opportunity_search WHERE opportunity_id = %s",
                [row.pk, row.opened_on, flat.pk],
            )


def walk(visitor, query, between=lambda: None):
    """The titles of all pages, in order."""
    address, titles, seen = f"{LIST}?{query}", [], []
    while address:
        page = visitor.get(address).json()
        seen.append(page)
        titles += [row["title"] for row in page["results"]]
        address = page["next"]
        between()
    return titles, seen


@pytest.mark.parametrize("order", ["newest", "closing", "nearest"])
def test_every_row_comes_once_while_others_are_published(visitor, order):
    many(PAGE + 5)
    sector = PostcodeSector.objects.filter(code__contains=" ").order_by("code").first()
    titles, found = walk(visitor, f"sort={order}&place={sector.code}", lambda: make.published(title="New one"))
    old = [title for title in titles if title != "New one"]
    assert sorted(old) == sorted(f"Number {number}" for number in range(PAGE + 5)) and len(found) == 2
    assert found[0]["count"] == PAGE + 5 and "count" not in found[1]


def test_the_order_is_that_of_the_page(visitor):
    many(7)
    titles, _pages = walk(visitor, "sort=newest")
    newest = Opportunity.objects.order_by("-opened_on", "-pk").values_list("title", flat=True)
    assert titles == list(newest)


def test_a_page_has_one_address_and_one_etag(visitor):
    many(PAGE + 1)
    first = visitor.get(LIST)
    assert visitor.get(LIST).json()["next"] == first.json()["next"]
    again = visitor.get(LIST, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b"" and again["ETag"] == first["ETag"]
    make.published(title="New one")
    assert visitor.get(LIST, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "\x00", "WyJuZXdlc3QiLDFd:abc", "🙂"])
def test_a_cursor_of_somebody_elses_making_is_refused(visitor, cursor):
    answer = visitor.get(LIST, {"cursor": cursor})
    assert answer.status_code == 400 and list(answer.json()["problems"]) == ["cursor"]


@pytest.mark.parametrize("order", ["newest", "closing", "nearest"])
def test_a_cursor_tells_nothing_of_its_row(visitor, order):
    many(PAGE + 1)
    sector = PostcodeSector.objects.filter(code__contains=" ").order_by("code").first()
    address = visitor.get(f"{LIST}?sort={order}&place={sector.code}").json()["next"]
    cursor = address.partition("cursor=")[2]
    seen = base64.urlsafe_b64decode(f"{cursor.partition('%')[0].partition(':')[0]}===")
    assert order.encode() not in seen and not re.search(rb"[0-9]{6}", seen)
    assert len({len(pages.cursor_of(order, key)) for key in ((1, 1, 1), (10**12, -9_999, 10**9))}) == 1
    changed = cursor[:9] + ("A" if cursor[9] != "A" else "B") + cursor[10:]
    assert visitor.get(address.replace(cursor, changed)).status_code == 400


def test_a_cursor_of_another_order_is_refused(visitor):
    many(PAGE + 1)
    cursor = visitor.get(LIST).json()["next"].partition("cursor=")[2]
    assert visitor.get(f"{LIST}?sort=closing&cursor={cursor}").status_code == 400


def test_the_feed_of_a_council_and_of_its_county(visitor):
    ashfield = Council.objects.get(short_name="Ashfield")
    make.published(title="Kitchen porter", authority=ashfield)
    make.published(title="Baker", authority=Council.objects.get(short_name="Mansfield"))
    for name in (ashfield.gss_code, "ashfield", "Ashfield"):
        titles = [row["title"] for row in visitor.get(LIST, {"council": name}).json()["results"]]
        assert titles == ["Kitchen porter"]
    assert visitor.get(LIST, {"council": "nottinghamshire"}).json()["count"] == 2
    assert visitor.get(LIST, {"council": "atlantis"}).json()["problems"]["council"]


def test_any_website_may_read_but_never_with_cookies(visitor):
    for answer in (visitor.get(LIST, headers={"Origin": "https://council.example"}), visitor.options(LIST)):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
    assert "Access-Control-Allow-Origin" not in visitor.post("/api/v1/drafts/")


def test_what_is_over_is_gone_and_what_may_come_back_is_not_here(visitor):
    row = make.published(town="Mansfield", sector="NG18 1", day_starts=dt.time(5), day_ends=dt.time(13))
    found = visitor.get(f"{LIST}{row.public_id}/")
    assert found.json()["early_start"] is True and "05:00" not in found.content.decode()
    assert "NG18" not in found.content.decode()
    Opportunity.objects.filter(pk=row.pk).update(closes_on=clock.today() - dt.timedelta(days=1))
    gone = visitor.get(f"{LIST}{row.public_id}/")
    assert (gone.status_code, gone["Content-Type"]) == (410, PROBLEM) and row.title not in gone.content.decode()
    assert visitor.get(f"{LIST}{make.draft().public_id}/").status_code == 404


def test_as_many_queries_for_one_row_as_for_many(visitor):
    make.published()

    def count():
        with CaptureQueriesContext(connection) as caught:
            assert visitor.get(LIST).status_code == 200
        return [query["sql"][:60] for query in caught if query["sql"].startswith(("SELECT", "WITH", "\nWITH"))]

    few = count()
    many(20)
    assert count() == few and len(few) <= 6, few


def test_every_filter_of_the_page_is_described_and_goes_on_to_the_next_page(visitor):
    described = {parameter.name for parameter in schema.FILTERS}
    assert set(KEPT) <= described and described - set(KEPT) == {"council", "cursor", "If-None-Match"}
    many(PAGE + 1)
    asked = {"age": "19", "badge": "paid", "start": "3", "kind": "ringfenced-job", "council": "nottinghamshire"}
    SearchRow.objects.update(authority=Council.objects.get(short_name="Nottinghamshire"))
    first = visitor.get(LIST, asked).json()
    assert first["badges"]["paid"] == PAGE + 1 and "age=18-20" in first["next"] and "age=19" not in first["next"]
    assert all(f"{name}=" in first["next"] for name in asked)
    assert len(visitor.get(first["next"]).json()["results"]) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("19", ["18-20"]), (" 19 ", ["18-20"]), ("21-25", ["21-25"]), ("19.0", []), ("\uff11\uff19", [])],
)
def test_the_next_page_carries_a_band_and_never_an_age(visitor, typed, kept):
    many(PAGE + 1)
    for asked in ({"age": typed}, {"age": ["19", typed]}):
        address = visitor.get(LIST, asked).json()["next"]
        assert set(parse_qs(urlsplit(address).query).get("age", [])) - {"18-20"} == set(kept) - {"18-20"}
        assert "age=19" not in address and "%EF%BC%91" not in address


def test_planted_a_next_page_with_the_age_that_was_typed_is_seen(visitor, monkeypatch):
    many(PAGE + 1)
    monkeypatch.setattr("opportunities.api.reading.band_of", lambda text: text)
    assert "age=19" in visitor.get(LIST, {"age": "19"}).json()["next"]


# --- problems ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("get", "/api/v1/nothing/", {}, 404),
        ("get", "/api/v9/", {}, 404),
        ("get", f"{LIST}00000000-0000-0000-0000-000000000000/", {}, 404),
        ("post", LIST, {}, 405),
        ("delete", LIST, {}, 405),
        ("get", "/api/v1/drafts/", {}, 405),
        ("get", LIST, {"Accept": "text/html"}, 406),
        ("get", f"{LIST}?miles=5", {}, 400),
        ("post", "/api/v1/drafts/", {}, 401),
    ],
)
def test_every_error_is_a_problem(visitor, method, path, headers, status):
    answer = getattr(visitor, method)(path, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    told = answer.json()
    assert told["status"] == status and told["title"] and told["detail"] and told["type"].startswith("/api/#")
    assert (status == 401) == ("WWW-Authenticate" in answer)
    assert status != 405 or set(answer["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_our_own_mistake_says_nothing_of_itself(visitor, monkeypatch):
    monkeypatch.setattr("opportunities.api.reading.rows_after", lambda *_: 1 / 0)
    answer = visitor.get(LIST)
    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM) and "division" not in answer.content.decode()


def test_over_the_limit_with_a_time_to_wait_and_open_without_a_cache(visitor, monkeypatch):
    cache.clear()
    monkeypatch.setattr(throttle, "A_MINUTE", 2)
    monkeypatch.setattr(throttle.time, "time", lambda: 6_000_000.0)
    assert [visitor.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
    refused = visitor.get(LIST)
    assert refused["Content-Type"] == PROBLEM and refused["Retry-After"] == "60"
    monkeypatch.setattr(cache, "incr", lambda name: 1 / 0)
    assert visitor.get(LIST).status_code == 200


def test_one_line_with_many_addresses_is_one(visitor, monkeypatch):
    cache.clear()
    monkeypatch.setattr(throttle, "A_MINUTE", 2)
    codes = [visitor.get(LIST, REMOTE_ADDR=f"2001:db8::{number}").status_code for number in (1, 2, 3)]
    assert codes == [200, 200, 429] and visitor.get(LIST, REMOTE_ADDR="2001:db8:1::1").status_code == 200


def test_the_cache_that_is_away_is_noted_without_a_name(monkeypatch, caplog):
    monkeypatch.setattr(cache, "incr", lambda name: 1 / 0)
    assert within("api:secret", 0, 60) and "ZeroDivisionError" in caplog.text and "secret" not in caplog.text


# --- fields -----------------------------------------------------------------------------------------------------------


def answered():
    """Serializer -> the fields it answers, for all serializers of the API."""
    names = ("opportunities.api.reading", "opportunities.api.drafts", "opportunities.api.schema", "matching.people_api")
    modules = [importlib.import_module(name) for name in names]
    classes = {
        held
        for module in modules
        for held in vars(module).values()
        if isinstance(held, type)
        and issubclass(held, serializers.BaseSerializer)
        and held.__module__.startswith(("opportunities", "matching"))
    }
    found = {}
    for held in classes:
        # What is only read, not answered, is left out.
        if not held.__name__.startswith(("Writable", "NewDraft", "Close", "PersonSerializer")):
            found[held.__name__] = {name for name, field in held().fields.items() if not field.write_only}
    return found


def unnamed(found):
    """Fields that go out without a name in the policy, and names of what no longer goes out."""
    named = {f"{name}.{field}" for name, fields in (API_FIELDS | OF_PEOPLE).items() for field in fields.split()}
    return named ^ {f"{name}.{field}" for name, fields in found.items() for field in fields}


def test_every_field_is_named_in_the_policy():
    assert unnamed(answered()) == set()


def test_planted_a_field_that_the_policy_does_not_name_is_found(monkeypatch):
    from opportunities.api import reading

    class Planted(reading.OpportunitySerializer):
        hours_mask = serializers.IntegerField()

        class Meta(reading.OpportunitySerializer.Meta):
            fields = (*reading.OpportunitySerializer.Meta.fields, "hours_mask")

    Planted.__name__ = "OpportunitySerializer"
    monkeypatch.setattr(reading, "OpportunitySerializer", Planted)
    monkeypatch.setattr(Planted, "__module__", reading.__name__)
    assert unnamed(answered()) == {"OpportunitySerializer.hours_mask"}
