"""GOV.UK Notify: each answer, also the ambiguous ones, and what it tells us later."""

import datetime as dt
import json
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.scope import EVERYTHING, scope
from notifications import channels, circuit, counting, reports
from notifications import drain as pipeline
from notifications.channels import NotTaken, Refused
from notifications.drain import drain
from notifications.models import Circuit, Outbox, ProviderReport
from notifications.registry import Attachment, Mail, Text
from tests.notifications.conftest import row_of, states, told
from tests.notifications.fake_notify import KEY, FakeNotify

REF = uuid.UUID(int=7)
LETTER = {"ref": REF, "to": "ana@council.example", "mail": Mail("Subject", "Words")}
TOKEN = "a-long-token-of-our-own"


@pytest.fixture
def notify(settings, monkeypatch):
    with FakeNotify(hang=0.6) as server:
        settings.EMAIL_CHANNEL = settings.TEXT_CHANNEL = "notify"
        settings.NOTIFY = {
            "api_key": KEY,
            "base_url": server.url,
            "email_template": "mail",
            "text_template": "text",
            "callback_token": TOKEN,
        }
        channels.chosen("email").client.timeout = (3, 0.3)
        yield server


def test_a_mail_and_a_text_are_taken_and_found(notify):
    assert channels.chosen("email").find(REF) == []
    channels.chosen("email").send(**LETTER)
    channels.chosen("text").send(ref=REF, to="07700 900123", mail=Text("One line"))
    assert channels.chosen("email").find(REF) == ["accepted", "accepted"]
    mail, text = notify.taken
    assert (mail["to"], mail["template"]) == ("ana@council.example", "mail")
    assert mail["personalisation"] == {"subject": "Subject", "body": "Words"}
    assert (text["to"], text["template"], text["personalisation"]) == ("07700 900123", "text", {"body": "One line"})


def test_a_button_of_the_mail_program_where_there_is_such_a_choice(notify):
    """RFC 8058: Notify writes the headers. It writes its own HTML too, from the text."""
    for stop in ("", "https://rung.example/k/x/emails/"):
        channels.chosen("email").send(ref=REF, to="ana@council.example", mail=Mail("Subject", "Words", stop=stop))
    assert [each["unsubscribe"] for each in notify.taken] == [None, "https://rung.example/k/x/emails/"]


def test_a_file_is_left_out_for_it_would_be_refused(notify):
    mail = Mail("Subject", "Words", (Attachment("day.ics", "text/calendar", b"BEGIN"),))
    channels.chosen("email").send(ref=REF, to="ana@council.example", mail=mail)
    assert notify.taken[0]["personalisation"] == {"subject": "Subject", "body": "Words"}


@pytest.mark.parametrize(
    ("mood", "means", "copies"),
    [
        ("429", NotTaken, 0),
        ("403", NotTaken, 0),
        ("400", Refused, 0),
        ("400 trial", NotTaken, 0),
        ("500", Exception, 0),
        ("500 after taking", Exception, 1),
        ("hang", Exception, 1),
        ("garbage", Exception, 1),
        ("cut off", Exception, 1),
    ],
)
def test_what_each_answer_means(mood, means, copies, notify):
    notify.mood = mood
    with pytest.raises(means) as caught:
        channels.chosen("email").send(**LETTER)
    assert means is not Exception or not isinstance(caught.value, NotTaken | Refused)
    assert notify.copies()[str(REF)] == copies
    if mood == "429":
        assert caught.value.wait == dt.timedelta(seconds=1)


def test_a_refused_connection_is_not_taken(notify):
    notify.stop()
    with pytest.raises(NotTaken):
        channels.chosen("email").send(**LETTER)
    notify.start()


@pytest.mark.parametrize("mood", ["500", "500 after taking", "hang", "garbage", "cut off"])
def test_through_every_ambiguous_answer_it_goes_out_once(mood, notify, worker, purposes, later):
    row = told()
    notify.mood = lambda number: mood if number == 1 else "well"
    for _ in range(5):
        drain()
        later(minutes=6)
    assert states() == ["accepted"] and notify.copies() == {str(row.ref): 1}


def test_slow_to_know_its_own_messages(notify, worker, purposes, later):
    """Asked at once it would say that it has nothing: it is asked a second time before it is believed."""
    row = told()
    notify.mood = lambda number: "500 after taking" if number == 1 else "well"
    drain()
    later(minutes=6)
    notify.knows_after = 3600
    drain()
    assert row_of(row).state == "unknown" and row_of(row).asked == 1
    notify.knows_after = 0
    later(minutes=6)
    drain()
    assert states() == ["accepted"] and notify.copies() == {str(row.ref): 1}


