"""The page of one opportunity: what it says, to whom, and its easy words."""

import datetime as dt

import pytest

from core import clock
from opportunities import badges, beside, easy, shown
from opportunities.models import Entitlement, Opportunity, SearchRow
from opportunities.plain_english import reading_age
from tests.opportunities import factories as make
from tests.opportunities.test_pages import LIST, queries, words

pytestmark = pytest.mark.django_db
TIMES = {"day_starts": dt.time(9), "day_ends": dt.time(17, 30)}


@pytest.fixture
def visitor(sign_in):
    return sign_in()


@pytest.mark.parametrize(
    ("age", "band"),
    [("16", "16-17"), ("17", "16-17"), ("18", "18-20"), ("20", "18-20"), ("21", "21-25"), ("25", "21-25")],
)
def test_an_age_becomes_its_band_and_no_address_keeps_it(visitor, age, band):
    answer = visitor.get(LIST, {"age": age, "q": "kitchen"})
    assert answer.status_code == 302 and answer["Location"] == f"{LIST}?q=kitchen&age={band}"


@pytest.mark.parametrize("age", ["15", "26", "160", "-17", "seventeen", "16-25", "\x00", "²"])
def test_what_is_no_age_filters_nothing(visitor, age):
    make.published(title="For 21 and over", min_age=21)
    assert "For 21 and over" in words(visitor.get(LIST, {"age": age}))


def test_what_is_for_older_people_is_not_shown_but_counted(visitor):
    for age in (17, 18, 18, 21, 22):
        make.published(title=f"From {age}", min_age=age, training_beside="A course" if age < 18 else "")
    text = words(visitor.get(LIST, {"age": "16-17"}))
    assert "Nothing fits yet" in text and "3 more from the age of 18, 1 more from the age of 21, 1 more from" in text
    text = words(visitor.get(LIST, {"age": "18-20"}))
    assert "From 18" in text and "From 21" not in text and "1 more from the age of 21" in text


def test_badges_and_starts_are_chips_that_come_off_and_visits_are_offered(visitor):
    make.published(title="Paid every week", paid_weekly=True)
    make.published(title="Come and see", kind_code="site-visit", hours_a_week=None, pay_pence=None)
    html = visitor.get(LIST, {"badge": "paid-weekly", "start": "1"}).content.decode()
    assert "Paid every week" in html and "Come and see" not in html and "Paid weekly (1)" in html
    assert 'href="?badge=paid-weekly"' in html and 'href="?start=1"' in html and "<details open>" in html
    empty = visitor.get(LIST, {"badge": ["paid-weekly", "meet-first"], "age": "18-20"}).content.decode()
    assert "Start with a visit: 1 there" in empty and "ask your adviser" in empty
    address = 'href="?kind=site-visit&amp;kind=mock-interview&amp;age=18-20"'
    assert address in empty
    assert "Come and see" in words(visitor.get(LIST + address[6:-1].replace("&amp;", "&")))


@pytest.mark.parametrize("badge", ["nothing", "\x00", "a" * 999, "PAID"])
def test_what_is_no_badge_filters_nothing(visitor, badge):
    make.published(title="Kitchen porter")
    assert "Kitchen porter" in words(visitor.get(LIST, {"badge": badge, "start": badge}))


def text_of(visitor, row: Opportunity, query: str = "") -> str:
    answer = visitor.get(f"{LIST}{row.public_id}/{query}")
    assert answer.status_code == 200
    return words(answer)


def test_all_that_is_offered_is_said(visitor):
    row = make.published(
        bring="Comfortable shoes.", not_needed="A knife of your own", lasts=6, lasts_unit="months", paid_weekly=True,
        meet_first=True, named_contact=True, guaranteed_interview=True, support_mask=0b101,
    )  # fmt: skip
    text = text_of(visitor, row)
    for sentence in (
        "Comfortable shoes.", "Experience", "Exam results", "A knife of your own", "Lasts 6 months",
        "They pay you every week", "You can meet them before you say yes", "One person is there for you",
        "They promise you an interview", "You can get in without steps", "You can ask for other hours or breaks",
        "The insurance of the business asks for this age", "Interview promised", "One person to turn to",
    ):  # fmt: skip
        assert sentence in text, sentence


