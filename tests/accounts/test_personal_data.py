"""A copy of everything held about somebody, and an erasure, forget no table; and what is kept, and how long."""

import datetime as dt
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import hearing, personal_data, retention
from accounts.ending import end_support
from accounts.links import make_link
from accounts.models import Membership, Objection, SignedLink, Transfer, View, YoungPerson, YoungPersonContact
from accounts.personal_data import StillNeeded, erase_person, export_person
from core import catalogue, clock
from core.lifecycle import SYSTEM
from core.scope import NotTheWorker, Scope, scope
from introductions import starting
from introductions.models import CheckIn, Concern, ConcernNote, HelpAgain, Introduction, Permission, Readiness, Start
from introductions.retention import keep_no_longer as introductions_kept
from matching.models import MatchAction, MatchTold
from notifications.models import DigestRecipient, DigestRun, Outbox
from tests import database, factories
from tests.accounts import days
from tests.introductions import chain
from tests.matching import factories as matching

pytestmark = pytest.mark.django_db
CANARY = "Zebedee Quillfeather"
WORDS = {"words": f"{CANARY} was told to come alone"}


def uncovered() -> set[str]:
    return catalogue.tables_of_people() - personal_data.tables()


def test_every_table_that_leads_to_a_person_is_registered():
    assert len(personal_data.tables()) > 15 and uncovered() == set()


def test_planted_table_is_found(transactional_db):
    with database.owner(connection.settings_dict["NAME"]) as owner:
        owner.execute("CREATE TABLE diary (person_id bigint REFERENCES young_person)")
    assert uncovered() == {"diary"}


def test_a_table_is_registered_once():
    with pytest.raises(ValueError, match="already"):
        personal_data.register_personal_data(YoungPerson, "twice")


@pytest.fixture
def full():
    """Somebody of whom every table holds something; their introduction has ended in a start, which is over."""
    matching.places()
    worker = factories.adviser()
    person = matching.person(worker=worker, label="F.U.", categories=1 << 5)
    row = matching.opportunity(audience="england", categories=1 << 5)
    matching.run()
    with factories.as_worker():
        person.user = factories.user(name=CANARY)
        person.save(update_fields=["user"])
        YoungPersonContact.objects.create(person=person, details={"name": CANARY, "phone": "07700 900123"})
        hearing.choose(person=person, matches="email", reminders=True, word="Bluebell")
        Objection.objects.create(person=person, words={"words": "Not him"}, answer_by="2027-01-01")
        View.objects.create(person=person, viewer=worker, role="adviser", page="person", on="2026-11-01")
        MatchAction.objects.create(person=person, opportunity_id=row.pk, state="shared", version=1, by=worker)
        MatchTold.objects.get_or_create(
            person=person,
            opportunity_id=row.pk,
            version=1,
            defaults={"adviser": worker, "told_at": "2026-11-01T00:00Z"},
        )
        Readiness.objects.create(person=person, identity=True)
        HelpAgain.objects.create(person=person, due_on="2027-01-01")
        introduction = chain.walked("started", person)
        begun = introduction.start
        starting.end(start=begun, role="adviser", ending="left", on=clock.today())
        Start.objects.filter(pk=begun.pk).update(starts_on="2026-09-01", ended_on="2026-10-01", named_contact="Sam")
        Introduction.objects.filter(pk=introduction.pk).update(ended_at="2026-10-01T09:00Z")
        CheckIn.objects.filter(start=begun).delete()
        CheckIn.objects.create(start=begun, point="day1", side="young_person", due_on="2026-09-02", words=WORDS)
        CheckIn.objects.create(start=begun, point="day1", side="employer", due_on="2026-09-02", words={"words": "Late"})
        run = DigestRun.objects.create(day="2026-11-02", made_on="2026-11-02")
        message = Outbox.objects.filter(person=person).order_by("pk")[0]
        DigestRecipient.objects.create(run=run, user=worker, mail=message)
        transfer(person, worker)
        for said_by in ("young_person", "employer"):
            concern(person, introduction, worker, said_by)
    return {"person": person, "worker": worker, "introduction": introduction, "row": row}


def transfer(person, worker):
    Transfer.objects.create(
        person=person, from_council=person.responsible_authority, to_council=factories.council("Derbyshire"),
        words="Ring Dana", asked_by=worker, answer_by="2026-12-01",
    )  # fmt: skip


