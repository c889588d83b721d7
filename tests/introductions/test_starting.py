"""The verbs of a start: what they write, what they refuse, and whose place it is afterwards."""

import datetime as dt

import pytest

from accounts.models import YoungPerson
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from introductions import starting, sweeping
from introductions.models import CheckIn, Introduction, Start
from introductions.retention import keep_no_longer
from opportunities.models import Opportunity
from pledges.models import Employer
from tests import factories
from tests.introductions import chain
from tests.opportunities import factories as made
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
E = Start.Ending


@pytest.fixture(autouse=True)
def over_all_councils():
    with factories.as_worker():
        yield


def places(row) -> tuple[int, int]:
    found: tuple[int, int] = Opportunity.objects.values_list("places_held", "places_started").get(pk=row.opportunity_id)
    return found


def now(start) -> tuple[Start, Introduction]:
    found = Start.objects.select_related("introduction").get(pk=start.pk)
    return found, found.introduction


def planned(days: int = 5, **more) -> Start:
    return chain.start(chain.walked("offered", **more), days)


@pytest.mark.parametrize(("days", "state"), [(1, "planned"), (0, "begun"), (-3, "begun")])
@pytest.mark.parametrize("before", ["offered", "checks"])
def test_a_start_takes_the_place_that_was_held(before, days, state):
    row = chain.walked(before)
    assert places(row) == (1, 0)
    mine, row = now(chain.start(row, days, buddy="Ola", fares_by="employer", time_for_appointments=True))
    assert (mine.state, row.state, row.holds_place, places(row)) == (state, "started", False, (0, 1))
    assert mine.starts_on == clock.today() + dt.timedelta(days=days)
    assert (mine.named_contact, mine.buddy, mine.fares_by, mine.kit_by) == ("Sam Hale", "Ola", "employer", "nobody")
    assert row.agreed is not None
    first = CheckIn.objects.filter(start=mine).order_by("due_on").first()
    assert first is not None and first.due_on == mine.starts_on + dt.timedelta(days=1)


@pytest.mark.parametrize("state", ["interested", "asked", "permitted", "introduced", "meeting", "started", "frozen"])
def test_nobody_starts_from_anywhere_else_and_nothing_is_left_behind(state):
    row = chain.walked(state)
    before = places(row), Start.objects.count()
    with pytest.raises(MoveRefused):
        chain.start(row)
    row.refresh_from_db()
    assert (row.state, (places(row), Start.objects.count())) == (state, before)


@pytest.mark.parametrize("role", ["young_person", "giver", "employer_member", "coordinator", SYSTEM])
def test_only_their_worker_plans_a_first_day(role):
    row = chain.walked("offered")
    with pytest.raises(MoveRefused):
        starting.start(introduction=row, by=factories.user(), role=role, facts=chain.start_facts())
    assert places(row) == (1, 0)


def test_at_a_business_that_is_not_checked_nobody_starts():
    row = chain.walked("offered")
    Employer.objects.filter(pk=row.employer_id).update(checked_until=clock.today() - dt.timedelta(days=1))
    with pytest.raises(MoveRefused, match="not checked"):
        chain.start(row)


def test_nobody_starts_whose_support_has_ended():
    row = chain.walked("offered")
    row.person.ended_on, row.person.ended_why = clock.today(), "age"
    row.person.save()
    with pytest.raises(MoveRefused, match="Support has ended"):
        chain.start(row)


@pytest.mark.parametrize("days", [-32, 367])
def test_a_day_too_far_away_is_refused(days):
    with pytest.raises(MoveRefused, match="from a month ago to a year ahead"):
        chain.start(chain.walked("offered"), days)


@pytest.mark.parametrize("kind", ["ringfenced-job", "work-experience", "apprenticeship", "skills-course"])
def test_who_may_only_volunteer_starts_nothing_at_a_business(kind):
    row = for_somebody_of(22, kind)
    YoungPerson.objects.filter(pk=row.person_id).update(right_to_work="volunteering")
    for days in (0, 5):
        with pytest.raises(MoveRefused, match="may only volunteer"):
            chain.start(row, days)
    YoungPerson.objects.filter(pk=row.person_id).update(right_to_work="unchecked")
    mine = chain.start(row, 5)
    YoungPerson.objects.filter(pk=row.person_id).update(right_to_work="volunteering")
    with pytest.raises(MoveRefused, match="may only volunteer"):
        starting.put_right(start=mine, role="adviser", facts={"starts_on": clock.today() + dt.timedelta(days=6)})


