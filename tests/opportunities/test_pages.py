"""The public pages: what they show, how they answer bad input, and what they cost."""

import datetime as dt
import re
import uuid
from decimal import Decimal

import brotli
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Council
from core import clock
from core.models import PostcodeSector
from opportunities import places, services
from opportunities.models import Opportunity, SearchRow
from opportunities.search import PAGE
from pledges.models import Category, PledgeKind
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
LIST = "/opportunities/"
# Not the page's own: the scope of the request's transaction, and savepoints.
FRAME = ("SELECT set_config", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@pytest.fixture
def visitor(sign_in):
    return sign_in()


def words(answer) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def queries(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in caught if not query["sql"].strip().startswith(FRAME)]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_anybody_sees_what_is_open_and_nothing_else(visitor):
    make.published(title="Kitchen porter", pay_pence=1271, hours_a_week=Decimal(30))
    make.draft(title="A draft")
    make.submitted(title="A submitted one")
    text = words(visitor.get(LIST))
    assert "Kitchen porter" in text and "£381 a week for 30 hours" in text and "1 thing open now" in text
    assert "A draft" not in text and "A submitted one" not in text


def test_a_closing_day_that_passed_hides_it_before_the_nightly_job(visitor):
    row = make.published(title="Kitchen porter")
    yesterday = clock.today() - dt.timedelta(days=1)
    Opportunity.objects.filter(pk=row.pk).update(closes_on=yesterday)
    SearchRow.objects.filter(pk=row.pk).update(closes_on=yesterday)
    assert "Kitchen porter" not in words(visitor.get(LIST))
    assert visitor.get(f"{LIST}{row.public_id}/").status_code == 410


def test_place_and_distance(visitor):
    sector = PostcodeSector.objects.filter(code__contains=" ").order_by("code").first()
    row = make.published(
        title="Kitchen porter", easting=sector.easting + 3 * 1609, northing=sector.northing, town="Mansfield"
    )
    near = visitor.get(LIST, {"place": sector.code, "miles": "5"})
    assert row.title in words(near) and "Mansfield, 3 miles" in words(near) and "1 thing near there" in words(near)
    assert row.title not in words(visitor.get(LIST, {"place": sector.code, "miles": "2"}))
    assert "1 thing, nearest first" in words(visitor.get(LIST, {"place": sector.code}))


def test_an_empty_page_offers_what_is_further_away(visitor):
    sector = PostcodeSector.objects.filter(code__contains=" ").order_by("code").first()
    make.published(easting=sector.easting + 8 * 1609, northing=sector.northing)
    make.published(remote=True)
    answer = visitor.get(LIST, {"place": sector.code, "miles": "2"})
    text = words(answer)
    assert "Nothing fits yet" in text and "1 within 10 miles" in text and "1 you can do from home" in text
    assert 'miles=10"' in answer.content.decode()


def test_an_empty_page_asks_what_was_meant_where_something_is_open(visitor):
    make.published(title="Trainee joiner", category=make.category("construction-and-trades"))
    text = words(visitor.get(LIST, {"q": "chippy"}))
    assert "Nothing fits yet" in text and "Did you mean Construction and trades? 1 there" in text
    assert "Did you mean" not in words(visitor.get(LIST, {"q": "zookeeper"}))
    address = re.search(
        r'href="([^"]*category=construction-and-trades[^"]*)"', visitor.get(LIST, {"q": "chippy"}).content.decode()
    )[1]
    assert "Trainee joiner" in words(visitor.get(LIST + address.replace("&amp;", "&")))


def test_a_councils_name_is_a_place(visitor):
    ashfield = Council.objects.get(short_name="Ashfield")
    row = make.published(title="Kitchen porter", authority=ashfield)
    for name in ("ashfield", "Nottinghamshire", "Ashfield District Council"):
        assert row.title in words(visitor.get(LIST, {"place": name}))
    assert row.title not in words(visitor.get(LIST, {"place": "Mansfield"}))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Ashfield", "To look up to 5 miles away, enter a postcode. Now you see all that is in Ashfield."),
        ("", "To look up to 5 miles away, enter a postcode, like NG18 1AB"),
    ],
)
def test_a_distance_without_a_postcode_is_never_dropped_in_silence(visitor, place, said):
    row = make.published(title="Kitchen porter", authority=Council.objects.get(short_name="Ashfield"))
    asked = {"place": place, "miles": "5"}
    text = words(visitor.get(LIST, asked))
    assert said in text and row.title in text
    answer = visitor.get("/api/v1/opportunities/", asked)
    assert answer.status_code == 400 and answer.json()["problems"]["miles"] == [said]


