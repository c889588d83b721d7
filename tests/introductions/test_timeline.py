"""One young person's timeline: what their worker reads, what they read themselves, and what neither does."""

import datetime as dt
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AdviserLink, Cover, Objection, Transfer, View
from core import clock
from introductions import services
from introductions.models import CheckIn, Concern, HelpAgain, Start
from matching.models import MatchAction
from tests import factories
from tests.introductions import factories as chain
from tests.introductions.test_me import as_oneself, own_account
from tests.matching import factories as fitting
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db

OWN = reverse("introductions:show-own-timeline")
FIRST_DAY = dt.date(2026, 9, 7)


def page_of(person) -> str:
    return reverse("introductions:show-timeline", args=[person.public_id])


@pytest.fixture
def dana(db):
    return factories.membership("adviser", of=factories.user("Dana Whitlock")).user


@pytest.fixture
def kai(dana):
    return own_account(worker=dana)


def lived(person, worker) -> None:
    """Something of every kind."""
    row = chain.offered(chain.introduced(chain.permitted(chain.interested(person))))
    chain.asked(chain.interested(person))
    shared, later, refused = (make.published() for _number in range(3))
    council, other = factories.council(), factories.council("Derbyshire")
    today = clock.today()
    with factories.as_worker():
        for opportunity, state, reason in ((shared, "shared", ""), (later, "later", ""), (refused, "not_now", "Far")):
            MatchAction.objects.create(
                person=person, opportunity=opportunity, state=state, reason=reason, version=1, by=worker
            )
        start = Start.objects.create(
            introduction=row, person=person, opportunity=row.opportunity, starts_on=FIRST_DAY, named_contact="Sam",
            made_by=worker,
        )  # fmt: skip
        for side, answer in (("young_person", "good"), ("employer", "not_well"), ("worker", "")):
            CheckIn.objects.create(
                start=start, point="week4", side=side, due_on=today + dt.timedelta(days=9), answer=answer,
                answered_at=clock.now() if answer else None, words={"words": "CANARY-words"},
            )  # fmt: skip
        AdviserLink.objects.create(person=person, worker=factories.user("Gil Gray"), started_on=today, until=today)
        away = factories.user("Lena Moss")
        Cover.objects.create(
            worker=worker, stands_in=away, council=council, first_day=today, last_day=today + dt.timedelta(days=3)
        )
        Transfer.objects.create(
            person=person, from_council=council, to_council=other, words="CANARY-transfer", asked_by=worker,
            answer_by=today,
        )  # fmt: skip
        for said_by in ("young_person", "employer"):
            Concern.objects.create(
                person=person, responsible=council, said_by=said_by, urgency="soon", words={"words": "CANARY-concern"},
                look_by=clock.now(),
            )  # fmt: skip
        Objection.objects.create(person=person, words={"words": "CANARY-objection"}, answer_by=today)
        HelpAgain.objects.create(person=person, due_on=today)


BOTH = ["First day", "Gil Gray helps ", "Lena Moss stands in", "Not now. Far", "7 September 2026"]
WORKER = [
    *("Dana Whitlock is their adviser", "Shared with them", "Kept for later", "Asked for their yes", "Said yes"),
    *("The business knows", "Offered", "The business: It's not going well", "Derbyshire was asked to take over"),
    *("Would like help again", "We ask how it goes"),
]
YOU = [
    *("Dana Whitlock is your adviser", "Your adviser showed it to you", "We asked if we may tell the business"),
    *("You said yes", "The business knows about you", "They would like you to come", "Week 4: It's going well"),
    *("You told us that something is wrong", "You told us what you do not want", "You asked for help again"),
]


def test_a_worker_reads_everything_but_what_was_said_about_workers(sign_in, kai, dana):
    lived(kai, dana)
    page = unescape(sign_in(user=dana).get(page_of(kai)).content.decode())
    assert not [words for words in [*BOTH, *WORKER] if words not in page]
    for words in ("CANARY", "wrong is", "something is wrong", "what you do not want", "objection"):
        assert words not in page, words
    with factories.as_worker():
        assert View.objects.filter(person=kai, page="person").exists()


def test_a_young_person_reads_what_is_theirs(sign_in, kai, dana):
    lived(kai, dana)
    page = unescape(as_oneself(sign_in, kai).get(OWN).content.decode())
    assert not [words for words in [*BOTH, *YOU] if words not in page]
    assert page.count("something is wrong") == 1  # what the business said is not theirs to read
    for words in ("CANARY", "The business:", "not going well", "Kept for later", "asked to take over", "their adviser"):
        assert words not in page, words


@pytest.mark.parametrize("whose", ["colleague", "nobody", "ended"])
def test_another_timeline_is_a_404(whose, sign_in, kai, dana):
    other = {
        "colleague": lambda: factories.young_person(worker=factories.adviser()).public_id,
        "ended": lambda: factories.young_person(worker=dana, ended_on=dt.date(2026, 1, 1), ended_why="asked").public_id,
        "nobody": uuid.uuid4,
    }[whose]()
    client = sign_in(user=dana)
    assert client.get(reverse("introductions:show-timeline", args=[other])).status_code == 404
    assert client.get(page_of(kai)).status_code == 200 and client.get(OWN).status_code == 404


def test_nobody_stands_in_for_somebody_kept_apart(sign_in, dana):
    person = factories.young_person(worker=dana, kept_apart=True)
    with factories.as_worker():
        today = clock.today()
        Cover.objects.create(
            worker=dana, stands_in=factories.user("Lena Moss"), council=factories.council(), first_day=today,
            last_day=today,
        )  # fmt: skip
    assert "Lena Moss" not in sign_in(user=dana).get(page_of(person)).content.decode()


def test_an_end_says_how_to_the_worker(sign_in, kai, dana):
    row = chain.interested(kai)
    with factories.as_worker():
        services.end(introduction=row, move="decline", role="adviser", ending="young_person")
    assert "Ended: The young person decided not to" in sign_in(user=dana).get(page_of(kai)).content.decode()
    assert "This came to an end" in as_oneself(sign_in, kai).get(OWN).content.decode()


@pytest.mark.parametrize("who", ["worker", "you"])
def test_it_asks_as_often_however_much_there_is(who, sign_in, kai, dana):
    client, address = (sign_in(user=dana), page_of(kai)) if who == "worker" else (as_oneself(sign_in, kai), OWN)
    lived(kai, dana)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    few = queries()
    for _number in range(3):
        chain.introduced(chain.permitted(chain.interested(kai)))
        row = fitting.opportunity()
        with factories.as_worker():
            MatchAction.objects.create(person=kai, opportunity_id=row.pk, state="shared", version=1, by=dana)
    assert queries() == few <= 26