@pytest.mark.parametrize("kind", ["site-visit", "mock-interview"])
def test_who_may_only_volunteer_goes_on_a_visit(kind):
    row = chain.walked("offered", to=chain.opportunity(kind_code=kind, pay_pence=None))
    YoungPerson.objects.filter(pk=row.person_id).update(right_to_work="volunteering")
    assert chain.start(row, pay_pence=None, hours_a_week=None).state == "begun"


def test_somebody_at_the_business_is_named():
    with pytest.raises(MoveRefused, match="looks out for them"):
        chain.start(chain.walked("offered"), named_contact="  ")


# --- pay and hours: the law of that day, for somebody of their age

BORN = {17: dt.date(2009, 1, 1), 19: dt.date(2007, 1, 1), 22: dt.date(2004, 1, 1)}  # the clock stands in 2026


def for_somebody_of(age, kind="ringfenced-job", **more):
    to = chain.opportunity(kind_code=kind, min_age=16, training_beside="Kitchen skills", **more)
    somebody = chain.person(factories.adviser(), birth_month=BORN[max(age, 19)])  # a younger yes waits for the worker
    row = chain.walked("offered", somebody, to)
    YoungPerson.objects.filter(pk=somebody.pk).update(birth_month=BORN[age])
    row.refresh_from_db()
    return row


@pytest.fixture
def autumn_of_2026():
    go_to(dt.date(2026, 11, 26))


@pytest.mark.parametrize(
    ("age", "kind", "floor"),
    [(19, "ringfenced-job", 1085), (22, "ringfenced-job", 1271), (22, "apprenticeship", 800)],
)
def test_pay_below_the_law_for_their_age_is_refused(age, kind, floor, autumn_of_2026):
    row = for_somebody_of(age, kind, pay_pence=1400)
    with pytest.raises(MoveRefused, match="below the legal minimum"):
        chain.start(row, pay_pence=floor - 1)
    assert chain.start(row, pay_pence=floor).pay_pence == floor


def test_the_opportunity_s_own_floor_is_not_enough_for_somebody_older(autumn_of_2026):
    """Open from 16 it may lawfully offer the rate of 16; somebody of 22 is owed theirs."""
    row = for_somebody_of(22, pay_pence=800)
    with pytest.raises(MoveRefused, match=r"12\.71"):
        chain.start(row, pay_pence=800)


@pytest.mark.parametrize(("age", "hours"), [(17, 40), (19, 48)])
def test_at_16_and_17_there_is_a_most_of_hours_a_week(age, hours, autumn_of_2026):
    row = for_somebody_of(age, pay_pence=1400)
    start = chain.start(row, hours_a_week=hours)
    for change in (
        lambda facts: chain.start(for_somebody_of(age, pay_pence=1400), **facts),
        lambda facts: starting.put_right(start=start, role="adviser", facts=chain.start_facts(**facts)),
    ):
        if age == 17:
            with pytest.raises(MoveRefused, match="At 16 and 17 the most is 40 hours a week"):
                change({"hours_a_week": hours + 1})
        else:
            change({"hours_a_week": hours + 1})


def test_work_without_pay_needs_its_lawful_reason():
    with pytest.raises(MoveRefused, match="Enter the pay"):
        chain.start(chain.walked("offered"), pay_pence=None)
    to = chain.opportunity(kind_code="work-experience", pay_pence=None, unpaid_reason=made.reason("watching"), lasts=1)
    assert chain.start(chain.walked("offered", to=to), pay_pence=None).pay_pence is None


