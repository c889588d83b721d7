"""The warnings of a closing day: a week and two days before it, each once, and no more than one message a week."""

import datetime as dt

import pytest

from core.scope import NOBODY, scope
from opportunities import renewing, still_open
from opportunities.models import Opportunity
from opportunities.still_open_messages import asked_with
from pledges.call_tasks import make_call
from pledges.models import CallTask, Nudge, Pledge
from tests import factories
from tests.opportunities import factories as make
from tests.opportunities.test_still_open import MONDAY, day, follow, fresh, letter, sent, told
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    """Each test begins on this Monday, and reads what belongs to nobody."""
    go_to(MONDAY)
    with scope(NOBODY):
        yield


def closing(number: int, **more) -> Opportunity:
    """Opened today, and closing on that day after the first Monday."""
    return make.published(closes_on=day(number), **more)


def calls() -> list[tuple[str, dt.date]]:
    return list(CallTask.objects.filter(state="open").order_by("pk").values_list("why", "due_on"))


def test_what_opens_a_week_before_its_last_day_is_asked_about_and_a_day_later_only_at_the_end():
    week, less = closing(7), closing(6)
    follow(1)
    assert fresh(week).still_asked_on == day(1) and fresh(less).still_asked_on is None
    assert not follow(3).get("asked")
    assert follow(4) == {"asked": 1, "calls": 1}
    assert [row.still_asked_on for row in (fresh(week), fresh(less))] == [day(4)] * 2 and len(sent()) == 2


@pytest.mark.parametrize(
    ("last", "asked"), [(4, 2), (3, 1), (9, 7), (15, 11), (14, 11), (13, 11), (12, 10)]
)  # days after a Monday: a last day on a Sunday, Monday or Tuesday is named on the Friday
def test_the_last_warning_comes_two_days_before_or_on_the_last_working_day_before_that(last, asked):
    go_to(day(max(last - 6, 0)))
    row = closing(last)
    for number in range(max(last - 5, 1), asked):
        assert not follow(number).get("asked"), number
    assert follow(asked)["asked"] == 1
    for number in range(asked, last + 2):
        assert not follow(number).get("asked") and not follow(number).get("calls"), number
    assert len(sent()) == 1 and fresh(row).still_asked_on == day(asked)


def test_opened_the_day_before_its_last_it_is_named_nowhere_and_two_days_before_on_the_next():
    closing(1)
    late = closing(2)
    assert follow(0).get("asked") is None and follow(1)["asked"] == 1
    assert late.title in letter(sent()[0]).text


def test_a_second_warning_is_a_call_while_the_week_has_had_its_message():
    row = closing(11)
    assert follow(4)["asked"] == 1
    counts = follow(9)
    assert counts["calls"] == 1 and not counts.get("asked") and len(sent()) == 1
    assert calls() == [("still-open", day(10))]
    assert not follow(10).get("calls") and len(calls()) == 1
    still_open.say_open(opportunity=fresh(row))
    assert calls() == [] and fresh(row).closes_on == day(39)


def test_planted_a_second_warning_against_the_cadence_is_refused(monkeypatch):
    closing(11)
    follow(4)
    monkeypatch.setattr(still_open, "nudged_lately", lambda today, employers: set())
    with pytest.raises(Exception, match="at most one reminder a week"):
        follow(9)


def test_of_two_people_of_a_business_the_one_whose_last_day_is_near_is_written_to():
    advert = make.published()
    go_to(day(54))
    near = make.published(advert.employer, closes_on=day(58), title="Ends on Wednesday")
    assert follow(56)["asked"] == 1
    assert near.title in letter(sent()[0]).text and advert.title not in letter(sent()[0]).text
    assert calls() == []


def test_a_text_has_one_link_and_the_other_that_ends_now_is_a_call(monkeypatch):
    monkeypatch.setattr("notifications.channels.can_text", lambda: True)
    row = closing(3, pledge=make.pledge(places=9), places=1)
    contact = row.pledge.contact
    contact.phone, contact.way = "07700 900123", "text"
    contact.save()
    other = closing(3, pledge=Pledge.objects.get(pk=row.pledge_id), places=1)
    counts = follow(1)
    assert (counts["asked"], counts["calls"]) == (1, 1) and calls() == [("still-open", day(2))]
    assert asked_with(Nudge.objects.get())[0].pk == min(row.pk, other.pk)
    assert fresh(row).still_asked_on == fresh(other).still_asked_on == day(1)


def test_a_word_in_the_last_two_days_is_no_reason_to_ask():
    row = closing(5)
    go_to(day(3))
    told(row)
    assert not follow(3).get("asked") and not follow(4).get("asked") and calls() == []


def test_a_longer_time_ends_the_call():
    row = closing(11)
    follow(4)
    follow(9)
    with make.acting(factories.user()) as officer:
        renewing.extend(opportunity=fresh(row), by=officer, role="coordinator", closes_on=day(30))
    assert calls() == []


def test_what_ends_in_two_days_is_marked_on_the_desk(sign_in):
    closing(3, title="In three days")
    desk = sign_in("coordinator")
    for number, marked in ((0, 0), (1, 1), (2, 1)):
        go_to(day(number))
        html = desk.get("/desk/opportunities/", {"part": "open"}).content.decode()
        assert html.count("badge--now") == marked and "Closes in" in html


def test_every_call_that_may_be_due_has_words_to_say(sign_in):
    from pledges.views.calls import SCRIPT

    assert set(SCRIPT) == set(CallTask.Why)
    closing(2)
    contact = Opportunity.objects.get().pledge.contact
    contact.email, contact.phone, contact.way = "", "01623 000000", "call"
    contact.save()
    assert not follow(0).get("calls") and follow(1)["calls"] == 1
    assert sign_in("coordinator").get(f"/desk/calls/{CallTask.objects.get().public_id}/").status_code == 200


def test_an_answer_for_one_leaves_the_call_about_another_of_the_same_pledge():
    pledge = make.pledge(places=4)
    first, second = (closing(4, pledge=pledge, places=2) for _each in range(2))
    for row in (first, second):
        Opportunity.objects.filter(pk=row.pk).update(still_asked_on=day(2), still_open_on=day(0))
    make_call(pledge=pledge, why=CallTask.Why.STILL_OPEN, due_on=day(3))
    go_to(day(2))
    with make.acting(factories.user()) as officer:
        renewing.extend(opportunity=fresh(first), by=officer, role="coordinator", closes_on=day(30))
        assert [why for why, _due in calls()] == ["still-open"]
        renewing.extend(opportunity=fresh(second), by=officer, role="coordinator", closes_on=day(30))
        assert calls() == []