def test_times_of_day_are_for_people_who_are_signed_in_or_for_what_is_open_to_all(visitor, sign_in):
    kept = make.published(**TIMES)
    assert "9 am" not in text_of(visitor, kept) and "9 am" not in text_of(visitor, kept, "?view=easy")
    adviser = sign_in("adviser")
    assert "9 am to 5:30 pm. Days" in words(adviser.get(f"{LIST}{kept.public_id}/"))
    reader = shown.VISITOR
    assert shown.shows_shifts(make.published(kind_code="guaranteed-interview"), reader)
    assert not shown.shows_shifts(kept, reader)


@pytest.mark.parametrize(
    ("time", "said"),
    [((0, 0), "midnight"), ((0, 5), "12:05 am"), ((11, 59), "11:59 am"), ((12, 0), "12 noon"), ((12, 30), "12:30 pm")],
)
def test_times_are_said_as_people_say_them(time, said):
    row = Opportunity(day_starts=dt.time(*time), day_ends=dt.time(13))
    assert shown.day_hours(row) == f"{said} to 1 pm"


def test_an_early_start_is_said_to_all_without_its_time(visitor):
    for time, early in ((dt.time(5, 59), True), (dt.time(6), False)):
        text = text_of(visitor, make.published(day_starts=time, day_ends=dt.time(14)))
        assert ("It starts before 6 in the morning" in text) is early
        assert "5:59" not in text


def test_what_is_due_by_law_is_dated_and_only_for_the_young_person(visitor):
    today = clock.today()
    values = {"goes_to": "young_person", "kinds": ["apprenticeship"], "source": "The rules", "valid_from": today}
    days = {"in force": {}, "over": {"valid_from": today - dt.timedelta(days=9), "valid_to": today - dt.timedelta(1)}}
    days |= {"not yet": {"valid_from": today + dt.timedelta(days=1)}, "last day": {"valid_to": today}}
    days |= {"of the business": {"goes_to": "employer"}, "of another kind": {"kinds": ["mentoring"]}}
    for number, (name, more) in enumerate(days.items()):
        Entitlement.objects.create(code=f"planted-{number}", words=f"Planted: {name}.", **{**values, **more})
    text = text_of(visitor, make.published(kind_code="apprenticeship"))
    shown_words = {name for name in days if f"Planted: {name}." in text}
    assert shown_words == {"in force", "last day"}
    assert "check before you rely on it" in text and "The rules" in text
    assert "£3,000" in text and "Planted" not in text_of(visitor, make.published())


def test_the_businesss_own_way_is_a_link_with_its_day_and_words(visitor):
    day = clock.today() + dt.timedelta(days=20)
    link = "https://jobs.example/apply?id=7"
    row = make.published(kind_code="guaranteed-interview", go_by="own", own_link=link, own_words="First Rung promise",
                         closes_on=day)  # fmt: skip
    html = visitor.get(f"{LIST}{row.public_id}/").content.decode()
    assert f'<a href="{link}" rel="noopener noreferrer">Go to jobs.example</a> Do it by ' in html
    text = text_of(visitor, row)
    assert "“First Rung promise”. Who writes them is promised an interview." in text
    assert "Tell your personal adviser" in text and "Nothing goes to the business" not in text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://files.example/", "data:text/html,x"])
def test_only_a_web_address_is_a_link(link):
    assert shown.own_way(Opportunity(go_by="own", own_link=link), clock.today(), {}) is None
    assert shown.own_way(Opportunity(go_by="own", own_link="https://a.example/"), clock.today(), {})
    assert shown.own_way(Opportunity(go_by="us", own_link="https://a.example/"), clock.today(), {}) is None


