"""Everything held about somebody, for themselves; and their way out, asked twice."""

import json

import pytest

from accounts.models import View, YoungPerson
from accounts.personal_data import export_person
from accounts.retention import keep_no_longer
from introductions import business_messages, closing, staying
from introductions.me.data import in_words
from introductions.models import Concern, Introduction, Readiness
from introductions.sweeping import sweep
from matching import team_messages
from notifications import preparing
from notifications.models import Outbox
from tests import factories
from tests.introductions import chain as verbs
from tests.introductions import factories as chain
from tests.introductions.test_business import approve
from tests.introductions.test_me import as_oneself, own_account, text
from tests.pledges.reading_age import prose, reading_age, words_of

pytestmark = pytest.mark.django_db
GOES_OUT = [closing.WORKER, closing.YOUNG_PERSON, closing.BUSINESS, team_messages.PURPOSE]
COPY, DELETE, WAGE = "/me/data/copy.json", "/me/data/delete/", "/me/first-wage/"


@pytest.fixture
def dana(db):
    return factories.membership("adviser", of=factories.user("Dana Whitlock")).user


@pytest.fixture
def kai(dana):
    return own_account(worker=dana)


def person(kai) -> YoungPerson | None:
    with factories.as_worker():
        return YoungPerson.objects.filter(pk=kai.pk).first()


# --- a copy -----------------------------------------------------------------------------------------------------------


def test_the_file_holds_what_the_command_writes(sign_in, kai):
    chain.asked(chain.interested(kai))
    client = as_oneself(sign_in, kai)
    text(client, "/me/who/")
    answer = client.get(COPY)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-copy.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    with factories.as_worker():
        whole = export_person(kai)
    assert json.loads(answer.content)["held"] == whole["held"] and "Your introductions" in whole["held"]


def test_the_page_holds_the_same_and_both_are_written_down(sign_in, kai):
    other = factories.young_person(label="Zebedee")
    chain.asked(chain.interested(other))
    chain.asked(chain.interested(kai))
    client = as_oneself(sign_in, kai)
    page = text(client, "/me/data/copy/")
    assert "Your introductions" in page and kai.user.email in page and "Zebedee" not in page
    assert "no-store" in client.get("/me/data/copy/").headers["Cache-Control"]
    with factories.as_worker():
        rows = list(View.objects.filter(person=kai).values_list("page", "viewer_id", "role"))
    assert rows == [("export", kai.user_id, "young_person")]


def test_what_others_said_is_in_neither(sign_in, kai):
    council = factories.council()
    with factories.as_worker():
        for by, words in (("young_person", "Mine"), ("worker", "Theirs")):
            Concern.objects.create(
                person=kai, responsible=council, said_by=by, urgency="soon", words={"words": words},
                look_by="2027-01-01T09:00Z",
            )  # fmt: skip
    client = as_oneself(sign_in, kai)
    for page in (client.get(COPY).content.decode(), text(client, "/me/data/copy/")):
        assert "Mine" in page and "Theirs" not in page


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "Yes"), ("2027-03-01", "1 March 2027"), ("2027-07-01T09:00:00Z", "1 July 2027, 10:00 a.m."),
        ("2027-99-99", "2027-99-99"), ({"a": [1, "b"]}, "a: 1\nb"),
    ],
)  # fmt: skip
def test_values_in_words(value, words):
    assert in_words(value) == words


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_moment_outside_the_calendar_is_shown_as_it_is(value):
    assert in_words(value) == value


def test_what_the_page_promises_is_what_the_copy_holds(sign_in, kai, dana):
    with factories.as_worker():
        start = verbs.start(verbs.walked("offered", kai), -3)
        staying.say_for(start=start, point="day1", answer="ok", words="Late on Tuesday")
    client = as_oneself(sign_in, kai)
    assert "Late on Tuesday" not in client.get(COPY).content.decode()
    page = text(client, "/me/data/")
    assert "all that you and your adviser wrote" not in page
    assert "What your adviser and the business said about how it goes is not in it." in page


