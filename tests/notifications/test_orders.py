"""Operators explain, send again, give up and hold back: by the relay, on record, never a second copy unasked."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Q
from django.test import Client

from accounts.models import User
from core.clock import FrNow
from core.models import LifecycleLog
from core.scope import EVERYTHING, scope
from notifications import counting, order_views, orders
from notifications import drain as pipeline
from notifications.channels import NotTaken, Refused
from notifications.drain import drain
from notifications.models import Outbox, OutboxOrder
from tests import factories
from tests.notifications.conftest import held, row_of, states, told
from tests.notifications.test_digests import make
from tests.notifications.test_drain import refuse

PAGE = "/operator/messages/orders/"


@pytest.fixture
def order(worker, purposes, provider):
    """order(action, ref=...): asked for and carried out."""
    by = factories.membership("operator").user

    def ask(action: str, **of) -> OutboxOrder:
        made = OutboxOrder.objects.create(action=action, by=by, **of)
        assert orders.carry_out() == 1 and orders.carry_out() == 0
        made.refresh_from_db()
        return made

    ask.by = by
    return ask


def dead_for(provider, answer, purpose: str = "note", **more) -> Outbox:
    row = told(purpose, **more)
    provider.before = refuse(answer)
    drain()
    provider.before = lambda: None
    return row


def test_what_was_refused_goes_out_again_under_the_same_reference(order, provider):
    row = dead_for(provider, Refused("550"))
    assert states() == ["dead"]
    order("replay", ref=row.ref)
    drain()
    assert states() == ["accepted"] and [ref for ref, *_ in provider.taken] == [row.ref]
    log = LifecycleLog.objects.get(model="notifications.Outbox", object_id=row.pk)
    assert (log.move, log.old, log.new, log.actor, log.role) == ("replay", "dead", "due", order.by.pk, "operator")


def given_up(row: Outbox, provider, later) -> None:
    """It was taken, and nobody could find out."""
    provider.after = refuse(TimeoutError())
    drain()
    provider.after = lambda: None
    provider.can_be_asked = False
    later(minutes=2)
    drain()
    assert states() == ["dead"]


def test_the_provider_is_asked_before_it_is_sent_again(order, provider, later):
    given_up(row := told(), provider, later)
    provider.can_be_asked = True
    order("replay", ref=row.ref)
    drain()
    assert states() == ["accepted"] and len(provider.taken) == 1


def test_an_old_one_is_asked_about_for_a_day_again(order, provider, later, monkeypatch):
    given_up(row := told(), provider, later)
    provider.can_be_asked = True
    later(days=3)
    order("replay", ref=row.ref)
    monkeypatch.setattr(provider, "find", lambda ref: refuse(TimeoutError())())
    drain()
    assert states() == ["unknown"]
    later(hours=25)
    drain()
    assert states() == ["dead"] and row_of(row).reason == "provider silent"


def test_planted_the_day_of_an_old_one_is_over(order, provider, later, monkeypatch):
    whole = orders.move
    monkeypatch.setattr(
        orders, "move", lambda *what, **more: whole(*what, **{k: v for k, v in more.items() if k != "handed_at"})
    )
    with pytest.raises(AssertionError, match="dead"):
        test_an_old_one_is_asked_about_for_a_day_again(order, provider, later, monkeypatch)


def test_planted_sent_again_unasked_comes_twice(order, provider, later, monkeypatch):
    monkeypatch.setattr(orders, "SURELY_NOT_TAKEN", ("",))
    given_up(row := told(), provider, later)
    provider.can_be_asked = True
    order("replay", ref=row.ref)
    drain()
    assert len(provider.taken) == 2


def test_one_that_cannot_be_asked_gets_it_again_and_that_is_written_down(order, provider, later):
    given_up(row := told(), provider, later)
    order("replay", ref=row.ref)
    drain()
    later(minutes=1)
    drain()
    assert states() == ["accepted"] and len(provider.taken) == 2
    assert row_of(row).reason == "may be a second copy"


def test_a_digest_goes_out_again_with_all_it_carried(order, provider):
    held(factories.user(), 1, 2)
    make()
    provider.before = refuse(Refused("550"))
    drain()
    provider.before = lambda: None
    with scope(EVERYTHING):
        ref = Outbox.objects.get(purpose="digest").ref
    order("replay", ref=ref)
    drain()
    assert set(states()) == {"accepted"} and "1 2" in provider.texts[0]
    counting.count()
    assert counting.figures().unexplained == 0


@pytest.mark.parametrize("action", ["replay", "cancel"])
def test_what_has_left_stays_as_it_is(action, order, provider):
    row = told()
    drain()
    order(action, ref=row.ref)
    assert states() == ["accepted"] and not LifecycleLog.objects.exists()


def test_nothing_is_given_up_while_it_is_handed_over(order, provider):
    row = told()
    pipeline.claim(["email"])
    order("cancel", ref=row.ref)
    assert states() == ["claimed"]


def test_what_is_given_up_does_not_go_out(order, provider):
    row = told()
    order("cancel", ref=row.ref)
    drain()
    assert states() == ["ended"] and provider.taken == [] and row_of(row).reason == orders.CANCELLED


def test_all_of_a_purpose_up_to_a_hundred(order, provider, monkeypatch):
    monkeypatch.setattr(orders, "MOST", 2)
    for _each in range(2):
        dead_for(provider, Refused("550"))
    order("replay_all", purpose="note")
    assert states() == ["due", "due"]


@pytest.fixture
def three(worker, purposes, provider, monkeypatch) -> OutboxOrder:
    """An order for three messages, where two are what one person may decide."""
    monkeypatch.setattr(orders, "MOST", 2)
    for _each in range(3):
        dead_for(provider, Refused("550"))
    made = OutboxOrder.objects.create(action="replay_all", purpose="note", by=factories.membership("operator").user)
    assert orders.carry_out() == 1
    made.refresh_from_db()
    return made


def test_more_wait_for_a_second_person(three):
    assert (three.waits, three.done_at, three.answer) == (3, None, {})
    assert orders.carry_out() == 0 and states() == ["dead"] * 3


def test_of_very_many_no_more_wait_than_go_out_at_once(worker, purposes, provider, monkeypatch):
    monkeypatch.setattr(orders, "MOST", 1)
    monkeypatch.setattr(orders, "AT_ONCE", 2)
    for _each in range(3):
        dead_for(provider, Refused("550"))
    made = OutboxOrder.objects.create(action="replay_all", purpose="note", by=factories.membership("operator").user)
    orders.carry_out()
    made.refresh_from_db()
    assert made.waits == 2
    with scope(EVERYTHING):
        orders.confirm(made, factories.user().pk)
    assert orders.carry_out() == 1 and states() == ["due", "due", "dead"]


def test_planted_the_relay_does_what_nobody_confirmed(three, monkeypatch):
    monkeypatch.setattr(orders, "READY", Q())
    with pytest.raises(AssertionError):
        test_more_wait_for_a_second_person(three)


def test_a_second_person_confirms_just_as_many_as_they_saw(three, provider):
    dead_for(provider, Refused("550"))
    with scope(EVERYTHING):
        orders.confirm(three, factories.user().pk)
    assert orders.carry_out() == 1 and states() == ["due"] * 3 + ["dead"]


def test_nobody_confirms_their_own(three):
    with scope(EVERYTHING), pytest.raises(ValidationError, match="A colleague has to confirm it"):
        orders.confirm(three, three.by_id)
    assert orders.carry_out() == 0 and states() == ["dead"] * 3


def test_the_database_takes_nobody_s_own_yes(three):
    for how in ({"confirmed_by": three.by_id}, {"confirmed_by": None}):
        with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
            OutboxOrder.objects.filter(pk=three.pk).update(confirmed_at=FrNow(), **how)


def test_planted_unasked_the_database_still_refuses(three, monkeypatch):
    monkeypatch.setattr(OutboxOrder, "validate_constraints", lambda order: None)
    with pytest.raises(IntegrityError, match="second_person"):
        test_nobody_confirms_their_own(three)


def test_a_provider_is_held_back_and_let_go_on(order, provider):
    told()
    order("hold", provider=provider.name)
    assert drain()["accepted"] == 0 and states() == ["due"]
    order("release", provider=provider.name)
    drain()
    assert states() == ["accepted"]


def test_the_page_says_who_holds_a_provider_back(order, provider, sign_in):
    order("hold", provider=provider.name)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    client = sign_in("operator")
    assert "an operator holds them back" in client.get("/operator/messages/").content.decode()
    assert 'first_rung_circuit_open{provider="test"} 1' in client.get("/metrics").content.decode()


def test_one_is_explained_without_a_name(order, provider, purposes):
    row = dead_for(provider, NotTaken("away"), recipient=factories.user("Ana Quine"))
    answer = order("explain", ref=row.ref).answer
    assert answer["facts"]["Purpose"] == "note" and answer["facts"]["Tried"] == 1
    assert len(answer["moments"]) >= 3 and "Quine" not in str(answer) and "@" not in str(answer)


def test_an_unknown_reference(order):
    for action in ("explain", "replay", "cancel"):
        assert "No message" in order(action, ref="00000000-0000-0000-0000-000000000001").answer["done"]


def test_what_can_be_done_to_it_is_said(order, provider):
    assert order("explain", ref=told().ref).answer["may"] == ["cancel"]
    drain()
    row = dead_for(provider, Refused("550"))
    assert order("explain", ref=row.ref).answer["may"] == ["replay", "cancel"]
    for state in ("claimed", "handing", "accepted", "ended"):
        with scope(EVERYTHING):
            Outbox.objects.filter(pk=row.pk).update(state=state, lease_until=FrNow())
        assert order("explain", ref=row.ref).answer["may"] == []


def test_what_a_mail_carries_goes_with_its_mail(order):
    held(factories.user(), 1)
    make()
    for state in ("held", "dead"):
        with scope(EVERYTHING):
            item = Outbox.objects.get(channel="digest")
            Outbox.objects.filter(pk=item.pk).update(state=state, reason="x")
        assert order("explain", ref=item.ref).answer["may"] == []


# --- the pages ----------------------------------------------------------------------------------------------


def test_only_operators(db, sign_in):
    for role in ("adviser", "coordinator", "board_member", "auditor"):
        assert sign_in(role).get(PAGE).status_code == 404
        assert sign_in(role).post(PAGE, {}).status_code == 404


def test_an_operator_asks_and_reads_the_answer(worker, purposes, provider, sign_in):
    row = told(person=factories.young_person(label="Q.Z.").pk)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # the page is made by fr_web, which may not see the row
    client = sign_in("operator")
    assert client.get(PAGE).status_code == 200
    answer = client.post(PAGE, {"action": "explain", "ref": str(row.ref)})
    assert answer.status_code == 302 and str(row.ref) not in answer["Location"]
    assert "being done" in client.get(answer["Location"]).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE fr_worker")
    orders.carry_out()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    page = client.get(answer["Location"]).content.decode()
    assert "What happened when" in page and "note" in page and "Q.Z." not in page
    assert str(row.ref) in page and "Give it up" in page and "Send it again" not in page


def explained(sign_in, *may: str) -> tuple[Client, OutboxOrder]:
    answer = {"done": "Known", "facts": {"State": "Dead"}, "may": list(may)}
    made = OutboxOrder.objects.create(
        action="explain", ref=uuid.uuid4(), by=factories.user(), answer=answer, done_at=FrNow()
    )
    return sign_in("operator"), made


def test_what_was_explained_is_sent_again_from_there(db, sign_in):
    client, asked = explained(sign_in, "replay", "cancel")
    page = client.get(f"{PAGE}{asked.public_id}/").content.decode()
    assert "Send it again" in page and "Give it up" in page and "somebody may get it twice" in page
    answer = client.post(f"{PAGE}{asked.public_id}/", {"action": "replay"})
    made = OutboxOrder.objects.latest("pk")
    assert (made.action, made.ref, made.by.email) == ("replay", asked.ref, client_user(client).email)
    assert answer["Location"] == f"{PAGE}{made.public_id}/"


def client_user(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.mark.parametrize("action", ["replay", "explain", "hold", "", "x"])
def test_nothing_else_is_done_to_what_was_explained(action, db, sign_in):
    client, asked = explained(sign_in, "cancel")
    assert client.post(f"{PAGE}{asked.public_id}/", {"action": action}).status_code == 404
    assert OutboxOrder.objects.count() == 1


def test_planted_an_answer_that_lets_everything_be_done(db, sign_in, monkeypatch):
    monkeypatch.setattr(order_views, "offered", lambda order: list(OutboxOrder.Action))
    with pytest.raises(AssertionError):
        test_nothing_else_is_done_to_what_was_explained("replay", db, sign_in)


def test_nothing_is_done_before_the_answer_is_there(db, sign_in):
    client, asked = explained(sign_in)
    for action in ("replay", "cancel"):
        assert client.post(f"{PAGE}{asked.public_id}/", {"action": action}).status_code == 404


REPLAY = {"action": "replay", "ref": "00000000-0000-0000-0000-000000000001"}


@pytest.mark.parametrize("posted", [{}, REPLAY, {"action": "hold"}, {"action": "explain", "ref": "x"}])
def test_what_is_missing_is_asked_for(posted, db, sign_in):
    assert sign_in("operator").post(PAGE, posted).status_code == 422
    assert not OutboxOrder.objects.exists()


def test_a_colleague_confirms_it_on_the_page(three, sign_in):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    first, second, address = sign_in(user=three.by), sign_in("operator"), f"{PAGE}{three.public_id}/"
    for client in (first, second):
        page = client.get("/operator/messages/").content.decode()
        assert "Waits for a second person" in page and "3 messages: note" in page and three.by.name in page
    page = first.get(address).content.decode()
    assert (
        "These are 3 messages: note." in page
        and "A colleague has to confirm it" in page
        and 'value="confirm"' not in page
    )
    refused = first.post(address, {"action": "confirm"})
    assert refused.status_code == 422 and "You asked for this yourself" in refused.content.decode()
    assert 'value="confirm"' in second.get(address).content.decode()
    for _twice in range(2):
        assert second.post(address, {"action": "confirm"})["Location"] == address
    assert "being done" in first.get(address).content.decode()
    assert "Waits for a second person" not in first.get("/operator/messages/").content.decode()
    three.refresh_from_db()
    assert three.confirmed_by.email == client_user(second).email


def test_only_what_waits_is_confirmed(db, sign_in):
    made = OutboxOrder.objects.create(action="replay_all", purpose="note", by=factories.user())
    assert sign_in("operator").post(f"{PAGE}{made.public_id}/", {"action": "confirm"}).status_code == 404


def test_the_web_changes_no_order(db):
    made = OutboxOrder.objects.create(action="hold", provider="kept", by=factories.user())
    for change in (lambda rows: rows.update(provider="x"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change(OutboxOrder.objects.filter(pk=made.pk))


def test_an_order_says_of_what(db):
    with pytest.raises(IntegrityError, match="says_of_what"):
        OutboxOrder.objects.create(action="replay", by=factories.user())
