"""The verbs from interest to an offer: what they refuse, what an old answer is worth, and what a business may do."""

import datetime as dt

import pytest

from core import clock
from core.lifecycle import MoveRefused
from core.scope import Scope, scope
from introductions import services
from introductions.models import Introduction, Permission
from opportunities.models import Opportunity
from pledges.models import Employer
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db
S = Introduction.State


@pytest.fixture(autouse=True)
def over_all_councils():
    with factories.as_worker():
        yield


def seventeen():
    today = clock.today()
    return chain.person(birth_month=dt.date(today.year - 17, 1, 1))


def now(row):
    return Introduction.objects.get(pk=row.pk)


def held(row):
    return Opportunity.objects.get(pk=row.opportunity_id).places_held


def test_said_twice_it_is_the_same():
    first = chain.interested()
    again = chain.interested(first.person, first.opportunity)
    assert again.pk == first.pk and Introduction.objects.count() == 1


def test_said_no_before_it_may_be_said_again():
    row = chain.walked("ended")
    again = chain.interested(row.person, row.opportunity)
    assert again.pk != row.pk and again.reference != row.reference


def test_a_no_ends_it_and_closes_everything():
    row = chain.walked("asked")
    services.answer(permission=Permission.objects.get(introduction=row), yes=False, role="young_person")
    row = now(row)
    assert (row.state, row.ending, row.agreed) == ("ended", "young_person", None)


def test_answered_twice_the_second_is_told():
    question = Permission.objects.get(introduction=chain.walked("asked"))
    services.answer(permission=question, yes=True, role="young_person")
    with pytest.raises(MoveRefused, match="answered already"):
        services.answer(permission=question, yes=False, role="young_person")
    assert now(question.introduction).state == S.PERMITTED


def test_asked_again_the_old_question_cannot_be_answered():
    row = chain.walked("asked")
    old = Permission.objects.get(introduction=row)
    chain.ask(row, name="Rob")
    with pytest.raises(MoveRefused, match="words have changed"):
        services.answer(permission=old, yes=True, role="young_person")
    assert now(row).state == S.ASKED


def test_at_17_a_yes_waits_for_the_worker():
    row = chain.walked("asked", seventeen())
    question = Permission.objects.get(introduction=row)
    services.answer(permission=question, yes=True, role="young_person")
    assert now(row).state == S.ASKED
    for role in ("young_person", "employer_member", "coordinator"):
        with pytest.raises(MoveRefused):
            services.confirm(permission=question, by=factories.user(), role=role, agreed_role="parent")
    services.confirm(permission=question, by=factories.user(), role="adviser", agreed_role="parent")
    assert now(row).state == S.PERMITTED


def test_at_17_nobody_confirms_for_themselves_while_answering():
    question = Permission.objects.get(introduction=chain.walked("asked", seventeen()))
    with pytest.raises(MoveRefused):
        services.answer(
            permission=question, yes=True, role="young_person", by=factories.user(), agreed_role="not_needed"
        )


def test_a_yes_to_other_words_is_not_confirmed():
    """Said yes at 17, then the words were changed before the worker confirmed: the old yes is worth nothing."""
    row = chain.walked("asked", seventeen())
    old = Permission.objects.get(introduction=row)
    services.answer(permission=old, yes=True, role="young_person")
    chain.ask(row, name="Robin of Sherwood")
    with pytest.raises(MoveRefused, match="no yes to confirm"):
        services.confirm(permission=old, by=factories.user(), role="adviser", agreed_role="parent")
    assert now(row).state == S.ASKED and now(row).agreed is None


def test_planted_an_old_yes_that_stays_in_force_would_be_confirmed(monkeypatch):
    row = chain.walked("asked", seventeen())
    old = Permission.objects.get(introduction=row)
    services.answer(permission=old, yes=True, role="young_person")
    monkeypatch.setattr(services, "take_back_permission", lambda row, **more: None)
    chain.ask(row, name="Robin of Sherwood")
    services.confirm(permission=old, by=factories.user(), role="adviser", agreed_role="parent")
    assert now(row).agreed["name"] == "Robin"


def test_other_words_after_a_yes_need_another_yes():
    row = chain.walked("permitted")
    chain.ask(row, name="Rob")
    assert (now(row).state, now(row).agreed, now(row).permitted_at) == (S.ASKED, None, None)
    assert Permission.objects.filter(introduction=row, answer="yes", withdrawn_at=None).count() == 0
    with pytest.raises(MoveRefused):
        services.introduce(introduction=row, role="adviser", adult_name="Sam Hale")


@pytest.mark.parametrize(("state", "move"), [("asked", "decline"), ("permitted", "withdraw"), ("checks", "withdraw")])
def test_an_end_leaves_no_open_question_no_place_and_no_words(state, move):
    row = chain.walked(state)
    services.end(introduction=row, move=move, role="young_person", ending="withdrawn")
    assert held(row) == 0 and now(row).agreed is None
    assert not Permission.objects.filter(introduction=row, withdrawn_at=None).exists()


