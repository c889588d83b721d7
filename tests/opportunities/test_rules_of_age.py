"""16 and 17 year olds, youngest ages, apprenticeships and time without pay, each at its boundary."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import clock
from opportunities import badges
from opportunities.models import Opportunity
from opportunities.refusals import refusals
from opportunities.young_rules import minutes
from tests.opportunities import factories as make
from tests.opportunities.test_refusals import codes

pytestmark = pytest.mark.django_db

YOUNG = {"min_age": 16, "training_beside": "West Notts College"}
APPRENTICE = {"kind_code": "apprenticeship", "min_age": 18}
UNPAID = {"pay_pence": None}


def day(starts: str, ends: str) -> dict[str, dt.time]:
    return {"day_starts": dt.time.fromisoformat(starts), "day_ends": dt.time.fromisoformat(ends)}


def unpaid(kind: str, reason: str, **more) -> dict:
    return {"kind_code": kind, "pay_pence": None, "unpaid_reason": make.reason(reason), **more}


# (code of the refusal, one step over the boundary, the last that is allowed)
BOUNDARIES = [
    ("min_age_reason", {"min_age": 17, "min_age_reason": "", **{"training_beside": "A course"}}, YOUNG),
    ("young_risks", {**YOUNG, "risk_assessment_on": None}, YOUNG),
    ("young_risks", {**YOUNG, "risk_assessment_on": None}, {"min_age": 18}),
    ("young_nights", {**YOUNG, **day("05:59", "13:00")}, {**YOUNG, **day("06:00", "13:00")}),
    ("young_nights", {**YOUNG, **day("14:00", "22:01")}, {**YOUNG, **day("14:00", "22:00")}),
    ("young_nights", {**YOUNG, **day("20:00", "01:00")}, {"min_age": 18, **day("20:00", "01:00")}),
    ("young_long_day", {**YOUNG, **day("08:00", "17:01")}, {**YOUNG, **day("08:00", "17:00")}),
    ("training_provider", {**APPRENTICE, "provider_wanted": False}, {**APPRENTICE, "training_beside": "A college"}),
    ("length", {**APPRENTICE, "lasts": None}, APPRENTICE),
    ("apprenticeship_short", {**APPRENTICE, "lasts": 7}, {**APPRENTICE, "lasts": 8}),
    (
        "apprenticeship_short",
        {**APPRENTICE, "lasts": 34, "lasts_unit": "weeks"},
        {**APPRENTICE, "lasts": 35, "lasts_unit": "weeks"},
    ),
    ("own_link", {"go_by": "own"}, {"go_by": "own", "own_link": "https://jobs.business.example/1"}),
    (
        "own_words",
        {"guaranteed_interview": True, "go_by": "own", "own_link": "https://jobs.business.example/1"},
        {"guaranteed_interview": False, "go_by": "own", "own_link": "https://jobs.business.example/1"},
    ),
    (
        "own_words",
        {"kind_code": "guaranteed-interview", "go_by": "own", "own_link": "https://jobs.business.example/1"},
        {"kind_code": "guaranteed-interview", "go_by": "us"},
    ),
]


@pytest.mark.parametrize(("code", "over", "allowed"), BOUNDARIES)
def test_each_rule_refuses_from_its_boundary_on(code, over, allowed):
    assert codes(make.draft(**over)) == [code]
    assert codes(make.draft(**allowed)) == []
    assert all(refusal.sentence and refusal.who for refusal in refusals(make.draft(**over)))


def test_a_body_shop_fortnight_without_pay_is_refused():
    """A business that mends cars wants somebody for two weeks and pays nothing: whatever it calls it, it is work."""
    fortnight = {"min_age": 16, "lasts": 2, "lasts_unit": "weeks", "pay_pence": None}
    assert codes(make.draft(kind_code="work-experience", **fortnight)) == ["pay"]
    volunteer = {**fortnight, "unpaid_reason": make.reason("volunteer")}
    assert codes(make.draft(kind_code="work-experience", **volunteer)) == ["volunteering_business"]
    assert codes(make.draft(kind_code="work-trial", **{**fortnight, "unpaid_reason": make.reason("watching")})) == [
        "trial_unpaid"
    ]
    assert codes(make.draft(kind_code="work-experience", **{**fortnight, "pay_pence": 800})) == []


def test_a_trial_without_pay_lasts_a_day_and_a_placement_a_year():
    one_day = unpaid("work-trial", "watching", lasts=1, lasts_unit="days")
    assert codes(make.draft(**one_day)) == []
    assert codes(make.draft(**{**one_day, "lasts": 2})) == ["trial_unpaid"]
    assert codes(make.draft(**{**one_day, "lasts": None})) == ["trial_unpaid"]
    year = unpaid("paid-internship", "course-placement", lasts=52, lasts_unit="weeks")
    assert codes(make.draft(**year)) == []
    assert codes(make.draft(**{**year, "lasts": 53})) == ["placement_long"]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "refused"),
    [(0, None, None), (1, None, "from"), (-9, 0, None), (-9, -1, "until")],  # days from the day on which it starts
)
def test_a_reason_for_no_pay_has_to_be_in_force_on_the_first_day(valid_from, valid_to, refused):
    starts = clock.today() + dt.timedelta(days=30)
    first, last = (None if n is None else starts + dt.timedelta(days=n) for n in (valid_from, valid_to))
    row = make.draft(**unpaid("paid-internship", "course-placement", lasts=4, starts_on=starts))
    type(row.unpaid_reason).objects.filter(pk=row.unpaid_reason_id).update(valid_from=first, valid_to=last)
    found = refusals(Opportunity.objects.get(pk=row.pk))
    assert [one.code for one in found] == (["unpaid_reason"] if refused else [])
    assert all(f"lawful reason {refused}" in one.sentence for one in found)


def test_training_beside_is_for_eight_weeks_and_more():
    short = {"min_age": 16, "hours_a_week": 30, "lasts": 7, "lasts_unit": "weeks"}
    assert codes(make.draft(**short)) == []
    assert codes(make.draft(**{**short, "lasts": 8})) == ["young_training"]


@pytest.mark.parametrize("kind", ["work-experience", "volunteering", "work-trial", "paid-internship"])
def test_training_beside_is_asked_of_every_kind_of_work(kind):
    row = {"kind_code": kind, "min_age": 16, "hours_a_week": Decimal(20), "lasts": 8}
    assert codes(make.draft(**row)) == ["young_training"]
    assert codes(make.draft(**{**row, "hours_a_week": Decimal("19.5")})) == []


@pytest.mark.parametrize(
    ("starts", "ends", "length"),
    [("09:00", "17:00", 480), ("22:00", "06:00", 480), ("09:00", "09:00", 1440), ("09:00", "09:01", 1)],
)
def test_a_day_may_go_on_past_midnight(starts, ends, length):
    assert minutes(*(dt.time.fromisoformat(time) for time in (starts, ends))) == length


HELD = [
    ("opportunity_risk_assessment", {"min_age": 16, "training_beside": "A course"}, {"risk_assessment_on": None}),
    ("opportunity_no_night_day_under_18", YOUNG, day("05:59", "12:00")),
    ("opportunity_training_provider", APPRENTICE, {"provider_wanted": False}),
    ("opportunity_apprenticeship_length", APPRENTICE, {"lasts": 7}),
    ("opportunity_apprenticeship_length", APPRENTICE, {"lasts": None}),
    ("opportunity_min_age_for_a_reason", {"min_age": 18}, {"min_age_reason": ""}),
    ("opportunity_own_way_has_a_link", {}, {"go_by": "own"}),
    ("opportunity_day_has_both_ends", {}, {"day_starts": dt.time(9)}),
    ("opportunity_change_is_counted", {}, {"own_words": "Write CL1"}),
]


@pytest.mark.parametrize(("constraint", "published", "written"), HELD)
def test_postgresql_holds_what_is_published_to_the_same_rules(constraint, published, written):
    row = make.published(**published)
    counted = constraint != "opportunity_change_is_counted"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Opportunity.objects.filter(pk=row.pk).update(**{"version": row.version + counted, **written})
    assert refused.value.__cause__.diag.constraint_name == constraint


def test_badges_of_the_flat_row_are_what_the_opportunity_says():
    row = make.published(pay_pence=1345, travel_paid=True, meet_first=True, no_experience=False)
    found = {badge.code for badge in badges.held_in(row.row.badges)}
    assert found == {"paid", "no-qualifications", "travel-paid", "meet-first", "living-wage", "real-living-wage"}
    assert badges.mask_of(found) == row.row.badges
    interview = make.published(kind_code="guaranteed-interview", pay_pence=1344)
    assert "guaranteed-interview" in {badge.code for badge in badges.held_in(interview.row.badges)}
    assert "real-living-wage" not in {badge.code for badge in badges.held_in(interview.row.badges)}
    assert clock.today() >= dt.date(2025, 10, 1)
