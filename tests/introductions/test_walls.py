"""A business reads an introduction from the yes until it is taken back or on hold, and of it only what was agreed.

Each wall is tried with the other one open, and both open as the control.
"""

import re

import pytest
from django.db import connection, transaction
from django.test import Client

from core import clock
from core.lifecycle import SYSTEM
from core.scope import Scope, scope
from introductions import services, starting
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction, Permission, Start
from pledges import home_links
from tests import factories
from tests.introductions import chain
from tests.opportunities import factories as made
from tests.walls.test_scope import open_first_wall, open_second_wall

CANARY, SECTOR = "Zebedee Quill", "NG19 7"
OPEN_TO_THEM = ("permitted", "introduced", "meeting", "interview", "offered", "checks", "started", "over")
HIDDEN = ("interested", "asked", "frozen", "withdrawn", "declined", "support", "no to the day", "no support there")


def in_state(state, to):
    """One introduction; the last three had been introduced before."""
    somebody = chain.person(factories.adviser(), label=CANARY, living_sector=SECTOR)
    if state in ("over", "no to the day", "no support there"):
        return after_a_start(state, somebody, to)
    if state in OPEN_TO_THEM or state in ("interested", "asked"):
        return chain.walked(state, somebody, to)
    row = chain.walked("introduced", somebody, to)
    if state == "frozen":
        INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": "introduced"})
        return row
    move, role, why = {
        "withdrawn": ("withdraw", "young_person", "withdrawn"),
        "declined": ("decline", "young_person", "young_person"),
        "support": ("end_support", SYSTEM, "support"),
    }[state]
    services.end(introduction=row, move=move, role=role, ending=why)
    return row


def after_a_start(state, somebody, to):
    row = chain.walked("offered", somebody, to)
    start = chain.start(row, 5 if state == "no to the day" else 0)
    if state == "over":
        starting.end(start=start, role="adviser", ending="left", on=clock.today())
    elif state == "no to the day":
        starting.decline(start=start)
    else:
        starting.end_with_support(services.locked(row))
    return row


def everything():
    """One business with an introduction in every state, and another with one that it knows."""
    to = chain.opportunity(places=20)
    rows = {state: in_state(state, to) for state in (*OPEN_TO_THEM, *HIDDEN)}
    rows["of another"] = in_state("introduced", chain.opportunity())
    return to.employer_id, {row.reference: state for state, row in rows.items()}


def read_by(employer):
    """The references, and how many questions, that the business's scope reads as the web role."""
    with scope(Scope(employer=employer)):
        return set(Introduction.objects.values_list("reference", flat=True)), Permission.objects.count()


def states_read(employer, names):
    references, questions = read_by(employer)
    return {names[reference] for reference in references}, questions


@pytest.fixture
def committed(transactional_db):
    with factories.as_worker():
        return everything()


def test_first_wall_open_the_second_shows_the_agreed_only(committed, monkeypatch):
    employer, names = committed
    open_first_wall(monkeypatch)
    assert states_read(employer, names) == (set(OPEN_TO_THEM), 0)
    assert read_by(None) == (set(), 0)


def test_second_wall_open_the_first_shows_the_agreed_only(committed):
    employer, names = committed
    open_second_wall()
    assert states_read(employer, names) == (set(OPEN_TO_THEM), 0)
    assert read_by(None) == (set(), 0)


def test_both_walls_open_all_of_it_shows(committed, monkeypatch):
    """The control: without it the two tests above could pass over empty tables."""
    employer, names = committed
    open_first_wall(monkeypatch)
    open_second_wall()
    states, questions = states_read(employer, names)
    assert states == set(names.values()) and questions >= len(names) - 1


def starts_read(employer):
    """Of the starts: how the introductions of those it reads stand."""
    with scope(Scope(employer=employer)):
        return sorted(Start.objects.values_list("state", flat=True))


def test_first_wall_open_the_second_shows_starts_of_what_it_reads(committed, monkeypatch):
    employer, _names = committed
    open_first_wall(monkeypatch)
    assert starts_read(employer) == ["begun", "ended"] and starts_read(None) == []


def test_second_wall_open_the_first_shows_starts_of_what_it_reads(committed):
    employer, _names = committed
    open_second_wall()
    assert starts_read(employer) == ["begun", "ended"] and starts_read(None) == []


def test_both_walls_open_every_start_shows(committed, monkeypatch):
    employer, _names = committed
    open_first_wall(monkeypatch)
    open_second_wall()
    assert starts_read(employer) == ["begun", "ended", "ended", "ended"]


# --- nothing of somebody before their yes


FRESH = re.compile(
    rb'(?<=name="csrfmiddlewaretoken" value=")[^"]+|(?<=name="key" value=")[0-9a-f]{32}|(?<=nonce=")[^"]+'
)


def of_the_database():
    """Every row of every table that the business's scope can read, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
            " AND has_table_privilege(current_user, format('%I.%I', schemaname, tablename), 'SELECT')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            with transaction.atomic():
                cursor.execute(f"SELECT t::text FROM {table} t")
                found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found)


class Business:
    """All that a business reaches: its pages signed in and by link, what is public of its opportunity, the tables."""

    def __init__(self):
        self.to = made.published(places=3)
        self.contact = self.to.pledge.contact
        self.contact.approved_by, self.contact.approved_on = factories.user(), self.to.opened_on
        self.contact.save()
        with factories.as_worker():
            self.door = re.sub(r"^https?://[^/]+", "", home_links.home_link(self.contact))
        self.client = Client()
        factories.sign_in(self.client, "employer_member", employer_id=self.to.employer_id)

    def pages(self):
        opportunity = f"/opportunities/{self.to.public_id}/"
        addresses = [self.door, "/employer/", opportunity, "/opportunities/", "/api/v1/opportunities/"]
        return {path: FRESH.sub(b"", self.read(path)) for path in addresses}

    def read(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return answer.content

    def rows(self):
        with scope(Scope(employer=self.to.employer_id)):
            return of_the_database()


@pytest.mark.django_db
def test_before_the_yes_a_business_can_read_nothing_of_somebody():
    business = Business()
    before = business.pages()
    with factories.as_worker():
        somebody = chain.person(factories.adviser(), label=CANARY, living_sector=SECTOR)
        row = chain.interested(somebody, business.to)
    assert business.pages() == before
    with factories.as_worker():
        chain.ask(row, name=CANARY)
    assert business.pages() == before
    rows = business.rows()
    for canary in (CANARY, row.reference, str(row.public_id), str(somebody.public_id), SECTOR):
        assert canary not in rows, canary


@pytest.mark.django_db
def test_planted_a_row_of_somebody_is_found():
    """The control of the test above: after the yes, the reference stands among what the business reads."""
    business = Business()
    with factories.as_worker():
        row = chain.walked("permitted", to=business.to)
    assert row.reference in business.rows()
