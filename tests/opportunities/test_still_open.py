"""What is asked about, how often, by which way; what silence and each answer lead to."""

import datetime as dt

import pytest

from accounts.links import make_link
from core import clock
from core.models import LifecycleLog
from core.scope import EVERYTHING, NOBODY, scope
from notifications import registry
from notifications.models import Outbox
from opportunities import desk_history, places, renewing, services, still_open
from opportunities.live import refresh_live
from opportunities.models import Opportunity
from opportunities.refusals import Refused
from opportunities.still_open_messages import LINK, VERB, asked_with, may_be_asked
from pledges.models import CallTask, Employer, Nudge, Pledge
from tests import factories
from tests.opportunities import factories as make
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 1, 18)


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


@pytest.fixture
def advert():
    go_to(MONDAY)
    with scope(NOBODY):
        yield make.published(pledge=make.pledge(places=9), places=1)


def another(row: Opportunity, title: str) -> Opportunity:
    """One more of the same pledge."""
    return make.published(pledge=Pledge.objects.get(pk=row.pledge_id), places=1, title=title)


def follow(number: int) -> dict[str, int]:
    go_to(day(number))
    with factories.as_worker():
        return still_open.follow()


def page(row: Opportunity) -> str:
    return f"/k/{make_link(purpose=LINK, object_id=row.pk, verbs=[VERB])}/still/open/"


def fresh(row: Opportunity) -> Opportunity:
    return Opportunity.objects.get(pk=row.pk)


def sent() -> list[Outbox]:
    return list(Outbox.objects.filter(purpose__startswith="still_open").order_by("pk"))


def letter(row: Outbox):
    with factories.as_worker(), scope(EVERYTHING):
        return registry.find(row.purpose).render(row, [])


# --- asking


def test_it_is_asked_about_after_eight_weeks_and_not_a_day_before(advert):
    assert not follow(55).get("asked")
    assert follow(56)["asked"] == 1
    assert fresh(advert).still_asked_on == day(56) and len(sent()) == 1


def test_a_second_run_asks_nobody_again(advert):
    follow(56)
    assert not follow(56).get("asked") and not follow(57).get("asked")
    assert len(sent()) == 1


def test_on_a_weekend_nobody_is_written_to(advert):
    assert not follow(61).get("asked")  # a Saturday
    assert follow(63)["asked"] == 1


def test_the_letter_has_a_title_a_link_and_no_name_in_its_subject(advert):
    follow(56)
    mail = letter(sent()[0])
    assert advert.title in mail.text and "/still/open/" in mail.text
    assert advert.employer.name not in mail.subject and advert.title not in mail.subject


def test_all_of_one_person_stand_in_one_letter_and_a_business_hears_once_a_week(advert):
    other = another(advert, "A porter")
    stranger = make.published(advert.employer, title="A cleaner")  # pledged by somebody else there
    follow(56)
    mail = letter(sent()[0])
    assert advert.title in mail.text and other.title in mail.text and stranger.title not in mail.text
    assert len(sent()) == 1
    follow(57)
    assert len(sent()) == 1
    follow(63)
    assert len(sent()) == 2 and stranger.title in letter(sent()[1]).text


def test_a_business_that_was_reminded_this_week_waits(advert):
    Nudge.objects.create(employer=advert.employer, contact=advert.pledge.contact, sent_on=day(53))
    assert not follow(56).get("asked")
    assert follow(60).get("asked") == 1


def test_who_reads_texts_gets_one_link_by_text(advert, monkeypatch, longest_address):
    monkeypatch.setattr("notifications.channels.can_text", lambda: True)
    contact = advert.pledge.contact
    contact.phone, contact.way = "07700 900123", "text"
    contact.save()
    another(advert, "A porter")
    assert follow(56)["asked"] == 1
    text = letter(sent()[0]).text
    assert text.count("/still/open/") == 1 and advert.title not in text and advert.employer.name not in text
    assert Opportunity.objects.filter(still_asked_on__isnull=False).count() == 1


def test_who_can_only_be_rung_is_rung(advert):
    contact = advert.pledge.contact
    contact.email, contact.phone, contact.way = "", "01623 000000", "call"
    contact.save()
    follow(56)
    assert sent() == [] and CallTask.objects.get().why == "still-open"
    follow(57)
    assert CallTask.objects.count() == 1


