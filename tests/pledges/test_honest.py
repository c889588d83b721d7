"""The honest page: where each promise stands, from scripted states; what it says of few; what it costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.lifecycle import SYSTEM
from core.scope import NOBODY, scope
from pledges import answers, honest, services
from pledges.honest import TYPED_BY_MISTAKE, Score, score_events, score_of, sentence_of, snapshots_of
from pledges.lifecycle import PLEDGE
from pledges.models import EventScore, Pledge
from tests import factories
from tests.pledges import made
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 1, 14)


@pytest.fixture
def event():
    go_to(DAY)
    return made.event(owner=factories.user("Amina"))


class Promise:
    """One pledge of its own business, and what becomes of it: each word is a step."""

    numbers = iter(range(1, 10_000))

    def __init__(self, event, *steps, code="ringfenced-job"):
        number = next(self.numbers)
        with scope(NOBODY):
            self.row = made.pledge(
                event=event, business=f"Firm {number}", reach=made.reach(f"jo@firm-{number}.example"), code=code
            )
            for step in steps:
                getattr(self, step)()

    def rung(self):
        made.called_back(self.row.employer, factories.user())

    def _move(self, name, role=SYSTEM, why=""):
        PLEDGE.move(self.row, name, role=role, why=why)

    def confirm(self):
        self._move("confirm", "giver")

    def shape(self):
        self._move("shape")

    def live(self):
        self._move("go_live")

    def rest(self):
        self._move("rest")

    def keep(self):
        self._move("keep")

    def end(self):
        self._move("end")

    def lapse(self):
        self._move("lapse", why="silence")

    def withdraw(self):
        self._move("withdraw", "giver")

    def mistake(self):
        self._move("withdraw", "coordinator", TYPED_BY_MISTAKE)

    def reopen(self):
        self._move("reopen", "coordinator")

    def needs_help(self):
        answers.answer(pledge=self.row, said="help")

    def later(self):
        answers.answer(pledge=self.row, said="later", until=dt.date(2027, 3, 1))

    def held(self):
        Pledge.objects.filter(pk=self.row.pk).update(held_back="many_at_event")


# (what happened, where it stands on the page of any day, where on the day it is counted)
STANDS = [
    ((), "waiting_council", "waiting_council"),
    (("rung",), "waiting_business", "waiting_business"),
    (("rung", "needs_help"), "waiting_council", "waiting_council"),
    (("rung", "later"), "waiting_business", "waiting_business"),
    (("later",), "waiting_council", "waiting_council"),
    (("rung", "confirm"), "waiting_council", "waiting_council"),
    (("rung", "shape"), "waiting_council", "waiting_council"),
    (("live",), "open", "open"),
    (("live", "rest"), "open", "waiting_council"),
    (("live", "keep"), "open", "kept"),
    (("live", "end"), "open", "ended"),
    (("live", "withdraw"), "ended", "ended"),
    (("withdraw",), "ended", "ended"),
    (("lapse",), "ended", "ended"),
    (("withdraw", "reopen"), "waiting_council", "waiting_council"),
]


@pytest.mark.parametrize(("steps", "shown", "counted"), STANDS)
def test_each_promise_stands_in_one_place(event, steps, shown, counted):
    Promise(event, *steps)
    for public, place in ((True, shown), (False, counted)):
        score = score_of(event, today=DAY, public=public)
        assert score == Score(pledged=1, **{place: 1}), (public, score)


def test_support_is_open_when_somebody_has_spoken_to_the_business(event):
    Promise(event, code="kit")
    assert score_of(event, today=DAY).waiting_council == 1
    Promise(event, "rung", code="kit")
    assert score_of(event, today=DAY).open == 1


def test_later_waits_for_the_business_until_its_month_and_then_for_us(event):
    Promise(event, "rung", "later")
    assert score_of(event, today=dt.date(2027, 2, 28)).waiting_business == 1
    assert score_of(event, today=dt.date(2027, 3, 1)).waiting_council == 1


def test_what_is_held_back_or_was_typed_by_mistake_is_no_promise(event):
    Promise(event, "held")
    Promise(event, "mistake")
    Promise(made.event())
    assert score_of(event, today=DAY) == Score(pledged=0)
    Promise(event, "mistake", "reopen")
    assert score_of(event, today=DAY).pledged == 1, "taken up again, it counts"


def test_the_control_without_the_rule_a_mistake_would_count_as_ended(event, monkeypatch):
    monkeypatch.setattr(honest, "TYPED_BY_MISTAKE", "never said")
    Promise(event, "mistake")
    assert score_of(event, today=DAY).ended == 1


def the_yardstick(event):
    """31 open, 9 waiting on the council, 8 on the business, 12 kept, 10 ended: 70 promises."""
    for count, steps in (
        (31, ("live",)), (9, ()), (8, ("rung",)), (12, ("live", "keep")), (6, ("withdraw",)), (4, ("lapse",)),
    ):  # fmt: skip
        for _each in range(count):
            Promise(event, *steps)


def test_the_figures_add_up_and_are_said_in_one_sentence(event):
    the_yardstick(event)
    today, counted = score_of(event, today=DAY), score_of(event, today=DAY, public=False)
    assert sentence_of(today) == (
        "70 promises. 43 open or filled. 17 waiting: 9 on the council, 8 on the business. 10 ended, with thanks."
    )
    assert sentence_of(counted, says_kept=True) == (
        "70 promises. 31 open now. 17 waiting: 9 on the council, 8 on the business. 12 kept. 10 ended, with thanks."
    )
    for score in (today, counted):
        assert score.pledged == sum(getattr(score, part) for part in honest.PARTS)
    page = Client().get(f"/pledge/{event.code}/promises/")
    figures = {str(stat["label"]): stat["figure"] for stat in page.context["stats"]}
    assert figures == {
        "Promises": 70, "Open or filled": 43, "Waiting on the council": 9, "Waiting on the business": 8,
        "Ended, with thanks": 10,
    }  # fmt: skip
    assert sentence_of(today) in page.content.decode()


def test_training_is_named_only_when_something_waits_for_it():
    assert "on training" not in sentence_of(Score(pledged=1, waiting_council=1))
    assert "3 on training" in sentence_of(Score(pledged=3, waiting_training=3))


def test_small_numbers_of_promises_are_said_as_they_are(event):
    """Promises are never suppressed: only people are. 0 is 0, and 1 is 1."""
    Promise(event, "rung")
    text = sentence_of(score_of(event, today=DAY))
    assert text == "1 promise. 0 open or filled. 1 waiting: 0 on the council, 1 on the business. 0 ended, with thanks."
    assert sentence_of(Score(pledged=2, open=2)) == "2 promises. 2 open or filled. None waiting. 0 ended, with thanks."


# --- kept: on three days, and only of many businesses


def count_on(day):
    go_to(day)
    with factories.as_worker():
        return score_events()["scores"]


def test_kept_is_counted_on_day_30_90_and_365_and_late_rather_than_never(event):
    Promise(event, "live", "keep")
    found = [count_on(DAY + dt.timedelta(days=days)) for days in (29, 30, 31, 89, 400, 401)]
    assert found == [0, 1, 0, 0, 2, 0]
    assert [(row.day, row.counted_on) for row in EventScore.objects.order_by("day")] == [
        (30, DAY + dt.timedelta(days=30)),
        (90, DAY + dt.timedelta(days=400)),
        (365, DAY + dt.timedelta(days=400)),
    ]


def test_a_day_that_was_counted_stays_as_it_was(event):
    promise = Promise(event, "live")
    count_on(DAY + dt.timedelta(days=30))
    with scope(NOBODY):
        promise.keep()
    (snapshot,) = snapshots_of(event)
    assert (snapshot.score.open, snapshot.score.kept) == (1, 0)


@pytest.mark.parametrize(("businesses", "says"), [(4, False), (5, True)])
def test_kept_is_said_only_of_an_event_with_five_businesses(event, businesses, says):
    Promise(event, "live", "keep")
    for _each in range(businesses - 1):
        Promise(event)
    count_on(DAY + dt.timedelta(days=30))
    page = Client().get(f"/pledge/{event.code}/promises/").content.decode()
    assert ("1 kept." in page) is says and ("1 open or filled" in page)
    assert ("0 open now" in page) is says
    (snapshot,) = snapshots_of(event)
    assert snapshot.says_kept is says and snapshot.score.kept == int(says)
    assert snapshot.score.pledged == sum(getattr(snapshot.score, part) for part in honest.PARTS)


def test_the_control_without_the_rule_one_business_would_be_named(event, monkeypatch):
    monkeypatch.setattr(honest, "MANY", 1)
    Promise(event, "live", "keep")
    count_on(DAY + dt.timedelta(days=30))
    assert "1 kept." in Client().get(f"/pledge/{event.code}/promises/").content.decode()


def test_businesses_that_were_held_back_do_not_make_many(event):
    Promise(event, "live", "keep")
    for _each in range(4):
        Promise(event, "held")
    count_on(DAY + dt.timedelta(days=30))
    assert "kept." not in Client().get(f"/pledge/{event.code}/promises/").content.decode()


# --- the page


def test_it_names_nobody(event):
    with scope(NOBODY):
        row = made.pledge(event=event, reach=made.reach(name="Jo Marsh"), words="Ask for Jo")
        services.move_pledge(pledge=row, name="withdraw", role="giver")
    Pledge.objects.update(show_business=True)
    page = Client().get(f"/pledge/{event.code}/promises/").content.decode()
    for words in ("Old Bank", "oldbank", "Jo Marsh", "Ask for Jo", "Amina"):
        assert words not in page
    assert event.name in page and "We count promises here, never people" in page and "1 ended, with thanks" in page


def test_before_anybody_promised_it_invites(event):
    page = Client().get(f"/pledge/{event.code.lower()}/promises/").content.decode()
    assert "Nobody has made a promise here yet" in page and f"/pledge/{event.code}/" in page


@pytest.mark.parametrize("code", ["ZZZZZZ", "AB%00CD", "B" * 300, "%20"])
def test_an_unknown_event_is_a_404(code):
    assert Client().get(f"/pledge/{code}/promises/").status_code == 404


def test_it_is_only_read(event):
    address = f"/pledge/{event.code}/promises/"
    assert Client().post(address).status_code in (404, 405) and Client().head(address).status_code == 200
    assert not Client().get(address).cookies


def test_its_queries_do_not_grow_with_its_promises(event):
    counts = []
    for many in (1, 25):
        for _each in range(many):
            Promise(event, "rung")
        count_on(clock.today() + dt.timedelta(days=90))
        with CaptureQueriesContext(connection) as found:
            assert Client().get(f"/pledge/{event.code}/promises/").status_code == 200
        counts.append(len([q for q in found if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1] <= 5, counts
