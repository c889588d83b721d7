"""What follows from a stop, a new check, a closed opportunity, the end of support: once, however often it is asked."""

import pytest

from accounts import ending
from core import clock
from core.scope import Scope, scope
from introductions import closing, services, starting, sweeping, tasks
from introductions.models import Concern, Introduction, Permission
from matching import team_messages
from notifications import preparing
from notifications.models import Outbox
from opportunities import places
from opportunities import services as opportunities
from opportunities.models import Opportunity
from pledges import merging
from pledges.checks import reopen_employer, stop_employer
from pledges.models import Employer, EmployerContact
from tests import factories
from tests.introductions import chain
from tests.opportunities import factories as made

pytestmark = pytest.mark.django_db
BEFORE, KNOWN = chain.WALK[:3], chain.WALK[3:]


@pytest.fixture(autouse=True)
def over_all_councils():
    with factories.as_worker():
        yield


def now(row):
    return Introduction.objects.select_related("opportunity", "employer").get(pk=row.pk)


def stop(row):
    stop_employer(employer=now(row).employer, by=factories.user(), why="Asked for documents")


def check_again(row):
    reopen_employer(employer=now(row).employer, by=factories.user(), why="It was another firm")
    assert not sweeping.waiting() or now(row).opportunity.state == "closed"  # not checked yet: still on hold
    made.passed_check(now(row).employer, "full")
    Employer.objects.filter(pk=row.employer_id).update(
        state="checked", checked_until=clock.today(), checked_weight="full"
    )


def close(row):
    opportunities.close(opportunity=now(row).opportunity, by=factories.user(), role="coordinator", why="Over")


def end_support(row, why="age"):
    row.person.ended_on, row.person.ended_why = clock.today(), why
    row.person.save()


def concerns_of(row):
    return list(Concern.objects.filter(introduction=row))


def swept():
    """What the sweep did; the second time nothing is left."""
    assert sweeping.waiting()
    done = {name: count for name, count in sweeping.sweep().items() if count}
    assert not sweeping.waiting() and not any(sweeping.sweep().values())
    return done


def test_nothing_is_due_while_all_is_well():
    for state in (*chain.WALK, "started", "ended"):
        chain.walked(state)
    assert not sweeping.waiting() and not any(sweeping.sweep().values())


@pytest.mark.parametrize("state", chain.WALK)
def test_a_stop_puts_it_on_hold_and_a_new_check_takes_it_up_where_it_was(state):
    row = chain.walked(state)
    held = now(row).opportunity.places_held
    stop(row)
    assert swept() == {"stopped": 1}
    assert (now(row).state, now(row).frozen_from) == ("frozen", state)
    assert now(row).opportunity.places_held == held == (state in KNOWN)
    assert [each.urgency for each in concerns_of(row)] == (["today"] if state in KNOWN else [])
    with scope(Scope(employer=row.employer_id)):
        assert not Introduction.objects.exists()
    check_again(row)
    assert swept() == {"checked": 1}
    assert (now(row).state, now(row).frozen_from) == (state, "")
    assert now(row).opportunity.places_held == held


def test_an_open_question_goes_on_after_the_hold():
    row = chain.walked("asked")
    stop(row)
    swept()
    check_again(row)
    swept()
    services.answer(permission=Permission.objects.get(introduction=row), yes=True, role="young_person")
    assert now(row).state == "permitted"


def test_who_has_begun_there_is_looked_at_once_for_each_stop():
    row, gone = chain.walked("started"), chain.walked("started")
    starting.end(start=gone.start, role="adviser", ending="left", on=clock.today())
    for each in (row, gone):
        stop(each)
    assert swept() == {"there": 1}
    [concern] = concerns_of(row)
    assert (concern.said_by, concern.urgency, concerns_of(gone)) == ("stop", "today", [])
    by = factories.user()
    Concern.objects.update(state="closed", seen_by=by, seen_at=clock.now(), closed_by=by, closed_at=clock.now())
    assert not sweeping.waiting()
    assert now(row).state == "started"


@pytest.mark.parametrize("state", chain.WALK)
def test_what_closes_falls_away_before_the_business_knew(state):
    row = chain.walked(state)
    close(row)
    if state in KNOWN:
        assert not sweeping.waiting() and now(row).state == state
        return
    assert swept() == {"over": 1}
    assert (now(row).state, now(row).ending, now(row).agreed) == ("ended", "closed", None)