@pytest.mark.parametrize("path", ["/me/data/", "/me/data/copy/", COPY, DELETE, WAGE])
def test_nobody_else_is_here(sign_in, path):
    assert sign_in("adviser").get(path).status_code == 404
    assert sign_in().get(path).status_code in (302, 404)


# --- the way out ------------------------------------------------------------------------------------------------------


def test_it_is_asked_twice_and_done_tonight(sign_in, kai, dana):
    row = chain.introduced(chain.interested(kai))
    with factories.as_worker():
        approved = chain.fresh(row).opportunity.pledge.contact
        approve(approved)
        Outbox.objects.filter(purpose=business_messages.TOLD).update(state="accepted")
    client = as_oneself(sign_in, kai)
    assert "here it ends" in text(client, DELETE) and "stop using what it knows" in text(client, DELETE)
    for sent, says in (({}, "Are you sure?"), ({"sure": "1"}, "Tick the box")):
        assert says in client.post(DELETE, sent).content.decode()
        assert person(kai).ended_on is None
    answer = client.post(DELETE, {"sure": "1", "mean_it": "on"}, follow=True)
    assert "Tonight we delete what we hold about you. If we still look into" in answer.content.decode()
    assert client.get("/me/").status_code in (302, 404) and person(kai).ended_why == "asked"
    with factories.as_worker():
        sweep()
        assert Introduction.objects.get(pk=row.pk).state == "ended"
        letters = {row.purpose: preparing.prepare(row) for row in Outbox.objects.filter(purpose__in=GOES_OUT)}
        keep_no_longer()
    assert person(kai) is None
    to = {name: letter.to for name, letter in letters.items() if isinstance(letter, preparing.Letter)}
    assert to == {closing.BUSINESS: approved.email, team_messages.PURPOSE: dana.email}
    assert "stop using what you were told" in letters[closing.BUSINESS].mail.text


def test_what_is_being_looked_into_is_over_first(sign_in, kai):
    client = as_oneself(sign_in, kai)
    assert "If we still look into something" in text(client, DELETE)
    with factories.as_worker():
        row = Concern.objects.create(
            person=kai, responsible=factories.council(), said_by="worker", urgency="soon", words={"words": "x"},
            look_by="2027-01-01T09:00Z",
        )  # fmt: skip
    assert "something you told us" not in text(client, DELETE)  # that others did is not given away
    with factories.as_worker():
        Concern.objects.filter(pk=row.pk).update(said_by="young_person")
    assert "We still look into something you told us." in text(client, DELETE)
    last = client.post(DELETE, {"sure": "1", "mean_it": "on"}, follow=True).content.decode()
    assert "not tonight" in last and "Tonight we delete" not in last
    with factories.as_worker():
        keep_no_longer()
    assert person(kai).ended_why == "asked"


# --- until the first wage ---------------------------------------------------------------------------------------------


def test_a_plan_is_ticked_and_nothing_else_changes(sign_in, kai):
    client = as_oneself(sign_in, kai)
    client.post("/me/ready/", {"has": ["phone"]})
    assert WAGE in text(client, "/me/ready/")
    for sent, there in (({"plan": "1"}, True), ({}, False)):
        client.post(WAGE, sent)
        with factories.as_worker():
            kept = Readiness.objects.get(person=kai)
        assert (kept.first_wage_plan, kept.phone) == (there, True)
        assert (" checked" in text(client, WAGE)) == there


def test_all_of_it_is_easy_to_read(sign_in, kai):
    chain.introduced(chain.interested(kai))
    client = as_oneself(sign_in, kai)
    pages = [text(client, path) for path in ("/me/data/", DELETE, WAGE)]
    pages += [client.post(DELETE, sent).content.decode() for sent in ({}, {"sure": "1"})]
    ages = [reading_age(prose(words_of(page))) for page in pages]
    assert max(ages) <= 11, ages
