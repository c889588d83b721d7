"""Every rule that refuses, at its boundary."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.formats import date_format

from core import clock
from opportunities import services, wording
from opportunities.law import Figures
from opportunities.models import Opportunity
from opportunities.pay import Floors, bands, pounds, pounds_a_week
from opportunities.refusals import Law, Refused, advice, refusals
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db

BEFORE, AFTER = dt.date(2026, 3, 31), dt.date(2026, 4, 1)
TODAY = dt.date(2026, 11, 25)  # any day will do


def codes(row: Opportunity, today: dt.date | None = None) -> list[str]:
    law = Law(Floors.load(), Figures.load(), today or clock.today())
    return [refusal.code for refusal in refusals(row, law)]


def test_a_complete_draft_of_a_checked_business_meets_no_refusal():
    assert codes(make.draft()) == []


NIGHTS = 8
TABLE = [
    ("title", {"title": " "}),
    ("summary", {"summary": ""}),
    ("category", {"category": None}),
    ("place", {"easting": None, "northing": None}),
    ("hours", {"hours_a_week": None}),
    ("pay", {"pay_pence": None}),
    ("pay_below_floor", {"pay_pence": 1084, "starts_on": dt.date(2027, 1, 11)}),
    ("start_past", {"starts_on": dt.date(2020, 1, 1)}),
    ("closing_past", {"closes_on": dt.date(2020, 1, 1)}),
    ("young_nights", {"min_age": 17, "hours_mask": NIGHTS, "hours_a_week": Decimal(10)}),
    ("young_long_week", {"min_age": 17, "hours_a_week": Decimal("40.1"), "training_beside": "College"}),
    ("young_training", {"min_age": 17, "hours_a_week": Decimal(20)}),
    ("review", {"summary": "Ring me on 07700 900123"}),
    ("review", {"summary": "Write to jo@kitchen.example"}),
    ("review", {"summary": "You are paid cash  in hand"}),
    ("review", {"training_beside": "Ask on WhatsApp"}),
]


@pytest.mark.parametrize(("code", "values"), TABLE)
def test_one_thing_wrong_is_refused_by_its_own_sentence(code, values):
    row = make.draft(**values)
    assert codes(row) == [code]
    assert all(refusal.sentence and refusal.who for refusal in refusals(row))


ALLOWED = [
    {"pay_pence": 1085, "starts_on": dt.date(2027, 1, 11)},
    {"min_age": 18, "hours_mask": NIGHTS},
    {"min_age": 17, "hours_a_week": Decimal("19.5")},
    {"min_age": 17, "hours_a_week": Decimal(40), "training_beside": "West Notts College"},
    {"remote": True, "easting": None, "northing": None},
    {"summary": "You live in Mansfield or near it. It pays £12.71 an hour and runs from 2026 to 2027."},
]


@pytest.mark.parametrize("values", ALLOWED)
def test_the_other_side_of_each_boundary_is_not_refused(values):
    assert codes(make.draft(**values)) == []


FLOORS = [
    # band by age and kind, 31 March 2026, 1 April 2026
    ("ringfenced-job", 21, 1221, 1271),
    ("ringfenced-job", 20, 1000, 1085),
    ("ringfenced-job", 18, 1000, 1085),
    ("ringfenced-job", 17, 755, 800),
    ("ringfenced-job", 16, 755, 800),
    ("apprenticeship", 16, 755, 800),
    ("apprenticeship", 25, 755, 800),
    ("foundation-apprenticeship", 21, 755, 800),
]


@pytest.mark.parametrize(("kind", "age", "before", "after"), FLOORS)
def test_the_floor_is_the_lowest_the_ages_admit_on_the_start_date(kind, age, before, after):
    row = make.draft(kind_code=kind, min_age=age, training_beside="West Notts College")
    for day, floor in ((BEFORE, before), (AFTER, after)):
        row.starts_on = day
        row.pay_pence = floor
        assert codes(row, today=BEFORE) == []
        row.pay_pence = floor - 1
        assert codes(row, today=BEFORE) == ["pay_below_floor"]


def test_without_a_start_the_floor_is_todays():
    row = make.draft(min_age=21, pay_pence=1221)
    assert codes(row, today=BEFORE) == []
    assert codes(row, today=AFTER) == ["pay_below_floor"]


def test_the_sentence_names_the_floor_and_from_when():
    row = make.draft(min_age=21, pay_pence=1270, starts_on=dt.date(2027, 1, 11))
    sentence = refusals(row)[0].sentence
    assert "£12.71" in sentence and date_format(AFTER, "j F Y") in sentence and "£12.70" in sentence


def test_postgresql_and_python_agree_on_every_floor():
    floors = Floors.load()
    days = [dt.date(2024, 6, 1), dt.date(2025, 4, 1), BEFORE, AFTER, dt.date(2030, 1, 1)]
    with connection.cursor() as cursor:
        for kind in ("ringfenced-job", "apprenticeship", "work-trial"):
            for age in range(16, 26):
                for day in days:
                    cursor.execute("SELECT lowest_pay_floor(%s, %s, %s)", [kind, age, day])
                    assert cursor.fetchone()[0] == floors.lowest(kind=kind, min_age=age, day=day).pence
    assert {row.band for row in floors.rows} >= set(bands())


def test_pay_reads_as_people_say_it():
    assert pounds(1271) == "£12.71" and pounds(1200) == "£12.00"
    assert pounds_a_week(1271, Decimal(30)) == "£381" and pounds_a_week(1271, Decimal("37.5")) == "£477"


# --- unpaid -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "reason", "charity", "expected"),
    [
        ("volunteering", "volunteer", True, []),
        ("volunteering", "volunteer", False, ["volunteering_business"]),
        ("volunteering", None, True, ["pay"]),
        ("work-experience", "watching", False, []),
        ("work-experience", "course-placement", False, []),
        ("work-experience", None, False, ["pay"]),
        ("work-trial", "volunteer", True, ["unpaid_reason"]),
        ("ringfenced-job", "watching", False, ["unpaid_reason"]),
        ("apprenticeship", "government-scheme", False, ["unpaid_reason"]),
        ("site-visit", None, False, []),
        ("mentoring", None, False, []),
        ("skills-course", None, False, []),
    ],
)
def test_unpaid_needs_a_lawful_reason_for_its_kind(kind, reason, charity, expected):
    business = make.employer(charity_or_public=charity)
    short = {} if kind == "apprenticeship" else {"lasts": 1, "lasts_unit": "days"}
    lawful = make.reason(reason) if reason else None
    row = make.draft(business, kind_code=kind, pay_pence=None, unpaid_reason=lawful, **short)
    assert codes(row) == expected


# --- the business -----------------------------------------------------------------------------------------------------


def test_a_business_nobody_called_back_is_refused_and_says_who_is_next():
    row = make.draft(make.employer(state="unchecked", weight=None))
    (refusal,) = refusals(row)
    assert refusal.code == "employer_unchecked" and refusal.who


@pytest.mark.parametrize(("state", "code"), [("called_back", "employer_unchecked"), ("stopped", "employer_stopped")])
def test_a_business_in_another_state_is_refused(state, code):
    assert codes(make.draft(make.employer(state=state, weight=None))) == [code]


def test_a_check_holds_until_its_last_day():
    row = make.draft()
    until = row.employer.checked_until
    row.starts_on = until + dt.timedelta(days=5)
    assert codes(row, today=until) == []
    assert codes(row, today=until + dt.timedelta(days=1)) == ["employer_check_old"]


@pytest.mark.parametrize(
    ("kind", "age", "weight", "expected"),
    [
        ("ringfenced-job", 18, "standard", []),
        ("ringfenced-job", 18, "light", ["employer_check_light"]),
        ("ringfenced-job", 17, "standard", ["employer_check_light"]),
        ("mentoring", 18, "standard", ["employer_check_light"]),
        ("site-visit", 16, "light", []),
    ],
)
def test_the_check_has_to_be_heavy_enough(kind, age, weight, expected):
    row = make.draft(make.employer(weight=weight), kind_code=kind, min_age=age, hours_a_week=Decimal(10))
    assert codes(row) == expected


@pytest.mark.parametrize(
    ("kind", "age", "weight", "sentence"),
    [
        ("ringfenced-job", 18, "light", "This needs a standard check of the business. The one it passed was lighter."),
        ("mentoring", 18, "standard", "This needs a full check of the business. The one it passed was lighter."),
        ("mentoring", 17, "standard", "This needs a full check of the business. The one it passed was lighter."),
        (
            "ringfenced-job",
            17,
            "standard",
            "16 and 17 year olds may come, so this needs a full check of the business. The one it passed was lighter."
            " Check it again, or make the youngest age 18.",
        ),
    ],
)
def test_a_check_that_is_too_light_is_told_with_what_would_help(kind, age, weight, sentence):
    """A higher age is offered only where it would do."""
    row = make.draft(make.employer(weight=weight), kind_code=kind, min_age=age, hours_a_week=Decimal(10))
    (refusal,) = refusals(row)
    assert refusal.sentence == sentence and refusal.who


def test_an_apprenticeship_without_a_provider_is_allowed_and_said():
    row = make.draft(kind_code="apprenticeship")
    assert codes(row) == [] and len(advice(row)) == 1
    row.training_beside = "West Notts College"
    assert advice(row) == []


def test_a_pledge_from_nowhere_has_to_be_taken_on():
    assert codes(make.draft(pledge=make.pledge(partnership=None))) == ["partnership"]


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["07700900123", "+44 7700 900 123", "(01632) 960 123", "a.b@c.example", "https://x.example", "www.x.example"],
)
def test_contact_details_are_found(words):
    assert wording.contact_details(f"Call {words} now")


def test_no_invisible_sign_hides_contact_details_or_a_phrase():
    assert wording.contact_details("Ring 0770\u200b0 90\u200b0123") == ["07700 900123"]
    assert wording.contact_details("ann\u2060@\u2060home.example") == ["ann@home.example"]
    assert wording.risky_phrases("Cash\u200b in\u00a0hand") == ["cash in hand"]


@pytest.mark.parametrize(
    "words", ["£12.71 an hour", "from 9 to 5", "on 7 12 2027", "37.5 hours", "@ the mill", "2026-2027", "level 2"]
)
def test_ordinary_figures_are_no_contact_details(words):
    assert not wording.contact_details(words) and not wording.risky_phrases(words)


# --- the same in the database -----------------------------------------------------------------------------------------


def force(row: Opportunity, **values) -> None:
    """Past the services: what somebody with a shell would do."""
    with transaction.atomic():
        Opportunity.objects.filter(pk=row.pk).update(**values)


def forced_values() -> dict:
    today = clock.today()
    first, second = factories.user(), factories.user()
    dates = {"submitted_on": today, "approved_on": today, "opened_on": today}
    return {"state": "published", "submitted_by": first, "approved_by": second, **dates}


def test_forcing_a_lawful_row_is_possible_so_the_refusals_below_are_the_rules_doing():
    row = make.draft()
    force(row, **forced_values())
    row.refresh_from_db()
    assert row.state == "published"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("opportunity_pay_floor", {"pay_pence": 1084}),
        ("opportunity_unpaid_for_a_reason", {"pay_pence": None}),
        ("opportunity_no_nights_under_18", {"min_age": 16, "hours_mask": 9, "risk_assessment_on": TODAY}),
        ("opportunity_has_a_place", {"easting": None}),
        ("opportunity_has_a_category", {"category": None}),
        ("opportunity_published_by_two", {"approved_by": None}),
    ],
)
def test_planted_unlawful_publication_is_stopped_by_postgresql(name, values):
    row = make.draft()
    with pytest.raises(IntegrityError) as caught:
        force(row, **{**forced_values(), **values})
    assert caught.value.__cause__.diag.constraint_name == name


def test_planted_same_person_twice_is_stopped_by_postgresql():
    row, one = make.draft(), factories.user()
    with pytest.raises(IntegrityError) as caught:
        force(row, **{**forced_values(), "submitted_by": one, "approved_by": one})
    assert caught.value.__cause__.diag.constraint_name == "opportunity_published_by_two"


@pytest.mark.parametrize("weight", [None, "light"])
def test_planted_publication_of_a_business_without_the_right_check_is_stopped_by_postgresql(weight):
    row = make.draft(make.employer(state="checked" if weight else "unchecked", weight=weight))
    with pytest.raises(IntegrityError) as caught:
        force(row, **forced_values())
    assert caught.value.__cause__.diag.constraint_name == "opportunity_employer_checked"


def test_planted_pay_cut_of_something_published_is_stopped_by_postgresql():
    row = make.published()
    with pytest.raises(IntegrityError) as caught:
        force(row, pay_pence=900, version=2)
    assert caught.value.__cause__.diag.constraint_name == "opportunity_pay_floor"


def test_planted_silent_change_of_something_published_is_stopped_by_postgresql():
    row = make.published()
    with pytest.raises(IntegrityError) as caught:
        force(row, summary="Something else altogether")
    assert caught.value.__cause__.diag.constraint_name == "opportunity_change_is_counted"


def test_the_services_refuse_with_all_the_reasons_at_once():
    row = make.draft(title="", pay_pence=900)
    with make.acting(factories.user()) as officer, pytest.raises(Refused) as caught:
        services.submit(opportunity=row, by=officer, role="coordinator")
    assert [refusal.code for refusal in caught.value.refusals] == ["title", "pay_below_floor"]
