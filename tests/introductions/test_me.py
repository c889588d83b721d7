"""A young person's own pages: what they show, what a tap does, and that nobody else's is there."""

import datetime as dt
import re

import pytest

from accounts import attempts, joining
from accounts.models import SignedLink, User, YoungPerson
from core import clock
from introductions import wording
from introductions.me import codes
from introductions.models import Introduction, Permission
from matching.models import Interests, MatchAction
from notifications.models import Outbox
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


@pytest.fixture
def kai():
    return own_account()


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


# --- taking over ------------------------------------------------------------------------------------------------------


def invited(sign_in, worker, person) -> str:
    page = sign_in(user=worker).post(f"/adviser/people/{person.public_id}/invite/").content.decode()
    found = re.search(r"<b>http://testserver(/k/[\w-]+/join/)</b>", page)
    assert found and "<svg" in page and "sms:" in page
    return found[1]


def code_to(email: str) -> str:
    """The newest code on its way to an address."""
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose="join_code").order_by("-pk")
        return next(row.secret["code"] for row in rows if row.secret["to"] == email)


def join(phone, address: str, name: str, email: str):
    """Give an address and type the code that comes: the last answer."""
    phone.post(address, {"name": name, "address": email})
    return phone.post(f"{address}code/", {"code": code_to(email)})