def test_chips_and_filters_say_the_same(visitor):
    row = make.published(paid_weekly=True, no_experience=False, meet_first=True, pay_pence=5000)
    drafted = make.draft(paid_weekly=True, no_experience=False, meet_first=True, pay_pence=5000)
    assert beside.mask(drafted) == beside.mask(row) == SearchRow.objects.get(pk=row.pk).badges
    assert shown.chips(row, {}) == ["No qualifications needed", "Paid weekly", "Meet them first", "Real Living Wage"]
    assert shown.chips(row, {}, 3) == shown.chips(row, {})[:3]
    assert set(shown.BEST_FIRST) == {badge.code for badge in badges.BADGES if badge.chip}


def test_similar_ones_are_the_nearest_open_ones_of_the_same_kind_or_work(visitor):
    east, _north = make.MANSFIELD
    row = make.published(title="This one")
    placed = {"near": 1_000, "next": 2_000, "third": 3_000, "fourth": 4_000}
    made = {name: make.published(title=f"The {name}", easting=east + metres) for name, metres in placed.items()}
    make.published(title="The other sort", kind_code="site-visit", category=make.category("transport"), pay_pence=None,
                   hours_a_week=None)  # fmt: skip
    make.published(title="From home", remote=True)
    assert [one.title for one in beside.similar(row, Opportunity.objects.all())] == [
        "The near",
        "The next",
        "The third",
    ]
    SearchRow.objects.filter(pk=made["near"].pk).update(closes_on=clock.today() - dt.timedelta(days=1))
    SearchRow.objects.filter(pk=made["third"].pk).update(live=False)
    assert [one.title for one in beside.similar(row, Opportunity.objects.all())] == ["The next", "The fourth"]
    text = text_of(visitor, row)
    assert "More like this" in text and "The fourth" in text and "mile" not in text.split("More like this")[1]
    assert "More like this" not in text_of(visitor, make.published(remote=True, category=make.category("transport"),
                                           kind_code="mentoring", pay_pence=None, hours_a_week=None))  # fmt: skip


def test_the_page_asks_as_often_however_many_are_alike(visitor):
    row = make.published()
    few = queries(visitor, f"{LIST}{row.public_id}/")
    for _number in range(4):
        make.published()
    assert len(queries(visitor, f"{LIST}{row.public_id}/")) == len(few) <= 6


def test_the_easy_words_read_at_nine_and_say_what_matters(visitor):
    row = make.published(
        summary="You help in the kitchen. You wash pots, and you learn to cook.", travel_paid=True, lasts=6,
        starts_on=clock.today() + dt.timedelta(days=40), closes_on=clock.today() + dt.timedelta(days=20),
        named_contact=True, day_starts=dt.time(5), day_ends=dt.time(13),
    )  # fmt: skip
    text = text_of(visitor, row, "?view=easy")
    for sentence in ("You get £420 a week.", "It is 30 hours a week.", "It is in Mansfield.", "It starts on",
                     "Go for it by", "You wash pots, and you learn to cook.", "They pay for your travel.",
                     "Show this page to your adviser."):  # fmt: skip
        assert sentence in text, sentence
    said = [sentence for part in easy.lines(row, clock.today(), {}).values() for _icon, sentence in part]
    assert reading_age("\n".join(said)) <= 9, said
    assert "noindex" in visitor.get(f"{LIST}{row.public_id}/?view=easy").content.decode()
    Opportunity.objects.filter(pk=row.pk).update(state="closed", live=False)
    assert visitor.get(f"{LIST}{row.public_id}/?view=easy").status_code == 410


def test_hard_words_are_above_nine():
    assert (
        reading_age("Remuneration is commensurate with experience. Applicants demonstrate considerable initiative.") > 9
    )
