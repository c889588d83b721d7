"""16 and 17 year olds, youngest ages, apprenticeships and time without pay, each at its boundary."""

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from opportunities import badges
from opportunities.law import Figures
from opportunities.live import refresh_live
from opportunities.models import Opportunity, RuleFigure, UnpaidReason
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


FIRST_DAY = dt.timedelta(days=60)
# (its figure from the first day on, what it was, code of the refusal, constraint, a row between the two figures)
CHANGED = [
    ("apprenticeship_months", 12, 8, "apprenticeship_short", "opportunity_apprenticeship_length", APPRENTICE),
    (
        "young_night_ends", 7, 6, "young_nights", "opportunity_no_night_day_under_18",
        {**YOUNG, **day("06:30", "13:00")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "new", "old", "code", "constraint", "values"), CHANGED)
@pytest.mark.parametrize("before", [0, 1])
def test_a_new_figure_holds_from_its_day_on_and_not_the_day_before(figure, new, old, code, constraint, values, before):
    changes = clock.today() + FIRST_DAY
    assert RuleFigure.objects.get(code=figure).value == old
    RuleFigure.objects.filter(code=figure).update(valid_to=changes - dt.timedelta(days=1))
    RuleFigure.objects.create(code=figure, value=new, valid_from=changes, source="A regulation of next year")
    values = {**values, "starts_on": changes - dt.timedelta(days=before), "lasts": 8}
    assert codes(make.draft(**values)) == ([] if before else [code])
    row = make.published(**{**values, "starts_on": None})
    with pytest.raises(IntegrityError) if not before else nullcontext() as refused, transaction.atomic():
        Opportunity.objects.filter(pk=row.pk).update(version=row.version + 1, starts_on=values["starts_on"])
    if refused:
        assert refused.value.__cause__.diag.constraint_name == constraint


def test_python_and_postgresql_read_the_same_figure_on_every_day():
    RuleFigure.objects.create(code="young_hours_a_week", value=38, valid_from=dt.date(2027, 4, 6), source="A test")
    RuleFigure.objects.filter(code="young_night_ends").update(valid_to=dt.date(2027, 1, 31))
    figures = Figures.load()
    days = [dt.date(1990, 1, 1), dt.date(2026, 11, 25), *(dt.date(2027, 4, n) for n in (5, 6)), dt.date(2027, 2, 1)]
    pairs = [(row.code, on) for row in figures.rows for on in days]
    with connection.cursor() as cursor:
        for code, on in pairs:
            cursor.execute("SELECT rule_figure_on(%s, %s)", [code, on])
            assert cursor.fetchone() == (figures.on(code, on),), (code, on)
    assert {figures.on(code, on) for code, on in pairs} >= {None, 38, 40}


def test_an_ended_reason_for_no_pay_is_refused_by_postgresql_and_hides_what_has_no_first_day():
    row = make.published(**unpaid("work-experience", "watching", lasts=1, lasts_unit="days", starts_on=None))
    assert row.live
    today = clock.today()
    for last, live in ((today, True), (today - dt.timedelta(days=1), False)):
        UnpaidReason.objects.filter(pk=row.unpaid_reason_id).update(valid_to=last)
        refresh_live([row.pk])
        row.refresh_from_db()
        assert row.live is live
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Opportunity.objects.filter(pk=row.pk).update(version=row.version + 1, starts_on=today + FIRST_DAY)
    assert refused.value.__cause__.diag.constraint_name == "opportunity_unpaid_for_a_reason"


def test_badges_of_the_flat_row_are_what_the_opportunity_says():
    row = make.published(pay_pence=1345, travel_paid=True, meet_first=True, no_experience=False)
    found = {badge.code for badge in badges.held_in(row.row.badges)}
    assert found == {"paid", "no-qualifications", "travel-paid", "meet-first", "living-wage", "real-living-wage"}
    assert badges.mask_of(found) == row.row.badges
    interview = make.published(kind_code="guaranteed-interview", pay_pence=1344)
    assert "guaranteed-interview" in {badge.code for badge in badges.held_in(interview.row.badges)}
    assert "real-living-wage" not in {badge.code for badge in badges.held_in(interview.row.badges)}
    assert clock.today() >= dt.date(2025, 10, 1)
