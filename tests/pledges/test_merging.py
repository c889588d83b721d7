"""Two records of one business become one: all or nothing, never silent, and no pledge is lost on the way."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Membership
from core import clock
from core.models import LifecycleLog
from core.scope import NOBODY, scope
from opportunities.models import Opportunity
from pledges import contacts, duplicates, events, merging, services, sites
from pledges.merging import MergeRefused
from pledges.models import Employer, EmployerContact, NotTheSame, Nudge, Pledge
from tests import factories
from tests.core.locks import until_somebody_waits
from tests.opportunities import factories as offers
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(request):
    if "transactional_db" in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    with scope(NOBODY):
        yield


def business(name, email, **more):
    return made.pledge(business=name, reach=made.reach(email), **more).employer


def two():
    return business("Old Bank", "jo@oldbank.example"), business("Old Bank Kitchen", "sam@old-bank.example")


def merge(keep, gone, **more):
    merging.merge(keep=keep, gone=gone, by=more.pop("by", None) or factories.user(), why="They said so", **more)


# --- what moves


def test_everything_counted_moves_and_nothing_checked_does():
    keep, gone = two()
    by = factories.user("Amina")
    made.called_back(gone, by)
    person = gone.contacts.get()
    contacts.approve_contact(contact=person, by=by)
    for postcode in ("NG18 1AA", "NG1 4AB"):
        sites.approve_site(site=sites.add_site(employer=gone, postcode=postcode), by=by)
    sites.add_site(employer=keep, postcode="NG1 4AB")
    Nudge.objects.create(employer=gone, contact=person, sent_on=clock.today())
    factories.membership("employer_member", employer_id=gone.pk)
    third = business("The Old Bank", "x@third.example")
    Employer.objects.filter(pk=third.pk).update(maybe_same_as=gone)
    pledge = gone.pledges.get()
    offers.draft(gone, pledge=pledge)
    foreseen = merging.foresee(keep=keep, gone=gone)
    assert (foreseen.pledges, foreseen.people, foreseen.sites, foreseen.members) == (1, 1, 1, 1)
    merge(keep, gone, by=by)
    assert (gone.state, gone.merged_into, keep.state) == ("merged", keep, "unchecked")
    assert keep.pledges.count() == 2 and gone.pledges.count() == 0
    person.refresh_from_db()
    assert (person.employer, person.approved_by) == (keep, None)
    assert sorted(keep.sites.values_list("postcode", "approved_by")) == [("NG1 4AB", None), ("NG18 1AA", None)]
    assert Nudge.objects.get().employer == keep and Membership.objects.get(employer_id=keep.pk)
    assert Employer.objects.get(pk=third.pk).maybe_same_as == keep
    assert Opportunity.objects.get(pledge=pledge).employer == keep
    assert gone.checks.count() == 1 and keep.checks.count() == 0  # a check is of the record it was made for
    assert keep.lead == by
    log = LifecycleLog.objects.get(model="pledges.Employer", move="merge")
    assert (log.object_id, log.new, log.on_behalf_of, log.why) == (gone.pk, "merged", by.pk, "They said so")


def test_the_values_of_the_one_that_stays_stay():
    keep, gone = two()
    Employer.objects.filter(pk=gone.pk).update(size="10-49", company_number="01234567")
    gone.refresh_from_db()
    assert "01234567" in " ".join(merging.foresee(keep=keep, gone=gone).warnings)
    merge(keep, gone)
    assert (keep.name, keep.domain, keep.size, keep.company_number) == ("Old Bank", "oldbank.example", "10-49", "")


def test_a_chain_leads_to_the_last():
    first, second = two()
    third = business("Bank Kitchen", "x@third.example")
    merge(second, first)
    merge(third, second)
    first.refresh_from_db()
    assert first.merged_into == third and third.pledges.count() == 3


def test_what_is_open_stays_open_under_a_check_that_carries_it():
    keep, gone = offers.employer(), offers.employer()
    row = offers.published(gone)
    version = row.version
    merge(keep, gone)
    row.refresh_from_db()
    assert (row.employer, row.state, row.live, row.version) == (keep, "published", True, version + 1)
    assert row.row.employer_name == keep.name


@pytest.mark.parametrize("values", [{"state": "unchecked", "weight": None}, {"weight": "light"}])
def test_what_is_open_is_not_taken_under_a_check_too_light(values):
    keep, gone = offers.employer(**values), offers.employer()
    row = offers.published(gone)
    with pytest.raises(MergeRefused, match="does not carry it"):
        merge(keep, gone)
    row.refresh_from_db()
    gone.refresh_from_db()
    assert (row.employer, row.live, gone.state) == (gone, True, "checked")
    assert merging.better_to_keep(keep, gone) == (gone, keep)
    assert "Keep" in merging.foresee(keep=keep, gone=gone).warnings[0]


# --- what is refused


@pytest.mark.parametrize("stopped", [0, 1])
def test_what_is_stopped_is_not_joined(stopped):
    pair = two()
    Employer.objects.filter(pk=pair[stopped].pk).update(state="stopped")
    with pytest.raises(MergeRefused, match="is stopped"):
        merge(*pair)


def test_what_cannot_be_joined():
    keep, gone = two()
    with pytest.raises(MergeRefused, match="one business already"):
        merge(keep, keep)
    with pytest.raises(MergeRefused, match="Say why"):
        merging.merge(keep=keep, gone=gone, by=factories.user(), why=" \x00")
    merge(keep, gone)
    for pair in ((keep, gone), (gone, keep)):
        with pytest.raises(MergeRefused, match="joined to another already"):
            merge(*pair)


def everything():
    return [
        sorted(map(str, model.objects.values_list("pk", name)))
        for model, name in (
            (Pledge, "employer"), (EmployerContact, "employer"), (Employer, "state"), (Opportunity, "employer"),
        )
    ]  # fmt: skip


def test_planted_failure_half_way_leaves_nothing():
    keep, gone = two()
    before = everything()

    def breaks(**_fact):
        raise RuntimeError("planted")

    events.employers_merged.connect(breaks, dispatch_uid="planted")
    try:
        with pytest.raises(RuntimeError, match="planted"):
            merge(keep, gone)
    finally:
        events.employers_merged.disconnect(dispatch_uid="planted")
    assert everything() == before and not LifecycleLog.objects.filter(move="merge").exists()
    merge(keep, gone)
    assert everything() != before


# --- afterwards


def test_the_next_pledge_under_the_old_name_is_the_kept_ones():
    keep, gone = two()
    merge(keep, gone)
    later = made.pledge(business="Old Bank Kitchen", reach=made.reach("new@old-bank.example"), occurrence=None)
    assert later.employer == keep and later.contact.employer == keep


def test_planted_a_row_written_for_the_joined_one_lands_with_the_kept():
    keep, gone = two()
    merge(keep, gone)
    person = EmployerContact.objects.create(employer=gone, email="late@old-bank.example")
    person.refresh_from_db()
    assert person.employer == keep


def test_the_database_keeps_a_joined_one_joined():
    keep, gone = two()
    merge(keep, gone)
    with pytest.raises(IntegrityError, match="stays joined"), transaction.atomic():
        Employer.objects.filter(pk=gone.pk).update(state="unchecked", merged_into=None)


# --- proposals


def reasons(*names):
    rows = duplicates.proposals(Employer.objects.all())
    return {(each.one.name, each.other.name): set(each.reasons) for each in rows}


def test_pairs_and_why():
    for name, email in (
        ("Old Bank Kitchen", "a@one.example"), ("Old Bank Kitchens", "a@two.example"),
        ("Sycamore Joinery", "a@syc.example"), ("Elm Bakery", "b@syc.example"), ("Far Away Ltd", "a@far.example"),
    ):  # fmt: skip
        business(name, email)
    Employer.objects.filter(name__in=["Old Bank Kitchen", "Far Away Ltd"]).update(company_number="01234567")
    Employer.objects.filter(name="Elm Bakery").update(maybe_same_as=None)
    assert reasons() == {
        ("Old Bank Kitchen", "Old Bank Kitchens"): {"a similar name"},
        ("Old Bank Kitchen", "Far Away Ltd"): {"the same company number"},
        ("Sycamore Joinery", "Elm Bakery"): {"the same email domain of its own"},
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("old bank kitchen", "old bank kitchens", True), ("old bank", "old bank kitchen", True),
        ("sycamore joinery", "sicamore joinery", True), ("old bank", "new mill", False), ("old", "old bank", False),
    ],
)  # fmt: skip
def test_alike(one, other, same):
    assert duplicates.alike(one, other) is duplicates.alike(other, one) is same


def test_two_that_are_two_are_not_asked_about_again_also_after_a_join():
    one, other = two()
    Employer.objects.filter(pk=other.pk).update(maybe_same_as=one)
    assert len(reasons()) == 1
    for _twice in range(2):
        duplicates.say_not_the_same(one=other, other=one, by=factories.user())
    assert reasons() == {} and NotTheSame.objects.count() == 1
    third = business("Old Bank Kitchen Two", "x@third.example")
    merge(third, other)
    assert NotTheSame.objects.filter(one=one, other=third).exists()


def test_proposals_ask_three_times_for_any_number(django_assert_num_queries):
    for number in range(30):
        Employer.objects.create(name=f"Old Bank {number}", name_key=f"old bank {number}", domain="x.example")
    with django_assert_num_queries(2):
        assert len(duplicates.proposals(Employer.objects.all())) == duplicates.MOST


# --- at the same moment


def in_two_threads(first, second):
    """`first` holds its transaction open until `second` waits for a lock of it."""
    done, may_commit, failed = threading.Event(), threading.Event(), []

    def run(work, holds):
        try:
            with scope(NOBODY), transaction.atomic():
                work()
                if holds:
                    done.set()
                    assert may_commit.wait(20)
        except Exception as error:
            failed.append(error)
            done.set()
        finally:
            connection.close()

    one = threading.Thread(target=run, args=[first, True])
    other = threading.Thread(target=run, args=[second, False])
    one.start()
    assert done.wait(20)
    other.start()
    until_somebody_waits()
    may_commit.set()
    one.join(20)
    other.join(20)
    return failed


def rows_of_two():
    with scope(NOBODY):
        return (*two(), factories.user())


def test_of_two_joins_that_cross_one_wins(transactional_db):
    one, other, by = rows_of_two()
    failed = in_two_threads(lambda: merge(one, other, by=by), lambda: merge(other, one, by=by))
    assert [type(error) for error in failed] == [MergeRefused]
    assert sorted(Employer.objects.values_list("state", flat=True)) == ["merged", "unchecked"]
    assert Pledge.objects.filter(employer=one).count() == 2


def late(occurrence=None):
    made.pledge(business="Old Bank Kitchen", reach=made.reach("sam@old-bank.example"), occurrence=occurrence)


def test_a_pledge_made_while_they_are_joined_is_the_kept_ones(transactional_db):
    keep, gone, by = rows_of_two()
    assert in_two_threads(lambda: merge(keep, gone, by=by), late) == []
    assert Pledge.objects.filter(employer=keep).count() == 3


def test_a_pledge_that_was_first_is_moved_too(transactional_db):
    keep, gone, by = rows_of_two()
    assert in_two_threads(late, lambda: merge(keep, gone, by=by)) == []
    assert Pledge.objects.filter(employer=keep).count() == 3


def test_without_the_names_lock_the_trigger_still_finds_the_way(transactional_db, monkeypatch):
    keep, gone, by = rows_of_two()
    monkeypatch.setattr(services, "wait_for_twins", lambda givers: None)
    monkeypatch.setattr(services, "_next_occurrence", lambda promise, event: services.replace(promise, occurrence=7))
    assert in_two_threads(lambda: merge(keep, gone, by=by), late) == []
    assert Pledge.objects.filter(employer=keep).count() == 3
