"""Calls: made once, closed with one tap, tried again; and the pages of the desk."""

import datetime as dt

import pytest

from core.scope import NOBODY, scope
from notifications import registry
from pledges import answers, calls, history, home_links
from pledges.models import Answer, CallTask, Employer, Pledge
from tests import factories
from tests.pledges import made
from tests.pledges.following import follow_up, go_to

MONDAY = dt.date(2026, 11, 2)


@pytest.fixture
def breakfast(db):
    go_to(MONDAY)
    with scope(NOBODY):
        yield made.event(owner=factories.user("Maggie Thorne"))


@pytest.fixture
def pledge(breakfast):
    return made.pledge(event=breakfast)


@pytest.fixture
def task(pledge):
    return calls.make_call(pledge=pledge, why="no-answer")


@pytest.fixture
def sam(db):
    return factories.user("Sam Reed")


def test_a_call_is_made_once_while_it_is_open(pledge, task):
    assert calls.make_call(pledge=pledge, why="no-answer", due_on=MONDAY) == task
    assert calls.make_call(pledge=pledge, why="help") != task


@pytest.mark.parametrize(
    ("outcome", "said", "state"),
    [
        ("spoke", "spoke", "confirmed"),
        ("help", "help", "noted"),
        ("later", "later", "noted"),
        ("cannot", "cannot", "withdrawn"),
    ],
)
def test_each_outcome_is_an_answer_told_to_an_officer(task, sam, outcome, said, state):
    until = dt.date(2027, 3, 1) if outcome == "later" else None
    calls.close_call(task=task, by=sam, outcome=outcome, note="Fine", until=until)
    task.refresh_from_db()
    answer = Answer.objects.get()
    assert (task.state, task.outcome, task.done_by, answer.said, answer.typed_by) == ("done", outcome, sam, said, sam)
    assert Pledge.objects.get().state == state


def test_not_reached_is_tried_again_and_then_somebody_more_senior(task, pledge, sam):
    due = []
    for _number in range(3):
        task = CallTask.objects.get(state="open")
        promised = calls.close_call(task=task, by=sam, outcome="not-reached")
        due.append(promised.date)
        go_to(promised.date)
    assert due == [dt.date(2026, 11, 4), dt.date(2026, 11, 6), dt.date(2026, 11, 10)]
    assert CallTask.objects.get(state="open").why == "senior" and not Answer.objects.exists()


def test_a_closed_call_is_not_closed_again(task, sam):
    calls.close_call(task=task, by=sam, outcome="spoke")
    with pytest.raises(calls.CallRefused):
        calls.close_call(task=task, by=sam, outcome="cannot")
    assert Answer.objects.count() == 1 and Pledge.objects.get().state == "confirmed"


def test_later_without_a_month_closes_nothing(task, sam):
    with pytest.raises(answers.AnswerRefused):
        calls.close_call(task=task, by=sam, outcome="later")
    task.refresh_from_db()
    assert task.state == "open"


def test_the_list_puts_the_floor_first_then_places_by_nearness(sign_in, breakfast):
    names = [("Far", 2, dt.date(2027, 9, 1)), ("Near", 2, dt.date(2026, 12, 1)), ("Many", 50, dt.date(2027, 3, 1))]
    for name, places, month in names:
        pledge = made.pledge(
            event=breakfast, business=name, places=places, by_month=month, reach=made.reach(f"a@{name.lower()}.example")
        )
        made.called_back(pledge.employer, factories.user())
        calls.make_call(pledge=pledge, why="help")
    floor = made.pledge(event=breakfast, business="Nobody spoke", reach=made.reach("a@nobody.example"))
    Pledge.objects.filter(pk=floor.pk).update(followed_from=MONDAY - dt.timedelta(days=9))
    calls.make_call(pledge=floor, why="first-word")
    page = sign_in("coordinator").get("/desk/calls/").content.decode()
    places = [page.index(name) for name in ("Nobody spoke", "Many", "Near", "Far")]
    assert places == sorted(places)


@pytest.mark.parametrize("role", ["coordinator", "economic_development", "support_officer"])
def test_the_pages_of_the_desk_open(sign_in, task, role):
    client = sign_in(role)
    for url in ("/desk/calls/", f"/desk/calls/{task.public_id}/", "/desk/week/", "/desk/week/?hours=2"):
        assert client.get(url).status_code == 200, url


