"""Going for something reaches who does the next thing: by mail while it waits, and first on Monday's page."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Cover, User, YoungPerson
from core import clock
from core.lifecycle import SYSTEM
from core.scope import Scope, scope
from introductions import closing, news, services, sweeping, this_week
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction, Permission, Start
from matching import overview
from notifications import preparing
from notifications.models import Outbox
from pledges.checks import stop_employer
from tests import factories
from tests.introductions import chain

pytestmark = pytest.mark.django_db
MONDAY = reverse("introductions:show-monday")


def own_account(**more) -> YoungPerson:
    """Somebody with an account and a worker."""
    with factories.as_worker():
        return chain.person(factories.adviser(), user=factories.user(), **more)


def seventeen() -> YoungPerson:
    today = clock.today()
    return own_account(birth_month=today.replace(year=today.year - 17, day=1))


def letters(row) -> dict[str, preparing.Letter]:
    """purpose -> what would be handed over now."""
    with factories.as_worker():
        found = {
            message.purpose: preparing.prepare(message)
            for message in Outbox.objects.filter(cause_id=row.pk, purpose__startswith="news_").order_by("pk")
        }
    return {name: letter for name, letter in found.items() if isinstance(letter, preparing.Letter)}


def to(row) -> dict[str, str]:
    return {name: letter.to for name, letter in letters(row).items()}


def worker_of(row):
    with factories.as_worker():
        return row.person.adviser_links.get(ended_on=None).worker


def freeze(row) -> None:
    INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": row.state, "changed_at": clock.now()})


def brought(state: str, somebody: YoungPerson | None = None, **of_opportunity) -> Introduction:
    somebody = somebody or own_account()
    with factories.as_worker():
        return chain.walked(state, somebody, chain.opportunity(**of_opportunity) if of_opportunity else None)


@pytest.mark.parametrize(
    ("state", "purpose"), [("interested", news.WANTED), ("permitted", news.SAID_YES), ("asked", news.ASKED)]
)
def test_who_does_the_next_thing_is_told_and_nobody_else(state, purpose):
    row = brought(state)
    with factories.as_worker():
        address = row.person.user.email if state == "asked" else worker_of(row).email
    assert to(row) == {purpose: address}


def test_who_did_it_is_not_told():
    somebody = own_account()
    worker = worker_of(Introduction(person=somebody))
    with factories.as_worker(), scope(Scope(everything=True, actor=worker.pk)):
        row = chain.interested(somebody)
    assert to(row) == {}


def test_a_yes_at_seventeen_waits_for_the_worker():
    row = brought("asked", seventeen())
    with factories.as_worker():
        services.answer(permission=Permission.objects.get(introduction=row), yes=True, role="young_person")
    assert to(row) == {news.CONFIRM: worker_of(row).email}
    with factories.as_worker():
        question = Permission.objects.get(introduction=row)
        services.confirm(permission=question, by=worker_of(row), role="adviser", agreed_role="council")
    assert to(row) == {news.SAID_YES: worker_of(row).email}


def test_asked_with_other_words_they_hear_again():
    row = brought("asked")
    with factories.as_worker():
        chain.ask(row, name="Rob")
        assert Outbox.objects.filter(cause_id=row.pk, purpose=news.ASKED).count() == 2


@pytest.mark.parametrize("state", ["interested", "asked", "permitted"])
def test_what_has_moved_on_is_not_said(state):
    row = brought(state)
    assert to(row)
    with factories.as_worker():
        services.end(introduction=row, move="decline", role="adviser", ending="young_person")
    assert to(row) == {}


def test_planted_news_that_is_not_asked_again_is_noticed(monkeypatch):
    monkeypatch.setattr(preparing, "still_entitled", lambda purpose, rows: {row.pk for row in rows})
    with pytest.raises(AssertionError):
        test_what_has_moved_on_is_not_said("interested")


def test_nothing_is_said_of_somebody_whose_support_has_ended():
    row = brought("interested")
    with factories.as_worker():
        row.person.ended_on, row.person.ended_why = clock.today(), "age"
        row.person.save()
    assert to(row) == {}


def test_a_new_worker_hears_of_it_and_the_old_one_does_not():
    row = brought("interested")
    old, new = worker_of(row), factories.adviser()
    with factories.as_worker():
        row.person.adviser_links.update(worker=new)
    assert to(row) == {news.WANTED: new.email} and old.email != new.email


@pytest.mark.parametrize("apart", [False, True])
def test_who_stands_in_hears_of_it_but_not_of_somebody_kept_apart(apart):
    row = brought("interested", own_account(kept_apart=apart))
    worker, colleague, today = worker_of(row), factories.adviser(), clock.today()
    with factories.as_worker():
        Cover.objects.create(
            worker=worker, stands_in=colleague, council=row.person.responsible_authority,
            first_day=today, last_day=today, made_by=worker,
        )  # fmt: skip
    assert to(row) == {news.WANTED: (worker if apart else colleague).email}


@pytest.mark.parametrize(
    ("ended_by", "works_here", "hears"),
    [("stands in", True, "worker"), ("worker", True, "stands in"), ("stands in", False, None)],
)
def test_who_ended_it_is_not_told_and_their_colleague_is(ended_by, works_here, hears):
    row = brought("asked")
    people, today = {"worker": worker_of(row), "stands in": factories.adviser()}, clock.today()
    with factories.as_worker():
        Cover.objects.create(
            worker=people["worker"], stands_in=people["stands in"], council=row.person.responsible_authority,
            first_day=today, last_day=today, made_by=people["worker"],
        )  # fmt: skip
    User.objects.filter(pk=people["worker"].pk).update(is_active=works_here)
    with factories.as_worker(), scope(Scope(everything=True, actor=people[ended_by].pk)):
        services.end(introduction=row, move="decline", role="adviser", ending="young_person")
        told = Outbox.objects.get(cause_id=row.pk, purpose=closing.WORKER)
        assert closing.worker_address(told) == (people[hears].email if hears else "")


@pytest.mark.parametrize("state", chain.WALK)
def test_of_a_hold_hear_the_worker_and_where_the_business_knew_the_young_person(state):
    row = brought(state)
    with factories.as_worker():
        freeze(row)
    expected = {news.HOLD: worker_of(row).email}
    if state in chain.WALK[3:]:
        expected[news.OWN_HOLD] = row.person.user.email
    assert to(row) == expected


def test_no_message_says_who_what_or_where():
    somebody = own_account(label="Zebedee Quill", living_sector="NG19 7")
    said = ""
    for state in ("interested", "asked", "permitted", "introduced"):
        row = brought(state, somebody)
        if state == "introduced":
            with factories.as_worker():
                freeze(row)
        for letter in letters(row).values():
            said += f"{letter.mail.subject} {letter.mail.text}"
            for canary in (row.opportunity.title, row.employer.name, row.reference, str(row.public_id)):
                assert canary not in said
    for canary in ("Zebedee", "NG19", "Robin", "care"):
        assert canary not in said
    assert MONDAY in said and reverse("introductions:show-me") in said and "Ring the young person" in said


# --- Monday


def monday(sign_in, worker) -> str:
    return sign_in(user=worker).get(MONDAY).content.decode()


@pytest.mark.parametrize(
    ("state", "words"), [("interested", "Ask them"), ("permitted", "Tell the business"), ("frozen", "On hold: ring")]
)
def test_monday_says_the_next_step(sign_in, state, words):
    row = brought(state)
    page = monday(sign_in, worker_of(row))
    assert words in page and row.person.label in page and str(row.public_id) in page
    client = sign_in(user=worker_of(row))
    step = this_week.STEPS.get(row.state)
    assert step is None or client.get(reverse("introductions:take-step", args=[row.public_id, step])).status_code == 200


def test_monday_asks_to_confirm_a_yes_at_seventeen(sign_in):
    row = brought("asked", seventeen())
    assert "Confirm their yes" not in monday(sign_in, worker_of(row))
    with factories.as_worker():
        services.answer(permission=Permission.objects.get(introduction=row), yes=True, role="young_person")
    assert "Confirm their yes" in monday(sign_in, worker_of(row))


@pytest.mark.parametrize("state", ["asked", "introduced", "ended", "started"])
def test_what_waits_for_others_is_not_on_monday(sign_in, state):
    row = brought(state)
    assert str(row.public_id) not in monday(sign_in, worker_of(row))


def test_a_colleagues_is_not_on_monday(sign_in):
    mine, theirs = brought("interested"), brought("interested")
    page = monday(sign_in, worker_of(mine))
    assert str(mine.public_id) in page and str(theirs.public_id) not in page


def test_what_is_overdue_comes_first_and_ten_are_enough(sign_in):
    somebody = own_account()
    rows = [brought("interested", somebody) for _each in range(11)]
    late = rows[-1]
    with factories.as_worker():
        Introduction.objects.filter(pk=late.pk).update(due_on=clock.today() - dt.timedelta(days=1))
    page = monday(sign_in, worker_of(late))
    shown = sorted((page.index(str(row.public_id)), row.pk) for row in rows if str(row.public_id) in page)
    assert len(shown) == 10 and shown[0][1] == late.pk and page.count("Overdue") == 1


def test_a_hold_of_long_ago_makes_room():
    row = brought("frozen")
    with factories.as_worker():
        people = this_week.asked(overview.known(YoungPerson.objects.filter(pk=row.person_id)))
        assert len(people.get().todo_introduction) == 1
        Introduction.objects.filter(pk=row.pk).update(changed_at=clock.now() - dt.timedelta(days=15))
        assert people.get().todo_introduction == []


@pytest.mark.parametrize("start", ["begun", "planned", "over"])
def test_a_stop_reaches_the_worker_of_who_has_started_and_their_own_page(sign_in, start):
    somebody = own_account()
    row = brought("started", somebody, lasts=2, lasts_unit="weeks")
    with factories.as_worker():
        first = clock.today() + dt.timedelta(days={"begun": 0, "planned": 9, "over": -30}[start])
        Start.objects.update(starts_on=first, state="planned" if start == "planned" else "begun")
    worker = worker_of(row)
    pages = (MONDAY, reverse("introductions:show-introduction", args=[row.public_id]))
    client, oneself = sign_in(user=worker), sign_in(user=somebody.user)

    def said() -> list[bool]:
        found = [client.get(page).content.decode() for page in pages] + [oneself.get("/me/").content.decode()]
        words = ("Ring them today", "We stopped working with the business", "It is nothing that you did")
        return [each in page for each, page in zip(words, found, strict=True)]

    assert said() == [False] * 3 and news.HOLD not in to(row)
    with factories.as_worker():
        stop_employer(employer=row.employer, by=factories.user(), why="Asked for documents")
        sweeping.sweep()
    assert said() == [True] * 3 and to(row)[news.HOLD] == worker.email
    first = client.get(MONDAY).content.decode().partition('<ol class="todo">')[2].partition("</li>")[0]
    assert "Ring them today" in first
