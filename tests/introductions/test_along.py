"""From a meeting to the checks: calendar files, reminders, what to think about, "still fine?", the worker's list."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.clock import LONDON
from core.workdays import DAY
from introductions import meeting_file, reminders, services
from introductions.me.prompts import prompts_for
from introductions.models import Introduction
from notifications import preparing
from notifications.models import Outbox
from tests import factories
from tests.introductions.test_business import (
    CANARY,
    Firm,
    support_ended,
    unchecked,
    withdrawn,
    worker_page,
)
from tests.pledges.following import go_to
from tests.pledges.reading_age import hard_sentences, reading_age, words_of

pytestmark = pytest.mark.django_db
S = Introduction.State


def met(at: dt.datetime, state="meeting", **more) -> Firm:
    """A firm that meets somebody at that time."""
    firm = Firm(state, **more)
    move(firm, at)
    return firm


def move(firm, at: dt.datetime) -> None:
    with factories.as_worker():
        facts = {"meets_at": at, "meets_where": "Our reception", "in_staffed_place": True}
        Introduction.objects.filter(pk=firm.row.pk).update(**facts, changed_at=at)


def in_days(days: float) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)


# --- the calendar file


def lines(text: str) -> dict[str, str]:
    event = text.replace("\r\n ", "").split("BEGIN:VEVENT")[1]
    return dict(line.split(":", 1) for line in event.split("\r\n") if ":" in line)


WINTER, SUMMER = dt.datetime(2027, 1, 12, 14, 30, tzinfo=LONDON), dt.datetime(2027, 7, 6, 9, 0, tzinfo=LONDON)


@pytest.mark.parametrize("at", [WINTER, SUMMER])
def test_the_file_says_when_in_london_and_neither_who_nor_where(at):
    firm = met(at)
    text = meeting_file.meeting_file(firm.now())
    found = lines(text)
    assert found["DTSTART;TZID=Europe/London"] == f"{at:%Y%m%dT%H%M%S}" and found["UID"].startswith(firm.row.reference)
    assert found["SUMMARY"] == f"Meeting {firm.row.reference}"
    for canary in (CANARY, "Robin", "reception", firm.row.employer.name, firm.row.opportunity.title, "/k/"):
        assert canary not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.count("\n") == text.count("\r\n")


def test_the_zone_in_the_file_changes_when_the_clocks_do():
    """The rules against the zone's own data: the last Sundays of March and October, for twenty years."""
    london = ZoneInfo("Europe/London")
    for year in range(2026, 2046):
        for month, before, after in ((3, 0, 1), (10, 1, 0)):
            sunday = next(
                each for each in (dt.date(year, month, 31 - back) for back in range(7)) if each.weekday() == 6
            )
            at = dt.datetime.combine(sunday, dt.time(1), tzinfo=dt.UTC)
            offsets = [(at + dt.timedelta(seconds=step)).astimezone(london).utcoffset() for step in (-1, 0)]
            assert offsets == [dt.timedelta(hours=before), dt.timedelta(hours=after)]
    text = "\r\n".join(meeting_file.ZONE)
    assert "BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100" in text
    assert "BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000" in text


def test_a_meeting_that_is_moved_is_the_same_event_again():
    firm = met(WINTER)
    first = lines(meeting_file.meeting_file(firm.now()))
    move(firm, WINTER + DAY)
    second = lines(meeting_file.meeting_file(firm.now()))
    assert first["UID"] == second["UID"] and int(second["SEQUENCE"]) > int(first["SEQUENCE"])


def browser(user) -> Client:
    client = Client()
    factories.sign_in(client, user=user)
    return client


def own(firm) -> Client:
    with factories.as_worker():
        return browser(firm.row.person.user)


def files(firm) -> list[int]:
    """What the worker, the young person, the business and a colleague of the worker get."""
    worker = reverse("introductions:show-introduction-file", args=[firm.row.public_id])
    self = reverse("introductions:show-own-file", args=[firm.row.public_id])
    asked = (
        (browser(firm.worker), worker), (own(firm), self), (firm.client, f"{firm.path}meeting.ics"),
        (browser(factories.adviser()), worker),
    )  # fmt: skip
    answers = [client.get(path) for client, path in asked]
    for answer in answers:
        assert answer.status_code != 200 or answer["Content-Type"] == "text/calendar; charset=utf-8"
    return [answer.status_code for answer in answers]


def test_each_of_the_three_saves_it_from_their_page_and_nobody_else():
    firm = met(in_days(3))
    assert files(firm) == [200, 200, 200, 404]
    assert "meeting.ics" in worker_page(firm) and "meeting.ics" in firm.read()
    assert "meeting.ics" in own(firm).get(f"/me/introductions/{firm.row.public_id}/").content.decode()
    firm.end()
    assert files(firm) == [404, 404, 404, 404]


def test_there_is_no_file_before_a_day_is_set():
    assert files(Firm("introduced")) == [404] * 4


# --- reminders

