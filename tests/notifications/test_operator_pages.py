"""What operators see of the messages, and what machines may ask."""

import datetime as dt
import re
import uuid
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from core import clock
from core.bells import beat
from core.scope import EVERYTHING, NOBODY, scope
from notifications import counting, services, views
from notifications.drain import drain
from notifications.models import Circuit, KeptMail, Outbox, OutboxCount, OutboxTally
from notifications.reports import ask_about_silent
from tests import database, factories
from tests.notifications.conftest import Killed, held, told
from tests.notifications.test_digests import make

PAGE = "/operator/messages/"


def keep(number: int = 1, **more) -> KeptMail:
    values = {"recipient": "ana@council.example", "subject": "Two new matches", "body": "For A.B.: a job, 2 miles"}
    mails = [KeptMail.objects.create(ref=uuid.uuid4(), **{**values, **more}) for _ in range(number)]
    return mails[0]


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"operator", "employer_member"}))
def test_only_operators(role, db, sign_in):
    client = sign_in(role)
    assert client.get(PAGE).status_code == 404
    assert client.get(reverse("notifications:show-kept-mail", args=[keep().public_id])).status_code == 404


def test_the_page_shows_counts_life_and_mails(worker, purposes, provider, sign_in):
    held(factories.user(), 1, 2)
    make()
    drain()
    told()
    counting.count()
    beat("relay")
    mail = keep()
    page = text(sign_in("operator").get(PAGE))
    for words in ("find", "Accepted", "Due", "digest", "Relay", "Two new matches", "ana@council.example"):
        assert words in page
    assert "demonstrations only" in page and "For A.B." not in page
    assert "For A.B." in text(sign_in("operator").get(reverse("notifications:show-kept-mail", args=[mail.public_id])))


def test_operators_see_figures_of_rows_they_may_not_see(worker, purposes, sign_in):
    held(factories.user(), 1, person=factories.young_person(label="Q.Z.").pk)
    counting.count()
    connection.cursor().execute("RESET ROLE")  # the page is made by fr_web
    page = text(sign_in("operator").get(PAGE))
    assert "find" in page and "Q.Z." not in page


def test_an_empty_page(db, sign_in):
    page = text(sign_in("operator").get(PAGE))
    assert "No messages yet" in page and "No mails yet" in page and "nothing waits" in page


def test_a_real_installation_shows_no_mail(db, sign_in, monkeypatch):
    mail = keep()
    monkeypatch.setattr(views, "is_demo", lambda: False)
    client = sign_in("operator")
    page = client.get(PAGE)
    assert page.status_code == 200 and "Two new matches" not in text(page) and "demonstration only" not in text(page)
    assert client.get(reverse("notifications:show-kept-mail", args=[mail.public_id])).status_code == 404


def test_a_mail_that_does_not_exist(db, sign_in):
    assert sign_in("operator").get(f"{PAGE}{uuid.uuid4()}/").status_code == 404


def test_hostile_text_is_shown_as_text(db, sign_in):
    mail = keep(subject="<script>1</script>", body="<img src=x>\u202e")
    client = sign_in("operator")
    for path in (PAGE, f"{PAGE}{mail.public_id}/"):
        assert "<script>1" not in text(client.get(path)) and "<img src=x" not in text(client.get(path))