def test_without_a_key_it_refuses(settings):
    settings.EMAIL_CHANNEL = "notify"
    settings.NOTIFY = {**settings.NOTIFY, "api_key": ""}
    with pytest.raises(ImproperlyConfigured, match="FR_NOTIFY_API_KEY"):
        channels.chosen("email")


# --- what it tells later ------------------------------------------------------------------------------------


def tell(client, ref, status, token=TOKEN, known_as=1, **more):
    told = {"id": str(uuid.UUID(int=known_as)), "reference": str(ref), "status": status, "to": "ana@council.example"}
    body = json.dumps(told)
    more = {"headers": {"Authorization": f"Bearer {token}"}, "content_type": "application/json", **more}
    return client.post("/callbacks/notify/", more.pop("body", body), **more)


def test_told_before_we_wrote_it_down_twice_and_out_of_order(notify, client, worker, purposes, later):
    row = told()
    notify.mood = "500 after taking"
    drain()
    for status in ("delivered", "sending", "delivered", "created"):
        assert tell(client, row.ref, status).status_code == 204
    reports.settle()
    assert states() == ["delivered"] and not ProviderReport.objects.exists()
    later(hours=2)
    drain()
    assert notify.copies() == {str(row.ref): 1}


def test_told_of_a_message_that_was_to_go_again(notify, client, worker, purposes):
    row = told()
    tell(client, row.ref, "sending")
    reports.settle()
    drain()
    assert states() == ["accepted"] and notify.taken == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [("permanent-failure", "no such address or number"), ("temporary-failure", "not delivered this time")],
)
def test_what_came_back(status, reason, notify, client, worker, purposes):
    row = told()
    drain()
    tell(client, row.ref, status)
    reports.settle()
    assert (row_of(row).state, row_of(row).reason) == ("bounced", reason)


def test_what_ended_stays_ended(notify, client, worker, purposes):
    row = told()
    with scope(EVERYTHING):
        Outbox.objects.update(state="ended", reason="x")
    tell(client, row.ref, "delivered")
    assert reports.settle() == {"nothing": 1}
    assert row_of(row).state == "ended"


def test_two_copies_that_arrive_at_once_are_seen(notify, client, worker, purposes):
    row, other = told(), told()
    drain()
    notify.take("email", {"reference": str(row.ref), "template_id": "mail"})  # a second copy
    for number, message in enumerate(notify.taken):
        for _twice in range(2):
            assert tell(client, message["reference"], "delivered", known_as=number).status_code == 204
    reports.settle()
    assert [row_of(each).state for each in (row, other)] == ["delivered"] * 2
    counting.count()
    assert counting.figures().doubles == 1
    assert row_of(row).reason == "the provider holds it twice" and row_of(other).reason == ""


def test_planted_no_number_is_kept(notify, client, worker, purposes, monkeypatch):
    """A provider that gave no numbers: what was delivered is never asked about, so nobody sees the second copy."""
    whole = reports.keep
    monkeypatch.setattr(reports, "keep", lambda ref, fate, known_as: whole(ref, fate))
    with pytest.raises(AssertionError):
        test_two_copies_that_arrive_at_once_are_seen(notify, client, worker, purposes)


def test_a_double_stays_in_mind(notify, client, worker, purposes):
    row = told()
    drain()
    for number, status in ((1, "delivered"), (2, "delivered"), (1, "permanent-failure")):
        tell(client, row.ref, status, known_as=number)
        reports.settle()
    assert (row_of(row).state, row_of(row).reason) == ("bounced", "the provider holds it twice")


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "ä"])
def test_without_the_token_there_is_no_such_page(token, notify, client, db):
    assert tell(client, REF, "delivered", token=token).status_code == 404
    assert not ProviderReport.objects.exists()


def test_without_a_token_of_ours_nobody_passes(settings, client, db):
    settings.NOTIFY = {**settings.NOTIFY, "callback_token": ""}
    assert tell(client, REF, "delivered", token="").status_code == 404


NO_NUMBER = json.dumps({"reference": str(REF), "status": "sent"})


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"reference": 5}', '{"reference": "x", "status": "sent"}', NO_NUMBER]
)
def test_what_cannot_be_read(body, notify, client, db):
    assert tell(client, REF, "delivered", body=body).status_code == 400


