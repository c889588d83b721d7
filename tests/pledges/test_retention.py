"""Names of people at businesses go two years after the last pledge ended; the promise and its counts stay."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership
from core.models import LifecycleLog
from pledges import checks, stops
from pledges.models import Answer, CallTask, Employer, EmployerContact, Event, Invitation, Pledge, ToClearUp
from pledges.retention import keep_no_longer
from tests import factories
from tests.pledges import made
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
ENDED = dt.date(2026, 12, 14)
DAY_BEFORE, DAY = dt.date(2028, 12, 12), dt.date(2028, 12, 15)
CANARY = "Zebedee Quillfeather"


@pytest.fixture
def over():
    """A pledge full of names, withdrawn on 14 December 2026."""
    go_to(dt.date(2026, 11, 24))
    event = made.event(speakers=CANARY)
    pledge = made.pledge(event=event, reach=made.reach(name=CANARY, phone="0115 496 0000"), words=CANARY)
    Answer.objects.create(pledge=pledge, said="help", words=CANARY)
    CallTask.objects.create(pledge=pledge, why="help", due_on=ENDED, note=CANARY)
    Invitation.objects.create(event=event, business="Old Bank", name_key="old bank", email="zebedee@oldbank.example")
    ToClearUp.objects.create(
        identity="x", event=event, source="sheet", words=[["Who", CANARY]], reasons=[], owner=event.owner,
        state="set_aside", because=CANARY,
    )  # fmt: skip
    factories.membership("employer_member", employer_id=pledge.employer_id)
    go_to(ENDED)
    end(pledge)
    return pledge


def end(pledge):
    with factories.as_worker():
        Pledge.objects.filter(pk=pledge.pk).update(state="withdrawn")
        LifecycleLog.objects.create(
            model="pledges.Pledge", object_id=pledge.pk, move="withdraw", old="noted", new="withdrawn", role="giver",
            why=CANARY,
        )  # fmt: skip


def run(day):
    go_to(day)
    with factories.as_worker():
        return keep_no_longer()


def everything() -> str:
    tables = (Pledge, EmployerContact, Answer, CallTask, Invitation, ToClearUp, Event, LifecycleLog)
    return str([list(table.objects.values()) for table in tables])


def test_names_go_two_years_after_the_last_pledge_ended_and_the_promise_stays(over):
    assert run(DAY_BEFORE)["businesses"] == 0
    assert CANARY in everything() and "496 0000" in everything()
    assert run(DAY) == {"businesses": 1, "invitations": 0, "to_clear_up": 0}  # these went by the event's own day
    assert CANARY not in everything() and "zebedee" not in everything() and "496 0000" not in everything()
    over.refresh_from_db()
    assert (over.places, over.state, over.made_at.day) == (2, "withdrawn", 1)
    assert Membership.objects.get(employer_id=over.employer_id).valid_to == DAY
    assert set(run(DAY).values()) == {0}


def test_a_business_with_another_promise_keeps_its_names(over):
    made.pledge(business="Old Bank Kitchen", event=over.event, code="site-visit")
    assert Pledge.objects.filter(employer=over.employer_id).count() == 2
    assert run(DAY)["businesses"] == 0


def test_what_moved_lately_keeps_its_names(over):
    go_to(dt.date(2027, 6, 1))
    end(over)  # reopened and withdrawn again
    assert run(DAY)["businesses"] == 0


def stop(pledge):
    employer = Employer.objects.get(pk=pledge.employer_id)
    with factories.as_worker():
        checks.stop_employer(employer=employer, by=factories.user(), why="A false address")


@pytest.mark.parametrize(("day", "gone"), [(DAY, 0), (dt.date(2032, 12, 14), 0), (dt.date(2032, 12, 15), 1)])
def test_a_business_that_was_stopped_is_known_again_for_six_years(over, day, gone):
    stop(over)
    assert run(day)["businesses"] == gone
    again = made.pledge(event=over.event, business="Fresh Start", reach=made.reach("b@b.example", "0115 496 0000"))
    found = stops.shared_with(Employer.objects.get(pk=again.employer_id))
    assert len(found) == 1 - gone


def test_somebody_who_is_not_forgotten_has_to_be_reachable(over):
    with pytest.raises(IntegrityError, match="employer_contact_reachable"), transaction.atomic():
        EmployerContact.objects.update(email="", phone="")
