"""Every table that leads to a young person is walled, and no view or function walks round the wall."""

import pytest
from django.db import connection

from core import catalogue
from core.scope import Scope, scope
from tests import database

KNOWN = {
    "young_person",
    "young_person_contact",
    "adviser_link",
    "outbox",
    "interests",
    "match",
    "match_action",
}


def test_every_table_of_a_person_is_walled_and_no_door_is_open(db):
    assert catalogue.tables_of_people() >= KNOWN
    assert catalogue.tables_without_wall() == set()
    assert catalogue.doors() == set()


@pytest.mark.parametrize(
    ("defect", "caught"),
    [
        ("CREATE TABLE diary (person_id bigint REFERENCES young_person)", {"diary"}),
        ("CREATE TABLE reply (link_id bigint REFERENCES adviser_link)", {"reply"}),
        ("ALTER TABLE adviser_link DISABLE ROW LEVEL SECURITY", {"adviser_link"}),
        ("ALTER TABLE adviser_link FORCE ROW LEVEL SECURITY", {"adviser_link"}),
        ("DROP POLICY adviser_link_web ON adviser_link", {"adviser_link"}),
        ("ALTER POLICY adviser_link_web ON adviser_link USING (true)", {"adviser_link"}),
        ("CREATE POLICY everybody ON adviser_link USING (true)", {"adviser_link"}),
        ("CREATE VIEW all_links AS SELECT * FROM adviser_link", {"view all_links"}),
        ("CREATE MATERIALIZED VIEW stored AS SELECT * FROM adviser_link", {"materialised view stored"}),
        (
            "CREATE FUNCTION peek() RETURNS bigint SECURITY DEFINER RETURN (SELECT count(*) FROM adviser_link)",
            {"security definer function peek"},
        ),
    ],
)
def test_planted_holes_are_found(defect, caught, transactional_db):
    with database.owner(connection.settings_dict["NAME"]) as owner:
        owner.execute(defect)
    assert catalogue.tables_without_wall() | catalogue.doors() == caught


def test_planted_view_really_is_a_door(two_councils_committed):
    with database.owner(connection.settings_dict["NAME"]) as owner:
        owner.execute("CREATE VIEW all_links AS SELECT * FROM adviser_link")
    council = two_councils_committed["Nottingham"].pk
    with scope(Scope(councils=frozenset([council]))), connection.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM all_links").fetchone() == (2,)
