"""From a meeting to the checks, on the worker's list: "still fine?", and what the business has said."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from core import clock
from core.workdays import DAY
from introductions import business_messages as told
from introductions import fine, news, reminders, services
from introductions.models import Introduction
from introductions.replies import note
from notifications import preparing
from notifications.models import Outbox
from tests import factories
from tests.introductions.test_along import (
    MONDAY,
    PURPOSES,
    browser,
    due,
    in_days,
    letters,
    meets_on_wednesday,
    own,
    remind,
)
from tests.introductions.test_business import (
    Firm,
    day,
    meeting,
    worker_page,
)
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db


# --- still fine?


def checks_since(days: int, *, account=True) -> Firm:
    firm = Firm("checks")
    with factories.as_worker():
        Introduction.objects.filter(pk=firm.row.pk).update(changed_at=in_days(-days), checks_by=clock.today() + 9 * DAY)
        if not account:
            type(firm.person).objects.filter(pk=firm.person.pk).update(user=None)
    return firm


def asked(firm) -> int:
    with factories.as_worker():
        fine.ask()
        rows = Outbox.objects.filter(cause_id=firm.row.pk, purpose=fine.ASK, state="due")
        return sum(isinstance(preparing.prepare(row), preparing.Letter) for row in rows)


@pytest.mark.parametrize(("days", "times"), [(6, 0), (7, 1), (8, 1)])
def test_who_has_an_account_is_asked_once_a_week(days, times):
    firm = checks_since(days)
    assert (asked(firm), asked(firm)) == (times, times)


def test_who_has_none_is_asked_by_the_worker():
    firm = checks_since(8, account=False)
    assert asked(firm) == 0 and "Ask: still fine?" in monday(firm)


def test_the_message_asks_again_after_another_week_and_ends_with_the_answer():
    firm = checks_since(8)
    assert asked(firm) == 1
    with factories.as_worker():
        Introduction.objects.filter(pk=firm.row.pk).update(changed_at=in_days(-15))
    assert asked(firm) == 2
    client = own(firm)
    page = f"/me/introductions/{firm.row.public_id}/"
    assert "One tap tells us" in client.get(page).content.decode()
    assert "Thank you" in client.post(f"{page}fine/", follow=True).content.decode()
    assert firm.now().still_fine_on == clock.today() and asked(firm) == 0
    assert "One tap tells us" not in client.get(page).content.decode()


def test_to_look_says_nothing():
    firm = checks_since(8)
    client, page = own(firm), f"/me/introductions/{firm.row.public_id}/"
    client.get(page)
    assert client.get(f"{page}fine/").status_code in (404, 405) and firm.now().still_fine_on is None


def test_the_young_person_reads_when_the_checks_should_be_back():
    firm = checks_since(1)
    text = own(firm).get(f"/me/introductions/{firm.row.public_id}/").content.decode()
    assert "It should be done by" in text


def test_it_is_over_when_there_are_no_checks():
    firm = checks_since(8)
    firm.end()
    client, page = own(firm), f"/me/introductions/{firm.row.public_id}/"
    client.post(f"{page}fine/")
    assert firm.now().still_fine_on is None and asked(firm) == 0


# --- Monday


def monday(firm) -> str:
    return browser(firm.worker).get(reverse("introductions:show-monday")).content.decode()


def step(firm, name: str, **facts) -> None:
    client = browser(firm.worker)
    page = reverse("introductions:take-step", args=[firm.row.public_id, name])
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(page).content.decode()).group(1)
    client.post(page, {"seen": seen, **facts})


@pytest.mark.parametrize(("days", "there"), [(7, False), (13, False), (14, True)])
def test_a_week_without_an_answer_is_on_the_workers_list(days, there):
    firm = checks_since(days)
    assert ("Ask: still fine?" in monday(firm)) == there
    if there:
        step(firm, "fine")
        assert "Ask: still fine?" not in monday(firm) and firm.now().still_fine_on == clock.today()


def test_what_the_business_said_is_on_the_list_until_the_worker_has_answered():
    firm = Firm()
    assert "See what they say" not in monday(firm)
    firm.send("reply/", said="bring")
    assert "See what they say" in monday(firm) and "What should they bring?" in worker_page(firm)
    step(firm, "heard")
    assert "See what they say" not in monday(firm) and "The worker answered the business" in worker_page(firm)


def test_a_meeting_the_business_sets_waits_for_the_worker_to_see_to_the_place():
    firm = Firm()
    firm.send("meet/", **meeting())
    assert "See what they say" in monday(firm) and "See to the place" in worker_page(firm)
    step(firm, "heard")
    assert "See what they say" in monday(firm), "an answer is not a look at the place"
    client = browser(firm.worker)
    page = reverse("introductions:take-step", args=[firm.row.public_id, "meet"])
    assert f'href="{page}">See to the place' in worker_page(firm)
    form = client.get(page).content.decode()
    assert "Our reception" in form and 'value="14:30"' in form
    confirm(firm)
    assert firm.now().in_staffed_place and "See what they say" not in monday(firm)
    assert "See to the place" not in worker_page(firm)


def confirm(firm, name="meet", **facts) -> None:
    """The worker sees to the place."""
    step(firm, name, **(facts or meeting()))


HOME = "My flat, 12 High Street"


def what_they_read(firm) -> str:
    """All pages of the young person that could say it, its file, and their copy."""
    client, page = own(firm), f"/me/introductions/{firm.row.public_id}/"
    pages = ("/me/", "/me/introductions/", "/me/timeline/", page, "/me/data/copy/", "/me/data/copy.json")
    file = client.get(f"{page}meeting.ics")
    said = "".join(client.get(path).content.decode() for path in pages)
    return said + (file.content.decode() if file.status_code == 200 else "")


@pytest.mark.parametrize(("name", "title"), [("meet", "You meet them"), ("interview", "You have an interview")])
def test_a_place_reaches_the_young_person_once_their_worker_has_seen_to_it(name, title):
    firm = Firm()
    firm.send(f"{name}/", **meeting(meets_where=HOME))
    said = what_they_read(firm)
    assert "They would like to meet you" in said and "looks at the place first" in said
    for canary in (HOME, "2:30", "14:30", "meeting.ics", "BEGIN:VEVENT", title):
        assert canary not in said, canary
    assert news.OWN_MOVED not in firm.letters() and news.MOVED in firm.letters()
    confirm(firm, name)
    said = what_they_read(firm)
    assert title in said and "Our reception" in said and "BEGIN:VEVENT" in said and news.OWN_MOVED in firm.letters()
    firm.send(f"{name}/", **meeting(meets_where=HOME, time="16:15"))
    with factories.as_worker():
        assert Outbox.objects.filter(cause_id=firm.row.pk, purpose=news.OWN_MOVED).count() == 2, (
            "they knew of the other"
        )
    said = what_they_read(firm)
    assert "Do not go before that" in said and HOME not in said and "reception" not in said and "4:15" not in said
    firm.send("offer/")
    assert HOME not in what_they_read(firm), "no worker ever looked"


@pytest.mark.parametrize("when", ["before", "after"])
def test_of_a_place_nobody_has_seen_to_the_young_person_is_not_reminded(when):
    """However late the business changes it: before the reminder is made, or before it is handed over."""
    firm = meets_on_wednesday()
    go_to(MONDAY, 10)
    for each in ("change", "remind") if when == "before" else ("remind", "change"):
        if each == "remind":
            remind()
            continue
        with factories.as_worker():
            Introduction.objects.filter(pk=firm.row.pk).update(in_staffed_place=False)
    assert letters(firm) == PURPOSES - {reminders.OWN} and (reminders.OWN in due(firm)) == (when == "after")


def test_what_to_bring_is_read_once_the_worker_has_seen_it():
    firm = Firm("offered")
    back = in_days(20)
    facts = {"checks_by_0": back.day, "checks_by_1": back.month, "checks_by_2": back.year}
    firm.send("checks/", **facts, bring="50 pounds and your passport")
    assert "50 pounds" not in what_they_read(firm) and "50 pounds" in firm.read()
    with factories.as_worker():
        fine.say_fine(introduction=firm.row, role="young_person")
    firm.send("reply/", said="ring")
    assert "50 pounds" not in what_they_read(firm)
    step(firm, "heard")
    assert "50 pounds" in what_they_read(firm)
    step(firm, "check", **facts, bring="A passport")
    firm.send("reply/", said="ring")
    assert "A passport" in what_they_read(firm) and "50 pounds" not in what_they_read(firm)


@pytest.mark.parametrize("way", ["07700 900123", "me@business.example", "www.business.example"])
def test_a_business_gives_no_other_way_to_reach_it(way):
    firm, no = Firm("interview"), "Leave phone numbers, email and web addresses out here. Their worker"
    assert no in firm.send("interview/", **meeting(meets_where=f"Reception. {way}")) and firm.now().meets_where == ""
    firm.send("offer/")
    facts = {"checks_by_0": "1", "checks_by_1": "3", "checks_by_2": "2027"}
    assert no in firm.send("checks/", **facts, bring=f"A coat. {way}") and firm.now().bring == ""


@pytest.mark.parametrize("who", ["young_person", "worker", "system"])
def test_a_question_of_the_business_waits_though_somebody_says_that_it_is_still_fine(who):
    firm = checks_since(15)
    firm.send("reply/", said="ring")
    if who == "system":
        with factories.as_worker():
            note(firm.row, "freeze", "system")
    elif who == "worker":
        step(firm, "fine")
    else:
        own(firm).post(f"/me/introductions/{firm.row.public_id}/fine/")
    assert who == "system" or firm.now().still_fine_on == clock.today()
    assert "Please ring me" in worker_page(firm) and "See what they say" in monday(firm)
    step(firm, "heard")
    assert "See what they say" not in monday(firm)


def test_the_giver_hears_of_a_move_by_the_worker_and_not_of_their_own():
    firm = Firm()
    firm.send("meet/", **meeting())
    with factories.as_worker():
        rows = Outbox.objects.filter(cause_id=firm.row.pk, purpose=told.TOLD)
        assert rows.count() == 1
        services.move_on(introduction=firm.row, move="meet", role="adviser", meets_at=in_days(4))
        assert rows.count() == 2
        letter = preparing.prepare(rows.latest("pk"))
    assert "See where your introduction" in letter.mail.text and "Robin" not in letter.mail.text


def test_monday_asks_as_often_however_much_the_business_said():
    from django.test.utils import CaptureQueriesContext

    counts = []
    for replies in (1, 4):
        firm = Firm()
        for said in list(("ring", "day", "bring", "travel"))[:replies]:
            firm.send("reply/", said=said)
        client = browser(firm.worker)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("introductions:show-monday"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_not_this_time_leads_to_what_else_fits():
    firm = Firm()
    firm.send("not-this-time/", not_this_time="place_gone")
    client = own(firm)
    text = client.get(f"/me/introductions/{firm.row.public_id}/").content.decode()
    assert "said not this time" in text and 'href="/me/matches/"' in text
    found = firm.letters("ended_young_person", "ended_worker")
    assert "/me/matches/" in found["ended_young_person"].mail.text and "/adviser/" in found["ended_worker"].mail.text
    assert "The place is no longer there" in worker_page(firm)


def test_the_words_of_a_day_are_those_of_the_form():
    assert set(day()) == {"day_0", "day_1", "day_2"} and (*services.MOVES_ON, "start") == news.MOVES