def concern(person, introduction, lead, said_by, **more):
    made = Concern.objects.create(
        person=person, introduction=introduction, responsible=person.responsible_authority, said_by=said_by,
        urgency="today", words=WORDS, look_by="2026-11-02T09:00Z",
        **{"state": "closed", "seen_by": lead, "seen_at": "2026-11-02T08:00Z", "closed_by": lead,
           "closed_at": "2026-11-03T08:00Z", **more},
    )  # fmt: skip
    ConcernNote.objects.create(concern=made, words={"words": "Rang the school"}, by=lead)
    return made


def rows_about(person) -> dict[str, int]:
    """How many rows each registered table holds about a person."""
    with factories.as_worker():
        tables = personal_data._registered.values()
        return {t.model._meta.db_table: t.model.objects.filter(**{t.of: person.pk}).count() for t in tables}


def test_the_example_fills_every_table(full):
    assert [table for table, rows in rows_about(full["person"]).items() if not rows] == []


def test_the_council_s_copy_names_every_table_in_words(full):
    with factories.as_worker():
        copy = export_person(full["person"], own_copy=False)
    assert len(copy["held"]) == len(personal_data.tables())
    said = json.dumps(copy, ensure_ascii=False)
    for words in (
        CANARY,
        "07700 900123",
        "Not him",
        "Trainee carpenter",
        "Rang the school",
        "Late",
        "Where you started",
    ):
        assert words in said, words
    assert copy["held"]["Before day one"][0]["identity"] is True
    assert full["worker"].name in json.dumps(copy["held"]["Who supports you"])


def test_their_own_copy_leaves_out_what_others_said(full):
    """Made in the scope of the person themselves, under the web role."""
    with scope(Scope(person=full["person"].pk, actor=full["person"].user_id)):
        copy = export_person(full["person"])
    said = json.dumps(copy)
    assert CANARY in said and "Late" not in said and "Rang the school" not in said
    [looked] = copy["held"]["Who looked"]
    assert sorted(looked) == ["on", "page", "role"] and full["worker"].name not in json.dumps(looked)
    assert len(copy["held"]["What you told us was wrong"]) == 1 and len(copy["held"]["How it goes"]) == 1


def test_nobody_else_s_scope_gets_a_copy(full):
    with (
        scope(Scope(councils=frozenset([factories.council("Derbyshire").pk]))),
        pytest.raises(YoungPerson.DoesNotExist),
    ):
        export_person(YoungPerson.objects.get(pk=full["person"].pk))


# --- erasure ----------------------------------------------------------------------------------------------------------


def erase(person) -> dict[str, int]:
    with factories.as_worker():
        end_support(person=person, why="asked", by=None, role=SYSTEM)
        return erase_person(person=person.pk, by=None, why="asked")


def test_an_erasure_leaves_nothing_but_evidence_without_the_person(full):
    person = full["person"]
    gone = erase(person)
    assert set(rows_about(person).values()) == {0}
    assert gone["young_person"] == 1 and gone["view_log"] == 1 and gone["concern"] == 2
    with factories.as_worker():
        assert not YoungPerson.objects.filter(pk=person.pk).exists()
        kept = View.objects.get(viewer=full["worker"])
        assert (kept.person_id, kept.page) == (None, "person")
        assert list(Concern.objects.order_by("pk").values_list("person", "introduction")) == [(None, None)] * 2
        assert ConcernNote.objects.count() == 2 and not Introduction.objects.exists()
    person.user.refresh_from_db()
    assert (person.user.name, person.user.email, person.user.is_active) == ("", None, False)


def test_an_erasure_twice_finds_nobody(full):
    erase(full["person"])
    with factories.as_worker(), pytest.raises(LookupError):
        erase_person(person=full["person"].pk, by=None, why="asked")


def test_somebody_who_also_works_for_a_council_keeps_their_sign_in(full):
    factories.membership("ambassador", of=full["person"].user)
    erase(full["person"])
    full["person"].user.refresh_from_db()
    assert full["person"].user.is_active and full["person"].user.email


def test_the_web_role_erases_nobody(full):
    with pytest.raises(NotTheWorker), transaction.atomic():
        erase_person(person=full["person"].pk, by=None, why="asked")


