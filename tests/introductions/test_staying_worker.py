"""The worker's page of check-ins, what Monday says of them; and who reads what."""

import datetime as dt
import re
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import SignedLink, View
from core import clock
from core.scope import Scope, scope
from introductions import business_messages, staying, staying_lists, this_week
from introductions.models import CheckIn, Start
from matching.overview import known
from matching.shown import people_of
from pledges.models import EmployerContact
from tests import factories
from tests.introductions import chain
from tests.introductions.staying_made import (
    NAMES,
    ask_due,
    check_in,
    letters,
    link_of,
    person,
    saved,
    say,
    started,
    tap,
    text,
)
from tests.introductions.test_staying import end_start, go
from tests.walls.test_scope import open_first_wall

pytestmark = pytest.mark.django_db


def page_of(start, point="week4") -> str:
    return reverse("introductions:show-how", args=[start.introduction.public_id, point])


def monday(dana) -> list[tuple[str, str]]:
    """What the first lines of her page say about what was started, and about asking somebody for a yes."""
    with factories.as_worker():
        rows = this_week.lines(this_week.asked(known(people_of(dana.pk))), most=10)
    rows = [
        row for row in rows if row.get("label") in ("Talk to them", "Ask how it goes", "Ask them", "Write how it ended")
    ]
    return [(row["label"], row["more"].split(":")[-1].split(".")[0].strip()) for row in rows]


@pytest.fixture
def client(sign_in, dana):
    return sign_in(user=dana)


@pytest.mark.parametrize(("said", "offered"), [("not_well", True), ("good", False), ("left", True)])
def test_the_worker_is_asked_to_talk_to_the_contact_they_know(client, dana, said, offered):
    start = started(person(worker=dana), on=clock.today() - staying_lists.SILENT)
    path = link_of(check_in(start))
    page = tap(path, said)
    assert ('name="tell"' in page) == offered and "checked" not in page
    Client().post(path, {"words": "The hours are too long", "tell": "on"})
    assert start.opportunity.pledge.contact.email not in {to for _name, to, *_rest in letters()}
    said = client.get(page_of(start, "day1")).content.decode()
    assert ("They want you to talk to Sam Hale at work" in said) == offered and "too long" in said
    assert "too long" not in text(path) and "Sam Hale" not in text(path) and "We have what you wrote" in text(path)


@pytest.mark.parametrize(("more", "rings"), [({}, False), ({"email": "", "phone": "0115 496 0001"}, True),
                                             ({"approved_on": None, "approved_by": None}, True)])  # fmt: skip
def test_of_a_business_that_nobody_has_written_to_the_worker_reads_that_she_rings(client, dana, more, rings):
    start = started(person(worker=dana), on=clock.today() - dt.timedelta(days=28))
    with factories.as_worker():
        EmployerContact.objects.filter(pledges=start.opportunity.pledge).update(**more)
    ask_due()
    page = client.get(page_of(start)).content.decode()
    assert ("nobody has written: ring them" in page) == rings
    assert page.count("no answer yet") == (1 if rings else 2)


def test_a_link_made_on_demand_opens_her_own_phone(client, start):
    path = page_of(start)
    assert 'value="link"' in text(path, client) and not SignedLink.objects.exists()
    page = client.post(path, {"do": "link"}).content.decode()
    words = unquote(re.search(r'href="(sms:[^"]+)"', page)[1].replace("&amp;", "&"))
    assert "How is it going? One tap is enough: http" in words and not any(name in words for name in NAMES)
    link = re.search(r"/k/[^/]+/how/", words)[0]
    assert "You said" in tap(link, "good")
    assert saved(start) == ("good", "")
    with factories.as_worker():
        assert View.objects.filter(person=start.person_id, page="introduction").exists()


def test_what_they_told_her_is_a_row_of_her_own(client, start):
    say(start, "good", "week4")
    answer = client.post(page_of(start), {"do": "say", "answer": "not_well", "words": "On the phone"})
    assert answer["Location"] == f"/adviser/introductions/{start.introduction.public_id}/"
    assert saved(start) == ("good", "") and saved(start, side="worker") == ("not_well", "")
    page = text(answer["Location"], client)
    assert "They do not say the same" in page and "On the phone" in page
    assert "Choose what they said" in client.post(page_of(start), {"do": "say"}).content.decode()


def test_two_that_differ_come_first_on_monday_until_she_is_on_it(client, dana, start):
    chain_row = person(worker=dana)
    with factories.as_worker():
        chain.interested(chain_row)
    say(start, "good", "week4")
    assert monday(dana)[0][0] == "Ask them"
    say(start, "not_well", "week4", "employer")
    assert monday(dana)[0] == ("Talk to them", "Two answers that differ")
    assert "Two answers that differ" in text("/adviser/", client)
    page = text(page_of(start), client)
    assert "They do not say the same" in page and 'value="hand"' in page
    client.post(page_of(start), {"do": "hand"})
    assert monday(dana)[0][0] == "Ask them"
    assert check_in(start, "week4", "employer").seen_at
    say(start, "left", "week4")  # something new at the same point
    assert monday(dana)[0] == ("Talk to them", "Not there any more?")
    end = f"/adviser/introductions/{start.introduction.public_id}/end-start/"
    assert end in text(page_of(start), client)
    assert client.get(end).status_code == 200  # asked of her, and done by her