def test_when_all_have_begun_the_others_hear_that_no_place_is_left():
    to = chain.opportunity(places=1)
    other = chain.walked("asked", to=to)
    first = chain.walked("offered", to=to)
    assert not sweeping.waiting()  # only held: it may come back
    chain.start(first)
    assert Opportunity.objects.get(pk=to.pk).places_started == 1
    assert swept() == {"over": 1}
    assert now(other).ending == "no_place"


def test_on_hold_and_then_closed_it_falls_away_and_is_not_taken_up_again():
    row = chain.walked("asked")
    stop(row)
    swept()
    close(row)
    check_again(row)
    assert swept() == {"over": 1}
    assert now(row).ending == "closed"


@pytest.mark.parametrize("state", [*chain.WALK, "frozen"])
def test_the_end_of_support_ends_all_of_it(state):
    row = chain.walked(state)
    end_support(row)
    assert swept() == {"support": 1}
    assert (now(row).state, now(row).ending, now(row).opportunity.places_held) == ("ended", "support", 0)


def test_support_that_ended_is_not_put_on_hold():
    row = chain.walked("introduced")
    stop(row)
    end_support(row)
    assert swept() == {"support": 1}


# --- two records of one business are joined


def join(row):
    """Their business becomes another record, which stays; that one."""
    keep = made.employer()
    merging.merge(keep=keep, gone=now(row).employer, by=factories.user(), why="They said so")
    return keep


@pytest.mark.parametrize("state", [*chain.WALK, "frozen", "started"])
def test_joined_it_follows_its_opportunity_and_stays_where_it_was(state):
    row = chain.walked(state)
    if state == "frozen":
        made.passed_check(now(row).employer, "full")
    keep = join(row)
    assert sweeping.waiting()
    assert sweeping.sweep()["joined"] == 1 and not sweeping.waiting()
    assert now(row).employer == keep
    assert now(row).state == ("asked" if state == "frozen" else state)


@pytest.mark.parametrize(("state", "kind"), [("asked", "stopped"), ("offered", "stopped"), ("started", "there")])
def test_a_stop_after_a_join_reaches_who_came_over(state, kind):
    row = chain.walked(state)
    stop_employer(employer=join(row), by=factories.user(), why="Asked for documents")
    assert swept() == {"joined": 1, kind: 1}
    assert now(row).state == ("started" if state == "started" else "frozen")
    assert len(concerns_of(row)) == (state != "asked")


def test_after_a_join_the_next_step_waits_for_no_check_of_the_other_record():
    row = chain.walked("permitted")
    join(row)
    swept()
    services.introduce(introduction=now(row), role="adviser", adult_name="Sam Hale")
    assert now(row).state == "introduced"


def test_a_join_leaves_what_has_ended():
    row = chain.walked("ended")
    before = row.employer_id
    join(row)
    assert not sweeping.waiting() and now(row).employer_id == before


def test_a_join_rings_the_sweep(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.bells, "ring_on_commit", rung.append)
    join(chain.walked("asked"))
    assert tasks.sweep in rung


# --- cut off, and two at once


class Killed(BaseException):
    pass


def test_cut_off_in_the_middle_the_rest_is_done_next_time(monkeypatch):
    rows = [chain.walked("introduced") for _each in range(3)]
    for row in rows:
        stop(row)
    calls, real = [], sweeping.raise_concern

    def dies(**more):
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return real(**more)

    monkeypatch.setattr(sweeping, "raise_concern", dies)
    with pytest.raises(Killed):
        sweeping.sweep()
    states = [now(row).state for row in rows]
    kept = [len(concerns_of(row)) for row in rows]
    assert states == ["frozen", "introduced", "introduced"] and kept == [1, 0, 0]
    monkeypatch.undo()
    swept()
    assert [(now(row).state, len(concerns_of(row))) for row in rows] == [("frozen", 1)] * 3


def test_one_that_cannot_be_moved_does_not_hold_up_the_others():
    """Planted: a place that nobody counted."""
    wrong, right = chain.walked("introduced"), chain.walked("introduced")
    Opportunity.objects.filter(pk=wrong.opportunity_id).update(places_held=0)
    for row in (wrong, right):
        end_support(row)
    assert sweeping.sweep()["support"] == 1
    assert (now(wrong).state, now(right).state) == ("introduced", "ended")