@pytest.mark.parametrize("kind", ["site-visit", "mentoring", "pre-employment-course", "skills-course"])
def test_what_is_no_work_needs_no_pay(kind):
    to = chain.opportunity(kind_code=kind, pay_pence=None)
    assert chain.start(chain.walked("offered", to=to), pay_pence=None, hours_a_week=None).state == "begun"


# --- put right


def test_another_first_day_moves_what_follows():
    mine = planned(5)
    starting.put_right(start=mine, role="adviser", facts=chain.start_facts(12, named_contact="Ada Moss"))
    mine, _row = now(mine)
    assert (mine.state, mine.named_contact) == ("planned", "Ada Moss")
    assert CheckIn.objects.filter(start=mine).order_by("due_on").first().due_on == mine.starts_on + dt.timedelta(days=1)
    starting.put_right(start=mine, role="adviser", facts=chain.start_facts(0))
    assert now(mine)[0].state == "begun"
    starting.put_right(start=mine, role="adviser", facts=chain.start_facts(3))
    assert now(mine)[0].state == "planned"


def test_put_right_holds_to_the_same_law():
    mine = planned()
    for facts, sentence in (({"pay_pence": 500}, "below the legal"), ({"named_contact": ""}, "looks out")):
        with pytest.raises(MoveRefused, match=sentence):
            starting.put_right(start=mine, role="adviser", facts=chain.start_facts(**facts))
    Employer.objects.filter(pk=mine.introduction.employer_id).update(state="stopped")
    with pytest.raises(MoveRefused, match="not checked"):
        starting.put_right(start=mine, role="adviser", facts=chain.start_facts(4))
    starting.put_right(start=mine, role="adviser", facts=chain.start_facts(-1))  # it has happened: it may be said
    assert now(mine)[0].state == "begun"


def test_what_began_long_ago_is_put_right_as_long_as_its_day_stays():
    mine = planned(0)
    go_to(clock.today() + dt.timedelta(days=90))
    same = {"starts_on": mine.starts_on, "hours_a_week": 20, "pay_pence": 1400, "named_contact": "Ada Moss"}
    starting.put_right(start=mine, role="adviser", facts=same)
    assert now(mine)[0].named_contact == "Ada Moss"
    with pytest.raises(MoveRefused, match="from a month ago to a year ahead"):
        starting.put_right(start=mine, role="adviser", facts={"starts_on": mine.starts_on + dt.timedelta(days=1)})


# --- the first day


def test_the_day_begins_by_itself_once():
    mine = planned(2)
    assert not sweeping.waiting()
    go_to(mine.starts_on)
    assert sweeping.waiting() and sweeping.sweep()["begun"] == 1
    assert now(mine)[0].state == "begun"
    assert not sweeping.waiting() and not any(sweeping.sweep().values())


def test_while_the_business_is_stopped_nothing_begins():
    mine = planned(2)
    Employer.objects.filter(pk=mine.introduction.employer_id).update(state="stopped")
    sweeping.sweep()  # the leads are told
    go_to(mine.starts_on)
    assert not sweeping.waiting() and now(mine)[0].state == "planned"


def test_nobody_begins_before_the_day():
    with pytest.raises(MoveRefused, match="still to come"):
        starting.begin(start=planned(2), role="adviser")


# --- the end


@pytest.mark.parametrize("ending", [E.FINISHED, E.BETTER, E.LEFT, E.LET_GO, E.STOPPED])
def test_what_began_keeps_its_place_when_it_ends(ending):
    mine = planned(0)
    starting.end(start=mine, role="adviser", ending=ending, on=clock.today())
    mine, row = now(mine)
    assert (mine.state, mine.ending, mine.ended_on) == ("ended", ending, clock.today())
    assert (row.state, row.agreed, row.ending) == ("ended", None, "stopped" if ending == E.STOPPED else "left")
    assert places(row) == (0, 1)


@pytest.mark.parametrize("days", [5, 0])
def test_what_never_began_gives_its_place_back(days):
    mine = planned(days)
    starting.end(start=mine, role="adviser", ending=E.NEVER, on=clock.today())
    mine, row = now(mine)
    assert (mine.ending, row.ending, places(row)) == ("never", "left", (0, 0))


