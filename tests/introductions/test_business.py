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
from core.scope import Scope, scope
from introductions import business_messages as told
from introductions import closing, known, news, replies, services
from introductions.home import Visitor
from introductions.lifecycle import INTRODUCTION
from introductions.models import Concern, Introduction, Start
from notifications import preparing
from notifications.models import Outbox
from pledges import home_links
from pledges.models import Employer, EmployerContact
from tests import factories
from tests.introductions import chain
from tests.pledges.following import go_to

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


def test_who_asked_for_texts_gets_one_line():
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


# --- the business's own page


def home(firm) -> str:
    with factories.as_worker():
        contact = EmployerContact.objects.select_related("employer").get(pk=firm.to.pledge.contact_id)
        return re.sub(r"^https?://[^/]+", "", home_links.home_link(contact))


def test_the_link_to_its_own_page_opens_no_introduction():
    """It may have been passed on: it says that something waits in the giver's own mailbox."""
    firm = Firm()
    door = home(firm)
    text = firm.client.get(door).content.decode()
    assert firm.row.reference in text and "the link we sent to you alone" in text
    for canary in ("Robin", CANARY, "The business knows", f"/introduction/{firm.row.reference}"):
        assert canary not in text, canary
    path = door.replace("/home/", f"/introduction/{firm.row.reference}/")
    before = firm.now().state
    for end in ("", "meet/", "meeting.ics", "wrong/"):
        assert firm.client.get(path + end).status_code == 404
    for end, said in (("not-this-time/", {"not_this_time": "hours"}), ("reply/", {"said": "ring"}), ("offer/", {})):
        seen = firm.seen(end)
        assert firm.client.post(path + end, {"seen": seen, **said}).status_code == 404
    assert firm.now().state == before


def test_while_the_business_is_not_checked_its_own_page_lists_none():
    firm = Firm()
    assert firm.row.reference in firm.client.get(home(firm)).content.decode()
    unchecked(firm)
    assert firm.row.reference not in firm.client.get(home(firm)).content.decode()


def test_a_form_that_was_open_before_the_worker_moved_it_writes_over_nothing():
    firm = Firm()
    firm.send("meet/", **meeting(meets_where="The back door"))
    old = firm.seen("meet/")
    with factories.as_worker():
        facts = {"meets_at": clock.now() + dt.timedelta(days=4), "meets_where": "The library", "in_staffed_place": True}
        services.move_on(introduction=firm.row, move="meet", role="adviser", **facts)
    for seen in (old, ""):
        text = firm.send("meet/", seen=seen, **meeting(meets_where="The back door"))
        assert "This has moved on since you opened it" in text and "The library" in text
        assert (firm.now().meets_where, firm.now().in_staffed_place) == ("The library", True)
        firm.send("not-this-time/", seen=seen, not_this_time="hours")
        assert firm.now().state == S.MEETING
    firm.send("meet/", **meeting(meets_where="The front door"))
    assert firm.now().meets_where == "The front door"


def test_the_business_finds_it_on_its_own_page_by_sign_in():
    firm = Firm()
    member = Client()
    giver = factories.user()
    with factories.as_worker():
        EmployerContact.objects.filter(pk=firm.to.pledge.contact_id).update(email=giver.email)
    factories.membership("employer_member", of=giver, employer_id=firm.row.employer_id)
    factories.sign_in(member, user=giver)
    home = member.get("/employer/").content.decode()
    assert f"/employer/introductions/{firm.row.reference}/" in home
    assert f"{firm.row.opportunity.title}, {firm.row.reference}</a>: Somebody would like to come" in home
    page = f"/employer/introductions/{firm.row.reference}/"
    assert "Robin" in member.get(page).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', member.get(f"{page}offer/").content.decode())[1]
    member.post(f"{page}offer/", {"seen": seen})
    move = LifecycleLog.objects.get(object_id=firm.row.pk, model=INTRODUCTION.model, move="offer")
    assert (move.role, move.actor) == ("employer_member", giver.pk)


def test_a_colleague_of_the_giver_reads_nothing_of_it():
    firm = Firm()
    colleague = Client()
    factories.sign_in(colleague, "employer_member", employer_id=firm.row.employer_id)
    assert firm.row.reference not in colleague.get("/employer/").content.decode()
    text = colleague.get(f"/employer/introductions/{firm.row.reference}/").content.decode()
    assert "This has ended" in text and "Robin" not in text


# --- nothing once its time is over


@pytest.mark.parametrize(
    ("more", "days"),
    [({"lasts": 5, "lasts_unit": "days"}, 5 + 14), ({}, 364 + 14), ({"kind_code": "site-visit"}, 1 + 14)],
)
def test_two_weeks_after_the_time_is_over_the_business_reads_nothing_of_it(more, days):
    firm = Firm("started", to=chain.opportunity(**more))
    today = clock.today()
    for after, reads in ((days, True), (days + 1, False)):
        go_to(today + dt.timedelta(days=after))
        with factories.as_worker():
            giver = EmployerContact.objects.select_related("employer").get(pk=firm.to.pledge.contact_id)
        visitor = Visitor(giver.employer, giver)
        with scope(Scope(actor=None)), known.as_business(visitor):
            assert known.of_giver(visitor).filter(reference=firm.row.reference).exists() == reads