MONDAY = dt.date(2027, 2, 1)
PURPOSES = {reminders.WORKER, reminders.OWN, reminders.BUSINESS}


def remind() -> int:
    with factories.as_worker():
        return reminders.remind()["made"]


def due(firm) -> dict[str, list]:
    """purpose -> what would be handed over, of those not handed over yet."""
    with factories.as_worker():
        rows = list(Outbox.objects.filter(cause_id=firm.row.pk, purpose__startswith="remind_", state="due"))
        found: dict[str, list] = {}
        for row in rows:
            found.setdefault(row.purpose, []).append(preparing.prepare(row))
        return found


def letters(firm) -> set[str]:
    return {name for name, each in due(firm).items() if any(isinstance(one, preparing.Letter) for one in each)}


def hand_over() -> None:
    with factories.as_worker():
        Outbox.objects.filter(purpose__startswith="remind_").update(state="accepted")


def at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=LONDON)


def meets_on_wednesday(**more) -> Firm:
    """It is Monday morning, nine o'clock, and they meet on Wednesday at ten. The check stands."""
    firm = met(at(MONDAY + 2 * DAY, 10), **more)
    with factories.as_worker():
        type(firm.row.employer).objects.filter(pk=firm.row.employer_id).update(checked_until=MONDAY + 90 * DAY)
    go_to(MONDAY, 9)
    return firm


def test_two_days_and_two_hours_before_each_of_the_three_hears_once():
    firm = meets_on_wednesday()
    assert remind() == 0
    go_to(MONDAY, 10)
    assert (remind(), remind()) == (3, 0) and letters(firm) == PURPOSES
    hand_over()
    go_to(MONDAY + DAY, 10)
    assert remind() == 0
    go_to(MONDAY + 2 * DAY, 7)
    assert remind() == 0
    go_to(MONDAY + 2 * DAY, 8)
    assert (remind(), remind()) == (3, 0) and letters(firm) == PURPOSES
    go_to(MONDAY + 2 * DAY, 10)
    assert letters(firm) == set() and remind() == 0


def test_a_meeting_that_is_moved_ends_the_old_reminder_and_makes_new_ones():
    firm = meets_on_wednesday()
    go_to(MONDAY, 10)
    remind()
    move(firm, at(MONDAY + 2 * DAY, 12))  # still within two days: only the time differs
    assert letters(firm) == set()
    hand_over()
    go_to(MONDAY, 12)
    assert remind() == 3 and letters(firm) == PURPOSES


def test_planted_reminders_that_do_not_look_at_the_time_go_out(monkeypatch):
    monkeypatch.setattr(reminders, "_stamp", lambda row: "then")
    with pytest.raises(AssertionError):
        test_a_meeting_that_is_moved_ends_the_old_reminder_and_makes_new_ones()


def offered(firm):
    with factories.as_worker():
        services.move_on(introduction=firm.row, move="offer", role="adviser")


@pytest.mark.parametrize("change", [withdrawn, support_ended, offered])
def test_no_reminder_of_what_is_over(change):
    firm = meets_on_wednesday()
    go_to(MONDAY, 10)
    remind()
    assert letters(firm) == PURPOSES
    change(firm)
    assert letters(firm) == set()


def test_a_business_that_is_not_checked_is_not_reminded():
    firm = meets_on_wednesday()
    go_to(MONDAY, 10)
    remind()
    unchecked(firm)
    assert letters(firm) == PURPOSES - {reminders.BUSINESS}


def test_a_reminder_says_when_and_never_who_what_or_where(longest_address):
    firm = meets_on_wednesday(giver={"way": "text", "phone": "07700 900123"})
    go_to(MONDAY, 10)
    remind()
    found = due(firm)
    assert set(found) == {reminders.WORKER, reminders.OWN, reminders.BUSINESS_BY_TEXT}
    for name, (letter,) in found.items():
        said = letter.mail.subject + letter.mail.text
        assert "10:00" in said and (name != reminders.BUSINESS_BY_TEXT or len(said) <= 160)
        for canary in (CANARY, "Robin", "reception", firm.row.employer.name, firm.row.opportunity.title, "care"):
            assert canary not in said
        assert not re.search(r"\d", letter.mail.subject)


# --- what to think about


@pytest.mark.parametrize("state", ["meeting", "interview"])
def test_before_they_meet_there_is_something_to_think_about_in_easy_words(state):
    firm = met(in_days(3), state)
    page = own(firm).get(f"/me/introductions/{firm.row.public_id}/").content.decode()
    said = [str(line) for prompts in prompts_for(firm.row) for line in (*prompts.lines, prompts.title)]
    assert len(said) > 8 and all(line in page for line in said)
    text = words_of("<main>" + "".join(f"<p>{line}</p>" for line in said) + "</main>")
    assert reading_age(text) <= 11, hard_sentences(text)


@pytest.mark.parametrize("state", ["introduced", "offered", "checks"])
def test_and_nothing_in_other_states(state):
    assert prompts_for(Firm(state).row) == ()
