""" "Something is wrong": whom it reaches, by when, and what its messages do not say."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.models import YoungPerson
from core import clock
from core.clock import LONDON
from core.lifecycle import MoveRefused
from core.scope import NOBODY, Scope, scope
from introductions import concern_messages, concerns
from introductions.models import Concern, ConcernNote
from notifications import registry
from notifications.models import Outbox
from opportunities.models import Opportunity
from tests import factories
from tests.introductions import factories as chain
from tests.introductions.test_races import one_after_the_other
from tests.matching.test_transfers import accept, asked, two_sides
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
CANARY = "Zebedee Quill of Gasworks Yard"


def lead(council="Nottinghamshire", role="safeguarding_lead"):
    return factories.membership(role, council=factories.council(council)).user


def say(*, seen_as=NOBODY, **more) -> Concern:
    values = {"said_by": "anybody", "urgency": "soon", "role": "visitor", "words": CANARY, "reach": CANARY, **more}
    if seen_as is None:
        with factories.as_worker():
            return concerns.raise_concern(**values)
    with scope(seen_as):
        return concerns.raise_concern(**values)


def told(purpose=concern_messages.TOLD) -> dict[int, Outbox]:
    with factories.as_worker():
        return {row.recipient_id: row for row in Outbox.objects.filter(purpose=purpose).select_related("recipient")}


def work_in(name: str, **more) -> Opportunity:
    row = make.published(**more)
    with factories.as_worker():
        Opportunity.objects.filter(pk=row.pk).update(authority=factories.council(name))
    row.refresh_from_db()
    return row


def at(words: str) -> dt.datetime:
    return dt.datetime.fromisoformat(words).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("urgency", "said", "by"),
    [
        ("now", "2026-11-25T23:30", "2026-11-26T00:30"),
        ("today", "2026-11-25T10:00", "2026-11-25T17:00"),
        ("today", "2026-11-25T07:00", "2026-11-25T09:00"),
        ("today", "2026-11-25T16:00", "2026-11-26T09:00"),
        ("today", "2026-11-27T20:00", "2026-11-30T09:00"),  # Friday night
        ("today", "2026-12-25T10:00", "2026-12-29T09:00"),  # Christmas, and Boxing Day made up for on Monday
        ("soon", "2026-11-25T10:00", "2026-11-30T17:00"),
        ("soon", "2026-10-23T10:00", "2026-10-28T17:00"),  # the clocks go back on the 25th
    ],
)
def test_the_clock(urgency, said, by):
    assert concerns.look_by(urgency, at(said)) == at(by)


def test_it_reaches_the_lead_of_the_responsible_council_and_of_where_the_work_is():
    ours, theirs, elsewhere = lead(), lead("Derbyshire"), lead("Nottingham")
    row = chain.introduced(opportunity=work_in("Bolsover"))
    said = say(seen_as=None, introduction=row, said_by="worker", role="adviser")
    assert set(told()) == {ours.pk, theirs.pk}
    assert said.work_council == factories.council("Derbyshire")  # the county of a district
    assert said.responsible_id == factories.council().pk
    assert elsewhere.pk not in told()


def test_a_business_reaches_the_young_persons_lead_without_seeing_them():
    ours, theirs = lead(), lead("Derbyshire")
    row = chain.introduced(opportunity=work_in("Bolsover"))
    seen_as = Scope(employer=row.employer_id)
    said = say(seen_as=seen_as, introduction=row, said_by="employer", role="employer_member")
    assert set(told()) == {ours.pk, theirs.pk}
    with scope(seen_as):
        assert not Concern.objects.filter(pk=said.pk).exists()  # what was said is the councils'


def test_a_visitor_is_heard_and_reads_nothing():
    theirs = lead("Derbyshire")
    said = say(opportunity=work_in("Bolsover"))
    assert set(told()) == {theirs.pk}
    with scope(NOBODY):
        assert not Concern.objects.exists()
    with scope(Scope(councils=frozenset([factories.council("Derbyshire").pk]))):
        assert Concern.objects.get().words == {"words": CANARY, "reach": CANARY}
    assert concerns.number_of(said).lower() == str(said.public_id)[:8]


def test_a_visitor_who_knows_no_opportunity_chooses_the_council():
    ours = lead()
    say(council=factories.council())
    assert set(told()) == {ours.pk}
    with scope(NOBODY), pytest.raises(ValueError, match="reaches a council"):
        concerns.raise_concern(said_by="anybody", urgency="now", role="visitor")


def test_a_council_without_a_lead_tells_its_managers_at_once():
    manager = lead(role="team_manager")
    say(council=factories.council())
    assert not told() and set(told(concern_messages.LATE)) == {manager.pk}


def mails() -> list[registry.Mail]:
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose__startswith="concern").exclude(state="ended").select_related("recipient")
        return [registry.find(row.purpose).render(row, []) for row in rows]


def canaries(row) -> list[str]:
    about = [row.opportunity.title, row.opportunity.town, row.employer.name, row.person.label, "in care", "care leaver"]
    return [CANARY, *about]


def test_no_message_says_who_what_or_where():
    lead(), lead(role="team_manager"), lead("Nottingham", role="team_manager")
    row = chain.introduced(opportunity=work_in("Nottingham"), label="Wilberforce")
    say(seen_as=None, introduction=row, said_by="worker", urgency="now", role="adviser")
    for _n in range(concerns.USUAL + 1):
        say(council=factories.council())
    found = mails()
    assert {mail.subject for mail in found} == {"Something needs a look", "Several things need a look"}
    leaks = [word for mail in found for word in canaries(row) if word.lower() in f"{mail.subject} {mail.text}".lower()]
    assert not leaks
    with factories.as_worker():
        stored = str(list(Outbox.objects.values("dedupe_key", "reason", "secret")))
    assert CANARY not in stored


def test_a_planted_leak_in_a_message_is_found(monkeypatch):
    lead()
    monkeypatch.setattr(
        concern_messages,
        "render_to_string",
        lambda name, values: Concern.objects.get().words["words"],
    )
    say(council=factories.council())
    assert any(CANARY in mail.text for mail in mails())


def test_more_than_usual_is_kept_and_marked_and_told_once():
    ours = lead()
    for _n in range(concerns.USUAL + 3):
        say(council=factories.council())
    with factories.as_worker():
        marked = [bool(row.words.get("many")) for row in Concern.objects.order_by("pk")]
        many = Outbox.objects.filter(purpose=concern_messages.MANY, recipient=ours).count()
    assert marked == [False] * concerns.USUAL + [True] * 3
    assert many == 1


def test_only_a_lead_of_today_receives_it():
    ours = lead()
    say(council=factories.council())
    with factories.as_worker():
        rows = list(Outbox.objects.filter(purpose=concern_messages.TOLD))
        assert concern_messages.may_hear(rows) == {row.pk for row in rows} and rows
        ours.memberships.update(valid_to=clock.today() - dt.timedelta(days=1))
        assert concern_messages.may_hear(rows) == set()


def test_late_is_told_to_the_responsible_managers_once():
    lead()
    manager, other = lead(role="team_manager"), lead("Derbyshire", role="team_manager")
    lead("Derbyshire")
    row = chain.introduced(opportunity=work_in("Bolsover"))
    said = say(seen_as=None, introduction=row, said_by="worker", urgency="now", role="adviser")
    with factories.as_worker():
        assert not concerns.late_waiting() and concern_messages.tell_late() == 0
        Concern.objects.filter(pk=said.pk).update(look_by=clock.now() - dt.timedelta(seconds=1))
        assert concerns.late_waiting() and concern_messages.tell_late() == 1
        assert not concerns.late_waiting() and concern_messages.tell_late() == 0
    assert set(told(concern_messages.LATE)) == {manager.pk} and other.pk not in told(concern_messages.LATE)


def overdue(*rows: Concern) -> None:
    with factories.as_worker():
        Concern.objects.filter(pk__in=[row.pk for row in rows]).update(look_by=clock.now() - dt.timedelta(seconds=1))


def late_mails() -> int:
    with factories.as_worker():
        return Outbox.objects.filter(purpose=concern_messages.LATE).count()


def test_two_that_are_late_within_an_hour_are_both_told():
    lead(), lead(role="team_manager")
    for told_of in (1, 2):
        overdue(say(council=factories.council()), say(council=factories.council()))
        with factories.as_worker():
            assert concern_messages.tell_late() == 2
        assert late_mails() == told_of  # one message for those found together, one more for the next


def test_without_a_lead_each_is_told_at_once():
    lead(role="team_manager")
    for count in (1, 2):
        say(council=factories.council())
        assert late_mails() == count


def test_late_waits_until_there_is_somebody_to_tell():
    said = say(council=factories.council())
    overdue(said)
    with factories.as_worker():
        assert not concerns.late_waiting() and concern_messages.tell_late() == 0
        said.refresh_from_db()
        assert said.late_told_at is None
    lead(role="team_manager")
    with factories.as_worker():
        assert concerns.late_waiting() and concern_messages.tell_late() == 1


def test_late_goes_to_the_other_council_where_the_responsible_one_has_no_manager():
    theirs = lead("Derbyshire", role="team_manager")
    row = chain.introduced(opportunity=work_in("Bolsover"))
    said = say(seen_as=None, introduction=row, said_by="worker", role="adviser")
    overdue(said)
    with factories.as_worker():
        assert concerns.late() == [(said.pk, factories.council("Derbyshire").pk)]
        assert concern_messages.tell_late() == 1
    assert set(told(concern_messages.LATE)) == {theirs.pk}


def test_what_nobody_is_told_of_is_not_marked(monkeypatch):
    lead(role="team_manager")
    said = say(council=factories.council())
    overdue(said)
    monkeypatch.setattr(concern_messages, "tell", lambda **_values: False)
    with factories.as_worker():
        assert concern_messages.tell_late() == 0 and concerns.late_waiting()


def test_danger_now_is_never_bundled():
    ours = lead()
    for _n in range(concerns.USUAL):
        say(council=factories.council())
    urgent = say(council=factories.council(), urgency="now")
    with factories.as_worker():
        assert Outbox.objects.filter(purpose=concern_messages.TOLD, recipient=ours, cause_id=urgent.pk).exists()
        assert not Outbox.objects.filter(purpose=concern_messages.MANY).exists()


@pytest.mark.parametrize("said_by", Concern.SaidBy.values)
def test_a_young_person_reads_only_what_they_said_themselves(said_by):
    row = chain.introduced()
    said = say(seen_as=None, introduction=row, said_by=said_by, role="adviser")
    mine = said_by == "young_person"
    with scope(Scope(person=row.person_id)):
        assert Concern.objects.filter(pk=said.pk).exists() is mine
        with connection.cursor() as cursor:  # the second wall alone
            cursor.execute("SELECT count(*) FROM concern")
            assert cursor.fetchone() == (int(mine),)
            cursor.execute("UPDATE concern SET urgency = 'soon'")
            assert cursor.rowcount == 0


def test_what_a_lead_has_seen_is_not_late():
    ours = lead()
    said = say(council=factories.council(), urgency="now")
    with factories.as_worker():
        Concern.objects.filter(pk=said.pk).update(look_by=clock.now() - dt.timedelta(hours=2))
        concerns.see(concern=said, by=ours)
        assert not concerns.late_waiting()


def test_see_note_close_reopen():
    ours = lead()
    said = say(council=factories.council())
    with scope(Scope(councils=frozenset([factories.council().pk]), actor=ours.pk)):
        concerns.see(concern=said, by=ours)
        with pytest.raises(MoveRefused):
            concerns.see(concern=said, by=ours)
        concerns.note(concern=said, by=ours, words="Rang them")
        concerns.close(concern=said, by=ours, words="All well")
        concerns.reopen(concern=said, by=ours, words="Not well")
        assert (said.state, said.closed_by_id, said.seen_by_id) == ("seen", None, ours.pk)
        words = [each.words["words"] for each in ConcernNote.objects.order_by("pk")]
    assert words == ["Rang them", "All well", "Not well"]


def test_a_note_stays_as_it_is():
    ours = lead()
    said = say(council=factories.council())
    with scope(Scope(councils=frozenset([factories.council().pk]), actor=ours.pk)):
        made = concerns.note(concern=said, by=ours, words="Rang them")
        for change in (lambda rows: rows.update(by=ours), lambda rows: rows._raw_delete("default")):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change(ConcernNote.objects.filter(pk=made.pk))


def test_another_councils_lead_sees_nothing():
    say(council=factories.council())
    with scope(Scope(councils=frozenset([factories.council("Nottingham").pk]))):
        assert not Concern.objects.exists()
        with connection.cursor() as cursor:  # the second wall alone
            cursor.execute("SELECT count(*) FROM concern")
            assert cursor.fetchone() == (0,)


def test_a_stop_is_said_once_for_an_introduction():
    row = chain.introduced()
    lead()
    first, second = (say(seen_as=None, introduction=row, said_by="stop", role="system") for _n in range(2))
    assert first.pk == second.pk


# --- another council takes over


def test_what_is_open_goes_with_them_to_the_leads_of_the_other_council(sign_in):
    sides = two_sides()
    manager, old, new = sides["new_manager"].user, lead(), lead("Derbyshire")
    mine = {"seen_as": None, "said_by": "worker"}
    open_one, seen, closed = (say(person=sides["person"], **mine) for _each in range(3))
    of_theirs = say(introduction=chain.introduced(chain.interested(sides["person"])), **mine)
    others = say(person=factories.young_person(), **mine)
    with factories.as_worker():
        concerns.see(concern=seen, by=old)
        concerns.see(concern=closed, by=old)
        concerns.close(concern=closed, by=old, words="Done")
        Concern.objects.filter(pk=open_one.pk).update(late_told_at=clock.now())
        Outbox.objects.all().delete()
    answer = {"answer": "yes", "worker": sides["new"].public_id}
    sign_in(user=manager).post(reverse("matching:answer-transfer", args=[asked(sides).public_id]), answer)
    moved, stay = [open_one, seen, of_theirs], [closed, others]
    for user, of in ((new, moved), (old, [of_theirs, *stay])):  # the work stays in Nottinghamshire
        client = sign_in(user=user)
        found = [client.get(f"/safeguarding/{row.public_id}/").status_code for row in (*moved, *stay)]
        assert found == [200 if row in of else 404 for row in (*moved, *stay)]
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose=concern_messages.TOLD)
        assert {row.cause_id for row in rows if row.recipient_id == new.pk} == {row.pk for row in moved}
        assert {row.cause_id for row in rows if row.recipient_id == old.pk} == {of_theirs.pk}
        assert concern_messages.may_hear(rows) == {row.pk for row in rows}
        assert Concern.objects.get(pk=open_one.pk).late_told_at is None  # the managers there hear that it is late


# --- said while another council takes over


def said_meanwhile(*, first: bool) -> tuple[str, bool]:
    """Whose it is, and whether the new council's lead hears of it. first: it is said before the other council accepts;
    else by somebody who has read who supports them while that is not committed."""
    sides = two_sides()
    new, _old = lead("Derbyshire"), lead()
    row, person = asked(sides), sides["person"]
    raise_it = lambda: concerns.raise_concern(  # noqa: E731
        said_by="worker", urgency="soon", role="adviser", person=person
    )
    take = lambda: accept(row, sides)  # noqa: E731
    one_after_the_other(*((raise_it, take) if first else (take, raise_it)))
    with factories.as_worker():
        return Concern.objects.get().responsible.short_name, new.pk in told()


@pytest.mark.django_db(transaction=True)
@pytest.mark.battery
@pytest.mark.parametrize("first", [True, False])
def test_a_concern_said_in_the_moment_of_a_transfer_is_the_new_council_s(first):
    assert said_meanwhile(first=first) == ("Derbyshire", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.battery
def test_planted_who_does_not_wait_tells_the_council_before(monkeypatch):
    monkeypatch.setattr(
        concerns, "council_of",
        lambda person: YoungPerson.objects.values_list("responsible_authority_id", flat=True).get(pk=person),
    )  # fmt: skip
    assert said_meanwhile(first=False) == ("Nottinghamshire", False)