def test_planted_a_sweep_that_gives_the_place_away_is_found(monkeypatch):
    """The control of the hold: the place would be another's when the business is checked again."""
    row = chain.walked("introduced", to=chain.opportunity(places=1))
    stop(row)
    swept()
    check_again(row)
    with pytest.raises(services.MoveRefused):
        places.hold_place(opportunity_id=row.opportunity_id)


# --- the closing message


def letters(row):
    """purpose -> what would be handed over, of the messages about an end."""
    found = {}
    for message in Outbox.objects.filter(cause_id=row.pk, purpose__startswith="ended_"):
        found[message.purpose] = preparing.prepare(message)
    return found


def sent(row):
    return {name: letter.to for name, letter in letters(row).items() if isinstance(letter, preparing.Letter)}


def test_everybody_hears_of_an_end_and_a_business_only_if_it_knew():
    before, known = chain.walked("asked"), chain.walked("introduced")
    for row in (before, known):
        row.person.user = factories.user()
        row.person.save()
    close(before)
    swept()
    services.end(introduction=known, move="not_this_time", role="giver", ending="not_this_time")
    giver = known.opportunity.pledge.contact
    EmployerContact.objects.filter(pk=giver.pk).update(approved_by=None, approved_on=None)
    assert closing.BUSINESS not in sent(known)  # anybody may have written that address
    EmployerContact.objects.filter(pk=giver.pk).update(approved_by=factories.user(), approved_on=clock.today())
    assert set(sent(before)) == {closing.WORKER, closing.YOUNG_PERSON}
    assert set(sent(known)) == {closing.WORKER, closing.YOUNG_PERSON, closing.BUSINESS}


def test_nobody_hears_after_the_end_of_support_and_no_stopped_business():
    row, other = chain.walked("introduced"), chain.walked("introduced")
    end_support(row, "died")
    stop(other)
    swept()
    services.end(introduction=other, move="withdraw", role="young_person", ending="withdrawn")
    assert sent(row) == {}
    assert set(sent(other)) == {closing.WORKER}


@pytest.mark.parametrize(("why", "hears"), [("asked", True), ("age", True), ("died", False)])
def test_a_business_stops_using_what_it_knows_unless_somebody_has_died(why, hears):
    row = chain.walked("introduced")
    EmployerContact.objects.filter(pk=row.opportunity.pledge.contact_id).update(
        approved_by=factories.user(), approved_on=clock.today()
    )
    end_support(row, why)
    swept()
    assert set(sent(row)) == ({closing.BUSINESS} if hears else set())


@pytest.mark.parametrize(("why", "hears"), [("asked", True), ("age", True), ("died", False)])
def test_who_supported_them_hears_that_their_list_has_changed(why, hears):
    row = chain.walked("asked")
    worker = row.person.adviser_links.get().worker
    ending.end_support(person=row.person, why=why, by=factories.user(), role="team_manager")
    found = [preparing.prepare(row) for row in Outbox.objects.filter(purpose=team_messages.PURPOSE)]
    assert [letter.to for letter in found if isinstance(letter, preparing.Letter)] == [worker.email] * hears


def test_who_ended_it_is_not_told():
    row = chain.walked("introduced")
    worker = row.person.adviser_links.get().worker
    with scope(Scope(everything=True, actor=worker.pk)):
        services.end(introduction=row, move="withdraw", role="adviser", ending="withdrawn")
    giver = EmployerContact.objects.filter(pk=row.opportunity.pledge.contact_id)
    giver.update(approved_by=factories.user(), approved_on=clock.today())
    assert set(sent(row)) == {closing.BUSINESS}


def test_no_message_says_who_what_or_where():
    somebody = chain.person(factories.adviser(), label="Zebedee Quill", living_sector="NG19 7")
    row = chain.walked("introduced", somebody)
    services.end(introduction=row, move="not_this_time", role="giver", ending="not_this_time")
    for name, letter in letters(row).items():
        if isinstance(letter, preparing.Letter):
            said = f"{letter.mail.subject} {letter.mail.text}"
            for canary in ("Zebedee", "NG19", "Robin", row.opportunity.title, row.employer.name, "Mansfield"):
                assert canary not in said, (name, canary)
            assert row.reference not in letter.mail.subject