def test_a_place_that_nobody_knows_is_the_only_thing_said_of_it(visitor):
    text = words(visitor.get(LIST, {"place": "Atlantis", "miles": "5"}))
    assert "We do not know this place" in text and "To look up to" not in text


def test_filters_are_in_the_address_and_can_be_taken_off(visitor):
    make.published(title="Kitchen porter")
    make.published(title="A visit", kind_code="site-visit", hours_a_week=None, pay_pence=None)
    answer = visitor.get(LIST, {"kind": "site-visit", "q": "visit", "sort": "newest"})
    text = words(answer)
    assert "A visit" in text and "Kitchen porter" not in text
    html = answer.content.decode()
    assert 'href="?kind=site-visit&amp;sort=newest"' in html and 'href="?q=visit&amp;sort=newest"' in html


def test_several_categories_in_an_address_are_all_kept(visitor):
    make.published(title="Kitchen porter")
    make.published(title="Bus driver", category=make.category("transport"))
    make.published(title="Zoo keeper", category=make.category("animal-care"))
    text = words(visitor.get(LIST, {"category": ["transport", "animal-care"]}))
    assert "Bus driver" in text and "Zoo keeper" in text and "Kitchen porter" not in text
    assert "Transport" in text and "2 things open now" in text


def test_from_home_has_its_own_tab(visitor):
    make.published(title="Kitchen porter")
    make.published(title="Phone helper", remote=True)
    here, home = words(visitor.get(LIST)), words(visitor.get(LIST, {"remote": "1"}))
    assert "Kitchen porter" in here and "Phone helper" not in here
    assert "Phone helper" in home and "Kitchen porter" not in home


def test_the_audience_is_not_written_on_a_list_or_a_page(visitor):
    row = make.published(town="Mansfield", sector="NG18 1", hours_mask=3)
    for answer in (visitor.get(LIST), visitor.get(f"{LIST}{row.public_id}/")):
        text = words(answer).split("Sign in")[1].split("This service is run")[0].lower().replace("ng18 1ab", "")
        for secret in ("care leaver", "ringfenced", "ng18 1", "evenings"):
            assert secret not in text, secret


NASTY = [
    {"place": "ZZ99 9ZZ"}, {"place": "Atlantis"}, {"place": "\x00"}, {"place": "🙂"}, {"place": "x" * 5000},
    {"miles": "-1", "place": "NG18 1AB"}, {"miles": "9" * 40}, {"miles": "two"}, {"page": "999"}, {"page": "-1"},
    {"page": "0"}, {"page": "1e9"}, {"page": "9" * 500}, {"page": "²"}, {"page": "\x00"}, {"sort": "'; DROP"},
    {"kind": "nothing"}, {"kind": ["\x00", "'", "a" * 999]}, {"kind": ["site-visit"] * 300}, {"category": "{{ x }}"},
    {"q": "\x00\x00"}, {"q": "‮ &<>\"'"}, {"q": "%' OR 1=1 --"}, {"q": "a" * 9000}, {"remote": "yes"},
    {"remote": "\x00"},
    {"nobody": "knows"}, {"q": "- | & ! ( : * <->"},
]  # fmt: skip


