"""What somebody was told is there for them alone, however the message fared."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import YoungPerson
from notifications import drain, inbox, registry, services
from notifications.models import Outbox
from tests import factories

PAGE = "/inbox/"


def message(user, key: str, **more) -> Outbox:
    with factories.as_worker():
        return Outbox.objects.create(
            **{
                "dedupe_key": f"{user.pk}-{key}",
                "purpose": "match",
                "channel": "digest",
                "recipient": user,
                "cause_id": 1,
                **more,
            }
        )


@pytest.fixture
def ana(client, db):
    return factories.sign_in(client, "adviser")


def words(client, page: str = PAGE) -> list[str]:
    return [line.words for line in client.get(page).context["lines"]]


def test_what_came_on_one_day_is_one_line_with_its_page(client, ana):
    person = factories.young_person(worker=ana, label="Q.X.")
    for number in range(3):
        message(ana, str(number), person=person, state="held")
    (line,) = client.get(PAGE).context["lines"]
    assert line.words.endswith(": 3") and line.url == "/adviser/matches/" and line.is_new
    answer = client.get(PAGE)
    assert not answer.context["lines"][0].is_new and "Q.X." not in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "reason"), [("dead", "refused: 550"), ("ended", "on the page alone"), ("bounced", "")]
)
def test_it_stands_there_even_when_the_mail_failed(state, reason, client, ana):
    message(ana, "1", state=state, reason=reason)
    assert len(words(client)) == 1


@pytest.mark.parametrize("reason", inbox.NEVER_TOLD)
def test_what_was_not_for_them_any_more_is_not_there(reason, client, ana):
    message(ana, "1", state="ended", reason=reason)
    assert words(client) == []


def test_another_s_messages_are_not_there_and_stay_new(client, ana):
    row = message(factories.adviser(), "1", state="held")
    assert words(client) == []
    with factories.as_worker():
        assert Outbox.objects.get(pk=row.pk).read_at is None


def test_planted_everybody_s_messages(client, ana, monkeypatch):
    message(factories.adviser(), "1", state="held")
    monkeypatch.setattr(inbox, "told_to", lambda user: Outbox.objects.order_by("-pk"))
    with pytest.raises(AssertionError):
        assert words(client) == []


def test_old_ones_codes_and_the_carrying_mail_are_not_there(client, ana):
    message(ana, "1", made_at="2020-01-01T09:00Z", state="accepted")
    for purpose in inbox.NOT_LISTED:
        message(ana, purpose, purpose=purpose, channel="email", state="accepted")
    assert words(client) == []


def test_a_young_person_s_own(db, client, purposes):
    person, user = factories.young_person(), factories.user()
    with factories.as_worker():
        YoungPerson.objects.filter(pk=person.pk).update(user=user)
    message(user, "1", person=person, purpose="find", channel="email", state="accepted")
    factories.sign_in(client, user=user)
    assert client.get(PAGE).status_code == 200 and words(client) == ["We sent you an email."]


LINES = [
    ("team change", "adviser", "new", "Who supports whom has changed. Your list shows it.", "/adviser/"),
    ("transfer", "team_manager", "asked", "Another council asks you", "/adviser/team/"),
    ("transfer", "team_manager", "refused", "Another council has answered", "/adviser/team/"),
    ("objection", "team_manager", "new", "A young person does not want something.", "/adviser/team/asked/"),
    ("help_again_team", "team_manager", "new", "A young person who has no worker", "/adviser/team/asked/"),
    ("concern", "safeguarding_lead", "new", "Somebody says that something is wrong.", "/safeguarding/"),
    ("concern_late", "team_manager", "new", "Nobody has looked", ""),  # a manager has no such page
]


@pytest.mark.parametrize(("purpose", "role", "version", "words", "url"), LINES)
def test_a_line_says_what_it_is_and_names_nobody(purpose, role, version, words, url, client, db):
    reader = factories.sign_in(client, role)
    person = factories.young_person(label="Q.X.")
    message(reader, f"1:{version}", purpose=purpose, channel="email", state="accepted", person=person)
    answer = client.get(PAGE)
    (line,) = answer.context["lines"]
    assert line.words.startswith(words) and line.url == url
    assert "Q.X." not in answer.content.decode()


def test_every_purpose_has_a_sentence_and_asks_nothing_for_it(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        for name in registry.names():
            purpose = registry.find(name)
            row = Outbox(purpose=name, channel=purpose.channel, dedupe_key=f"{name}:1:1:-:new", cause_id=1, person_id=1)
            assert purpose.line(row)
            assert not purpose.page or reverse(purpose.page)


def test_planted_a_sentence_that_asks(client, ana, purposes):
    purposes("asks", line=lambda row: str(YoungPerson.objects.filter(pk=row.person_id).count()))
    counted = []
    for number in (1, 5):
        for each in range(number):
            message(ana, f"{number}-{each}", purpose="asks", channel="email", state="accepted")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counted.append(len(queries))
    assert counted[0] < counted[1]


def test_pages_and_as_many_queries_for_any_number(client, ana):
    counted = []
    for start, end in ((0, 2), (2, inbox.PER_PAGE + 5)):
        for number in range(start, end):
            message(ana, str(number), state="held")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert words(client, f"{PAGE}?page=2")[0].endswith(": 5")


def test_a_visitor_signs_in_first(client, db):
    assert client.get(PAGE).status_code == 302


def found_at_hand_over(user, purposes) -> Outbox:
    """Told without saying to whom: its address is found when it goes."""
    purposes("news", address=lambda row: user.email.upper(), line=registry.says("Something moved on."))
    with factories.as_worker():
        services.tell(purpose="news", cause_id=1, version=1)
        assert Outbox.objects.get().recipient_id is None
        drain.drain()
        return Outbox.objects.get()


@pytest.fixture
def sender(monkeypatch):
    """Hands over inside the test's own transaction."""
    monkeypatch.setattr(drain, "committed", factories.as_worker)


def test_whose_it_was_is_written_down_when_it_goes(client, ana, purposes, provider, sender):
    row = found_at_hand_over(ana, purposes)
    assert (row.state, row.recipient_id) == ("accepted", ana.pk) and words(client) == ["Something moved on."]


def test_twin_without_that_it_never_stands_there(client, ana, purposes, provider, sender, monkeypatch):
    monkeypatch.setattr(drain, "_note_readers", lambda ways: None)
    assert found_at_hand_over(ana, purposes).state == "accepted" and words(client) == []


def test_somebody_without_a_sign_in_has_no_inbox(ana, purposes, provider, sender):
    stranger = SimpleNamespace(email="nobody@nowhere.example")
    assert found_at_hand_over(stranger, purposes).recipient_id is None