def test_queries_do_not_grow_with_rows(db, sign_in):
    client, counted = sign_in("operator"), []
    for number in (2, 45):
        keep(number)
        OutboxCount.objects.bulk_create(
            OutboxCount(purpose=f"p{number}{n}", state="due", rows=n) for n in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 16


def test_many_mails_come_in_pages(db, sign_in):
    keep(views.PER_PAGE + 1)
    client = sign_in("operator")
    assert (
        text(client.get(PAGE)).count(f'href="{PAGE}') > text(client.get(f"{PAGE}?page=2")).count("Two new matches") == 1
    )
    assert client.get(f"{PAGE}?page=x").status_code == 200


# --- figures ------------------------------------------------------------------------------------------------


def test_all_states_together_are_all_messages(worker, purposes, provider):
    held(factories.user(), 1, 2, 3)
    make()
    told()
    drain()
    told()
    counting.count()
    figures = counting.figures()
    assert figures.made == 6 and figures.unexplained == 0 and figures.oldest_due is not None


@pytest.mark.parametrize(("state", "mail"), [("held", "accepted"), ("accepted", "due")])
def test_planted_an_item_that_does_not_follow_its_mail(state, mail, worker, purposes):
    held(factories.user(), 1)
    make()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox SET state = CASE channel WHEN 'digest' THEN %s ELSE %s END", [state, mail])
    counting.count()
    assert counting.figures().unexplained == 1


def test_counting_again_replaces_the_figures(worker, purposes, provider):
    told()
    counting.count()
    drain()
    counting.count()
    assert [(row.state, row.rows) for row in counting.figures().counts] == [("accepted", 1)]


# --- what needs a look --------------------------------------------------------------------------------------


def counted_page(sign_in) -> str:
    counting.count()
    connection.cursor().execute("RESET ROLE")
    page = text(sign_in("operator").get(PAGE))
    connection.cursor().execute("SET LOCAL ROLE fr_worker")
    return page


def stand(row: Outbox, **how) -> None:
    with scope(EVERYTHING):
        Outbox.objects.filter(pk=row.pk).update(**how)


def test_what_needs_a_look_is_shown_by_its_reference(worker, purposes, sign_in, later):
    rows = [told(recipient=factories.user("Ana Quine")) for _ in range(5)]
    person = factories.young_person(label="Q.Z.").pk
    dead, unknown, overdue, fresh, _due = rows
    stand(dead, state="dead", reason="refused: 550", person=person)
    stand(unknown, state="unknown", handed_at=clock.now() - dt.timedelta(hours=2))
    stand(overdue, not_before=clock.now() - dt.timedelta(minutes=6))
    stand(fresh, state="unknown", handed_at=clock.now())
    page = counted_page(sign_in)
    assert [str(row.ref) in page for row in rows] == [True, True, True, False, False]
    assert f'href="/operator/messages/orders/?ref={dead.ref}"' in page and "refused: 550" in page
    assert not any(words in page for words in ("Quine", "Q.Z.", dead.recipient.email))


def test_nothing_needs_a_look(worker, purposes, provider, sign_in):
    row = told()
    drain()
    page = counted_page(sign_in)
    assert "Nothing needs a look" in page and str(row.ref) not in page


def test_what_a_mail_carries_is_not_shown_apart(worker, purposes, sign_in):
    held(factories.user(), 1)
    make()
    with scope(EVERYTHING):
        Outbox.objects.update(state="dead", reason="x")
        digest, item = Outbox.objects.get(channel="email"), Outbox.objects.get(channel="digest")
    page = counted_page(sign_in)
    assert str(digest.ref) in page and str(item.ref) not in page


def test_the_latest_of_each_state_are_shown(worker, purposes, monkeypatch):
    monkeypatch.setattr(counting, "LISTED", 2)
    rows = [told() for _ in range(5)]
    for number, row in enumerate(rows[:4]):
        stand(row, state="dead", reason="x", handed_at=clock.now() - dt.timedelta(days=number))
    stand(rows[4], not_before=clock.now() - dt.timedelta(hours=1))
    counting.count()
    assert {each[0] for each in counting.figures().pulse.look} == {str(row.ref) for row in (*rows[:2], rows[4])}


@pytest.mark.parametrize(("asked", "filled"), [(str(uuid.UUID(int=7)), True), ("x", False), ("", False)])
def test_the_form_is_filled_with_the_reference(asked, filled, db, sign_in):
    page = text(sign_in("operator").get(f"{PAGE}orders/", {"ref": asked}))
    assert (f'value="{uuid.UUID(int=7)}"' in page) == filled
    assert bool(re.search(r'value="explain"[^>]*checked', page)) == filled


# --- machines -----------------------------------------------------------------------------------------------


def test_health_says_ok_to_anybody_without_a_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain; charset=utf-8")


def ready(client) -> int:
    answer = client.get("/readyz")
    assert answer.content in (b"ready", b"not ready")
    return answer.status_code


def test_ready_when_the_relay_lives_and_messages_leave(worker, client, later, purposes, provider):
    assert ready(client) == 503
    beat("relay")
    assert ready(client) == 503
    live()
    assert ready(client) == 200
    later(minutes=3)
    assert ready(client) == 503
    beat("relay")
    assert ready(client) == 503
    told()
    live()
    assert ready(client) == 200
    later(minutes=6)
    live()
    assert ready(client) == 503
    drain()
    live()
    assert ready(client) == 200


def all_beat() -> None:
    for name in counting.MUST_LIVE:
        beat(name)


def live() -> None:
    all_beat()
    counting.count()


def test_an_old_count_is_no_count(worker, client, later):
    live()
    for seconds, status in ((110, 200), (20, 503)):
        later(seconds=seconds)
        all_beat()
        assert ready(client) == status


def test_planted_an_old_count_is_believed(worker, client, later, monkeypatch):
    monkeypatch.setattr(counting, "FRESH", counting.dt.timedelta(days=1))
    with pytest.raises(AssertionError):
        test_an_old_count_is_no_count(worker, client, later)


def test_a_message_about_somebody_counts_too_though_a_visitor_may_not_see_it(worker, client, later, purposes):
    told(person=factories.young_person(label="Q.Z.").pk)
    later(minutes=6)
    live()
    connection.cursor().execute("RESET ROLE")  # the address is answered by fr_web
    with scope(NOBODY):
        assert not Outbox.objects.exists()
    assert ready(client) == 503


def test_planted_rows_are_asked_instead_of_counts(worker, client, later, purposes, monkeypatch):
    with scope(NOBODY):
        visible = Outbox.objects.annotate(oldest_due=F("not_before"))
    monkeypatch.setattr(counting, "OutboxCount", SimpleNamespace(objects=visible))
    with pytest.raises(AssertionError, match="200 == 503"):
        test_a_message_about_somebody_counts_too_though_a_visitor_may_not_see_it(worker, client, later, purposes)


@pytest.mark.parametrize("held", [False, True])
def test_a_circuit_that_is_open_or_held_is_no_reason(held, worker, client, later, purposes, provider):
    told()
    later(minutes=6)
    live()
    assert ready(client) == 503
    Circuit.objects.create(provider=provider.name, held=held, open_since=None if held else clock.now())
    assert ready(client) == 200


NO_DATABASE = {"HOST": "127.0.0.1", "PORT": 1}


def test_without_a_database_nothing_is_ready_and_that_is_said(client, transactional_db):
    with database.point_django_at(**NO_DATABASE):
        assert ready(client) == 503


def test_planted_a_transaction_around_readiness(client, transactional_db, settings):
    settings.PATHS_WITHOUT_DATABASE = frozenset({"/healthz"})
    with database.point_django_at(**NO_DATABASE), pytest.raises(OperationalError):
        ready(client)


def test_a_killed_process_is_not_an_exception_of_ours():
    assert not issubclass(Killed, Exception)


def test_planted_scope_around_health_is_seen(client, db, settings, django_assert_max_num_queries):
    settings.PATHS_WITHOUT_DATABASE = frozenset()
    with pytest.raises(pytest.fail.Exception), django_assert_max_num_queries(0):
        client.get("/healthz")


def metrics(client, **how) -> str:
    answer = client.get("/metrics", **how)
    return text(answer) if answer.status_code == 200 else str(answer.status_code)


def test_metrics_are_for_this_machine_or_for_a_token(client, db, settings):
    assert "first_rung_unexplained 0" in metrics(client)
    assert metrics(client, REMOTE_ADDR="10.0.0.7") == "404"
    assert metrics(client, headers={"x-forwarded-for": "10.0.0.7"}) == "404"
    settings.METRICS_TOKEN = "open sesame"
    assert metrics(client) == "404" and metrics(client, headers={"authorization": "Bearer x"}) == "404"
    assert "first_rung_unexplained 0" in metrics(client, headers={"authorization": "Bearer open sesame"})


def test_metrics_say_what_is_where_and_nothing_of_anybody(worker, client, purposes, provider, later):
    held(factories.user("Ana Quine"), 1, person=factories.young_person(label="Q.Z.").pk)
    told()
    later(seconds=40)
    told()
    drain()
    counting.count()
    live()
    Circuit.objects.create(provider="slow", open_since=clock.now())
    page = metrics(client)
    for line in (
        'first_rung_messages{purpose="find",channel="digest",state="held"} 1',
        'first_rung_messages{purpose="note",channel="email",state="accepted"} 2',
        'first_rung_circuit_open{provider="slow"} 1',
        "first_rung_out_of_balance 0",
        "first_rung_doubles 0",
        'first_rung_heartbeat_seconds{process="relay"}',
    ):
        assert line in page
    (delay,) = [line for line in page.splitlines() if line.startswith('first_rung_delay_p95_seconds{last="hour"}')]
    assert 37 < float(delay.split()[-1]) < 45
    assert "Q.Z." not in page and "Quine" not in page and "@" not in page


def test_metrics_ask_as_much_for_many_rows(worker, client, purposes):
    asked = []
    for number in (1, 30):
        for each in range(number):
            held(factories.adviser(), each)
        counting.count()
        with CaptureQueriesContext(connection) as queries:
            metrics(client)
        asked.append(len(queries))
    assert asked[0] == asked[1]


# --- what comes out even ------------------------------------------------------------------------------------


def pulse():
    counting.count()
    found = counting.figures().pulse
    return found.made, found.rows, found.deleted


def test_made_is_there_or_was_deleted(worker, purposes, provider):
    with scope(EVERYTHING):
        for version in (1, 1, 2):  # the second adds nothing
            services.tell(purpose="note", cause_id=1, version=version)
        assert pulse() == (2, 2, 0) and counting.figures().is_even
        Outbox.objects.all()[:1].get().delete()
        assert pulse() == (2, 1, 1) and pulse() == (2, 1, 1) and counting.figures().is_even
    assert OutboxTally.objects.count() == 1


def test_planted_a_message_that_vanished_is_seen(worker, purposes, sign_in):
    told()
    OutboxTally.objects.create(made=1)  # a row that was made, and is not there
    counting.count()
    assert not counting.figures().is_even
    connection.cursor().execute("RESET ROLE")
    assert "messages are missing" in text(sign_in("operator").get(PAGE))


def test_each_council_is_counted_apart(worker, purposes):
    nottingham, derby = factories.council("Nottinghamshire"), factories.council("Derby")
    adviser = factories.adviser(council=derby)
    held(adviser, 1, person=factories.young_person(nottingham).pk)
    told(recipient=adviser)
    told()
    counting.count()
    found = {(row.purpose, row.council and row.council.short_name): row.rows for row in counting.figures().counts}
    assert found == {("find", nottingham.short_name): 1, ("note", derby.short_name): 1, ("note", None): 1}


def test_what_a_provider_holds_twice_is_kept_in_mind(worker, purposes, provider, later, sign_in):
    told()
    drain()
    provider.taken *= 2
    later(hours=25)
    assert ask_about_silent()["twice"] == 1
    counting.count()
    assert counting.figures().doubles == 1
    connection.cursor().execute("RESET ROLE")
    assert "Sent twice" in text(sign_in("operator").get(PAGE))
