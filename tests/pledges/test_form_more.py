"""After the pledge, by its link: the saved page, one question at a time, another pledge, how the giver is reached."""

import re
import uuid

import pytest
from django.test import Client

from core import clock
from core.scope import NOBODY, scope
from notifications.models import Outbox
from pledges import cadence, contacts, giving, messages, services
from pledges.contact_messages import CHANGED_BY_TEXT, CHANGED_MAIL
from pledges.models import Category, EmployerContact, Pledge
from pledges.more_forms import STEPS, steps_of
from tests import factories
from tests.pledges import made
from tests.pledges.reading_age import hard_sentences, prose, reading_age, words_of

pytestmark = pytest.mark.django_db
OLDEST = 11


@pytest.fixture
def event():
    with scope(NOBODY):
        return made.event()


@pytest.fixture
def pledge(event):
    with scope(NOBODY):
        return made.pledge(event=event, show_business=True)


@pytest.fixture
def link(pledge):
    return messages.link_to(pledge)


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def sent(purpose, **more):
    with scope(NOBODY):
        return Outbox.objects.filter(purpose=purpose, **more).exists()


def now(pledge):
    return Pledge.objects.select_related("contact", "colleague", "kind").get(pk=pledge.pk)


# --- the saved page


def test_the_saved_page_says_who_rings_by_when_and_what_one_may_do(phone, event, pledge, link):
    page = text_of(phone.get(f"{link}saved/"))
    day = cadence.word_by(pledge.followed_from)
    assert "Your pledge is saved" in page and event.owner.name in page and f"{day:%A} {day.day} {day:%B}" in page
    assert f"{link}more/words/" in page and f"{link}another/" in page and f'href="{link}"' in page


def test_a_pledge_leads_to_its_saved_page(phone, event):
    body = {"kind": "mentoring", "places": "1", "business": "New Bank", "reach": "jo@newbank.example"}
    answer = phone.post(f"/pledge/{event.code}/", body)
    assert re.fullmatch(r"/k/[^/]+/saved/", answer.url)


def test_the_pages_that_make_sense_are_asked(event):
    with scope(NOBODY):
        places, kit = made.pledge(event=event), made.pledge(event=event, code="kit")
        ring, homeless = made.pledge(event=event, code="undecided"), made.pledge()
    assert steps_of(places) == ["words", "month", "work", "colleague", "silence"]
    assert steps_of(kit) == steps_of(ring) == ["words", "month", "colleague"]
    assert steps_of(homeless)[0] == "place"


# --- one question at a time

ANSWERS = {
    "words": ({"words": "Help in the kitchen"}, "words", "Help in the kitchen"),
    "month": ({"by_month_0": "3", "by_month_1": "2099"}, "by_month", None),
    "work": ({}, "category_id", None),
    "silence": ({"publish_if_silent": "on"}, "publish_if_silent", True),
}


@pytest.mark.parametrize("step", ANSWERS)
@pytest.mark.parametrize("then", ["on", "done", "back"])
def test_every_button_saves_and_only_its_own_detail(phone, pledge, link, step, then):
    said, field, value = ANSWERS[step]
    said = said or {"category": Category.objects.get(code="hospitality-and-food").pk}
    before = {name: getattr(now(pledge), name) for name in ("words", "by_month", "category_id", "publish_if_silent")}
    answer = phone.post(f"{link}more/{step}/", {**said, "then": then})
    after = {name: getattr(now(pledge), name) for name in before}
    assert answer.status_code == 302
    assert after[field] == value if value is not None else after[field] is not None
    assert {name for name in before if before[name] != after[name]} == {field}
    names = steps_of(pledge)
    here = names.index(step)
    on = f"{link}more/{names[here + 1]}/" if here + 1 < len(names) else link
    back = f"{link}more/{names[here - 1]}/" if here else f"{link}saved/"
    assert answer.url == {"on": on, "done": link, "back": back}[then]


def test_going_back_shows_what_was_typed(phone, link):
    phone.post(f"{link}more/words/", {"words": "A week at the bench", "then": "on"})
    phone.post(f"{link}more/month/", {"by_month_0": "3", "by_month_1": "2099", "then": "back"})
    assert "A week at the bench" in text_of(phone.get(f"{link}more/words/"))
    assert 'value="2099"' in text_of(phone.get(f"{link}more/month/"))


