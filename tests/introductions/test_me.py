"""A young person's own pages: what they show, what a tap does, and that nobody else's is there."""

import datetime as dt
import re

import pytest

from accounts import joining
from accounts.models import YoungPerson
from core import clock
from introductions import wording
from introductions.me import codes
from introductions.models import Introduction, Permission
from matching.models import MatchAction
from tests import factories
from tests.introductions import factories as chain
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db


def own_account(email: str = "kai@mail.example", **more) -> YoungPerson:
    """A young person with a worker (Dana) and a sign-in."""
    worker = more.pop("worker", None) or factories.membership("adviser", of=factories.user("Dana Whitlock")).user
    person = factories.young_person(worker=worker, **more)
    with factories.as_worker():
        joining.join(person=person, name="Kai", email=email)
        found: YoungPerson = YoungPerson.objects.select_related("user").get(pk=person.pk)
        return found


def as_oneself(sign_in, person):
    return sign_in(user=person.user)


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def states(person) -> list[tuple[str, str]]:
    with factories.as_worker():
        return list(Introduction.objects.filter(person=person).values_list("state", "said_by").order_by("pk"))


# --- interest ---------------------------------------------------------------------------------------------------------


def test_one_tap_says_who_answers_by_when(sign_in, kai):
    offer = make.published()
    client = as_oneself(sign_in, kai)
    answer = client.post("/me/interested/", {"opportunity": str(offer.public_id)})
    page = text(client, answer.headers["Location"])
    assert re.search(r"Dana will tell you what comes next by \w+day \d+ \w+\.", page)
    assert states(kai) == [("interested", "self")]
    assert client.post("/me/interested/", {"opportunity": str(offer.public_id)}).headers["Location"] in answer.url
    assert states(kai) == [("interested", "self")]  # pressed twice, said once
    assert offer.title in text(client, "/me/") and offer.title in text(client, "/me/introductions/")


