"""From pledge to draft to live: one draft, two people, one flag, one flat row."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import reactions
from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from opportunities import drafts, events, kinds, live, places, services
from opportunities.models import Opportunity, SearchRow
from opportunities.refusals import Refused
from pledges.models import Employer, PledgeKind
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db


def rev(row: Opportunity) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rev::text FROM opportunity_search WHERE opportunity_id = %s", [row.pk])
        return cursor.fetchone()[0]


@pytest.fixture
def facts():
    heard = []

    def hear(sender, *, id, old, new, signal, **_more):
        heard.append((names[id_of(signal)], id, old, new))

    names = {id_of(getattr(events, name)): name for name in dir(events) if name.startswith("opportunity_")}
    signals = [getattr(events, name) for name in names.values()]
    for signal in signals:
        signal.connect(hear, weak=False)
    yield heard
    for signal in signals:
        signal.disconnect(hear)


id_of = id


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_pledge_that_becomes_places_gets_exactly_one_draft():
    pledge = make.pledge(words="Two weeks in the kitchen", places=3)
    first = services.draft_from_pledge(pledge_id=pledge.pk)
    again = services.draft_from_pledge(pledge_id=pledge.pk)
    assert first.pk == again.pk and Opportunity.objects.filter(pledge=pledge).count() == 1
    assert (first.state, first.places, first.employer_id) == ("draft", 3, pledge.employer_id)
    assert "Two weeks in the kitchen" in first.summary and first.title and first.partnership == pledge.partnership


@pytest.mark.parametrize("code", ["kit", "donation", "manager-training", "undecided", "other"])
def test_other_pledges_get_none(code):
    pledge = make.pledge(kind_code=code)
    assert services.draft_from_pledge(pledge_id=pledge.pk) is None
    assert not Opportunity.objects.exists()


def test_the_fact_makes_the_draft():
    pledge = make.pledge()
    for fact, reaction in reactions.REACTIONS:
        if reaction is services.react_to_pledges:
            fact.send(sender=type(pledge), ids=[pledge.pk])
            fact.send(sender=type(pledge), ids=[pledge.pk])
        if reaction is services.react_to_pledge:
            fact.send(sender=type(pledge), id=pledge.pk)
    assert Opportunity.objects.filter(pledge=pledge).count() == 1


def test_many_drafts_cost_as_many_queries_as_one():
    def queries(number):
        ids = [make.pledge(postcode="NG18 1AA").pk for _each in range(number)]
        with CaptureQueriesContext(connection) as found:
            assert sorted(services.draft_from_pledges(pledge_ids=ids)) == ids
        return len(found)

    assert queries(1) == queries(30)


def test_the_draft_knows_the_sector_of_its_postcode_and_not_the_postcode():
    from core.models import Postcode

    code = Postcode.objects.order_by("code").first().code
    row = services.draft_from_pledge(pledge_id=make.pledge(postcode=code).pk)
    assert row.sector == code[:-2] and row.easting and code not in str(vars(row))


def test_an_unknown_postcode_leaves_the_place_open():
    row = services.draft_from_pledge(pledge_id=make.pledge(postcode="ZZ99 9ZZ").pk)
    assert (row.sector, row.easting) == ("", None)


def test_every_kind_that_becomes_places_has_its_template_and_only_codes_that_exist_are_named():
    codes = set(PledgeKind.objects.filter(becomes="places").values_list("code", flat=True))
    assert set(drafts.TEMPLATES) == codes
    assert codes >= kinds.WORK | kinds.LASTING_WORK | kinds.OPEN_TO_ALL | kinds.WITHOUT_HOURS


def test_titles_and_summaries_fit_whatever_was_written():
    for code in drafts.TEMPLATES:
        title = drafts.title(kind=code, kind_name="Kind", category=None, employer="E" * 120)
        assert len(title) <= 80
        words = "x" * 2000 + "\x00"
        assert len(drafts.first_words(kind=code, category="retail-and-sales", words=words, said={})["summary"]) <= 1500


def test_a_draft_is_completed_and_a_name_that_is_not_to_be_written_is_refused():
    row = services.draft_from_pledge(pledge_id=make.pledge().pk)
    officer = factories.user()
    services.complete(opportunity=row, by=officer, title="Kitchen helper", pay_pence=1300, hours_a_week=Decimal("37.5"))
    row.refresh_from_db()
    assert (row.title, row.pay_pence, row.hours_a_week) == ("Kitchen helper", 1300, Decimal("37.5"))
    with pytest.raises(TypeError):
        services.complete(opportunity=row, by=officer, state="published")


def test_the_places_of_a_pledge_balance_over_its_opportunities():
    row = make.draft(pledge=make.pledge(places=5))
    officer = factories.user()
    other = services.add_another(opportunity=row, places=2, by=officer)
    row.refresh_from_db()
    assert (row.places, other.places, other.pledge_id) == (3, 2, row.pledge_id)
    services.complete(opportunity=other, by=officer, places=2)
    with pytest.raises(ValidationError):
        services.complete(opportunity=other, by=officer, places=3)


# --- two people -------------------------------------------------------------------------------------------------------


def test_the_person_who_sent_it_in_may_not_publish_it():
    with make.acting(factories.user()) as officer:
        row = make.draft()
        services.submit(opportunity=row, by=officer, role="coordinator")
        with pytest.raises(Refused) as caught:
            services.approve(opportunity=row, by=officer, role="coordinator")
    assert [refusal.code for refusal in caught.value.refusals] == ["second_person"]
    row.refresh_from_db()
    assert row.state == "submitted" and not row.live


def test_a_support_officer_sends_in_but_does_not_publish():
    row = make.draft()
    with make.acting(factories.user()) as officer:
        services.submit(opportunity=row, by=officer, role="support_officer")
    with make.acting(factories.user()) as other, pytest.raises(MoveRefused):
        services.approve(opportunity=row, by=other, role="support_officer")


def test_publishing_marks_the_pledge_and_writes_down_who(facts):
    row = make.draft()
    with make.acting(factories.user()) as first:
        services.submit(opportunity=row, by=first, role="coordinator")
        row.pledge.refresh_from_db()
        assert row.pledge.state == "shaped"
    with make.acting(factories.user()) as second:
        services.approve(opportunity=row, by=second, role="coordinator")
    row.pledge.refresh_from_db()
    assert row.pledge.state == "live"
    log = LifecycleLog.objects.filter(model="opportunities.Opportunity", object_id=row.pk).order_by("pk")
    assert [(entry.move, entry.actor) for entry in log] == [("submit", first.pk), ("approve", second.pk)]
    assert ("opportunity_published", row.pk, "submitted", "published") in facts


def test_what_broke_between_sending_in_and_publishing_is_refused():
    row = make.submitted()
    Employer.objects.filter(pk=row.employer_id).update(state="stopped")
    with make.acting(factories.user()) as officer, pytest.raises(Refused):
        services.approve(opportunity=row, by=officer, role="coordinator")


def test_every_state_move_and_role_is_in_the_table_and_nothing_else_moves():
    from accounts.roles import Role
    from opportunities.lifecycle import LIFECYCLE

    for move in LIFECYCLE.moves:
        for role in Role.values:
            allowed = role in move.roles
            assert allowed == (
                role in {"coordinator", "economic_development"} or (move.name == "submit" and role == "support_officer")
            )


# --- live, under every cause ------------------------------------------------------------------------------------------


def is_live(row: Opportunity) -> tuple[bool, bool]:
    row.refresh_from_db()
    return row.live, SearchRow.objects.get(pk=row.pk).live


def test_a_published_opportunity_is_live_and_has_its_row():
    row = make.published()
    assert is_live(row) == (True, True)
    flat = SearchRow.objects.get(pk=row.pk)
    assert (flat.title, flat.town, flat.employer_name) == (row.title, "Mansfield", row.employer.name)
    assert flat.kind_bit == row.kind.bit and flat.categories == 1 << row.category.bit and flat.pays_living_wage


def test_pause_resume_and_close_turn_it(facts):
    row = make.published()
    with make.acting(factories.user()) as officer:
        who = {"by": officer, "role": "coordinator"}
        services.pause(opportunity=row, why="Holidays", **who)
        assert is_live(row) == (False, False)
        services.resume(opportunity=row, **who)
        assert is_live(row) == (True, True)
        services.close(opportunity=row, why="All started", **who)
        assert is_live(row) == (False, False)
        with pytest.raises(MoveRefused):
            services.resume(opportunity=row, **who)
    assert ("opportunity_closed", row.pk, "published", "closed") in facts


def test_the_last_place_ends_its_matches_and_a_place_given_back_brings_them_again(facts):
    def free():
        return is_live(row), SearchRow.objects.get(pk=row.pk).free

    row = make.published(places=2)
    places.hold_place(opportunity_id=row.pk)
    facts.clear()
    assert free() == ((True, True), True)
    places.hold_place(opportunity_id=row.pk)
    assert free() == ((True, True), False)  # in public nothing has changed
    assert facts == [("opportunity_changed", row.pk, "free", "full")]
    with pytest.raises(MoveRefused):
        places.hold_place(opportunity_id=row.pk)
    places.give_back_place(opportunity_id=row.pk)
    assert free() == ((True, True), True) and facts[-1] == ("opportunity_changed", row.pk, "full", "free")


def react(fact_name: str, employer: Employer) -> None:
    from pledges import events as pledge_facts

    fact = getattr(pledge_facts, fact_name)
    assert (fact, services.react_to_employer) in reactions.REACTIONS
    fact.send(sender=Employer, id=employer.pk, old="", new="")


def test_a_stopped_business_hides_everything_of_it_and_nothing_of_others():
    business = make.employer()
    rows = [make.published(business), make.published(business)]
    other = make.published()
    Employer.objects.filter(pk=business.pk).update(state="stopped")
    react("employer_stopped", business)
    assert [is_live(row) for row in rows] == [(False, False)] * 2 and is_live(other) == (True, True)
    Employer.objects.filter(pk=business.pk).update(state="unchecked")
    make.passed_check(business, "full")  # after a stop every check begins anew
    Employer.objects.filter(pk=business.pk).update(state="checked")
    react("employer_checked", business)
    assert [is_live(row) for row in rows] == [(True, True)] * 2


def test_planted_missing_reaction_leaves_a_stopped_business_live():
    row = make.published()
    Employer.objects.filter(pk=row.employer_id).update(state="stopped")
    assert is_live(row) == (True, True)  # the flag is stale: this is what the reaction is for
    assert live.refresh_all() == {"turned": 1}  # and the nightly job would find it
    assert is_live(row) == (False, False)


def test_a_passed_closing_day_hides_it_at_night_and_its_last_day_does_not():
    today = clock.today()
    row = make.published(closes_on=today)
    assert live.refresh_all() == {"turned": 0}
    Opportunity.objects.filter(pk=row.pk).update(closes_on=today - dt.timedelta(days=1))
    assert live.refresh_all() == {"turned": 1} and is_live(row) == (False, False)


def test_a_year_old_check_hides_it_at_night():
    row = make.published()
    Employer.objects.filter(pk=row.employer_id).update(checked_until=clock.today() - dt.timedelta(days=1))
    live.refresh_all()
    assert is_live(row) == (False, False)


def test_a_later_closing_day_shows_it_again_without_a_new_version():
    today = clock.today()
    row = make.published(closes_on=today)
    with make.acting(factories.user()) as officer:
        services.change(opportunity=row, by=officer, role="coordinator", closes_on=today + dt.timedelta(days=9))
    assert is_live(row) == (True, True) and row.version == 1


@pytest.mark.parametrize("number", [1, 4])
def test_refreshing_takes_the_same_statements_however_many_rows(number, django_assert_num_queries):
    rows = [make.published() for _row in range(number)]
    with django_assert_num_queries(10):  # two locks, flag, flat rows, ledger; and a savepoint with its release
        assert live.refresh_live([row.pk for row in rows]) == {}


# --- changes ----------------------------------------------------------------------------------------------------------


def test_a_material_change_grows_the_version_and_reaches_the_flat_row(facts):
    row = make.published()
    with make.acting(factories.user()) as officer:
        services.change(opportunity=row, by=officer, role="coordinator", title="Pastry chef", pay_pence=1500)
    flat = SearchRow.objects.get(pk=row.pk)
    assert (row.version, flat.version, flat.title) == (2, 2, "Pastry chef")
    assert ("opportunity_changed", row.pk, "published", "published") in facts


def test_a_change_that_breaks_a_rule_is_refused_and_leaves_nothing():
    row = make.published()
    with make.acting(factories.user()) as officer, pytest.raises(Refused):
        services.change(opportunity=row, by=officer, role="coordinator", pay_pence=900)
    fresh = Opportunity.objects.get(pk=row.pk)
    assert (fresh.pay_pence, fresh.version) == (1400, 1)


def test_a_change_to_the_same_changes_nothing(facts):
    row = make.published()
    facts.clear()
    with make.acting(factories.user()) as officer:
        services.change(opportunity=row, by=officer, role="coordinator", title=row.title)
    assert row.version == 1 and facts == []


@pytest.mark.django_db(transaction=True)
def test_rev_moves_only_when_something_differs(monkeypatch):
    row = make.published()
    before = rev(row)
    live.refresh_live([row.pk])
    live.refresh_all()
    assert rev(row) == before
    with make.acting(factories.user()) as officer:
        services.change(opportunity=row, by=officer, role="coordinator", title="Pastry chef")
    changed = rev(row)
    assert changed != before
    # Planted: without the comparison every run would move it, and wake the matcher for nothing.
    monkeypatch.setattr(live, "SYNC", live.SYNC[: live.SYNC.rindex("WHERE (")])
    live.refresh_live([row.pk])
    assert rev(row) != changed


def test_sql_and_python_agree_on_what_is_kept_for_care_leavers():
    rows = [make.published(kind_code=code, hours_a_week=Decimal(5)) for code in ("guaranteed-interview", "mentoring")]
    for row in rows:
        assert SearchRow.objects.get(pk=row.pk).ringfenced == (row.kind.code not in kinds.OPEN_TO_ALL)
