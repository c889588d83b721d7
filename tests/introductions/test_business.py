"""What a business sees and says of an introduction: nothing before, the agreed words after, nothing once it is over."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import SignedLink
from core import clock
from core.lifecycle import SYSTEM
from core.models import LifecycleLog
from introductions import business_messages as told
from introductions import closing, news, services
from introductions.lifecycle import INTRODUCTION
from introductions.models import Concern, Introduction
from notifications import preparing
from notifications.models import Outbox
from pledges.models import Employer, EmployerContact
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db
CANARY = "Zebedee Quill"
S = Introduction.State


def approve(contact, **more) -> None:
    values = {"approved_by": factories.user(), "approved_on": clock.today(), **more}
    EmployerContact.objects.filter(pk=contact.pk).update(**values)


class Firm:
    """A business with an introduction in `state`, whose giver is approved, and a browser at its page by link."""

    def __init__(self, state="introduced", *, giver=(), to=None, **person):
        with factories.as_worker():
            self.worker = factories.adviser()
            self.person = chain.person(self.worker, label=CANARY, user=factories.user(), **person)
            self.to = to or chain.opportunity()
            approve(self.to.pledge.contact, **dict(giver))
            self.row = chain.walked(state, self.person, self.to)
        self.client = Client()

    def link(self) -> str:
        with factories.as_worker():
            found = Introduction.objects.select_related("opportunity__pledge").get(pk=self.row.pk)
            return re.sub(r"^https?://[^/]+", "", told.link_to(found))

    @property
    def path(self) -> str:
        if not hasattr(self, "_path"):
            self._path = self.link()
        return self._path

    def read(self, end="") -> str:
        answer = self.client.get(self.path + end)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def seen(self, end) -> str:
        """When the introduction had last changed, as the form says it."""
        found = re.search(r'name="seen" value="([^"]+)"', self.client.get(self.path + end).content.decode())
        return found[1] if found else ""

    def send(self, end, **said) -> str:
        answer = self.client.post(self.path + end, {"seen": self.seen(end), **said}, follow=True)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def now(self):
        with factories.as_worker():
            return Introduction.objects.select_related("opportunity").get(pk=self.row.pk)

    def letters(self, *purposes):
        """purpose -> what would be handed over now, or why not."""
        with factories.as_worker():
            rows = Outbox.objects.filter(cause_id=self.row.pk, state="due").order_by("pk")
            return {row.purpose: preparing.prepare(row) for row in rows if not purposes or row.purpose in purposes}

    def end(self, move="withdraw", why="withdrawn", role="young_person") -> None:
        with factories.as_worker():
            services.end(introduction=self.row, move=move, role=role, ending=why)

    def freeze(self) -> None:
        with factories.as_worker():
            Employer.objects.filter(pk=self.row.employer_id).update(state="stopped")
            INTRODUCTION.move(self.row, "freeze", role=SYSTEM, changes={"frozen_from": self.row.state})


def day(days=3):
    when = clock.today() + dt.timedelta(days=days)
    return {"day_0": str(when.day), "day_1": str(when.month), "day_2": str(when.year)}


def meeting(**more):
    return {**day(), "time": "14:30", "meets_where": "Our reception", "in_staffed_place": "on", **more}


# --- the message


def test_the_giver_is_told_with_a_reference_and_a_link_and_nothing_of_the_person():
    firm = Firm()
    letter = firm.letters(told.TOLD)[told.TOLD]
    assert letter.to == "giver@business.example" and firm.row.reference in letter.mail.text
    (path,) = re.findall(r"https?://[^/]+(/k/\S+)", letter.mail.text)
    assert firm.now().agreed["text"] in firm.client.get(path).content.decode().replace("&quot;", '"')
    for canary in (CANARY, "Robin", "care", firm.row.opportunity.title, firm.row.employer.name, "Nottingham"):
        assert canary not in letter.mail.text + letter.mail.subject


def test_who_asked_for_texts_gets_one_line(longest_address):
    firm = Firm(giver={"way": "text", "phone": "07700 900123"})
    letter = firm.letters(told.TOLD_BY_TEXT)[told.TOLD_BY_TEXT]
    assert letter.to == "07700 900123" and len(letter.mail.text) <= 160 and "/k/" in letter.mail.text
    firm.end()
    with factories.as_worker():
        Outbox.objects.filter(purpose=told.TOLD_BY_TEXT).update(state="accepted")
    assert firm.row.reference in firm.letters()[closing.BUSINESS_BY_TEXT].mail.text


@pytest.mark.parametrize("giver", [{"approved_by": None, "approved_on": None}, {"email": "", "phone": "0115 496 0001"}])
def test_where_nobody_can_be_written_to_the_worker_rings(giver):
    firm = Firm(giver=giver)
    assert told.TOLD not in firm.letters()
    page = reverse("introductions:show-introduction", args=[firm.row.public_id])
    client = Client()
    factories.sign_in(client, user=firm.worker)
    text = client.get(page).content.decode()
    assert "We do not send this for you" in text and "We have written" not in text


def worker_page(firm) -> str:
    client = Client()
    factories.sign_in(client, user=firm.worker)
    return client.get(reverse("introductions:show-introduction", args=[firm.row.public_id])).content.decode()


def test_the_worker_sees_that_it_is_written_and_rings_when_it_could_not_be_delivered():
    firm = Firm(giver={"name": "Petra Lind"})
    assert "We have written to Petra Lind" in worker_page(firm)
    with factories.as_worker():
        Outbox.objects.filter(purpose=told.TOLD).update(state="bounced")
    assert "We do not send this for you" in worker_page(firm)


def withdrawn(firm):
    firm.end()


def frozen(firm):
    firm.freeze()


def unchecked(firm):
    with factories.as_worker():
        Employer.objects.filter(pk=firm.row.employer_id).update(checked_until=dt.date(2020, 1, 1))


def unapproved(firm):
    with factories.as_worker():
        approve(firm.to.pledge.contact, approved_by=None, approved_on=None)


def support_ended(firm):
    with factories.as_worker():
        type(firm.person).objects.filter(pk=firm.person.pk).update(ended_on=clock.today(), ended_why="age")


@pytest.mark.parametrize("change", [withdrawn, frozen, unchecked, unapproved, support_ended])
def test_what_is_true_no_more_at_hand_over_ends_the_message(change):
    firm = Firm()
    assert isinstance(firm.letters()[told.TOLD], preparing.Letter)
    change(firm)
    assert isinstance(firm.letters()[told.TOLD], preparing.Ending)


def test_planted_a_message_that_is_not_asked_again_goes_out(monkeypatch):
    monkeypatch.setattr(preparing, "still_entitled", lambda purpose, rows: {row.pk for row in rows})
    with pytest.raises(AssertionError):
        test_what_is_true_no_more_at_hand_over_ends_the_message(withdrawn)


@pytest.mark.parametrize(
    ("state", "reason", "hears"),
    [("due", "", False), ("ended", "not entitled", False), ("accepted", "", True), ("dead", "refused", True)],
)
def test_a_business_that_never_heard_of_it_hears_of_no_end(state, reason, hears):
    """Where the message failed for another reason the worker rang, so the business knows."""
    firm = Firm()
    firm.end()
    with factories.as_worker():
        Outbox.objects.filter(purpose=told.TOLD).update(state=state, reason=reason)
    assert isinstance(firm.letters()[closing.BUSINESS], preparing.Letter) == hears


# --- the page


def test_many_ends_at_once_are_looked_at_together(monkeypatch):
    monkeypatch.setattr(told, "never_told", lambda rows: set())
    firms = [Firm() for _number in range(3)]
    for firm in firms:
        firm.end()
    with factories.as_worker():
        rows = list(Outbox.objects.filter(purpose=closing.BUSINESS))
        with CaptureQueriesContext(connection) as few:
            assert len(closing.may_hear_as_business(rows[:1])) == 1
        with CaptureQueriesContext(connection) as many:
            assert len(closing.may_hear_as_business(rows)) == 3
    assert len(many) == len(few)


def test_it_shows_exactly_the_agreed_words_and_who_may_know():
    firm = Firm()
    text = firm.read()
    agreed = firm.now().agreed
    assert f"“{agreed['text']}”" in text.replace("&quot;", '"') and agreed["who_knows"] in text
    assert firm.row.reference in text and "Something is wrong" in text
    for canary in (CANARY, str(firm.row.public_id), str(firm.person.public_id), "Nottinghamshire"):
        assert canary not in text


def rows():
    with factories.as_worker():
        return (
            list(Introduction.objects.values()), LifecycleLog.objects.count(), Outbox.objects.count(),
            list(SignedLink.objects.values("used_at", "expires_at")),
        )  # fmt: skip


@pytest.mark.parametrize("way", ["get", "head"])
def test_to_look_changes_nothing(way):
    firm = Firm()
    path, before = firm.path, rows()
    for end in ("", "meet/", "interview/", "offer/", "not-this-time/", "wrong/", "reply/"):
        getattr(firm.client, way)(path + end)
    assert rows() == before


def test_the_business_says_when_they_meet_and_the_worker_sees_to_the_place():
    firm = Firm()
    assert "where other staff are" in firm.send("meet/", **{**meeting(), "in_staffed_place": ""})
    assert "That time has passed" in firm.send("meet/", **meeting(**day(-1)))
    text = firm.send("meet/", **meeting())
    row = firm.now()
    assert (row.state, row.meets_where, row.in_staffed_place) == (S.MEETING, "Our reception", False)
    assert "Their worker hears of it now" in text and "14:30" in text and "Our reception" in text
    assert "Change the day or the place" in text and "Let us meet" not in text
    assert 'value="14:30"' in firm.read("meet/") and "Our reception" in firm.read("meet/")
    (move,) = LifecycleLog.objects.filter(object_id=row.pk, model=INTRODUCTION.model, move="meet")
    assert (move.role, move.actor) == ("giver", None)


def test_interview_offer_checks_and_not_this_time():
    firm = Firm()
    firm.send("interview/", **meeting())
    assert firm.now().state == S.INTERVIEW
    firm.send("offer/")
    assert firm.now().state == S.OFFERED
    back = clock.today() + dt.timedelta(days=20)
    firm.send("checks/", checks_by_0=back.day, checks_by_1=back.month, checks_by_2=back.year, bring="A passport")
    assert (firm.now().state, firm.now().checks_by, firm.now().bring) == (S.CHECKS, back, "A passport")
    assert "A passport" in firm.read()
    assert "Choose the reason" in firm.send("not-this-time/") and firm.now().state == S.CHECKS
    assert "This has ended. Thank you." in firm.send("not-this-time/", not_this_time="hours")
    row = firm.now()
    assert (row.ending, row.not_this_time, row.agreed, row.opportunity.places_held) == (
        "not_this_time",
        "hours",
        None,
        0,
    )
    with factories.as_worker():
        Outbox.objects.filter(purpose=told.TOLD).update(state="accepted")
    assert {closing.WORKER, closing.YOUNG_PERSON, closing.BUSINESS} <= set(firm.letters())


def test_one_tap_is_told_to_the_worker_once_a_day_and_stands_on_their_page():
    firm = Firm()
    for _tap in range(2):
        assert "Their worker hears of it now" in firm.send("reply/", said="ring")
    assert "The business says: Please ring me" in worker_page(firm)
    with factories.as_worker():
        (row,) = Outbox.objects.filter(purpose=news.REPLY)
        letter = preparing.prepare(row)
    assert letter.to == firm.worker.email and "ring" not in letter.mail.text
    assert firm.client.post(firm.path + "reply/", {"said": "your past"}).status_code == 404


def over(change):
    firm = Firm()
    assert "Robin" in firm.read()
    change(firm)
    return firm


WAYS = [
    (withdrawn, "This has ended. Thank you."),
    (frozen, "This page is resting"),
    (unchecked, "This page is resting"),
    (unapproved, "This has ended. Thank you."),
]


@pytest.mark.parametrize(("change", "sentence"), WAYS)
def test_what_may_not_be_read_any_more_gets_a_sentence_and_nothing_happens(change, sentence):
    """The page was open: whatever is sent from it is answered, and changes nothing."""
    firm = over(change)
    before = rows()[:3]
    for said in ({}, meeting(), {"said": "ring"}, {"not_this_time": "hours"}):
        for end in ("meet/", "offer/", "reply/", "not-this-time/"):
            if end != "reply/" or "said" in said:
                text = firm.send(end, **said)
                assert sentence in text and "Robin" not in text and firm.row.opportunity.title not in text
    assert sentence in firm.read() and rows()[:3] == before


def test_planted_an_introduction_that_is_found_whoever_asks_is_noticed(monkeypatch):
    from introductions import business

    plain = Introduction.objects.filter
    monkeypatch.setattr(business, "find", lambda door, reference: plain(reference=reference).first())
    with pytest.raises(AssertionError):
        test_what_may_not_be_read_any_more_gets_a_sentence_and_nothing_happens(unapproved, WAYS[3][1])


def test_a_link_that_is_too_old_says_so_and_an_unknown_one_is_unknown():
    firm = Firm()
    path = firm.path
    firm.send("reply/", said="later")
    SignedLink.objects.update(expires_at=clock.now() - dt.timedelta(days=1))
    text = firm.read()
    assert "This link has ended" in text and "Robin" not in text and firm.row.reference not in text
    assert firm.client.get(f"/k/nothing/introduction/{firm.row.reference}/").status_code == 404
    assert firm.client.get(path)["Referrer-Policy"] == "no-referrer"


def test_another_reference_is_answered_like_one_that_has_ended():
    firm, other = Firm(), Firm()
    theirs = firm.path.replace(firm.row.reference, other.row.reference)
    never = firm.path.replace(firm.row.reference, "ABCDEFGH")
    first, second = (firm.client.get(path).content.decode() for path in (theirs, never))
    assert "This has ended" in first
    assert first.replace(other.row.reference, "") == second.replace("ABCDEFGH", "")


def test_a_giver_who_was_replaced_reads_nothing_more():
    firm = Firm()
    path = firm.path
    with factories.as_worker():
        new = EmployerContact.objects.create(employer=firm.row.employer, email="new@business.example")
        approve(new)
        pledge = firm.to.pledge
        type(pledge).objects.filter(pk=pledge.pk).update(contact=new)
    assert "This has ended" in firm.client.get(path).content.decode()


def test_something_is_wrong_reaches_the_leads_of_both_councils_with_the_introduction():
    firm = Firm()
    text = firm.read("wrong/")
    assert "We know which opportunity you mean" in text
    firm.send("wrong/", urgency="today", words="Somebody rang us about them.", key="a" * 32)
    with factories.as_worker():
        concern = Concern.objects.get()
    assert (concern.introduction_id, concern.person_id) == (firm.row.pk, firm.person.pk)
    assert concern.said_by == "employer" and concern.employer_id == firm.row.employer_id
    firm.freeze()
    assert "Something is wrong" in firm.read("wrong/")