def test_planted_a_place_that_is_not_given_back_is_found(monkeypatch):
    monkeypatch.setattr(starting, "give_back_place", lambda **more: None)
    with pytest.raises(AssertionError):
        test_what_never_began_gives_its_place_back(5)


def test_an_end_lies_between_the_first_day_and_today():
    mine = planned(0)
    for on, sentence in ((1, "has passed"), (-1, "before it began")):
        with pytest.raises(MoveRefused, match=sentence):
            starting.end(start=mine, role="adviser", ending=E.LEFT, on=clock.today() + dt.timedelta(days=on))
    with pytest.raises(MoveRefused, match="before it began"):
        starting.end(start=planned(3), role="adviser", ending=E.LEFT, on=clock.today())


@pytest.mark.parametrize("days", [32, 31])
def test_a_mistyped_year_of_what_never_began_is_refused_and_deletes_nothing(days):
    mine = planned(0)
    on = clock.today() - dt.timedelta(days=days)
    if days > 31:
        with pytest.raises(MoveRefused, match="Look at the year"):
            starting.end(start=mine, role="adviser", ending=E.NEVER, on=on)
        on = clock.today()
    starting.end(start=mine, role="adviser", ending=E.NEVER, on=on)
    Start.objects.filter(pk=mine.pk).update(ended_on=dt.date(2006, 11, 26))
    assert keep_no_longer()["introductions"] == 0 and Start.objects.filter(pk=mine.pk).exists()


@pytest.mark.parametrize(("years", "kept"), [(2, 1), (4, 0)])
def test_what_goes_on_is_kept_until_two_years_after_the_last_check_in(years, kept):
    mine = planned(0)
    go_to(clock.today() + dt.timedelta(days=366 * years))
    keep_no_longer()
    assert Start.objects.filter(pk=mine.pk).count() == kept


def test_what_ended_lately_is_kept_however_long_ago_it_began():
    mine = planned(0)
    go_to(clock.today() + dt.timedelta(days=366 * 4))
    starting.end(start=mine, role="adviser", ending=E.LEFT, on=clock.today())
    assert keep_no_longer()["introductions"] == 0


def test_ended_is_ended():
    mine = planned(0)
    starting.end(start=mine, role="adviser", ending=E.NEVER, on=clock.today())
    for again in (
        lambda: starting.end(start=mine, role="adviser", ending=E.NEVER, on=clock.today()),
        lambda: starting.put_right(start=mine, role="adviser", facts=chain.start_facts()),
        lambda: starting.begin(start=mine, role="adviser"),
        lambda: starting.decline(start=mine),
    ):
        with pytest.raises(MoveRefused):
            again()
    assert places(mine) == (0, 0)


def test_before_the_day_they_say_no_themselves_and_nobody_asks_why():
    mine = planned(5)
    starting.decline(start=mine)
    mine, row = now(mine)
    assert (mine.ending, row.ending, row.agreed, places(row)) == ("never", "young_person", None, (0, 0))
    assert row.withdrawn_at is not None
    with pytest.raises(MoveRefused):
        starting.decline(start=planned(0))


# --- the end of support


def end_support(row):
    row.person.ended_on, row.person.ended_why = clock.today(), "died"
    row.person.save()


@pytest.mark.parametrize(("days", "ending", "kept"), [(5, "never", 0), (0, "support", 1), (-20, "support", 1)])
def test_with_support_the_start_ends_and_nothing_is_assumed(days, ending, kept):
    mine = planned(days)
    end_support(mine.introduction)
    assert sweeping.waiting() and sweeping.sweep()["support"] == 1 and not sweeping.waiting()
    mine, row = now(mine)
    assert (mine.state, mine.ending, mine.ended_on) == ("ended", ending, clock.today())
    assert (row.ending, row.agreed, places(row)) == ("support", None, (0, kept))


def test_the_end_of_support_comes_before_the_first_day():
    mine = planned(2)
    go_to(mine.starts_on)
    end_support(mine.introduction)
    done = sweeping.sweep()
    assert (done["support"], done["begun"], now(mine)[0].state) == (1, 0, "ended")