def test_introducing_keeps_a_place_and_an_end_gives_it_back():
    row = chain.walked("introduced")
    assert held(row) == 1
    services.end(introduction=row, move="not_this_time", role="giver", ending="not_this_time", not_this_time="hours")
    assert held(row) == 0
    with pytest.raises(MoveRefused):
        services.end(introduction=row, move="withdraw", role="young_person", ending="withdrawn")
    assert held(row) == 0


def test_without_a_place_nobody_is_introduced():
    to = chain.opportunity(places=1)
    second = chain.walked("permitted", to=to)
    chain.walked("introduced", to=to)
    with pytest.raises(MoveRefused, match="no place left"):
        services.introduce(introduction=second, role="adviser", adult_name="Sam Hale")
    assert now(second).state == S.PERMITTED


@pytest.mark.parametrize(
    "wrong", [{"state": "stopped"}, {"state": "unchecked"}, {"checked_until": dt.date(2020, 1, 1)}]
)
def test_a_business_that_is_not_checked_gets_nobody(wrong):
    row, known = chain.walked("permitted"), chain.walked("introduced")
    Employer.objects.filter(pk__in=[row.employer_id, known.employer_id]).update(**wrong)
    with pytest.raises(MoveRefused, match="not checked"):
        services.introduce(introduction=row, role="adviser", adult_name="Sam Hale")
    assert held(row) == 0
    with pytest.raises(MoveRefused, match="not checked"):
        services.move_on(introduction=known, move="meet", role="giver")


def test_one_to_one_names_the_adult():
    row = chain.walked("permitted", to=chain.opportunity(kind_code="mentoring"))
    with pytest.raises(MoveRefused, match="Name the adult"):
        services.introduce(introduction=row, role="adviser", adult_name="  ")
    services.introduce(introduction=row, role="adviser", adult_name="Sam Hale")
    assert now(row).adult_name == "Sam Hale"


def test_when_support_has_ended_nothing_begins():
    asked, said_yes = chain.walked("interested"), chain.walked("permitted")
    for row in (asked, said_yes):
        row.person.ended_on, row.person.ended_why = clock.today(), "age"
        row.person.save()
    with pytest.raises(MoveRefused, match="Support has ended"):
        chain.interested(asked.person)
    with pytest.raises(MoveRefused, match="Support has ended"):
        chain.ask(now(asked))
    with pytest.raises(MoveRefused, match="Support has ended"):
        services.introduce(introduction=now(said_yes), role="adviser", adult_name="Sam Hale")


def test_nobody_is_asked_about_what_has_closed():
    row = chain.walked("interested")
    Opportunity.objects.filter(pk=row.opportunity_id).update(state="closed", live=False)
    with pytest.raises(MoveRefused, match="just closed"):
        chain.ask(row)


def test_on_hold_nobody_has_to_answer():
    row = chain.walked("frozen")
    with pytest.raises(MoveRefused, match="on hold"):
        services.answer(permission=Permission.objects.get(introduction=row), yes=True, role="young_person")


def test_words_somebody_answered_never_change():
    from django.db import IntegrityError, transaction

    question = Permission.objects.get(introduction=chain.walked("permitted"))
    for change in ({"words": {"text": "other"}}, {"answer": "no"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Permission.objects.filter(pk=question.pk).update(**change)


def test_move_on_does_not_take_other_moves():
    with pytest.raises(ValueError, match="start"):
        services.move_on(introduction=chain.walked("offered"), move="start", role="adviser")


# --- as the business, under the web's own role: it sees its introduction and nobody


@pytest.fixture
def as_the_business(over_all_councils):
    row = chain.walked("introduced")

    factories._become("fr_web")
    with scope(Scope(employer=row.employer_id)):
        yield row
        factories._become("fr_worker")


def test_a_business_moves_its_own_on(as_the_business):
    row = as_the_business
    services.move_on(introduction=row, move="meet", role="giver", meets_at=clock.now(), meets_where="Reception")
    services.move_on(introduction=row, move="offer", role="giver")
    assert now(row).state == S.OFFERED


def test_and_says_not_this_time(as_the_business):
    row = as_the_business
    services.end(introduction=row, move="not_this_time", role="giver", ending="not_this_time", not_this_time="hours")
    assert now(row).state == S.ENDED and held(row) == 0


def test_planted_a_lock_joined_with_the_person_would_find_nothing(as_the_business, monkeypatch):
    def joined(introduction):
        rows = Introduction.objects.select_for_update(of=("self",))
        return rows.select_related("person", "opportunity__kind", "employer").get(pk=introduction.pk)

    monkeypatch.setattr(services, "locked", joined)
    with pytest.raises(Introduction.DoesNotExist):
        services.move_on(introduction=as_the_business, move="meet", role="giver")
