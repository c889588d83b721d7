"""Four one-tap answers: looking changes nothing, a button does, and every tap is told one date and one name."""

import datetime as dt

import pytest

from core.scope import NOBODY, scope
from pledges import answers, messages
from pledges.models import Answer, CallTask, Pledge
from tests import factories
from tests.pledges import made
from tests.pledges.following import go_to

MONDAY = dt.date(2026, 11, 2)


@pytest.fixture
def pledge(db):
    go_to(MONDAY)
    with scope(NOBODY):
        yield made.pledge(event=made.event(owner=factories.user("Maggie Thorne")))


@pytest.fixture
def token(pledge):
    return messages.link_to(pledge).strip("/").split("/")[1]


def url(token, said):
    return f"/k/{token}/answer/{said}/"


@pytest.mark.parametrize("said", ["on-track", "help", "write", "later", "cannot"])
def test_opening_the_address_changes_nothing(client, pledge, token, said):
    for verb in (client.get, client.head):
        answer = verb(url(token, said))
        assert answer.status_code == 200 and answer.headers["Referrer-Policy"] == "no-referrer"
    pledge.refresh_from_db()
    assert (Answer.objects.count(), CallTask.objects.count(), pledge.state) == (0, 0, "noted")


def test_on_track_confirms_and_says_who_rings_by_when(client, pledge, token):
    page = client.post(url(token, "on-track"), follow=True)
    pledge.refresh_from_db()
    assert pledge.state == "confirmed"
    assert "Maggie Thorne rings you by Thursday 12 November." in page.content.decode()  # day 10


@pytest.mark.parametrize(("said", "why"), [("help", "help"), ("write", "write")])
def test_help_is_a_call_within_two_working_days(client, pledge, token, said, why):
    page = client.post(url(token, said), follow=True)
    task = CallTask.objects.get()
    assert (task.why, task.due_on, task.owner.name) == (why, dt.date(2026, 11, 4), "Maggie Thorne")
    assert "Maggie Thorne rings you by Wednesday 4 November." in page.content.decode()


def test_later_asks_for_a_month(client, pledge, token):
    page = client.post(url(token, "later"), {"until": ""})
    assert "Choose a month" in page.content.decode() and not Answer.objects.exists()
    page = client.post(url(token, "later"), {"until": "2026-11-01"})
    assert "Choose a month" in page.content.decode() and not Answer.objects.exists()
    page = client.post(url(token, "later"), {"until": "2027-05-01"}, follow=True)
    assert "rings you by Tuesday 4 May." in page.content.decode()  # the 1st is a Saturday, the 3rd a bank holiday
    pledge.refresh_from_db()
    assert pledge.by_month == dt.date(2027, 5, 1)


def test_cannot_is_thanked_and_taken_up_again_with_one_tap(client, pledge, token):
    page = client.post(url(token, "cannot"), follow=True).content.decode()
    pledge.refresh_from_db()
    assert pledge.state == "withdrawn" and "It was good of you" in page and "Take it up again" in page
    client.post(f"/k/{token}/reopen/")
    pledge.refresh_from_db()
    assert pledge.state == "noted"


@pytest.mark.parametrize("said", ["on-track", "help", "later", "cannot"])
def test_a_double_press_does_no_harm(client, pledge, token, said):
    data = {"until": "2027-05-01"}
    first = client.post(url(token, said), data, follow=True).content
    second = client.post(url(token, said), data, follow=True).content
    assert first == second
    assert Answer.objects.count() == 1 and CallTask.objects.count() <= 1


def test_changing_ones_mind_is_a_new_answer(client, pledge, token):
    client.post(url(token, "help"))
    client.post(url(token, "on-track"))
    client.post(url(token, "help"))
    assert list(Answer.objects.order_by("pk").values_list("said", flat=True)) == ["help", "on-track", "help"]
    assert CallTask.objects.filter(state="open").count() == 1


def test_lateness_is_ours_and_shown(client, pledge, token):
    client.post(url(token, "help"))
    go_to(dt.date(2026, 11, 4))
    assert "We are late" not in client.get(f"/k/{token}/").content.decode()
    go_to(dt.date(2026, 11, 5))
    page = client.get(f"/k/{token}/").content.decode()
    assert "We are late. It is not you." in page and "Maggie Thorne was to ring you by Wednesday 4 November" in page


def test_the_pledges_own_page_has_the_four_answers(client, pledge, token):
    page = client.get(f"/k/{token}/").content.decode()
    for said in ("on-track", "help", "later", "cannot"):
        assert url(token, said) in page


def test_a_pledge_that_has_ended_takes_no_answer(client, pledge, token):
    Pledge.objects.update(state="lapsed")
    assert client.get(url(token, "on-track")).status_code == 302
    assert client.post(url(token, "on-track")).status_code == 302
    assert not Answer.objects.exists()


def test_unknown_links_and_answers_are_not_found(client, pledge, token):
    assert client.get(url("nothing", "help")).status_code == 404
    assert client.post(url("nothing", "help")).status_code == 404
    assert client.get(url(token, "spoke")).status_code == 404
    assert client.post(url(token, "spoke")).status_code == 404
    assert client.get("/k/nothing/answered/").status_code == 404


def test_a_link_without_the_verb_may_only_look(client, pledge):
    from accounts.links import make_link

    token = make_link(purpose=messages.LINK, object_id=pledge.pk, verbs=("correct",))
    assert client.post(url(token, "help")).status_code == 404
    assert not Answer.objects.exists()


def test_after_the_human_word_the_date_is_that_of_the_promise(pledge):
    officer = factories.user("Sam Reed")
    Pledge.objects.update(by_month=dt.date(2027, 3, 1))
    promised = answers.answer(pledge=pledge, said="spoke", by=officer)
    assert promised == answers.Promised(dt.date(2027, 2, 17), "Maggie Thorne")  # the 15th and two working days


def test_without_a_month_there_is_still_a_date(pledge):
    promised = answers.answer(pledge=pledge, said="spoke", by=factories.user())
    task = CallTask.objects.get(state="open")
    assert (task.why, promised.date) == ("promise", task.due_on)


def test_the_months_ahead_are_twelve():
    months = answers.months_ahead(dt.date(2026, 12, 31))
    assert (len(months), months[0], months[-1]) == (12, dt.date(2027, 1, 1), dt.date(2027, 12, 1))
