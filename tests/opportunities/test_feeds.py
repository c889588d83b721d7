"""RSS, JSON Feed, the embedded list, the sitemap, and what search engines are told."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Council
from opportunities.feeds.items import MOST
from opportunities.models import Opportunity
from tests.opportunities import factories as make
from tests.opportunities import feed_rules

pytestmark = pytest.mark.django_db
RSS, JSON, FRAME = "/opportunities/feed/rss/", "/opportunities/feed/json/", "/embed/opportunities/"
ALL = (RSS, JSON, FRAME)


@pytest.fixture
def visitor(sign_in):
    return sign_in()


def ashfield() -> Council:
    return Council.objects.get(short_name="Ashfield")


def titles(client, address: str, **query) -> list[str]:
    return [item["title"] for item in client.get(address, query).json()["items"]]


def test_the_feeds_are_valid_and_say_what_the_list_says(visitor):
    row = make.published(title="Chef & “porter” <b>", pay_pence=1271, sector="NG18 1", hours_mask=3)
    make.published(title="Phone helper", remote=True)
    make.draft(title="A draft")
    rss, feed = visitor.get(RSS), visitor.get(JSON)
    assert rss["Content-Type"].startswith("application/rss+xml") and feed["Content-Type"] == "application/feed+json"
    assert feed_rules.rss(rss.content) == [] and feed_rules.json_feed(feed.content) == []
    items = ElementTree.fromstring(rss.content).findall("channel/item")
    assert {item.findtext("title") for item in items} == {"Chef & “porter” <b>", "Phone helper"}
    one = next(item for item in feed.json()["items"] if item["title"] == row.title)
    assert one["url"] == f"http://testserver/opportunities/{row.public_id}/"
    for words in (row.employer.name, row.summary, "£381 a week for 30 hours", "Mansfield"):
        assert words in one["content_text"]
    for answer in (rss, feed):
        text = answer.content.decode()
        for secret in ("NG18 1", "evening", "giver@business.example", "A draft"):
            assert secret not in text


def test_the_search_page_names_its_feeds(visitor):
    html = visitor.get("/opportunities/").content.decode()
    for address in re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="([^"]+)"', html):
        assert visitor.get(address).status_code == 200
    assert html.count('rel="alternate"') == 2


def test_an_empty_feed_is_valid_and_its_etag_holds(visitor):
    for address, rule in ((RSS, feed_rules.rss), (JSON, feed_rules.json_feed)):
        first, second = visitor.get(address), visitor.get(address)
        assert rule(first.content) == [] and first["ETag"] == second["ETag"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'version="2.0"', b'version="0.91"'), (b"<link>http://testserver/opportunities/<", b"<link>/opportunities/<"),
        (b"<description>Jobs, tasters and training that a real person has checked</description>", b""),
        (b"+0000</pubDate>", b"2026</pubDate>"), (b"<guid", b"<uid"),
        (b'isPermaLink="true">http', b'isPermaLink="true">x'),
        (b'rel="self"', b'rel="next"'), (b"<item>", b"<item><salary>9</salary>"),
    ],
)  # fmt: skip
def test_a_fault_planted_in_rss_is_found(visitor, old, new):
    make.published()
    text = visitor.get(RSS).content
    assert old in text
    planted = text.replace(old, new).replace(b"</guid>", b"</uid>") if new == b"<uid" else text.replace(old, new)
    assert feed_rules.rss(planted)


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ("feed", "version", "https://jsonfeed.org/version/2"), ("feed", "title", None), ("feed", "items", {}),
        ("feed", "feed_url", "/feed/"), ("feed", "colour", "red"), ("item", "id", ""), ("item", "url", "/x/"),
        ("item", "date_published", "25 November 2026"), ("item", "date_published", "2026-11-25T00:00:00"),
        ("item", "tags", [1]), ("item", "content_text", 7),
    ],
)  # fmt: skip
def test_a_fault_planted_in_the_json_feed_is_found(visitor, where, name, value):
    make.published()
    feed = visitor.get(JSON).json()
    (feed if where == "feed" else feed["items"][0])[name] = value
    assert feed_rules.json_feed(json.dumps(feed).encode())


def test_one_council_and_one_category(visitor):
    make.published(title="Kitchen porter", authority=ashfield())
    make.published(title="Bus driver", category=make.category("transport"), authority=ashfield())
    make.published(title="Elsewhere", authority=Council.objects.get(short_name="Mansfield"))
    assert set(titles(visitor, JSON, council="Ashfield")) == {"Kitchen porter", "Bus driver"}
    assert titles(visitor, JSON, council="Ashfield", category="transport") == ["Bus driver"]
    assert b"Bus driver" in visitor.get(RSS, {"category": "transport"}).content
    frame = visitor.get(FRAME, {"council": "Ashfield"}).content.decode()
    assert "Kitchen porter" in frame and "Elsewhere" not in frame and "Open now in Ashfield" in frame


@pytest.mark.parametrize("name", ["Ashfield", "ashfield", "E07000170", "e07000170", "Ashfield District Council"])
def test_a_council_is_named_here_as_in_the_api(visitor, name):
    make.published(title="Kitchen porter", authority=ashfield())
    make.published(title="Elsewhere", authority=Council.objects.get(short_name="Mansfield"))
    api = visitor.get("/api/v1/opportunities/", {"council": name}).json()
    assert titles(visitor, JSON, council=name) == [row["title"] for row in api["results"]] == ["Kitchen porter"]
    assert b"Open now in Ashfield" in visitor.get(FRAME, {"council": name}).content


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize(
    "query",
    [{"council": "NG18 1AB"}, {"council": "Atlantis"}, {"council": "\x00"}, {"council": "Ashfield", "miles": "5"}],
)
def test_a_filter_without_sense_is_never_shown_as_all(visitor, address, query):
    make.published(title="Kitchen porter")
    answer = visitor.get(address, query)
    assert answer.status_code == 404 or query["council"] == "\x00"


def test_one_row_with_a_sign_that_xml_does_not_know_breaks_no_feed(visitor):
    row = make.published(summary="Learn\x01 to cook.")
    Opportunity.objects.filter(pk=row.pk).update(title="Chef\x01\u202e", summary="Learn\x0b to cook.", version=2)
    rss = visitor.get(RSS)
    assert rss.status_code == 200 and feed_rules.rss(rss.content) == []
    assert titles(visitor, JSON) == ["Chef"]


def test_what_has_not_changed_is_not_sent_again(visitor):
    row = make.published()
    for address in (RSS, JSON):
        first = visitor.get(address)
        again = visitor.get(address, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304 and again["ETag"] == first["ETag"]
    Opportunity.objects.filter(pk=row.pk).update(title="Another title", version=2)
    assert visitor.get(JSON, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ALL)
def test_they_are_bounded_and_cost_the_same_however_many_rows(visitor, address):
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert visitor.get(address).status_code == 200
        return len(caught)

    business = make.employer()
    make.published(business)
    make.published(business, remote=True)
    few = cost()
    for _number in range(MOST + 1):
        make.published(business)
    assert cost() == few
    assert len(visitor.get(JSON).json()["items"]) == MOST


def test_only_scripts_of_others_may_read_and_nobody_gets_a_cookie(visitor, sign_in):
    make.published()
    assert visitor.get(JSON)["Access-Control-Allow-Origin"] == "*"
    for address in (*ALL, "/opportunities/embed/", "/sitemap.xml", "/robots.txt"):
        assert not visitor.get(address).cookies, address
        assert visitor.post(address).status_code in (404, 405)


# --- the embedded list ------------------------------------------------------------------------------------------------


def test_this_page_alone_may_stand_in_anybodys_frame(visitor):
    make.published(title="Kitchen porter")
    answer = visitor.get(FRAME)
    assert "frame-ancestors *" in answer["Content-Security-Policy"] and "X-Frame-Options" not in answer
    html = answer.content.decode()
    assert "Kitchen porter" in html and '<base target="_blank">' in html and "noindex" in html
    for address in ("/opportunities/", "/opportunities/embed/", "/sign-in/"):
        other = visitor.get(address)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"] and other["X-Frame-Options"] == "DENY"


def test_how_to_put_it_on_a_site(visitor):
    html = visitor.get("/opportunities/embed/", {"council": "Ashfield"}).content.decode()
    assert '&lt;iframe src="http://testserver/embed/opportunities/?council=Ashfield"' in html
    for address in re.findall(r'http://testserver(/[^"&]+council=Ashfield)', html):
        assert visitor.get(address).status_code == 200
    unknown = visitor.get("/opportunities/embed/", {"council": '"><script>'}).content.decode()
    assert "We do not know this council" in unknown and '"><script>' not in unknown


# --- search engines ---------------------------------------------------------------------------------------------------


def open_to_all(**more) -> Opportunity:
    values = {"kind_code": "guaranteed-interview", "search_engines": True, **more}
    return make.published(**values)


def test_the_sitemap_has_what_may_be_found_and_nothing_else(visitor):
    found = open_to_all()
    hidden = [make.published(), make.published(search_engines=True), open_to_all(search_engines=False)]
    over = open_to_all()
    Opportunity.objects.filter(pk=over.pk).update(live=False)
    root = ElementTree.fromstring(visitor.get("/sitemap.xml").content)
    places = [loc.text for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert f"http://testserver/opportunities/{found.public_id}/" in places
    assert not [row for row in [*hidden, over] for place in places if str(row.public_id) in place]
    for place in places:
        answer = visitor.get(place.removeprefix("http://testserver"))
        assert answer.status_code == 200 and b"noindex" not in answer.content, place


def test_robots_are_told_of_the_sitemap(visitor):
    text = visitor.get("/robots.txt").content.decode()
    assert text.startswith("User-agent: *\n") and "Sitemap: http://testserver/sitemap.xml" in text


def posting_of(client, row) -> dict | None:
    html = client.get(f"/opportunities/{row.public_id}/").content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(blocks) == html.count("ld+json")
    return json.loads(blocks[0]) if blocks else None


@pytest.mark.parametrize(
    "more", [{}, {"remote": True}, {"pay_pence": 1450, "hours_a_week": 37}, {"hours_a_week": None}]
)
def test_a_posting_holds_what_search_engines_ask_for(visitor, more):
    row = open_to_all(**more)
    found = posting_of(visitor, row)
    assert found is not None and feed_rules.job_posting(found) == []
    assert found["title"] == row.title and found["hiringOrganization"]["name"] == row.employer.name
    assert ("TELECOMMUTE" in found.values()) is bool(more.get("remote"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("@type", "Job"), ("title", ""), ("description", ""), ("datePosted", "today"), ("validThrough", "soon"),
        ("employmentType", "full"), ("hiringOrganization", {}), ("jobLocation", {}), ("baseSalary", {"value": 9}),
    ],
)  # fmt: skip
def test_a_fault_planted_in_a_posting_is_found(visitor, name, value):
    found = posting_of(visitor, open_to_all())
    assert feed_rules.job_posting({**found, name: value}) != []


def test_no_words_end_the_block_early(visitor):
    row = open_to_all(title="</script><script>alert(1)</script>", summary="<!-- </script> & <b>")
    found = posting_of(visitor, row)
    assert found["title"] == row.title and "&lt;b&gt;" in found["description"]
    assert b"<script>alert" not in visitor.get(f"/opportunities/{row.public_id}/").content


@pytest.mark.parametrize(
    "more", [{"search_engines": False}, {"kind_code": "ringfenced-job"}, {"kind_code": "work-trial"}]
)
def test_all_else_is_kept_from_search_engines(visitor, more):
    row = open_to_all(**more)
    html = visitor.get(f"/opportunities/{row.public_id}/").content
    assert b'<meta name="robots" content="noindex">' in html and posting_of(visitor, row) is None


def test_previews_of_links_never_name_it(visitor):
    for row in (make.published(title="Secret title"), open_to_all(title="Secret title")):
        html = visitor.get(f"/opportunities/{row.public_id}/").content.decode()
        told = re.findall(r'<meta property="og:\w+" content="([^"]*)"', html)
        assert told[0] == "An opportunity" and len(told) == 2
        assert not [words for words in told if "Secret" in words or row.employer.name in words]