@pytest.mark.parametrize("open_still", ["introduction", "concern"])
def test_nobody_is_erased_before_it_is_over(open_still, full):
    person = full["person"]
    with factories.as_worker():
        if open_still == "introduction":
            chain.interested(person)
        else:
            Concern.objects.filter(said_by="employer").update(state="seen", closed_at=None, closed_by=None)
    with pytest.raises(StillNeeded):
        erase(person)
    assert rows_about(person)["young_person"] == 1


def test_planted_order_of_parents_first_is_refused_by_the_database(full, monkeypatch):
    """What the reverse order is for."""
    turned = dict(reversed(personal_data._registered.items()))
    monkeypatch.setattr(personal_data, "_registered", turned)
    with pytest.raises(Exception, match="restricted foreign keys"):
        erase(full["person"])


# --- the commands -----------------------------------------------------------------------------------------------------


def test_the_commands(full, capsys):
    person = full["person"]
    with factories.as_worker():
        call_command("export_person", str(person.public_id))
        assert CANARY in capsys.readouterr().out
        call_command("erase_person", str(person.public_id), "--yes")
        assert "young_person: 1" in capsys.readouterr().out
        for command in (["export_person"], ["erase_person", "--yes"]):
            with pytest.raises(CommandError, match="Nobody"):
                call_command(*command, str(uuid.uuid4()))


def test_who_asks_after_their_support_had_ended_is_erased_the_night_it_is_over(full):
    person = full["person"]
    with factories.as_worker():
        end_support(person=person, why="age", by=None, role=SYSTEM)
        Concern.objects.filter(said_by="employer").update(state="seen", closed_at=None, closed_by=None)
        with pytest.raises(CommandError, match="the night after"):
            call_command("erase_person", str(person.public_id), "--yes")
        assert YoungPerson.objects.get(pk=person.pk).ended_why == "asked"
        Concern.objects.filter(state="seen").update(
            state="closed", closed_at="2026-11-20T00:00Z", closed_by=full["worker"]
        )
        assert retention.keep_no_longer()["erased"] == 1


# --- how long ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "erased"), [("2026-06-30", 0), ("2026-07-01", 1)])
def test_erased_twelve_months_after_the_25th_birthday_at_the_latest_day_it_can_be(day, erased):
    """Born in June 2000: 25 on 30 June 2025 at the latest."""
    person = factories.young_person(birth_month="2000-06-01", worker=factories.adviser())
    factories.young_person(birth_month="2000-07-01")
    with days.on(day), factories.as_worker():
        assert retention.keep_no_longer()["erased"] == erased
        assert retention.keep_no_longer()["erased"] == 0  # twice does no harm
        assert YoungPerson.objects.filter(pk=person.pk).count() == 1 - erased


def test_whoever_asked_is_erased_the_same_night_and_whoever_is_needed_waits(full):
    asked, person = factories.young_person(), full["person"]
    with factories.as_worker():
        for one in (asked, person):
            end_support(person=one, why="asked", by=None, role=SYSTEM)
        Concern.objects.filter(said_by="employer").update(state="seen", closed_at=None, closed_by=None)
        found = retention.keep_no_longer()
        assert (found["erased"], found["waiting"]) == (1, 1)
        Concern.objects.filter(state="seen").update(
            state="closed", closed_at="2026-11-20T00:00Z", closed_by=full["worker"]
        )
        assert retention.keep_no_longer()["erased"] == 1


@pytest.mark.parametrize(("day", "kept"), [("2032-11-01", 1), ("2032-11-02", 0)])
def test_who_looked_is_kept_six_years(day, kept, full):
    with factories.as_worker():
        YoungPerson.objects.filter(pk=full["person"].pk).update(birth_month="2015-01-01")
        with days.on(day):
            retention.keep_no_longer()
        assert View.objects.filter(viewer=full["worker"]).count() == kept


@pytest.mark.parametrize(("day", "kept"), [("2028-10-01", 1), ("2028-10-02", 0)])
def test_an_introduction_is_kept_two_years_after_what_it_led_to_ended(day, kept, full):
    with factories.as_worker(), days.on(day):
        introductions_kept()
        assert introductions_kept() == {"introductions": 0, "concerns": 0}
        assert [model.objects.count() for model in (Introduction, Start, Permission)] == [kept] * 3
        assert Concern.objects.filter(person=full["person"]).count() == 2


