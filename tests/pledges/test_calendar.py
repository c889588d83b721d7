"""The calendar file: RFC 5545 to the octet, one day per promise, in the letter and behind the link."""

import datetime as dt
import re

import pytest
from django.test import Client

from core.scope import NOBODY, scope
from notifications.models import Outbox
from pledges import messages
from pledges.calendar import escaped, fold, promise_file
from pledges.models import Pledge
from tests.pledges import made

pytestmark = pytest.mark.django_db
MONTH = dt.date(2028, 1, 1)  # begins on a Saturday; Monday 3 January is the bank holiday in its place


@pytest.fixture
def event():
    return made.event()


def pledge(event=None, **more):
    with scope(NOBODY):
        return made.pledge(event=event, **{"by_month": MONTH, **more})


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def value(text, name):
    (found,) = [line.split(":", 1)[1] for line in unfolded(text) if re.split("[:;]", line)[0] == name]
    return found


def path_of(row):
    with scope(NOBODY):
        return messages.link_to(row)


def test_it_is_one_whole_day_without_an_alarm(event):
    row = pledge(event, words="A week, or two; \\ at the bench")
    text = promise_file(row)
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""] and "VERSION:2.0" in lines
    assert "DTSTART;VALUE=DATE:20280104" in lines and "DTEND;VALUE=DATE:20280105" in lines
    assert re.fullmatch(r"\d{8}T\d{6}Z", value(text, "DTSTAMP"))
    assert value(text, "UID").startswith(f"{row.public_id}@") and "VALARM" not in text
    assert value(text, "SUMMARY") == "Your promise: Job\\, 2"
    assert value(text, "DESCRIPTION").endswith("\\nA week\\, or two\\; \\\\ at the bench")
    assert "/k/" not in text  # a calendar may be shared: the link is the giver's own


def test_the_uid_stays_when_the_month_moves(event):
    row = pledge(event)
    first = promise_file(row)
    row.by_month = dt.date(2028, 2, 1)
    second = promise_file(row)
    assert value(first, "UID") == value(second, "UID")
    assert "DTSTART;VALUE=DATE:20280201" in second


@pytest.mark.parametrize("words", ["x" * 300, "é" * 200, "😀" * 90, "a,b;c\\\n" * 40, ""])
def test_no_line_is_longer_than_75_octets(event, words):
    data = promise_file(pledge(event, words=words)).encode()
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut


def test_the_control_a_fold_by_letters_would_be_too_long():
    def by_letters(line):
        return "\r\n ".join(line[at : at + 75] for at in range(0, len(line), 75))

    def longest(text):
        return max(len(line.encode()) for line in text.split("\r\n"))

    assert longest(by_letters("é" * 100)) > 75 >= longest(fold("é" * 100))


def test_escaping():
    assert escaped("a\r\nb\nc,d;e\\") == "a\\nb\\nc\\,d\\;e\\\\"


def test_the_thank_you_carries_the_months_that_were_promised(event):
    row = pledge(event)
    with scope(NOBODY):
        outbox = Outbox.objects.get(purpose="pledge_thanks", cause_id=row.pk)
        mail = messages.render(outbox, [])
    (file,) = mail.attachments
    assert (file.name, file.kind) == ("promise.ics", "text/calendar")
    assert value(file.data.decode(), "UID").startswith(str(row.public_id))
    assert "certificate.pdf" in mail.text


def test_no_file_without_a_month(event):
    row = pledge(event, by_month=None)
    with scope(NOBODY):
        assert messages.render(Outbox.objects.get(purpose="pledge_thanks", cause_id=row.pk), []).attachments == ()
    path = path_of(row)
    assert Client().get(f"{path}promise.ics").status_code == 404
    assert "promise.ics" not in Client().get(path).content.decode()


def test_the_page_offers_it_once_a_month_is_added(event):
    row = pledge(event, by_month=None)
    path = path_of(row)
    Pledge.objects.filter(pk=row.pk).update(by_month=MONTH)
    assert f"{path}promise.ics" in Client().get(path).content.decode()
    answer = Client().get(f"{path}promise.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8" and answer["Referrer-Policy"] == "no-referrer"
    assert answer["Content-Disposition"] == 'attachment; filename="promise.ics"'
    assert b"BEGIN:VEVENT" in answer.content
    assert Client().get("/k/unknown/promise.ics").status_code == 404


def test_nothing_follows_from_a_pledge_that_is_held_back(event):
    row = pledge(event)
    path = path_of(row)
    assert Client().get(f"{path}certificate.pdf").status_code == 200
    Pledge.objects.filter(pk=row.pk).update(held_back=Pledge.HeldBack.MANY_FROM_ONE)
    assert Client().get(f"{path}certificate.pdf").status_code == 404
    assert "certificate.pdf" not in Client().get(path).content.decode()
