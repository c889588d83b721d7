"""The activity code that is proposed: each one there may be, and what never has one."""

import datetime as dt
from decimal import Decimal

import pytest

from introductions import eet
from introductions.models import Introduction, Start
from opportunities.models import Opportunity
from pledges.models import Employer, PledgeKind

TODAY = dt.date(2026, 12, 3)


def begun(kind: str, hours, days: int = 0, **more) -> Start:
    what = Opportunity(title="Kitchen team member", kind=PledgeKind(code=kind))
    there = Introduction(employer=Employer(name="Brambles"), opportunity=what)
    hours = None if hours is None else Decimal(hours)
    first = TODAY + dt.timedelta(days=days)
    return Start(introduction=there, opportunity=what, starts_on=first, hours_a_week=hours, **more)


CODES = [
    ("apprenticeship", "30", "F4"), ("foundation-apprenticeship", "15.5", "P4"), ("ringfenced-job", "16", "F5"),
    ("ringfenced-job", "15.9", "P5"), ("paid-internship", "37.5", "F5"), ("work-experience", "10", "P5"),
    ("guaranteed-interview", "20", "F5"), ("pre-employment-course", "12", "P5"), ("skills-course", "16", "F2"),
    ("skills-course", "4", "P2"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "hours", "code"), CODES)
def test_each_code_that_may_be_proposed(kind, hours, code):
    assert eet.eet_code(begun(kind, hours)) == code
    assert eet.eet_line(begun(kind, hours), TODAY).startswith(
        f"{code} from 03/12/2026. Kitchen team member, Brambles, "
    )


@pytest.mark.parametrize("kind", ["site-visit", "mock-interview", "mentoring", "work-trial", "volunteering"])
def test_what_changes_nobody_s_activity_has_none(kind):
    assert eet.eet_line(begun(kind, "30"), TODAY) == ""


def test_without_hours_or_after_its_end_none_is_proposed():
    assert eet.eet_line(begun("ringfenced-job", None), TODAY) == ""
    assert eet.eet_line(begun("ringfenced-job", "30", state="ended"), TODAY) == ""


def test_a_day_to_come_is_said_to_be_planned():
    line = eet.eet_line(begun("ringfenced-job", "37.50", days=1), TODAY)
    assert line == "Planned: F5 from 04/12/2026. Kitchen team member, Brambles, 37.5 hours a week."


@pytest.mark.django_db
def test_every_kind_is_one_we_know_and_no_code_is_of_higher_education_or_of_doing_nothing():
    assert set(eet.FIGURES) <= set(PledgeKind.objects.values_list("code", flat=True))
    assert set(eet.FIGURES.values()) == {2, 4, 5}