@pytest.mark.parametrize("sent", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_opportunity_is_a_404(sign_in, kai, sent):
    assert as_oneself(sign_in, kai).post("/me/interested/", {"opportunity": sent}).status_code == 404


def test_what_has_just_closed_is_said(sign_in, kai):
    offer = make.published()
    type(offer).objects.filter(pk=offer.pk).update(closes_on=clock.today() - dt.timedelta(1))
    client = as_oneself(sign_in, kai)
    client.post("/me/interested/", {"opportunity": str(offer.public_id)})
    assert "This has just closed" in text(client, "/me/") and states(kai) == []


def test_not_for_me_needs_no_reason_and_stays_away(sign_in, kai):
    offer, client = make.published(), as_oneself(sign_in, kai)
    client.post("/me/not-for-me/", {"opportunity": str(offer.public_id), "why": ""})
    client.post("/me/not-for-me/", {"opportunity": str(offer.public_id), "why": "too far\0 " + "x" * 300})
    with factories.as_worker():
        row = MatchAction.objects.get(person=kai)
    assert (row.state, row.by_id) == ("not_now", kai.user_id) and row.reason.startswith("Not for me: too far x")


# --- a code instead of an account -------------------------------------------------------------------------------------


def test_the_public_page_leads_to_a_code_that_a_worker_takes(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    offer = make.published()
    visitor = sign_in()
    address = f"/opportunities/{offer.public_id}/interested/"
    assert address in text(visitor, f"/opportunities/{offer.public_id}/")
    code = codes.code_of(offer)
    assert len(code) == 6 and code in text(visitor, address)
    client = sign_in(user=worker)
    answer = client.post(f"/adviser/people/{person.public_id}/code/", {"code": f" {code[:3].lower()} {code[3:]} "})
    assert "Noted:" in text(client, answer.headers["Location"]) and states(person) == [("interested", "code")]


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEFG", "OOOOOO", "ABC\0DE", "AAAAAA"])
def test_a_code_that_is_none_is_said(sign_in, typed):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    client = sign_in(user=worker)
    client.post(f"/adviser/people/{person.public_id}/code/", {"code": typed})
    assert "Nothing open has that code" in text(client, f"/adviser/people/{person.public_id}/")
    assert states(person) == []


def test_a_code_for_a_colleagues_young_person_is_a_404(sign_in):
    person = factories.young_person(worker=factories.adviser())
    code = codes.code_of(make.published())
    answer = sign_in("adviser").post(f"/adviser/people/{person.public_id}/code/", {"code": code})
    assert answer.status_code == 404 and states(person) == []


def test_a_public_page_is_the_same_for_everybody_who_is_not_signed_in_and_after_an_interest(sign_in, kai):
    offer, visitor = make.published(), sign_in()
    before = visitor.get(f"/opportunities/{offer.public_id}/").content
    as_oneself(sign_in, kai).post("/me/interested/", {"opportunity": str(offer.public_id)})
    assert visitor.get(f"/opportunities/{offer.public_id}/").content == before


# --- the question -----------------------------------------------------------------------------------------------------


def asked(person):
    return chain.asked(chain.interested(person))


def question_of(row) -> Permission:
    with factories.as_worker():
        return Permission.objects.get(introduction=row, answer="")


def test_the_exact_words_are_read_before_a_yes(sign_in, kai):
    row = asked(kai)
    question, client = question_of(row), as_oneself(sign_in, kai)
    page = text(client, f"/me/introductions/{row.public_id}/").replace("&#x27;", "'")
    for words in (question.words["text"], question.words["who_knows"], *wording.plainly(), *wording.never_asks()):
        assert words in page
    assert "Read it first" in text(client, "/me/")
    client.post(f"/me/introductions/{row.public_id}/answer/", {"question": question.pk, "said": "yes"})
    assert states(kai) == [("permitted", "worker")]
    assert re.search(r"Dana will tell .* by ", text(client, f"/me/introductions/{row.public_id}/"))


def test_at_seventeen_the_worker_confirms(sign_in):
    today = clock.today()
    kai = own_account(birth_month=today.replace(year=today.year - 17, day=1))
    row = asked(kai)
    client = as_oneself(sign_in, kai)
    assert "Dana confirms it with you" in text(client, f"/me/introductions/{row.public_id}/")
    client.post(f"/me/introductions/{row.public_id}/answer/", {"question": question_of(row).pk, "said": "yes"})
    page = text(client, f"/me/introductions/{row.public_id}/")
    assert states(kai)[0][0] == "asked" and "You said yes" in page and "Until then we tell nobody" in page


def test_a_no_ends_it_and_asks_for_no_reason(sign_in, kai):
    row = asked(kai)
    client = as_oneself(sign_in, kai)
    client.post(f"/me/introductions/{row.public_id}/answer/", {"question": question_of(row).pk, "said": "no"})
    assert states(kai)[0][0] == "ended"
    assert "You said no. That is fine." in text(client, f"/me/introductions/{row.public_id}/")


def test_a_yes_to_other_words_counts_for_nothing(sign_in, kai):
    row = asked(kai)
    old, client = question_of(row), as_oneself(sign_in, kai)
    chain.asked(row)
    client.post(f"/me/introductions/{row.public_id}/answer/", {"question": old.pk, "said": "yes"})
    assert states(kai)[0][0] == "asked" and "Look at it again" in text(client, f"/me/introductions/{row.public_id}/")


@pytest.mark.parametrize("sent", [{}, {"said": "yes"}, {"question": "²", "said": "yes"}, {"question": "9" * 40}])
def test_an_answer_without_a_question_is_asked_for_again(sign_in, kai, sent):
    row = asked(kai)
    client = as_oneself(sign_in, kai)
    client.post(f"/me/introductions/{row.public_id}/answer/", sent)
    assert states(kai)[0][0] == "asked" and "Read them again" in text(client, f"/me/introductions/{row.public_id}/")


@pytest.mark.parametrize("state", ["interested", "asked", "permitted", "introduced", "offered"])
def test_it_can_be_stopped_at_every_step(sign_in, kai, state):
    row = chain.interested(kai)
    row = row if state == "interested" else getattr(chain, state)(row)
    client = as_oneself(sign_in, kai)
    page = text(client, f"/me/introductions/{row.public_id}/stop/")
    assert ("stop using what they know" in page) == (state in ("introduced", "offered"))
    client.post(f"/me/introductions/{row.public_id}/stop/")
    with factories.as_worker():
        ended = Introduction.objects.get(pk=row.pk)
    known = state in ("permitted", "introduced", "offered")
    assert (ended.state, ended.ending) == ("ended", "withdrawn" if known else "young_person")
    assert ended.agreed is None and not ended.holds_place
    client.post(f"/me/introductions/{row.public_id}/stop/")  # once more, on another phone
    assert "moved on" in text(client, f"/me/introductions/{row.public_id}/")


# --- walls ------------------------------------------------------------------------------------------------------------


def test_another_young_persons_is_a_404(sign_in, kai):
    row = asked(factories.young_person(label="Other", worker=factories.adviser()))
    question, client = question_of(row), as_oneself(sign_in, kai)
    for path in ("", "stop/"):
        assert client.get(f"/me/introductions/{row.public_id}/{path}").status_code == 404
    for path in ("answer/", "stop/"):
        sent = {"question": question.pk, "said": "yes"}
        assert client.post(f"/me/introductions/{row.public_id}/{path}", sent).status_code == 404
    mine = asked(kai)
    client.post(f"/me/introductions/{mine.public_id}/answer/", {"question": question.pk, "said": "yes"})
    assert [state for state, _by in states(row.person)] == ["asked"]


@pytest.mark.parametrize("role", ["adviser", "team_manager", "coordinator", "operator", "employer_member"])
def test_nobody_else_has_these_pages(sign_in, role):
    more = {"employer_id": make.published().employer_id} if role == "employer_member" else {}
    assert sign_in(role, **more).get("/me/").status_code == 404


def test_planted_missing_owner_is_noticed(sign_in, kai, monkeypatch):
    """The control: were it not asked whose it is, a colleague's young person would be found behind a wide scope."""
    from accounts.hats import Hat
    from core.scope import Scope

    row = asked(factories.young_person(label="Other", worker=factories.adviser()))
    wide = lambda hat: Scope(councils=frozenset([factories.council().pk]), actor=hat.user)  # noqa: E731
    monkeypatch.setattr(Hat, "scope", wide)
    client = as_oneself(sign_in, kai)
    assert client.get(f"/me/introductions/{row.public_id}/").status_code == 404  # the page asks as well as the wall
    from introductions.me import views

    monkeypatch.setattr(views, "_mine", lambda request, public_id: chain.fresh(row))
    assert client.get(f"/me/introductions/{row.public_id}/").status_code == 200