def test_a_page_opened_long_ago_overwrites_only_its_own_detail(phone, pledge, link):
    """Two tabs: the words of one survive the month of the other."""
    phone.get(f"{link}more/month/")
    phone.post(f"{link}more/words/", {"words": "From the other tab", "then": "done"})
    phone.post(f"{link}more/month/", {"by_month_0": "3", "by_month_1": "2099", "then": "done"})
    assert now(pledge).words == "From the other tab" and now(pledge).by_month.year == 2099


def test_planted_a_page_that_writes_all_it_had_seen_loses_words(pledge):
    seen = Pledge.objects.get(pk=pledge.pk)
    giving.add_detail(pledge=pledge, words="From the other tab")
    as_seen = {name: getattr(seen, name) for name in services.CORRECTED}
    giving.add_detail(pledge=pledge, **as_seen)
    assert now(pledge).words == ""


@pytest.mark.parametrize(
    ("step", "said", "words"),
    [
        ("month", {"by_month_0": "1", "by_month_1": "2020"}, "this month or a later one"),
        ("words", {"words": "x" * 1001}, "1000 characters or fewer"),
        ("work", {"category": "999999"}, "valid choice"),
        ("colleague", {"name": "Sam", "reach": ""}, "phone number or email"),
        ("colleague", {"name": "Sam", "reach": "nowhere"}, "Enter a phone number"),
    ],
)
def test_what_is_wrong_gets_a_sentence_and_stays_on_the_page(phone, pledge, link, step, said, words):
    page = text_of(phone.post(f"{link}more/{step}/", {**said, "then": "done"}))
    assert words in page and "There is a problem" in page
    assert now(pledge).colleague is None and now(pledge).by_month is None


def test_a_page_without_its_question_or_link_is_not_found(phone, pledge, link):
    assert phone.get(f"{link}more/turnover/").status_code == 404
    assert phone.get("/k/nothing/more/words/").status_code == 404
    assert phone.post("/k/nothing/another/", {"kind": "kit"}).status_code == 404
    assert phone.get(f"{link}more/place/").url == link  # it has an event: its place is known
    with scope(NOBODY):
        services.mark_live(pledge_id=pledge.pk)
    assert phone.post(f"{link}more/words/", {"words": "Too late"}).url == link and now(pledge).words == ""


def test_a_pledge_without_a_place_gets_one(phone):
    factories.partnership("nottinghamshire")
    with scope(NOBODY):
        homeless = made.pledge()
    link = messages.link_to(homeless)
    phone.post(f"{link}more/place/", {"postcode": "ng18 1aa", "then": "on"})
    assert now(homeless).postcode == "NG18 1AA"


def test_the_rule_for_silence_says_its_day(phone, pledge, link):
    step = cadence.steps_on(clock.today())["silence"]
    day = cadence.due_on(step, pledge.followed_from, None)
    said = f"If I have not answered by {day.day} {day:%B %Y}, you may publish"
    for path in (f"{link}more/silence/", f"{link}change/"):
        page = text_of(phone.get(path))
        assert said in page and "day 28" not in page and "28 days" not in page


# --- a colleague


def name_somebody(phone, link, name="Sam", reach="sam@oldbank.example"):
    return phone.post(f"{link}more/colleague/", {"name": name, "reach": reach, "then": "done"})


def test_a_colleague_is_noted_and_inert(phone, pledge, link):
    name_somebody(phone, link)
    sam = now(pledge).colleague
    assert (sam.name, sam.email, sam.approved_by, sam.employer_id) == (
        "Sam",
        "sam@oldbank.example",
        None,
        pledge.employer_id,
    )
    assert not contacts.may_act(sam) and sam not in contacts.acting()
    assert "sam@oldbank.example" in text_of(phone.get(f"{link}more/colleague/"))


def test_a_colleague_is_corrected_in_place_and_taken_out_again(phone, pledge, link):
    for reach in ("sam@oldbnk.example", "sam@oldbank.example", "01632 960555"):
        name_somebody(phone, link, reach=reach)
    assert EmployerContact.objects.filter(employer=pledge.employer).count() == 2
    assert (now(pledge).colleague.email, now(pledge).colleague.phone) == ("", "01632 960555")
    name_somebody(phone, link, name="", reach="")
    assert now(pledge).colleague is None and EmployerContact.objects.filter(employer=pledge.employer).count() == 1