def test_a_closing_day_is_named_a_week_before_and_once():
    go_to(MONDAY)
    with scope(NOBODY):
        row = make.published(closes_on=day(20))
        assert not follow(10).get("asked")
        assert follow(14)["asked"] == 1 and not follow(15).get("asked")
        assert "7 February" in letter(sent()[0]).text
        assert not follow(30).get("paused") and fresh(row).state == "published"


def test_what_is_not_live_is_not_asked_about(advert):
    with make.acting(factories.user()) as officer:
        still_open.LIFECYCLE.move(advert, "pause", role="coordinator", why="Holiday", changes={"live": False})
    assert officer and not follow(56).get("asked")


def test_an_answer_before_hand_over_ends_the_message(advert):
    follow(56)
    row = sent()[0]
    assert may_be_asked([row]) == {row.pk}
    still_open.say_open(opportunity=advert)
    assert may_be_asked([row]) == set() and not asked_with(Nudge.objects.get()).exists()


def test_a_stop_before_hand_over_ends_the_message(advert):
    follow(56)
    Employer.objects.filter(pk=advert.employer_id).update(state="stopped")
    assert may_be_asked(sent()) == set()


# --- silence


def test_without_an_answer_for_two_weeks_it_is_paused_and_somebody_rings(advert):
    follow(56)
    assert not follow(69).get("paused")
    assert follow(70)["paused"] == 1
    row = fresh(advert)
    assert (row.state, row.live) == ("paused", False) and not follow(70).get("paused")
    log = LifecycleLog.objects.filter(object_id=row.pk, move="pause").get()
    assert log.role == "system" and log.why
    assert CallTask.objects.get().why == "still-open"


def test_an_answer_in_time_gives_eight_weeks(advert):
    follow(56)
    still_open.say_open(opportunity=advert)
    assert not follow(70).get("paused") and not follow(111).get("asked")
    assert follow(112)["asked"] == 1


# --- answers


def test_opening_the_link_changes_nothing_and_a_tap_keeps_it_open(advert, client):
    follow(56)
    address = page(advert)
    shown = client.get(address)
    assert shown.status_code == 200 and shown.headers["Referrer-Policy"] == "no-referrer"
    assert fresh(advert).still_open_on is None
    answer = client.post(address, {"said": "open"}, follow=True)
    assert "It stays open" in answer.content.decode() and fresh(advert).still_open_on == day(56)
    client.post(address, {"said": "open"})
    assert LifecycleLog.objects.filter(object_id=advert.pk, move="say_open").count() == 1


def test_a_tap_shows_again_what_was_paused_by_silence_and_not_what_an_officer_paused(advert, client):
    follow(56)
    follow(70)
    client.post(page(advert), {"said": "open"})
    row = fresh(advert)
    assert (row.state, row.live, row.still_open_on) == ("published", True, day(70))
    assert CallTask.objects.get().state == "dropped"
    with make.acting(factories.user()):
        still_open.LIFECYCLE.move(row, "pause", role="coordinator", why="Holiday", changes={"live": False})
    answer = client.post(page(advert), {"said": "open"})
    assert "Nothing has changed" in answer.content.decode() and fresh(advert).state == "paused"


def test_closing_asks_what_became_of_it(advert, client):
    address = page(advert)
    missing = client.post(address, {"said": "closed"})
    assert "Choose what became of it" in missing.content.decode() and fresh(advert).state == "published"
    client.post(address, {"said": "closed", "outcome": "filled_else"})
    row = fresh(advert)
    assert (row.state, row.outcome, row.live) == ("closed", "filled_else", False)
    assert "It is not open now" in client.get(address).content.decode()


def test_a_closing_day_moves_four_weeks_once(client):
    go_to(MONDAY)
    with scope(NOBODY):
        row = make.published(closes_on=day(5))
        for _twice in range(2):
            client.post(page(row), {"said": "open"})
        assert fresh(row).closes_on == day(33) and fresh(row).row.closes_on == day(33)


@pytest.mark.parametrize("said", [{}, {"said": "perhaps"}, {"said": "closed", "outcome": "\x00"}])
def test_nonsense_changes_nothing(advert, client, said):
    assert client.post(page(advert), said).status_code == 200
    assert fresh(advert).state == "published" and fresh(advert).still_open_on is None


def test_another_purpose_s_link_and_an_unknown_one_are_nothing(advert, client):
    other = make_link(purpose="pledge", object_id=advert.pk, verbs=[VERB])
    for token in (other, "x" * 27):
        assert client.get(f"/k/{token}/still/open/").status_code == 404