@pytest.mark.parametrize("values", NASTY)
@pytest.mark.parametrize("address", [LIST, "/api/v1/opportunities/"])
def test_bad_input_is_answered_kindly(visitor, address, values):
    make.published()
    answer = visitor.get(address, values)
    assert answer.status_code == 200 or (address.startswith("/api") and answer.status_code == 400)


def test_what_was_typed_wrong_is_said_beside_its_field_and_filters_nothing(visitor):
    make.published(title="Kitchen porter")
    text = words(visitor.get(LIST, {"place": "Atlantis"}))
    assert "We do not know this place" in text and "Kitchen porter" in text


def test_a_page_past_the_end_is_the_last_page(visitor):
    rows = [make.published(title=f"Number {number}") for number in range(21)]
    assert f"{rows[0].title}<" in visitor.get(LIST, {"page": "999"}).content.decode()


def test_what_people_typed_is_escaped(visitor):
    make.published(title="<b>Bold</b>", summary="<script>alert(1)</script>")
    html = visitor.get(LIST, {"q": "<script>x"}).content.decode() + visitor.get(LIST).content.decode()
    assert "<b>Bold" not in html and "<script>alert" not in html and "<script>x" not in html


# --- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        LIST,
        f"{LIST}?place=NG18+1&miles=40",
        f"{LIST}?place=Mansfield&q=kitchen&page=2",
        f"{LIST}?place=ZZ99+9ZZ&page=999",
        f"{LIST}?place=NG18+1ZZ",
        f"{LIST}?place=Mansfield",
        f"{LIST}?place=Mansfield&q=zzz",
        f"{LIST}?place=NG18+1ZZ&miles=2&q=zzz",
    ],
)
def test_the_list_asks_at_most_four_times_however_many_rows(visitor, address):
    one = make.employer()
    make.published(one)
    few = queries(visitor, address)
    for _number in range(24):
        make.published(one, authority=Council.objects.get(short_name="Mansfield"))
    many = queries(visitor, address)
    most = 6 if "q=" in address else 4  # two more to ask what was meant, where words found nothing
    assert len(few) <= most and len(many) <= most, many
    assert [query[:40] for query in queries(visitor, address)] == [query[:40] for query in many]


def test_a_full_page_is_small(visitor):
    summary = "You learn to cook with a small, friendly team, and there is a hot meal every shift. " * 9
    kinds = sorted(PledgeKind.objects.filter(becomes="places", weight="standard").values_list("code", flat=True))
    business = make.employer("The Old Bank Kitchen and Tea Room", charity_or_public=True)
    for number, category in enumerate(Category.objects.order_by("code")):
        make.published(business, title=f"Kitchen team member, number {number}", summary=summary, travel_paid=True,
                       kind_code=kinds[number % len(kinds)], category=category, closes_on=clock.today())  # fmt: skip
    html = visitor.get(f"{LIST}?q=kitchen&place=NG18+1").content
    assert html.count(b'<li class="card') == PAGE and html.count(b"<option value=") > 25
    assert len(html) <= 40_000, len(html)
    with open("static/css/first-rung.css", "rb") as css, open("static/fonts/first-rung-head.woff2", "rb") as font:
        wire = len(brotli.compress(html)) + len(brotli.compress(css.read())) + len(font.read())
    assert wire <= 25_000, wire


# --- one opportunity --------------------------------------------------------------------------------------------------


def test_its_page_says_what_a_young_person_needs_to_know(visitor):
    row = make.published(pay_pence=1345, needs_mask=1, travel_paid=True, starts_on=dt.date(2027, 1, 11))
    text = words(visitor.get(f"{LIST}{row.public_id}/"))
    for sentence in (
        row.title, row.employer.name, "£404 a week", "£13.45 an hour", "real Living Wage", "30 hours a week",
        "Mansfield", "Starts 11 January", "2 places", "You are 18 or over", "full driving licence",
        "They pay for your travel", "Talk to your personal adviser, or show them this page",
    ):  # fmt: skip
        assert sentence in text, sentence