def test_somebody_on_the_record_is_meant_as_they_are_and_the_giver_does_not_find_out(phone, pledge, link):
    known = contacts.add_contact(
        employer=pledge.employer, reach=made.reach("pat@oldbank.example", name="Patricia Long")
    )
    here, new = (name_somebody(phone, link, "Pat", f"{who}@oldbank.example") for who in ("pat", "nobody"))
    assert (here.status_code, here.url) == (new.status_code, new.url)
    name_somebody(phone, link, "Pat", "PAT@oldbank.example")
    assert now(pledge).colleague == known
    known.refresh_from_db()
    assert known.name == "Patricia Long"
    assert "Patricia" not in text_of(phone.get(f"{link}more/colleague/"))


# --- another pledge


def again(**more):
    return {"kind": "kit", "places": "20", "key": uuid.uuid4().hex, **more}


def test_another_pledge_asks_only_what_and_how_many(phone, event, pledge, link):
    page = text_of(phone.get(f"{link}another/"))
    names = set(re.findall(r'<(?:input type="(?!hidden)\w+"|select|textarea) name="(\w+)"', page))
    assert names == {"kind", "places"}
    answer = phone.post(f"{link}another/", again())
    assert re.fullmatch(r"/k/[^/]+/saved/", answer.url) and not answer.url.startswith(link)
    new = Pledge.objects.exclude(pk=pledge.pk).get()
    assert (new.kind.code, new.places, new.source, new.event, new.owner) == ("kit", 20, "form", event, event.owner)
    assert (new.employer_id, new.contact_id, new.show_business) == (pledge.employer_id, pledge.contact_id, True)
    assert sent("pledge_thanks", cause_id=new.pk)


def test_another_pledge_joins_the_same_business_where_its_name_alone_would_not(phone, event):
    """A landline and a name that others use too: what is known is not guessed again."""
    with scope(NOBODY):
        made.pledge(event=event, business="The Café", reach=made.reach("", "01632 960001"))
        mine = made.pledge(event=event, business="The Café", reach=made.reach("", "01632 960002"))
    phone.post(f"{messages.link_to(mine)}another/", again())
    new = Pledge.objects.latest("pk")
    assert (new.employer_id, new.contact_id) == (mine.employer_id, mine.contact_id)


def test_two_presses_are_one_pledge_and_other_words_are_asked_about(phone, link):
    body = again()
    assert [phone.post(f"{link}another/", body).status_code for _press in range(2)] == [302, 302]
    assert Pledge.objects.count() == 2
    answer = phone.post(f"{link}another/", {**body, "places": "30"})
    assert answer.status_code == 409 and "You already made this pledge" in answer.content.decode()


def test_planted_without_its_key_two_presses_are_two(phone, link):
    for _press in range(2):
        phone.post(f"{link}another/", again(key=""))
    assert Pledge.objects.count() == 3


def test_the_same_promise_again_is_another_promise(phone, pledge, link):
    phone.post(f"{link}another/", again(kind=pledge.kind.code, places="2"))
    assert Pledge.objects.filter(kind=pledge.kind).count() == 2


# --- how the giver is reached


def reach(**more):
    return {"name": "Jo", "phone": "", "email": "jo@oldbank.example", "way": "email", "best_time": "", **more}


def test_name_way_and_time_change_at_once(phone, pledge, link):
    assert phone.post(f"{link}contact/", reach(best_time="morning")).url == link
    contact = now(pledge).contact
    assert (contact.pk, contact.name, contact.best_time) == (pledge.contact_id, "Jo", "morning")
    assert not sent(contacts.CHANGED)


def test_a_new_address_waits_and_the_old_one_is_told(phone, pledge, link):
    for email in ("thief@else.example", "thief@elsewhere.example"):
        phone.post(f"{link}contact/", reach(email=email))
    assert now(pledge).contact_id == pledge.contact_id and now(pledge).contact.email == "jo@oldbank.example"
    wish = EmployerContact.objects.get(replaces=pledge.contact)
    assert wish.email == "thief@elsewhere.example" and not contacts.may_act(wish)
    with scope(NOBODY):
        row = Outbox.objects.get(purpose=contacts.CHANGED)
        mail = CHANGED_MAIL.render(row, [])
        assert CHANGED_MAIL.address(row) == "jo@oldbank.example" and CHANGED_MAIL.may_receive([row]) == {row.pk}
    assert "thief" not in mail.text and "Keep it as it was" in mail.text
    assert "thief" not in text_of(phone.get(link)) and "Keep it as it was" in text_of(phone.get(link))
    phone.post(f"{link}contact/keep/")
    assert not EmployerContact.objects.filter(replaces=pledge.contact).exists()
    with scope(NOBODY):
        assert CHANGED_MAIL.may_receive([row]) == set()