# --- nothing before


@pytest.mark.parametrize("state", ["interested", "asked", "permitted"])
def test_before_the_introduction_no_page_and_no_message_holds_anything(state):
    firm = Firm(state)
    with factories.as_worker():
        type(firm.person).objects.filter(pk=firm.person.pk).update(
            council_reference="CR-771133", living_sector="NG19 7"
        )
    texts = [firm.read(), firm.client.get(home(firm)).content.decode()]
    with factories.as_worker():
        about = Outbox.objects.filter(cause_id=firm.row.pk).exclude(purpose__startswith="news_")
        assert not about.exists()
    for text in texts:
        for canary in (CANARY, "Robin", "NG19 7", "CR-771133", str(firm.person.public_id)):
            assert canary not in text, canary
    assert "This has ended" in texts[0] and firm.row.reference not in texts[1]


# --- who hears of what the business says


def test_of_the_business_s_move_hear_the_worker_and_the_young_person_in_neutral_words():
    firm = Firm()
    firm.send("offer/")
    letters = firm.letters(news.MOVED, news.OWN_MOVED)
    with factories.as_worker():
        own = firm.row.person.user.email
    assert {name: letter.to for name, letter in letters.items()} == {news.MOVED: firm.worker.email, news.OWN_MOVED: own}
    for letter in letters.values():
        said = letter.mail.subject + letter.mail.text
        for canary in (
            CANARY,
            "Robin",
            firm.row.reference,
            firm.row.employer.name,
            firm.row.opportunity.title,
            "14:30",
        ):
            assert canary not in said


def test_the_worker_does_not_hear_of_their_own_move():
    firm = Firm()
    with factories.as_worker(), scope(Scope(everything=True, actor=firm.worker.pk)):
        services.move_on(introduction=firm.row, move="offer", role="adviser")
    letters = firm.letters(news.MOVED, news.OWN_MOVED)
    assert isinstance(letters[news.MOVED], preparing.Ending) and isinstance(letters[news.OWN_MOVED], preparing.Letter)


def test_the_replies_ask_nothing_about_a_person():
    assert len(replies.REPLIES) <= 6
    for words in replies.REPLIES.values():
        assert not re.search(r"care|past|crim|health|why", str(words), re.IGNORECASE)


def test_once_they_have_started_it_says_what_the_start_is_and_asks_nothing_more():
    firm = Firm("started")
    with factories.as_worker():
        start = Start.objects.get(introduction=firm.row)
        Start.objects.filter(pk=start.pk).update(named_contact="Petra Lind", buddy="Sam Hale")
    text = firm.read()
    assert "They have started" in text and "Petra Lind" in text and "Sam Hale" in text
    assert "What comes next?" not in text and "/reply/" not in text and CANARY not in text


# --- a start


def test_the_business_reads_the_facts_of_a_start_and_nothing_of_the_person():
    firm = Firm("offered")
    with factories.as_worker():
        chain.start(firm.row, 5, fares_by="council", kit_by="employer", buddy="Ola")
    page = firm.read()
    for words in ("They have a first day with you", "Sam Hale", "Ola", "£14.00", "Clothes and tools paid by"):
        assert words in page, words
    assert CANARY not in page and "The council" not in page and "Fares" not in page


def test_of_a_first_day_the_young_person_hears_and_not_the_worker_who_wrote_it():
    firm = Firm("offered")
    with factories.as_worker():
        Outbox.objects.all().delete()
    with factories.as_worker(), scope(Scope(everything=True, actor=firm.worker.pk)):
        chain.start(firm.row)
        found = {each.purpose: preparing.prepare(each) for each in Outbox.objects.filter(cause_id=firm.row.pk)}
    letters = {name: each.mail for name, each in found.items() if isinstance(each, preparing.Letter)}
    assert set(letters) == {news.OWN_MOVED}
    for canary in (CANARY, firm.to.title, firm.to.employer.name, "Sam Hale"):
        assert canary not in f"{letters[news.OWN_MOVED].subject} {letters[news.OWN_MOVED].text}"


@pytest.mark.parametrize("who", ["employer", "council", "pledged"])
def test_of_who_pays_fares_and_clothes_a_business_reads_what_it_pays_itself(who):
    firm = Firm("started")
    with factories.as_worker():
        Start.objects.filter(introduction=firm.row).update(fares_by=who, kit_by=who)
    text = firm.read()
    assert "First day" in text
    assert [words in text for words in ("Fares paid by", "Clothes and tools paid by")] == [who == "employer"] * 2
    assert "The council" not in text and "Given by a business" not in text