@pytest.mark.parametrize("status", ["surprised", None, [], {}])
def test_words_we_do_not_know_are_left(status, notify, client, db):
    assert tell(client, REF, status).status_code == 204
    assert not ProviderReport.objects.exists()


def test_after_a_day_of_silence_it_is_asked(notify, worker, purposes, later):
    row, other = told(), told()
    drain()
    assert reports.ask_about_silent() == {}
    later(days=1, hours=1)
    notify.taken[0]["status"] = "delivered"
    notify.take("email", {"reference": str(other.ref), "template_id": "mail"})  # a second copy
    assert reports.ask_about_silent() == {"asked": 2, "twice": 1}
    assert {row_of(row).state, row_of(other).state} == {"delivered", "accepted"}


def test_who_was_asked_least_comes_first(notify, worker, purposes, later):
    rows = [told() for _ in range(3)]
    drain()
    later(days=1, hours=1)
    assert reports.ask_about_silent() == {"asked": 3, "twice": 0}
    with scope(EVERYTHING):
        Outbox.objects.filter(pk=rows[2].pk).update(asked=0)
    assert reports._silent("email")[0] == rows[2].ref


# --- the circuit --------------------------------------------------------------------------------------------


def test_many_failures_open_it_and_nothing_is_burned(notify, worker, purposes, later):
    rows = [told() for _ in range(circuit.OPENS_AT + 5)]
    notify.mood = "429"
    drain()
    assert notify.requests == circuit.OPENS_AT
    assert sum(row_of(row).attempts for row in rows) == circuit.OPENS_AT
    assert Circuit.objects.get().open_since is not None
    drain()
    assert notify.requests == circuit.OPENS_AT  # nobody tries before a minute has passed
    later(minutes=2)
    drain()
    assert notify.requests == circuit.OPENS_AT + 1  # one tries
    notify.mood = "well"
    later(minutes=2)
    drain()
    assert Circuit.objects.get().open_since is None
    later(minutes=5)
    drain()
    assert set(states()) == {"accepted"} and len(notify.taken) == len(rows)


def test_half_of_the_last_many(worker):
    for number in range(circuit.WINDOW):
        assert circuit.room("test", 5) == 5
        circuit.record("test", well=number % 2 == 0)
    assert circuit.room("test", 5) == 0 or Circuit.objects.get().in_a_row == 1
    assert Circuit.objects.get().open_since is not None


def test_while_all_goes_well_nothing_is_written(worker, django_assert_num_queries):
    for _ in range(circuit.WINDOW):
        circuit.record("test", well=True)
    before = Circuit.objects.values_list("recent", flat=True).get()
    circuit.record("test", well=True)
    assert Circuit.objects.values_list("recent", flat=True).get() == before == "." * circuit.WINDOW


def test_only_one_tries(worker, later):
    for _ in range(circuit.OPENS_AT):
        circuit.record("test", well=False)
    assert circuit.room("test", 5) == 0
    later(minutes=2)
    assert [circuit.room("test", 5) for _ in range(3)] == [1, 0, 0]


def test_a_silent_provider_does_not_keep_the_others_waiting(worker, purposes, provider, later, monkeypatch):
    for _ in range(3):
        told()
    provider.after = lambda: 1 // 0
    drain()
    asked = []

    def silent(ref):
        asked.append(ref)
        raise TimeoutError

    monkeypatch.setattr(provider, "find", silent)
    later(minutes=2)
    drain()
    assert len(asked) == 1


def test_a_try_that_never_reached_the_provider_is_given_back(notify, worker, purposes, later):
    purposes("nobody", may_receive=lambda rows: set())
    for _ in range(circuit.OPENS_AT):
        circuit.record("notify", well=False)
    for _ in range(3):
        told("nobody")
    row = told()
    later(minutes=2)
    drain()
    assert row_of(row).state == "accepted" and states(purpose="nobody") == ["ended"] * 3


def test_what_is_never_taken_is_given_up(notify, worker, purposes, later):
    row = told()
    with scope(EVERYTHING):
        Outbox.objects.update(attempts=pipeline.ATTEMPTS - 1)
    notify.mood = lambda number: "500" if number == 1 else "well"
    for _ in range(4):
        drain()
        later(minutes=6)
    assert (row_of(row).state, row_of(row).reason) == ("dead", "never taken") and notify.taken == []