@pytest.mark.parametrize(("day", "kept"), [("2032-11-03", 2), ("2032-11-04", 0)])
def test_what_was_wrong_is_kept_six_years_after_it_was_closed(day, kept, full):
    with factories.as_worker(), days.on(day):
        introductions_kept()
        assert (Concern.objects.count(), ConcernNote.objects.count()) == (kept, kept)


def test_an_introduction_with_something_wrong_waits_for_it(full):
    with factories.as_worker(), days.on("2031-01-01"):
        Concern.objects.filter(said_by="employer").update(state="seen", closed_at=None, closed_by=None)
        assert introductions_kept()["introductions"] == 0


def test_leap_days():
    assert retention.years_before(dt.date(2028, 2, 29), 6) == dt.date(2022, 2, 28)
    assert retention.last_birth_month(dt.date(2028, 2, 29)) == dt.date(2002, 1, 1)


@pytest.mark.parametrize(("day", "emptied"), [("2027-11-20", 0), ("2027-11-21", 1)])
def test_a_sign_in_is_closed_a_year_after_the_last_role_ended_and_not_while_there_is_another(day, emptied):
    left, stays, young = factories.user(), factories.user(), factories.user()
    factories.young_person(user=young)
    for user in (left, stays):
        factories.membership("adviser", of=user)
    Membership.objects.update(valid_to="2026-11-20")
    factories.membership("coordinator", of=stays)
    with days.on(day), factories.as_worker():
        assert retention.keep_no_longer()["sign_ins"] == emptied
        assert retention.keep_no_longer()["sign_ins"] == 0
        left.refresh_from_db()
        stays.refresh_from_db()
    assert left.name  # the list of who looked has to say who
    assert ((left.email, left.is_active) == (None, False)) is bool(emptied)
    assert stays.name and stays.email


@pytest.mark.parametrize(("day", "gone"), [("2032-11-20", 0), ("2032-11-21", 1)])
def test_a_role_is_kept_six_years_after_it_ended(day, gone):
    user = factories.membership("adviser").user
    Membership.objects.update(valid_to="2026-11-20")
    with days.on(day), factories.as_worker():
        found = retention.keep_no_longer()
    user.refresh_from_db()
    assert (found["roles"], found["names"], user.name == "") == (gone, gone, bool(gone))


@pytest.mark.parametrize(("day", "gone"), [(364, 0), (366, 1)])
@pytest.mark.parametrize("field", ["expires_at", "revoked_at"])
def test_a_link_goes_a_year_after_it_ended(field, day, gone):
    make_link(purpose="x", object_id=1, days=9999)
    with factories.as_worker():
        SignedLink.objects.update(**{field: clock.now() - dt.timedelta(days=day)})
        assert retention.keep_no_longer()["links"] == gone


def test_one_who_cannot_be_erased_does_not_hold_up_the_others(monkeypatch, caplog):
    stuck, free = (factories.young_person(birth_month="2000-06-01") for _ in range(2))
    erase = retention.erase_person

    def fails(*, person, **more):
        if person == stuck.pk:
            raise IntegrityError("still referenced")
        return erase(person=person, **more)

    monkeypatch.setattr(retention, "erase_person", fails)
    with days.on("2026-07-01"), factories.as_worker():
        found = retention.keep_no_longer()
        assert (found["erased"], found["waiting"]) == (1, 1)
        assert not YoungPerson.objects.filter(pk=free.pk).exists()
    assert "could not be erased: IntegrityError" in caplog.text


def test_their_own_copy_tells_of_a_move_and_not_of_what_managers_wrote():
    person = factories.young_person()
    other = factories.council("Derby")
    with factories.as_worker():
        by = factories.user()
        values = dict(person=person, from_council=person.responsible_authority, to_council=other, asked_by=by)
        done = dict(decided_by=by, decided_at=clock.now(), answer_by=clock.today(), words=CANARY, why=CANARY)
        Transfer.objects.create(state="refused", **values, **done)
        assert "Moves to another council" not in export_person(person)["held"]
        Transfer.objects.create(state="accepted", **values, **done)
        own, councils = export_person(person), export_person(person, own_copy=False)
    assert len(own["held"]["Moves to another council"]) == 1 and CANARY not in str(own)
    assert CANARY in str(councils)
