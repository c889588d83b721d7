"""Taking over one's own page by an invitation, and saying there what one would like."""

import datetime as dt
import re

import pytest

from accounts import attempts
from accounts.models import SignedLink, User, YoungPerson
from core import clock
from matching.models import Interests
from notifications.models import Outbox
from tests import factories
from tests.introductions.test_me import as_oneself, text

pytestmark = pytest.mark.django_db


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
    assert "Many codes were asked for" in page.content.decode()
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