def test_another_partnership_finds_nothing(sign_in, task):
    client = sign_in("coordinator", partnership=other_partnership())
    assert "Old Bank" not in client.get("/desk/calls/").content.decode()
    assert client.get(f"/desk/calls/{task.public_id}/").status_code == 404
    assert client.post(f"/desk/calls/{task.public_id}/", {"outcome": "cannot"}).status_code == 404
    assert Pledge.objects.get().state == "noted"


def other_partnership():
    return factories.Partnership.objects.exclude(code="nottinghamshire").order_by("pk")[0]


def test_one_tap_closes_and_says_what_is_next(sign_in, task):
    page = sign_in("support_officer").post(
        f"/desk/calls/{task.public_id}/", {"outcome": "help", "note": "the form"}, follow=True
    )
    assert "Next: Maggie Thorne rings by Wednesday 4 November" in page.content.decode()


def test_the_page_has_a_script_the_number_and_its_warning(sign_in, breakfast):
    reach = made.reach("jo@oldbank.example", "07700 900123", way="call", best_time="morning")
    task = calls.make_call(pledge=made.pledge(event=breakfast, reach=reach), why="first-word")
    page = sign_in("coordinator").get(f"/desk/calls/{task.public_id}/").content.decode()
    assert "07700 900123" in page and "find a number yourself" in page and "What to say" in page


def test_a_late_call_is_marked(sign_in, task):
    go_to(dt.date(2026, 11, 5))
    assert "Late" in sign_in("coordinator").get("/desk/calls/").content.decode()


def test_whom_today_asks_to_ring_is_among_the_calls(sign_in, breakfast):
    made.pledge(event=breakfast, business="Never Rung", reach=made.reach("a@never.example"))
    spoken = made.pledge(event=breakfast, business="Rung Once", reach=made.reach("a@once.example"))
    made.called_back(spoken.employer, factories.user())
    client = sign_in("coordinator")
    for url in ("/desk/", "/desk/calls/"):
        page = client.get(url).content.decode()
        ring = page[page.index("<caption>Nobody has spoken to them yet") : page.index("</table>")]
        assert "Never Rung" in ring and "Rung Once" not in ring, url


def test_a_stopped_business_is_not_rung(sign_in, task):
    Employer.objects.update(state="stopped")
    assert "Old Bank" not in sign_in("coordinator").get("/desk/calls/").content.decode()


def rows(breakfast, n):
    for number in range(n):
        pledge = made.pledge(event=breakfast, business=f"Firm {number}", reach=made.reach(f"a@firm{number}.example"))
        calls.make_call(pledge=pledge, why="help")


@pytest.mark.parametrize("url", ["/desk/calls/", "/desk/week/"])
def test_the_queries_do_not_grow_with_the_rows(sign_in, breakfast, url, django_assert_max_num_queries):
    rows(breakfast, 12)
    client = sign_in("coordinator")
    client.get(url)
    with django_assert_max_num_queries(22):
        assert "Firm 11" in client.get(url).content.decode()


def test_everything_sent_and_said(breakfast, sam, django_assert_max_num_queries):
    pledge = made.pledge(event=breakfast)
    go_to(MONDAY + dt.timedelta(days=1))
    follow_up()
    task = calls.make_call(pledge=pledge, why="no-answer")
    calls.close_call(task=task, by=sam, outcome="not-reached")
    answers.answer(pledge=pledge, said="later", until=dt.date(2027, 3, 1))
    made.called_back(pledge.employer, sam)
    home_links.send_home_link(pledge.contact)
    with django_assert_max_num_queries(10):
        lines = history.sent_and_said(pledge.employer)
    said = " / ".join(f"{what} ({who})" for _day, what, who in lines)
    for words in (
        "thank you",
        "asked how it goes",
        "reached nobody (Sam Reed)",
        "Later, March 2027",
        "ask about the pledge",
        "the link to the page of the business",
    ):
        assert words in said
    assert lines == sorted(lines, key=lambda line: line[0], reverse=True)


def test_every_message_to_a_business_has_its_line():
    """What these rooms send by itself goes to businesses (a digest is for whoever signs in); a new kind of message has
    to be named here."""
    rooms = ("pledges.", "opportunities.")
    sent = [purpose for purpose in map(registry.find, registry.names()) if purpose.channel != "digest"]
    ours = {purpose.name for purpose in sent if purpose.render.__module__.startswith(rooms)}
    assert ours and ours == {*history.LETTERS, *history.NUDGES}