def test_a_link_leads_to_a_page_of_their_own(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    address, phone = invited(sign_in, worker, person), sign_in()
    answer = phone.get(address)
    assert (
        answer.status_code == 200 and answer.headers["Referrer-Policy"] == "same-origin"
    )  # with none, no browser may post
    assert not User.objects.filter(email="jo@mail.example").exists()  # a preview changes nothing
    assert join(phone, address, "Jo", "Jo@Mail.example").headers["Location"] == "/me/"
    assert "Hello, Jo" in text(phone, "/me/")
    said = {"name": "Jo", "address": "jo@mail.example"}
    for again in (phone.get(address), phone.post(address, said)):
        assert again.headers["Location"] == "/me/"  # used up; whoever is here as themselves is led on
    assert User.objects.filter(email="jo@mail.example").count() == 1
    for other in (sign_in(), sign_in("adviser")):
        answer = other.post(address, said)
        assert answer.status_code == 302 and answer.headers["Location"] != "/me/"
    assert "has been made already" in sign_in().get(address, follow=True).content.decode()
    page = text(sign_in(user=worker), f"/adviser/people/{person.public_id}/invite/")
    assert "signs in already" in page and SignedLink.objects.filter(purpose="join", revoked_at=None).count() == 0


def test_a_new_link_ends_the_one_before_and_thirty_days_end_it(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    first, second = invited(sign_in, worker, person), invited(sign_in, worker, person)
    assert sign_in().get(first).status_code == 404 and sign_in().get(second).status_code == 200
    SignedLink.objects.update(expires_at=clock.now())
    assert sign_in().get(second).status_code == 404


def test_the_second_of_two_taps_at_once_is_led_on(sign_in, monkeypatch):
    from introductions.me import joining as pages

    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    found = SignedLink.objects.get(purpose="join", revoked_at=None)
    second = sign_in()
    second.post(address, {"name": "Jo", "address": "other@mail.example"})
    join(phone, address, "Jo", "jo@mail.example")
    monkeypatch.setattr(pages, "find_link", lambda token, purpose: found)
    answer = second.post(f"{address}code/", {"code": code_to("other@mail.example")}, follow=True)
    assert "has been made already" in answer.content.decode()


@pytest.mark.parametrize("email", ["", "x", "a" * 60 + "@" + "b" * 60 + ".example" * 20])
def test_an_address_that_cannot_be_is_said_and_the_link_lives_on(sign_in, email):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    page = phone.post(address, {"name": "Jo", "address": email}).content.decode()
    assert "There is a problem" in page or "Error:" in page
    assert join(phone, address, "Jo", "jo@mail.example").headers["Location"] == "/me/"


def test_that_somebody_has_the_address_is_said_to_whoever_reads_its_mail(sign_in):
    worker = factories.adviser()
    User.objects.make(name="Dana", email="dana@council.example")
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    answer = phone.post(address, {"name": "Jo", "address": "dana@council.example"})
    assert answer.headers["Location"] == f"{address}code/"  # as for an address that nobody has
    phone.post(f"{address}code/", {"code": code_to("dana@council.example")})
    assert "Somebody already signs in" in text(phone, address)
    assert join(phone, address, "Jo", "jo@mail.example").headers["Location"] == "/me/"


def not_the(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_nothing_is_theirs_before_the_code_is_typed(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    address, phone = invited(sign_in, worker, person), sign_in()
    phone.post(address, {"name": "Jo", "address": "tpyo@mail.example"})
    assert "tpyo@mail.example" in text(phone, f"{address}code/")
    page = phone.post(f"{address}code/", {"code": not_the(code_to("tpyo@mail.example"))}).content.decode()
    assert "Error:" in page and not User.objects.filter(email="tpyo@mail.example").exists()
    assert sign_in().get(f"{address}code/").headers["Location"] == address  # on another phone nothing waits
    assert join(sign_in(), address, "Jo", "jo@mail.example").headers["Location"] == "/me/"
    with factories.as_worker():
        assert YoungPerson.objects.get(pk=person.pk).user.email == "jo@mail.example"


def test_the_code_stands_in_the_letter_and_the_address_nowhere_else(sign_in):
    from introductions.me import confirming

    worker = factories.adviser()
    address = invited(sign_in, worker, factories.young_person(worker=worker))
    sign_in().post(address, {"name": "Jo", "address": "jo@mail.example"})
    with factories.as_worker():
        row = Outbox.objects.get(purpose="join_code")
        mail = confirming._render(row, [])
        assert confirming._has_code([row]) == {row.pk}
        SignedLink.objects.filter(purpose="join").update(revoked_at=clock.now())
        assert confirming._has_code([row]) == set()
    assert confirming.given_address(row) == "jo@mail.example" and row.recipient_id is None
    code = code_to("jo@mail.example")
    assert code in mail.text and code not in mail.subject and "Jo" not in mail.text
    for word in ("care", "council", "adviser"):
        assert word not in mail.text.lower()


def test_three_wrong_codes_need_a_new_one(sign_in):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    phone.post(address, {"name": "Jo", "address": "jo@mail.example"})
    code = code_to("jo@mail.example")
    for _try in range(3):
        answer = phone.post(f"{address}code/", {"code": not_the(code)})
    assert answer.headers["Location"] == address
    answer = phone.post(f"{address}code/", {"code": code})
    assert answer.headers["Location"] == address and not User.objects.filter(email="jo@mail.example").exists()


def test_a_code_is_too_old_after_ten_minutes_and_only_for_its_own_invitation(sign_in, monkeypatch):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    other = invited(sign_in, worker, factories.young_person(label="C.D.", worker=worker))
    phone.post(address, {"name": "Jo", "address": "jo@mail.example"})
    code = code_to("jo@mail.example")
    assert phone.post(f"{other}code/", {"code": code}).headers["Location"] == other
    later = clock.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr("introductions.me.confirming.clock.now", lambda: later)
    assert phone.post(f"{address}code/", {"code": code}).headers["Location"] == address
    assert not User.objects.filter(email="jo@mail.example").exists()


def test_typing_is_bounded_over_all_browsers(sign_in, monkeypatch):
    """Each new code gives three tries; the hour's bound holds over all of them, also for the right code."""
    monkeypatch.setitem(attempts.LIMITS, "typed", 4)
    worker = factories.adviser()
    address = invited(sign_in, worker, factories.young_person(worker=worker))
    for _time in range(2):
        phone = sign_in()
        phone.post(address, {"name": "Jo", "address": "jo@mail.example"})
        for _try in range(2):
            phone.post(f"{address}code/", {"code": not_the(code_to("jo@mail.example"))})
    answer = phone.post(f"{address}code/", {"code": code_to("jo@mail.example")})
    assert answer.headers["Location"] == address and not User.objects.filter(email="jo@mail.example").exists()


def test_one_invitation_sends_no_codes_all_over_the_place(sign_in):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    for number in range(7):
        page = phone.post(address, {"name": "Jo", "address": f"jo{number}@mail.example"})
    assert "asked for many codes" in page.content.decode()
    with factories.as_worker():
        assert Outbox.objects.filter(purpose="join_code").count() == attempts.LIMITS["asked"]


def test_a_slip_of_the_finger_counts_for_nothing(sign_in):
    worker = factories.adviser()
    address, phone = invited(sign_in, worker, factories.young_person(worker=worker)), sign_in()
    for _number in range(attempts.LIMITS["asked"] + 1):
        phone.post(address, {"name": "Jo", "address": "jo@mail"})
    assert phone.post(address, {"name": "Jo", "address": "jo@mail.example"}).headers["Location"] == f"{address}code/"


def test_a_colleague_invites_nobody(sign_in):
    person = factories.young_person(worker=factories.adviser())
    assert sign_in("adviser").post(f"/adviser/people/{person.public_id}/invite/").status_code == 404


# --- what I would like ------------------------------------------------------------------------------------------------


def test_what_i_would_like_is_kept_and_papers_stay_checked(sign_in, kai):
    from matching.services import record_interests
    from opportunities.needs import mask_of

    with factories.as_worker():
        record_interests(person=kai, by=None, has=mask_of(["right-to-work", "own-tools"]))
    client = as_oneself(sign_in, kai)
    assert "Right to work" not in text(client, "/me/interests/")
    client.post("/me/interests/", {"words": "anything with dogs", "travel": "walk", "has": ["dbs"]})
    with factories.as_worker():
        kept = Interests.objects.get(pk=kai.pk)
    assert (kept.words, kept.has, kept.changed_by_id) == (
        "anything with dogs", mask_of(["right-to-work", "dbs"]), kai.user_id,
    )  # fmt: skip
    refused = client.post("/me/interests/", {"travel": "walk", "has": ["right-to-work"]})
    assert refused.status_code == 200 and "Error:" in refused.content.decode()
