"""Runs, choices and pauses: one mail a working day, missed days late, and nothing to somebody who is away."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Cover
from core import clock
from core.scope import EVERYTHING, Scope, scope
from matching import mails
from notifications import choices, digests, preparing, registry
from notifications.digests import daily_digests
from notifications.drain import drain
from notifications.models import DigestChoice, DigestRecipient, DigestRun, Outbox
from notifications.registry import Kind
from notifications.retention import keep_no_longer
from tests import factories
from tests.notifications.conftest import DAY, MONDAY, held, states

GOOD_FRIDAY = dt.date(2027, 3, 26)


def made() -> list[Outbox]:
    with scope(EVERYTHING):
        return list(Outbox.objects.filter(purpose="digest").order_by("pk"))


def carried() -> list[set[int]]:
    with scope(EVERYTHING):
        return [set(mail.items.values_list("cause_id", flat=True)) for mail in made()]


def runs() -> list[dt.date]:
    return list(DigestRun.objects.order_by("day").values_list("day", flat=True))


def chooses(user, how: str, kind: str = "other") -> None:
    with scope(EVERYTHING):
        choices.choose(user=user, said=[(kind, how)])


# --- runs -------------------------------------------------------------------------------------------------------------


def test_once_a_day_and_what_comes_later_tomorrow(worker, purposes, on):
    ana = factories.user()
    held(ana, 1)
    assert daily_digests() == {"digests": 1, "late": 0}
    held(ana, 2)
    assert daily_digests() == {"digests": 0, "late": 0}
    on(MONDAY + DAY)
    assert daily_digests() == {"digests": 1, "late": 0}
    with scope(EVERYTHING):
        rows = DigestRecipient.objects.order_by("pk").values_list("run__day", "user_id", "mail_id")
        assert list(rows) == [(MONDAY + n * DAY, ana.pk, mail.pk) for n, mail in enumerate(made())]


def test_missed_days_are_made_late_with_one_mail(worker, purposes, provider, on):
    ana = factories.user()
    held(ana, 1)
    daily_digests()
    drain()
    on(MONDAY + 3 * DAY)
    held(ana, 2)
    assert daily_digests() == {"digests": 1, "late": 2}
    drain()
    assert runs() == [MONDAY + n * DAY for n in range(4)] and len(provider.taken) == 2
    with scope(EVERYTHING):
        assert list(DigestRecipient.objects.order_by("pk").values_list("run__day", flat=True)) == [
            MONDAY,
            MONDAY + 3 * DAY,
        ]
    assert set(DigestRun.objects.filter(made_on=MONDAY + 3 * DAY).values_list("day", flat=True)) == set(runs()[1:])


def test_only_seven_days_back_and_never_before_the_first_run(worker, purposes, on):
    daily_digests()
    assert runs() == [MONDAY]
    on(MONDAY + 14 * DAY)
    daily_digests()
    assert runs() == [MONDAY, *(MONDAY + n * DAY for n in (7, 8, 9, 10, 11, 14))]


def check_one_mail_on_the_day_after_a_silent_provider(on, provider) -> None:
    ana = factories.user()
    held(ana, 1)
    daily_digests()
    on(MONDAY + DAY)
    held(ana, 2)
    daily_digests()
    drain()
    assert len(provider.taken) == 1 and carried() == [set(), {1, 2}]
    assert states(purpose="digest") == ["ended", "accepted"] and set(states(purpose="find")) == {"accepted"}


def test_a_mail_that_never_left_goes_with_that_of_today(worker, purposes, provider, on):
    check_one_mail_on_the_day_after_a_silent_provider(on, provider)


def test_planted_late_mails_are_left_where_they_are(worker, purposes, provider, on, monkeypatch):
    monkeypatch.setattr(digests, "_take_back", lambda day: None)
    with pytest.raises(AssertionError):
        check_one_mail_on_the_day_after_a_silent_provider(on, provider)


def check_whoever_had_one_today_waits(on) -> None:
    ana = factories.user()
    held(ana, 1)
    daily_digests()
    with scope(EVERYTHING):  # yesterday's mail left at eight this morning
        Outbox.objects.filter(purpose="digest").update(
            state="accepted", handed_at=clock.now() + DAY - dt.timedelta(hours=1)
        )
    on(MONDAY + DAY)
    held(ana, 2)
    assert daily_digests()["digests"] == 0
    on(MONDAY + 2 * DAY)
    assert daily_digests()["digests"] == 1


def test_whoever_had_a_late_one_today_waits_until_tomorrow(worker, purposes, on):
    check_whoever_had_one_today_waits(on)


def test_planted_nobody_is_left_out(worker, purposes, on, monkeypatch):
    monkeypatch.setattr(digests, "_have_theirs", lambda day: set())
    with pytest.raises(AssertionError):
        check_whoever_had_one_today_waits(on)


def test_the_database_holds_a_day_and_a_person_once(worker, purposes, on):
    ana = factories.user()
    held(ana, 1)
    daily_digests()
    (mail,) = made()
    with scope(EVERYTHING):
        run = DigestRun.objects.get()
        other = Outbox.objects.create(dedupe_key="x", purpose="digest", channel="email", recipient=ana)
        for make in (
            lambda: DigestRun.objects.create(day=MONDAY, made_on=MONDAY),
            lambda: DigestRun.objects.create(day=MONDAY + DAY, made_on=MONDAY),
            lambda: DigestRecipient.objects.create(run=run, user=ana, mail=other),
            lambda: DigestRecipient.objects.create(run=run, user=factories.user(), mail=mail),
            lambda: DigestChoice.objects.create(user=ana, kind="other", how="never"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                make()


def test_as_many_statements_for_any_number_of_recipients_and_items(worker, purposes, on):
    counted = []
    for number in (2, 30):
        on(MONDAY + number * 7 * DAY)
        daily_digests()
        with scope(EVERYTHING):
            DigestRecipient.objects.filter(run__day=clock.today()).delete()
            DigestRun.objects.filter(day=clock.today()).delete()
        for user in [factories.user() for _ in range(number)]:
            held(user, *range(number))
        with CaptureQueriesContext(connection) as queries:
            assert daily_digests()["digests"] == number
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_runs_go_after_two_years_and_before_their_mails(worker, purposes, provider, on):
    held(factories.user(), 1)
    daily_digests()
    drain()
    on(MONDAY + 731 * DAY)
    assert keep_no_longer() == 2
    assert not DigestRun.objects.exists()


# --- days off ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", [MONDAY + 5 * DAY, MONDAY + 6 * DAY, GOOD_FRIDAY], ids=["saturday", "sunday", "holiday"]
)
def test_no_digest_on_a_day_off(day, worker, purposes, on):
    held(factories.user(), 1)
    on(day)
    assert daily_digests() == {"digests": 0, "late": 0} and runs() == []


def check_nothing_leaves_on_saturday(on, provider) -> None:
    held(factories.user(), 1)
    on(MONDAY + 4 * DAY)
    daily_digests()
    on(MONDAY + 5 * DAY)
    drain()
    assert provider.taken == []
    on(MONDAY + 7 * DAY)
    daily_digests()
    drain()
    assert len(provider.taken) == 1 and carried() == [set(), {1}]


def test_what_was_made_on_friday_waits_over_the_weekend(worker, purposes, provider, on):
    check_nothing_leaves_on_saturday(on, provider)


def test_planted_the_day_is_not_asked_at_hand_over(worker, purposes, provider, on, monkeypatch):
    monkeypatch.setattr(preparing, "not_now", lambda run, items, today: choices.Left())
    with pytest.raises(AssertionError):
        check_nothing_leaves_on_saturday(on, provider)


def test_what_somebody_asks_for_by_hand_knows_no_days_off(worker, purposes, provider, on):
    held(factories.user(), 1)
    on(MONDAY + 5 * DAY)
    assert digests.make_digests(day=MONDAY + 5 * DAY) == 1
    drain()
    assert len(provider.taken) == 1 and runs() == []


# --- choices ----------------------------------------------------------------------------------------------------------


def test_weekly_on_the_first_working_day(worker, purposes, on):
    easter_tuesday = GOOD_FRIDAY + 4 * DAY
    assert [choices.is_weekly(MONDAY + n * DAY) for n in range(7)] == [True] + [False] * 6
    assert choices.is_weekly(easter_tuesday) and not choices.is_weekly(easter_tuesday - DAY)
    ana = factories.user()
    chooses(ana, "weekly")
    daily_digests()
    held(ana, 1)
    on(MONDAY + DAY)
    assert daily_digests()["digests"] == 0
    on(MONDAY + 8 * DAY)  # Monday's run was missed
    assert daily_digests()["digests"] == 1


def test_no_mail_of_what_somebody_wants_on_their_page_alone(worker, purposes, provider, on):
    purposes("visit", "digest", kind=Kind("visits", "Visits"))
    ana = factories.user()
    chooses(ana, "page")
    held(ana, 1)
    held(ana, 2, purpose="visit")
    daily_digests()
    drain()
    assert carried() == [{2}] and states(purpose="find") == ["ended"]


def check_asked_again(ana, provider, how: str) -> None:
    held(ana, 1)
    daily_digests()
    chooses(ana, how)
    drain()
    assert provider.taken == []


@pytest.mark.parametrize(("how", "state"), [("page", "ended"), ("weekly", "held")])
def test_a_choice_is_asked_again_at_hand_over(how, state, worker, purposes, provider, on):
    daily_digests()
    on(MONDAY + DAY)
    check_asked_again(factories.user(), provider, how)
    assert states(purpose="find") == [state]


def test_planted_a_choice_is_not_asked_again(worker, purposes, provider, on, monkeypatch):
    monkeypatch.setattr(preparing, "not_now", lambda run, items, today: choices.Left())
    with pytest.raises(AssertionError):
        check_asked_again(factories.user(), provider, "page")


def test_a_weekly_mail_that_is_late_still_goes(worker, purposes, provider, on):
    ana = factories.user()
    chooses(ana, "weekly")
    held(ana, 1)
    daily_digests()
    on(MONDAY + DAY)
    drain()
    assert len(provider.taken) == 1


# --- while a colleague stands in --------------------------------------------------------------------------------------


@pytest.fixture
def away(worker, purposes, on):
    """Two workers of one council, the first away today, and somebody whom the first supports."""
    ana, ben = factories.adviser(), factories.adviser()
    person = factories.young_person(worker=ana)
    with scope(EVERYTHING):
        cover = Cover.objects.create(
            worker=ana, stands_in=ben, council=factories.council(), first_day=MONDAY, last_day=MONDAY + DAY
        )
    return {"ana": ana, "ben": ben, "person": person, "cover": cover}


def check_the_colleague_gets_it(away) -> None:
    held(away["ana"], 1, person=away["person"].pk)
    assert daily_digests()["digests"] == 1
    assert [mail.recipient_id for mail in made()] == [away["ben"].pk] and carried() == [{1}]


def test_the_colleague_gets_what_waits_and_the_digest_rests(away, on, provider):
    check_the_colleague_gets_it(away)
    drain()
    on(MONDAY + DAY)
    assert daily_digests()["digests"] == 0  # nothing twice for the colleague
    on(MONDAY + 2 * DAY)
    assert daily_digests()["digests"] == 1  # and Ana is back
    assert made()[-1].recipient_id == away["ana"].pk


def test_planted_leave_is_not_asked(away, monkeypatch):
    monkeypatch.setattr(choices, "_away", lambda items: set())
    with pytest.raises(AssertionError):
        check_the_colleague_gets_it(away)


def test_nobody_stands_in_for_somebody_kept_apart(away):
    with scope(EVERYTHING):
        type(away["person"]).objects.filter(pk=away["person"].pk).update(kept_apart=True)
    held(away["ana"], 1, person=away["person"].pk)
    assert daily_digests()["digests"] == 0 and states() == ["held"]


def test_leave_that_begins_before_hand_over(away, provider):
    with scope(EVERYTHING):
        Cover.objects.update(first_day=MONDAY + DAY)
        held(away["ana"], 1, person=away["person"].pk)
        daily_digests()
        Cover.objects.update(first_day=MONDAY)
    drain()
    assert provider.taken == [] and states(purpose="find") == ["held"]


def test_a_colleague_may_receive_matches_only_while_they_stand_in(away, on, monkeypatch):
    with scope(EVERYTHING):
        pairs = mails.supporters_of([away["person"].pk])
        assert pairs == {(away["person"].pk, away["ana"].pk), (away["person"].pk, away["ben"].pk)}
    on(MONDAY + 2 * DAY)
    with scope(EVERYTHING):
        assert mails.supporters_of([away["person"].pk]) == {(away["person"].pk, away["ana"].pk)}


# --- the page -------------------------------------------------------------------------------------------------------

PAGE = "/inbox/emails/"


@pytest.mark.parametrize(("role", "asked"), [("adviser", ["matches"]), ("coordinator", ["drafts"])])
def test_each_role_is_asked_about_its_own_kinds(db, role, asked, client):
    factories.sign_in(client, role)
    assert list(client.get(PAGE).context["form"].fields) == asked
    assert PAGE in client.get("/hats/").content.decode()


def test_a_choice_is_kept_and_shown(client, db):
    user = factories.sign_in(client, "adviser")
    assert client.post(PAGE, {"how-matches": "page"}).status_code == 302
    assert client.post(PAGE, {"how-matches": "weekly"}).status_code == 302
    assert client.get(PAGE).context["form"]["matches"].initial == "weekly"
    assert client.post(PAGE, {"how-matches": "never"}).status_code == 200
    with scope(Scope(actor=user.pk)):
        assert choices.choices_of(user) == {"matches": "weekly"}


def test_a_choice_is_nobody_elses(client, db):
    user = factories.sign_in(client, "adviser")
    client.post(PAGE, {"how-matches": "page"})
    with scope(Scope(actor=factories.user().pk)):
        assert not DigestChoice.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM digest_choice")
            assert cursor.fetchone() == (0,)
    with scope(Scope(actor=user.pk)):
        assert DigestChoice.objects.count() == 1


def test_other_roles_have_no_such_page(db, client):
    factories.sign_in(client, "operator")
    assert client.get(PAGE).status_code == 404 and PAGE not in client.get("/hats/").content.decode()


def test_every_purpose_of_digests_has_a_kind_of_somebody(db):
    found = [registry.find(name) for name in registry.names()]
    assert {purpose.kind.code for purpose in found if purpose.channel == "digest"} == {"matches", "drafts"}