def test_the_number_of_queries_to_ask_does_not_grow_with_what_one_person_offers(advert, django_assert_max_num_queries):
    for number in range(5):
        another(advert, f"Job {number}")
    go_to(day(56))
    with factories.as_worker(), django_assert_max_num_queries(40):
        assert still_open.follow()["asked"] == 6
    assert clock.today() == day(56)


# --- what the desk does about it


def told(row: Opportunity) -> Opportunity:
    with make.acting(factories.user()) as officer:
        return still_open.say_open(opportunity=row, by=officer, role="coordinator")


def test_an_officer_who_was_told_writes_it_down(advert):
    follow(56)
    told(advert)
    assert fresh(advert).still_open_on == day(56) and not follow(70).get("paused")
    log = LifecycleLog.objects.get(object_id=advert.pk, move="say_open")
    assert log.role == "coordinator" and log.actor


def test_an_officer_who_was_told_moves_no_closing_day():
    go_to(MONDAY)
    with scope(NOBODY):
        row = make.published(closes_on=day(5))
        told(row)
        assert fresh(row).closes_on == day(5)


def test_what_an_officer_shows_again_stays(advert):
    follow(56)
    follow(70)
    with make.acting(factories.user()) as officer:
        services.resume(opportunity=fresh(advert), by=officer, role="coordinator")
    assert not follow(71).get("paused") and fresh(advert).live
    assert CallTask.objects.get().state == "dropped"


def test_the_call_stays_while_another_of_the_pledge_waits(advert):
    another(advert, "A porter")
    follow(56)
    assert follow(70)["paused"] == 2
    still_open.say_open(opportunity=fresh(advert))
    assert CallTask.objects.get().state == "open"


def test_taking_away_the_closing_day_is_a_word(advert):
    go_to(MONDAY)
    row = make.published(closes_on=day(20))
    follow(14)
    with make.acting(factories.user()) as officer:
        services.change(opportunity=fresh(row), by=officer, role="coordinator", closes_on=None)
    follow(30)
    assert fresh(row).state == "published"


def test_a_check_that_ran_out_is_a_sentence_and_a_call(advert, client):
    Employer.objects.filter(pk=advert.employer_id).update(state="unchecked")
    answer = client.post(page(advert), {"said": "open"})
    assert answer.status_code == 200 and "put right first" in answer.content.decode()
    assert CallTask.objects.get().why == "still-open" and fresh(advert).still_open_on is None


def test_a_new_floor_above_its_pay_is_a_sentence_and_hides_it(client):
    go_to(dt.date(2026, 3, 2))
    with scope(NOBODY):
        row = make.published(min_age=21, pay_pence=1221)
        assert fresh(row).live
        go_to(dt.date(2026, 4, 1))
        refresh_live(None)
        assert not fresh(row).live
        answer = client.post(page(row), {"said": "open"})
        assert answer.status_code == 200 and "put right first" in answer.content.decode()
        with make.acting(factories.user()) as officer, pytest.raises(Refused):
            renewing.extend(opportunity=fresh(row), by=officer, role="coordinator", closes_on=dt.date(2026, 5, 1))
        with make.acting(factories.user()) as officer:
            services.change(opportunity=fresh(row), by=officer, role="coordinator", pay_pence=1271)
        assert fresh(row).live


# --- what the desk reads of it


def desk_reads(row: Opportunity) -> list[str]:
    return [f"{each['date']:%d %b} {each['text']}" for each in desk_history.history(fresh(row))]


def test_the_desk_reads_the_question_the_answer_and_what_became_of_it(advert):
    asked = "The business is asked whether it is still open, or rung."
    assert asked not in str(desk_reads(advert))
    follow(56)
    assert desk_reads(advert)[0] == f"15 Mar {asked}"
    still_open.say_open(opportunity=advert)
    assert desk_reads(advert)[:2] == ["15 Mar Still open: the business.", f"15 Mar {asked}"]
    go_to(day(60))
    still_open.say_closed(advert, Opportunity.Outcome.NOBODY)
    assert "19 Mar Closed: the business. Nobody came forward." in desk_reads(advert)
    assert desk_reads(advert)[-1].endswith("The draft was made from the pledge")


def test_the_desk_reads_nothing_of_people_who_take_a_place(advert):
    before = desk_reads(advert)
    with make.acting(factories.user()):
        places.hold_place(opportunity_id=advert.pk)
        places.start_place(opportunity_id=advert.pk)
    assert desk_reads(advert) == before