def test_a_mobile_number_is_told_by_text(phone, event, longest_address):
    with scope(NOBODY):
        pledge = made.pledge(event=event, reach=made.reach("", "07700 900123", way="text"))
    link = messages.link_to(pledge)
    phone.post(f"{link}contact/", reach(phone="07700 900999", email="", way="text"))
    with scope(NOBODY):
        row = Outbox.objects.get(purpose=contacts.CHANGED_TEXT)
        assert CHANGED_BY_TEXT.address(row) == "07700 900123"
        assert CHANGED_BY_TEXT.render(row, []).text.isascii()


def test_approved_the_new_address_takes_over(phone, event, pledge, link):
    with scope(NOBODY):
        other = made.pledge(event=event, code="mentoring")
    phone.post(f"{link}contact/", reach(email="jo@newname.example"))
    by = factories.user()
    wish = EmployerContact.objects.get(replaces=pledge.contact)
    with scope(NOBODY):
        made.called_back(pledge.employer, by)
        contacts.approve_contact(contact=pledge.contact, by=by)
        contacts.approve_contact(contact=wish, by=by)
    assert {now(row).contact.email for row in (pledge, other)} == {"jo@newname.example"}
    old = EmployerContact.objects.get(pk=pledge.contact_id)
    assert old.approved_by is None and contacts.may_act(now(pledge).contact)


def test_the_desk_sees_who_was_named_and_what_waits(phone, pledge, link, sign_in):
    name_somebody(phone, link)
    phone.post(f"{link}contact/", reach(email="jo@newname.example"))
    with scope(NOBODY):
        Outbox.objects.filter(purpose=contacts.CHANGED).update(state="due")
    client = sign_in("coordinator", partnership=factories.partnership("nottinghamshire"))
    page = client.get(f"/desk/employers/{pledge.employer.public_id}/").content.decode()
    assert "wants to be reached here, not at jo@oldbank.example" in page and "may be asked about: Job" in page
    assert "another address or number waits" in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"email": "", "phone": ""}, "Enter a phone number or an email address"),
        ({"email": "", "phone": "01632 960001", "way": "email"}, "choose call or text"),
        ({"way": "text"}, "choose email"),
        ({"phone": "twelve"}, "area code"),
    ],
)
def test_what_cannot_reach_anybody_gets_a_sentence(phone, link, more, words):
    assert words in text_of(phone.post(f"{link}contact/", reach(**more)))


# --- whether the business is shown


def test_the_giver_may_take_the_business_off_the_screen_at_any_time(phone, pledge, link):
    with scope(NOBODY):
        services.mark_live(pledge_id=pledge.pk)
    for shown, kept in (("no", False), ("yes", True), ("", False)):
        assert phone.post(f"{link}shown/", {"shown": shown}).status_code == 302
        assert now(pledge).show_business is kept


# --- words and size


def test_the_pages_can_be_read_at_eleven_and_are_small(phone, pledge, link):
    names = set(Category.objects.values_list("name", flat=True))  # those of the National Careers Service
    paths = ["saved/", "another/", "contact/", "change/", *(f"more/{name}/" for name in steps_of(pledge))]
    for path in paths:
        page = text_of(phone.get(f"{link}{path}"))
        words = words_of(page).replace("Old Bank Kitchen", "")
        words = "\n".join(line for line in words.split("\n") if line not in names)
        for text in (words, prose(words)):
            assert reading_age(text) <= OLDEST, (path, reading_age(text), hard_sentences(text))
        assert len(page.encode()) < 10_000, (path, len(page.encode()))
        assert "csrf" not in page


def test_a_title_says_what_the_page_is(phone, link):
    assert "<title>Change your pledge" in text_of(phone.get(f"{link}change/"))
    assert "<title>Your pledge is saved" in text_of(phone.get(f"{link}saved/"))
    assert set(STEPS) == {"place", "words", "month", "work", "colleague", "silence"}