@pytest.mark.parametrize(("own", "business", "line"), [
    ("good", "good", None), ("good", "ok", None), ("good", "", None),
    ("not_well", "", "It's not going well"), ("not_well", "not_well", "It's not going well"),
    ("ok", "not_well", "Two answers that differ"), ("not_well", "good", "Two answers that differ"),
    ("left", "good", "Not there any more?"), ("good", "left", "Not there any more?"),
])  # fmt: skip
def test_what_two_sides_say_on_monday(dana, start, own, business, line):
    for side, answer in (("young_person", own), ("employer", business)):
        if answer:
            say(start, answer, "week4", side)
    assert monday(dana) == ([("Talk to them", line)] if line else [])
    with factories.as_worker():
        assert Start.objects.get(pk=start.pk).state == "begun"  # nothing ends by itself


def test_whom_to_ask_stands_on_monday(dana):
    start = started(person(worker=dana))
    go("week1")
    assert monday(dana) == []
    with factories.as_worker():
        staying.ask_due()
    assert monday(dana) == [("Ask how it goes", "Week 1")]
    with factories.as_worker():
        staying.say_for(start=start, point="week1", answer="good")
    assert monday(dana) == []


@pytest.mark.parametrize(("days", "line"), [(6, []), (7, [("Ask how it goes", "Week 4")])])
def test_a_silent_side_is_asked_about_after_a_week(dana, start, days, line):
    with factories.as_worker():
        staying.ask_due()
    say(start, "good", "week4")
    go("week4", days)
    assert monday(dana) == line  # the business has not answered
    say(start, "good", "week4", "employer")
    assert monday(dana) == []


def test_from_whoever_knows(dana, start):
    go("week26")
    with factories.as_worker():
        staying.ask_due()
    assert monday(dana) == [("Ask how it goes", "Week 26")]
    say(start, "good", "week26")
    assert monday(dana) == []


@pytest.mark.parametrize(("more", "days"), [
    ({"lasts": 5, "lasts_unit": "days"}, 5), ({"lasts": 2, "lasts_unit": "weeks"}, 14),
    ({"lasts": 3, "lasts_unit": "months"}, 91), ({"kind_code": "site-visit", "pay_pence": None}, 1),
])  # fmt: skip
def test_what_was_for_a_time_is_to_be_ended_once_it_is_over(dana, more, days):
    start = started(person(worker=dana), chain.opportunity(**more))
    for after, found in ((days, []), (days + 1, ["Write how it ended"]), (190, ["Write how it ended"])):
        go("day1", after - 1)
        assert [label for label, _line in monday(dana)] == found
    with factories.as_worker():
        end_start(start)
    assert monday(dana) == []


def test_what_goes_on_is_never_over(dana):
    started(person(worker=dana), chain.opportunity())
    go("week52", 30)
    assert monday(dana) == []


def test_of_what_has_ended_monday_says_nothing(dana, start):
    say(start, "not_well", "week4")
    with factories.as_worker():
        end_start(start)
    assert monday(dana) == []


# --- the walls --------------------------------------------------------------------------------------------------------


def sides_read(start) -> list[set[str]]:
    found = []
    for who in (
        Scope(person=start.person_id),
        Scope(person=start.person_id, actor=start.person.user_id),
        Scope(person=start.person_id, actor=factories.user().pk),  # a guest adviser
        Scope(employer=start.introduction.employer_id),
        Scope(councils=frozenset({factories.council().pk})),
        Scope(employer=start.introduction.employer_id + 1),
        Scope(councils=frozenset({factories.council("Derby").pk})),
    ):
        with scope(who):
            found.append(set(CheckIn.objects.values_list("side", flat=True)))
    return found


BOTH = {"young_person", "employer", "worker"}
THEIRS: list[set[str]] = [{"young_person"}, {"young_person"}, BOTH, {"employer"}, BOTH, set(), set()]


def test_a_guest_writes_down_what_they_said(start):
    with scope(Scope(person=start.person_id, actor=factories.user().pk)):
        staying.say_for(start=Start.objects.get(pk=start.pk), point="week4", answer="ok")
    assert saved(start, side="worker") == ("ok", "")


def test_each_side_reads_its_own(start):
    assert sides_read(start) == THEIRS


def test_first_wall_open_each_side_reads_its_own(start, monkeypatch):
    open_first_wall(monkeypatch)
    assert sides_read(start) == THEIRS


def test_second_wall_open_each_side_reads_its_own(start):
    with factories.as_worker():  # its policies let everything through
        assert sides_read(start) == THEIRS


def test_the_business_reads_what_it_said(start):
    say(start, "good", "week4")
    say(start, "ok", "week4", "employer")
    with scope(Scope(employer=start.introduction.employer_id)):
        rows = staying_lists.of_side(start.introduction, "employer")
    assert [(row.point, row.answer) for row in rows] == [("week4", "ok"), ("week13", "")]
    with factories.as_worker():
        path = urlsplit(business_messages.link_to(start.introduction)).path
    page = text(path)
    assert "Week 4: you said “It&#x27;s all right”" in page and "Week 13: we ask you on" in page
    assert "going well" not in page


def test_the_business_reads_when_it_was_asked(start):
    with factories.as_worker():
        CheckIn.objects.filter(start=start, point="week4", side="employer").update(asked_at=clock.now())
        path = urlsplit(business_messages.link_to(start.introduction)).path
    assert f"Week 4: we asked you on {date_format(clock.today(), 'l j F')}" in text(path)