def test_the_living_wage_at_any_age_is_said_from_a_penny(visitor):
    for pence, said in ((1270, False), (1271, True)):
        row = make.published(pay_pence=pence, starts_on=dt.date(2027, 1, 11))
        assert ("National Living Wage at any age" in words(visitor.get(f"{LIST}{row.public_id}/"))) is said


@pytest.mark.parametrize("how", ["draft", "submitted"])
def test_what_was_never_public_is_the_same_404_as_a_random_address(visitor, how):
    row = getattr(make, how)(title="Secret title")
    answer = visitor.get(f"{LIST}{row.public_id}/")
    random = visitor.get(f"{LIST}{uuid.uuid4()}/")
    assert answer.status_code == random.status_code == 404
    assert words(answer) == words(random)


LONG_AGO = dt.date(2020, 1, 1)


def both_answers(visitor, row) -> list:
    """Of the page and of the API; neither says what it was."""
    answers = [visitor.get(f"{LIST}{row.public_id}/"), visitor.get(f"/api/v1{LIST}{row.public_id}/")]
    for answer in answers:
        assert b"Secret title" not in answer.content and row.employer.name.encode() not in answer.content
    return answers


@pytest.mark.parametrize(
    "values",
    [{"state": "closed"}, {"closes_on": LONG_AGO}, {"state": "paused", "closes_on": LONG_AGO}],
)
def test_what_is_over_answers_410_without_a_title(visitor, values):
    row = make.published(title="Secret title")
    Opportunity.objects.filter(pk=row.pk).update(live=False)
    Opportunity.objects.filter(pk=row.pk).update(**values)
    for answer in both_answers(visitor, row):
        assert answer.status_code == 410 and b"is over" in answer.content


def test_what_is_full_is_shown_until_an_officer_closes_it(visitor):
    row = make.published(title="Public title", places=1)
    with make.acting(factories.user()):
        places.hold_place(opportunity_id=row.pk)
        places.start_place(opportunity_id=row.pk)
    for address in (f"{LIST}{row.public_id}/", f"/api/v1{LIST}{row.public_id}/", LIST):
        assert b"Public title" in visitor.get(address).content
    row.refresh_from_db()
    with make.acting(factories.user()) as officer:
        services.close(opportunity=row, by=officer, role="coordinator", why="Filled", outcome="filled")
    assert [answer.status_code for answer in both_answers(visitor, row)] == [410, 410]


def test_what_may_come_back_is_not_called_over_and_is_a_404_without_a_title(visitor):
    """Paused, and a published one whose business is not checked just now, cannot be told apart."""
    pages = set()
    for values in ({"state": "paused"}, {"state": "paused", "title": "Secret title, too"}, {}):
        row = make.published(title="Secret title", **{"places": 3} if values else {})
        Opportunity.objects.filter(pk=row.pk).update(live=False, version=2, **values)
        page, api = both_answers(visitor, row)
        assert page.status_code == api.status_code == 404
        assert b"It may come back" in api.content
        pages.add(words(page))
    (text,) = pages
    assert "Not open just now" in text and "It may come back" in text and "over" not in text


@pytest.mark.parametrize("address", [f"{LIST}1/", f"{LIST}not-a-uuid/", f"{LIST}%00/", f"{LIST}{'a' * 2000}/"])
def test_an_address_of_the_wrong_shape_is_a_404(visitor, address):
    assert visitor.get(address).status_code == 404


def test_search_engines_are_kept_from_what_is_kept_for_care_leavers(visitor):
    kept = make.published()
    anybodys = make.published(kind_code="guaranteed-interview", search_engines=True)
    assert b"noindex" in visitor.get(f"{LIST}{kept.public_id}/").content
    assert b"noindex" in visitor.get(LIST).content  # it names what is kept for care leavers
    assert b"noindex" not in visitor.get(f"{LIST}{anybodys.public_id}/").content


def test_nobody_posts_here(visitor):
    row = make.published()
    assert visitor.post(LIST).status_code in (302, 404, 405)
    assert visitor.post(f"{LIST}{row.public_id}/").status_code in (302, 404, 405)
