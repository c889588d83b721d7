"""Who may move a young person to another council, and two who do it at the same moment."""

import pytest
from django.core.exceptions import ValidationError

from accounts import transfers
from accounts.models import AdviserLink, Transfer, YoungPerson
from accounts.models.care import TransferQuerySet
from accounts.roles import YOUNG_PERSON, Role
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog
from tests import factories
from tests.introductions.test_races import one_after_the_other
from tests.matching.test_transfers import WORDS, S, accept, asked, derbyshire, page, state_of, two_sides

pytestmark = pytest.mark.django_db


# --- who may


@pytest.fixture
def sides():
    return two_sides()


@pytest.mark.parametrize("name", ["answer-transfer", "take-back-transfer"])
def test_only_the_council_concerned_finds_it(name, sides, sign_in):
    row = asked(sides)
    may = "new_manager" if name == "answer-transfer" else "old_manager"
    for other in ({"new_manager", "old_manager"} - {may}).pop(), "old", "new":
        user = getattr(sides[other], "user", sides[other])
        client = sign_in(user=user)
        assert client.get(page(name, row)).status_code == client.post(page(name, row)).status_code == 404
    leicestershire = sign_in("team_manager", council=factories.council("Leicestershire"))
    theirs, nobodys = leicestershire.get(page(name, row)), leicestershire.get(page(name, Transfer()))
    assert theirs.status_code == nobodys.status_code == 404 and theirs.content == nobodys.content
    assert sign_in(user=sides[may].user).get(page(name, row)).status_code == 200


@pytest.mark.parametrize("role", ["adviser", "social_worker", "coordinator", "operator", "safeguarding_lead"])
def test_only_a_team_manager_asks(role, sides, sign_in):
    client = sign_in(role)
    assert client.get(page("ask-transfer", sides["person"])).status_code == 404
    assert client.post(page("ask-transfer", sides["person"]), {"words": WORDS}).status_code == 404


def test_nobody_of_another_council_is_chosen_as_worker(sides, sign_in):
    row = asked(sides)
    said = {"answer": "yes", "worker": sides["old"].public_id}
    client = sign_in(user=sides["new_manager"].user)
    assert "Choose from the list" in client.post(page("answer-transfer", row), said).content.decode()
    assert "Choose who supports them" in client.post(page("answer-transfer", row), {"answer": "yes"}).content.decode()
    with factories.as_worker(), pytest.raises(ValidationError):
        accept(row, sides, worker="old")
    assert state_of(row) == S.ASKED


def test_a_council_without_a_manager_or_one_s_own_is_not_asked(sides, sign_in):
    client = sign_in(user=sides["old_manager"].user)
    for council in (factories.council(), factories.council("Leicestershire")):
        said = {"to_council": council.gss_code, "words": WORDS}
        answer = client.post(page("ask-transfer", sides["person"]), said)
        assert "Choose from the list" in answer.content.decode()
        with factories.as_worker(), pytest.raises(ValidationError):
            transfers.ask(person=sides["person"], to_council=council, words=WORDS, by=sides["old"])


def test_a_council_that_has_not_accepted_the_papers_is_not_asked(sides, monkeypatch):
    monkeypatch.setattr(transfers.papers, "refusal", lambda council: f"{council} has not accepted")
    with pytest.raises(ValidationError, match="Derbyshire has not accepted"):
        asked(sides)


def test_one_question_at_a_time(sides, sign_in):
    asked(sides)
    said = {"to_council": derbyshire().gss_code, "words": WORDS}
    answer = sign_in(user=sides["old_manager"].user).post(page("ask-transfer", sides["person"]), said)
    assert "Another council has been asked already" in answer.content.decode()


EXPECTED = {"accept": ({"team_manager"}, S.ACCEPTED), "refuse": ({"team_manager"}, S.REFUSED),
            "take_back": ({"team_manager", "system"}, S.CANCELLED)}  # fmt: skip


def test_every_state_move_and_role(sides):
    row = asked(sides)
    assert {move.name for move in transfers.TRANSFER.moves} == set(EXPECTED)
    decided = {"decided_by": sides["old"], "decided_at": "2026-11-01T00:00Z"}
    tried = 0
    for state in S.values:
        for name, (roles, new) in EXPECTED.items():
            for role in [*map(str, Role), YOUNG_PERSON, SYSTEM]:
                with factories.as_worker():
                    Transfer.objects.filter(pk=row.pk).update(state=state, **decided)
                    try:
                        transfers.TRANSFER.move(row, name, role=role)
                    except MoveRefused:
                        assert state != S.ASKED or role not in roles
                        assert state_of(row) == state
                    else:
                        assert state == S.ASKED and role in roles and state_of(row) == new
                tried += 1
    assert tried == 4 * 3 * (len(Role) + 2)


def test_each_step_is_in_the_log(sides):
    row = asked(sides)
    with factories.as_worker():
        accept(row, sides)
    moves = LifecycleLog.objects.filter(model="accounts.Transfer", object_id=row.pk).order_by("pk")
    assert list(moves.values_list("move", "old", "new")) == [("ask", "", "asked"), ("accept", "asked", "accepted")]


# --- two at the same moment


def without_locks(monkeypatch):
    monkeypatch.setattr(TransferQuerySet, "select_for_update", lambda self, **more: self)
    monkeypatch.setattr(transfers, "locked_person", lambda person: YoungPerson.objects.get(pk=person))


def accepted_and_taken_back():
    sides = two_sides()
    row = asked(sides)
    back = lambda: transfers.take_back(  # noqa: E731
        transfer=row, by=sides["old_manager"].user, role=Role.TEAM_MANAGER
    )
    said = one_after_the_other(lambda: accept(row, sides), back)
    with factories.as_worker():
        return said, state_of(row), YoungPerson.objects.get(pk=sides["person"].pk).responsible_authority


@pytest.mark.django_db(transaction=True)
@pytest.mark.battery
def test_accepted_first_it_is_not_taken_back():
    said, state, council = accepted_and_taken_back()
    assert said[0] is None and said[1] and (state, council) == (S.ACCEPTED, derbyshire())


@pytest.mark.django_db(transaction=True)
@pytest.mark.battery
def test_planted_without_the_locks_it_is_both(monkeypatch):
    without_locks(monkeypatch)
    _said, state, council = accepted_and_taken_back()
    assert (state, council) == (S.CANCELLED, derbyshire())


def two_managers():
    sides = two_sides()
    sides["other"], row = factories.adviser(council=derbyshire()), asked(sides)
    said = one_after_the_other(lambda: accept(row, sides), lambda: accept(row, sides, worker="other"))
    moves = LifecycleLog.objects.filter(model="accounts.Transfer", object_id=row.pk, move="accept").count()
    with factories.as_worker():
        return said, moves, AdviserLink.objects.current().get().worker_id == sides["new"].pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.battery
def test_of_two_managers_the_first_counts():
    said, moves, first = two_managers()
    assert said[0] is None and said[1] and moves == 1 and first


@pytest.mark.django_db(transaction=True)
@pytest.mark.battery
def test_planted_without_the_locks_both_count(monkeypatch):
    without_locks(monkeypatch)
    said, moves, _first = two_managers()
    assert said == [None, None] and moves == 2
