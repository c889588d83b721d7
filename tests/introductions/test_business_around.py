"""Around an introduction: the business's own page, what is not there before and after, who hears of what it says."""

import datetime as dt
import re

import pytest
from django.test import Client

from core import clock
from core.models import LifecycleLog
from core.scope import Scope, scope
from introductions import known, news, replies, services
from introductions.home import Visitor
from introductions.lifecycle import INTRODUCTION
from introductions.models import Start
from notifications import preparing
from notifications.models import Outbox
from pledges import home_links
from pledges.models import EmployerContact
from tests import factories
from tests.introductions import chain
from tests.introductions.test_business import CANARY, Firm, S, meeting, unchecked
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db


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
