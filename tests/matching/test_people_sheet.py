"""Many young people at once: a sheet, and rows typed one below the other."""

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.adding import Newcomer, add_many
from accounts.models import AdviserLink, YoungPerson
from accounts.services import add_young_person
from core import clock
from core.models import LifecycleLog
from core.scope import EVERYTHING
from matching import people_sheet
from matching.models import Interests
from matching.services import record_interests, record_words
from tests import factories

pytestmark = pytest.mark.django_db
SHEET, SEVERAL, TEAM, PEOPLE = (
    reverse(f"matching:{name}") for name in ("upload-people", "add-several", "show-team", "list-people")
)
HEAD = "Reference,Label,Born,Lives,Would like,Adviser's email"


def sheet(*lines: str) -> str:
    return "\n".join([HEAD, *lines])


def everybody() -> list[YoungPerson]:
    with factories.as_worker():
        return list(YoungPerson.objects.order_by("label"))


def workers() -> dict[str, str]:
    with factories.as_worker():
        links = AdviserLink.objects.current().values_list("person__label", "worker__email")
        return dict(links)


@pytest.fixture
def manager(sign_in):
    return sign_in("team_manager")


@pytest.fixture
def adviser(sign_in):
    user = factories.adviser()
    return sign_in(user=user), user


# --- a sheet


def test_a_manager_s_sheet_is_read_shown_and_saved(manager):
    worker = factories.adviser()
    rows = sheet(f"N-1,A.B.,March 2008,NG18 1AA,fixing cars,{worker.email.upper()}", "N-2,C.D.,14/05/2007,NG18 5,,")
    text = manager.post(SHEET, {"rows": rows, "do": "check"}).content.decode()
    assert "2 rows can be saved" in text and "03/2008" in text and worker.name in text and "Nobody yet" in text
    assert everybody() == []
    answer = manager.post(SHEET, {"rows": rows, "do": "save"}, follow=True)
    assert "2 young people added." in answer.content.decode() and answer.redirect_chain[-1][0] == TEAM
    first, second = everybody()
    assert (first.council_reference, str(first.birth_month), first.living_sector) == ("N-1", "2008-03-01", "NG18 1")
    assert (second.council_reference, str(second.birth_month)) == ("N-2", "2007-05-01")
    assert workers() == {"A.B.": worker.email}
    with factories.as_worker():  # only who has said something counts as having said it
        assert list(Interests.objects.values_list("person_id", "words")) == [(first.pk, "fixing cars")]


def test_the_same_sheet_again_adds_nobody(manager):
    rows = sheet("N-1,A.B.,3 2008,NG18 1,,", ",C.D.,5 2007,NG18 5,,")
    for added, there in ((2, 0), (0, 2)):
        text = manager.post(SHEET, {"rows": rows, "do": "save"}, follow=True).content.decode()
        assert (f"{added} young people added." in text) and (("2 were there already." in text) == bool(there))
    changed = rows.replace("A.B.", "A.Z.").replace("NG18 1", "NG18 5")  # the reference says who it is
    manager.post(SHEET, {"rows": changed, "do": "save"})
    assert [person.label for person in everybody()] == ["A.B.", "C.D."]


def test_a_reference_whose_support_has_ended_is_said_and_kept(manager):
    factories.young_person(label="Gone", council_reference="N-1", ended_on="2026-11-02", ended_why="age")
    factories.young_person(factories.council("Derbyshire"), council_reference="N-2", ended_on="2026-11-02",
                           ended_why="age")  # fmt: skip
    rows = sheet("N-1,A.B.,3 2008,NG18 1,,", "N-2,C.D.,3 2008,NG18 1,,")
    text = manager.post(SHEET, {"rows": rows, "do": "save"}).content.decode()
    assert "Support under this reference ended on 2 November 2026" in text
    assert "1 young person added. 1 row is left to put right." in text and "already" not in text
    again = manager.post(SHEET, {"rows": sheet(",A.B.,3 2008,NG18 1,,"), "do": "save"}, follow=True)
    assert "1 young person added." in again.content.decode()


def test_reading_costs_no_query_a_row(manager):
    def queries(count: int) -> int:
        areas = ("NG18 1AA", "NG18 5", "NG185", "NOI 1IO", "NG18 1ZZ", "x")
        lines = [f"N-{each},L{each},3 2008,{areas[each % len(areas)]},," for each in range(count)]
        with CaptureQueriesContext(connection) as found:
            assert manager.post(SHEET, {"rows": sheet(*lines), "do": "check"}).status_code == 200
        return len(found)

    assert queries(6) == queries(60)


def test_saving_costs_no_query_a_row(manager):
    first, second = factories.adviser(), factories.adviser()

    def queries(count: int) -> int:
        lines = [
            f"N-{each},L{each},3 2008,NG18 1,cars,{first.email}" if each % 3 else
            f",M{each},5 2007,NG18 5,,{second.email if each % 2 else ''}" for each in range(count)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as found:
            text = manager.post(SHEET, {"rows": sheet(*lines), "do": "save"}, follow=False)
        assert text.status_code == 302
        return len(found)

    few = queries(6)
    assert queries(60) == few <= 40
    assert len(everybody()) == 60


def rows_of(person) -> list[tuple]:
    """What stands in the tables of somebody, without what must differ."""
    with factories.as_worker():
        link = AdviserLink.objects.get(person=person)
        facts = YoungPerson.objects.values().get(pk=person.pk)
        log = LifecycleLog.objects.filter(
            Q(model="accounts.YoungPerson", object_id=person.pk) | Q(model="accounts.AdviserLink", object_id=link.pk)
        )
        return [
            {name: facts[name] for name in facts if name not in ("id", "public_id", "council_reference", "made_at")},
            (link.worker_id, link.started_on, link.ended_on, link.until),
            sorted(log.values_list("model", "move", "old", "new", "actor", "role", "on_behalf_of", "why")),
            [
                {name: row[name] for name in row if name not in ("person_id", "changed_at")}
                for row in Interests.objects.filter(person=person).values()
            ],
        ]


def test_many_are_written_as_one_is():
    with factories.as_worker():
        council, by = factories.council(), factories.user()
        facts = {"label": "A.B.", "birth_month": dt.date(2008, 3, 1), "sector": "NG18 1"}
        one = add_young_person(
            by=by, council=council, worker=factories.adviser(), council_reference="N-1", **facts,
        )  # fmt: skip
        record_interests(person=one, by=by, words=" trains\0 ")
        worker = AdviserLink.objects.get(person=one).worker
        AdviserLink.objects.filter(person=one).update(ended_on=clock.today())  # so that the label is free
        found = Newcomer(**facts, worker=worker, council_reference="N-2")
        add_many([found], by=by, council=council)
        AdviserLink.objects.filter(person=one).update(ended_on=None)
        record_words({found.person.pk: " trains\0 "}, by=by)
    assert rows_of(found.person) == rows_of(one)


def test_a_label_twice_in_one_sheet_and_a_worker_of_another_council():
    with factories.as_worker():
        council, by, worker = factories.council(), factories.user(), factories.adviser()
        stranger = factories.adviser(council=factories.council("Derbyshire"))
        facts = {"birth_month": dt.date(2008, 3, 1), "sector": "NG18 1"}
        found = [
            Newcomer("A.B.", **facts, worker=worker), Newcomer(" a.b.", **facts, worker=worker),
            Newcomer("A.B.", **facts, worker=stranger), Newcomer("", **facts), Newcomer("A.B.", **facts),
        ]  # fmt: skip
        add_many(found, by=by, council=council)
    assert [list(one.problems) for one in found] == [[], ["label"], ["worker"], ["label"], []]
    assert [one.person is not None for one in found] == [True, False, False, False, True]


def test_a_row_without_reference_that_stands_twice_is_one(manager):
    rows = sheet("N-1,A.B.,3 2008,NG18 1,,", ",a.b.,3 2008,NG18 1,,", ",C.D.,3 2008,NG18 1,,", ",C.D.,3 2008,NG18 1,,")
    text = manager.post(SHEET, {"rows": rows, "do": "save"}, follow=True).content.decode()
    assert "2 young people added. 2 were there already." in text and len(everybody()) == 2


def test_a_reference_of_another_council_is_somebody_else(manager):
    factories.young_person(factories.council("Derbyshire"), label="D-1", council_reference="N-1")
    manager.post(SHEET, {"rows": sheet("N-1,A.B.,3 2008,NG18 1,,"), "do": "save"})
    assert len(everybody()) == 2


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("N-1,,3 2008,NG18 1,,", "Enter your own short word for them"),
        (f"N-1,{'x' * 41},3 2008,NG18 1,,", "Use 40 letters or fewer"),
        ("N-1,A.B.,spring,NG18 1,,", "Write the month and year of birth, like March 2008"),
        ("N-1,A.B.,3 2015,NG18 1,,", "makes this person 16 to 25"),
        ("N-1,A.B.,3 2008,ZZ99 9,,", "Enter a postcode that exists"),
        ("N-1,A.B.,3 2008,Mansfield,,", "Enter a postcode that exists"),
        ("N-1,A.B.,3 2008,NG18 1,,who@council.example", "Nobody of your council has this address"),
    ],
)
def test_a_row_that_cannot_be_read_says_what_to_do_and_the_others_are_saved(row, sentence, manager):
    rows = sheet(row, "N-9,Good,3 2008,NG18 1,,")
    text = manager.post(SHEET, {"rows": rows, "do": "check"}).content.decode()
    assert sentence in text and "1 row can be saved" in text
    text = manager.post(SHEET, {"rows": rows, "do": "save"}).content.decode()
    assert "1 young person added. 1 row is left to put right." in text and sentence in text and "N-9" not in text
    assert [person.label for person in everybody()] == ["Good"]


def test_the_rows_that_are_left_can_be_put_right_and_sent(manager):
    page = manager.post(SHEET, {"rows": sheet("N-1,A.B.,spring,NG18 1,,"), "do": "save"})
    left = page.context["read"].initial["rows"]
    manager.post(SHEET, {"rows": left.replace("spring", "March 2008"), "do": "save"})
    assert [(one.label, one.council_reference) for one in everybody()] == [("A.B.", "N-1")]


def shown(page) -> str:
    """What a browser sends back of the rows on the page."""
    return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page.content.decode(), re.S)[1])


@pytest.mark.parametrize("words", ['"helping, with dogs', 'say "hi"', '"', "dogs; cars", "a,b\tc", "=1+1", "it's"])
@pytest.mark.parametrize("place", ["words", "reference"])
def test_the_rows_as_shown_are_saved_as_they_were_read(words, place, manager):
    lines = [["N-1", "A.B.", "3 2008", "NG18 1", "", ""], ["N-2", "C.D.", "3 2008", "NG18 5", "trains", ""]]
    lines[0][4 if place == "words" else 0] = words
    text = io.StringIO()
    csv.writer(text).writerows([HEAD.split(","), *lines])
    page = manager.post(SHEET, {"file": SimpleUploadedFile("list.csv", text.getvalue().encode()), "do": "check"})
    again = manager.post(SHEET, {"rows": shown(page), "do": "check"})
    assert shown(again) == shown(page)
    manager.post(SHEET, {"rows": shown(again), "do": "save"})
    kept = " ".join(words.split())
    first, second = everybody()
    assert (first.label, second.label, second.council_reference) == ("A.B.", "C.D.", "N-2")
    assert first.council_reference == (kept if place == "reference" else "N-1")
    with factories.as_worker():
        said = dict(Interests.objects.values_list("person__label", "words"))
    assert said == ({"A.B.": kept, "C.D.": "trains"} if place == "words" else {"C.D.": "trains"})


def test_a_reference_twice_in_one_sheet(manager):
    rows = sheet("N-1,A.B.,3 2008,NG18 1,,", "N-1,C.D.,3 2008,NG18 1,,")
    assert "Row 2 has this reference too" in manager.post(SHEET, {"rows": rows, "do": "check"}).content.decode()


def test_a_file_and_a_title_above_the_headings(manager):
    file = SimpleUploadedFile("list.csv", ("Leaving care team;;;\n" + HEAD.replace(",", ";") + "\n"
                                           "N-1;A.B.;2008-03-14;NG181AA;;\n").encode())  # fmt: skip
    text = manager.post(SHEET, {"file": file, "do": "check"}).content.decode()
    assert "1 row can be saved" in text and "A.B." in text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file, or paste the rows"),
        ({"rows": "Name\nJo"}, "No column says “Your word”"),
        ({"rows": HEAD}, "headings and no rows"),
        ({"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7")}, "not a sheet we can read"),
    ],
)
def test_what_is_no_sheet_gets_a_sentence(sent, sentence, manager):
    assert sentence in manager.post(SHEET, sent).content.decode()


def test_a_worker_s_sheet_is_their_own_young_people(adviser):
    client, user = adviser
    other = factories.adviser()
    rows = sheet(
        f"N-1,A.B.,3 2008,NG18 1,,{other.email}", f"N-2,C.D.,3 2008,NG18 1,,{user.email}", ",E.F.,3 2008,NG18 1,,"
    )
    text = client.post(SHEET, {"rows": rows, "do": "save"}).content.decode()
    assert "You add your own young people" in text and "2 young people added" in text
    assert workers() == {"C.D.": user.email, "E.F.": user.email}


def test_a_label_twice_of_one_worker_is_said(adviser):
    client, user = adviser
    factories.young_person(label="a.b.", worker=user)
    text = client.post(SHEET, {"rows": sheet("N-1,A.B.,3 2008,NG18 1,,"), "do": "save"}).content.decode()
    assert "You already have someone called that" in text and len(everybody()) == 1


@pytest.mark.parametrize("address", [SHEET, SEVERAL])
def test_nobody_real_before_the_papers(address, adviser, monkeypatch):
    monkeypatch.setattr("accounts.papers.refusal", lambda council: "Not accepted yet. Ask your safeguarding lead.")
    client, _user = adviser
    rows = {
        "rows": sheet("N-1,A.B.,3 2008,NG18 1,,"),
        "do": "save",
        "0-label": "A.B.",
        "0-born": "3 2008",
        "0-area": "NG18 1",
    }
    for answer in (client.get(address), client.post(address, rows)):
        assert "Ask your safeguarding lead" in answer.content.decode()
    assert everybody() == []


@pytest.mark.parametrize("role", ["coordinator", "guest_adviser", "operator", "safeguarding_lead", "support_officer"])
def test_who_may(role, sign_in):
    client = sign_in(role)
    for address in (SHEET, SEVERAL):
        assert client.get(address).status_code == client.post(address, {}).status_code == 404


def test_two_at_the_same_moment_are_one(manager, monkeypatch):
    """Neither sees the other's row: the reference is held by PostgreSQL."""
    row = people_sheet.Row(
        2, {"reference": "N-1", "label": "A.B."}, month=people_sheet.dt.date(2008, 3, 1), sector="NG18 1"
    )
    monkeypatch.setattr(people_sheet, "_there", lambda *_all: set())
    with factories.as_worker():
        assert EVERYTHING.everything
        user, council = factories.user(), factories.council()
        assert people_sheet.save([row], council=council, by=user).added == 1
        again = people_sheet.save([row], council=council, by=user)
    assert (again.added, again.there, again.left) == (0, 1, []) and len(everybody()) == 1


# --- row by row


def typed(*rows, added=0) -> dict:
    found = {"added": str(added)}
    for at, row in enumerate(rows):
        found |= {f"{at}-{name}": value for name, value in zip(("label", "born", "area", "words"), row, strict=False)}
    return found


def test_eight_rows_at_a_time_and_the_count_goes_on(adviser):
    client, user = adviser
    page = client.get(SEVERAL).content.decode()
    assert page.count("<fieldset>") == 8 and page.count("autofocus") == 1 and "added</h2>" not in page
    rows = [(f"A{number}", "3 2008", "NG18 1", "cars") for number in range(8)]
    assert "8 added" in client.post(SEVERAL, typed(*rows), follow=True).content.decode()
    answer = client.post(SEVERAL, typed(("B1", "3 2008", "ng18 5zz"), added=8), follow=True)
    assert "9 added" in answer.content.decode()
    assert set(workers()) == {f"A{number}" for number in range(8)} | {"B1"}
    assert set(workers().values()) == {user.email}
    nothing = client.post(SEVERAL, typed(), follow=True).content.decode()
    assert "Nothing was typed, so nobody was added." in nothing and "added</h2>" not in nothing


def test_a_row_with_a_mistake_stays_with_the_cursor_in_it(adviser):
    client, _user = adviser
    answer = client.post(SEVERAL, typed(("A", "3 2008", "NG18 1"), ("B", "spring", "NG18 1", "dogs"), added=3))
    text = answer.content.decode()
    assert "4 added" in text and "Write the month and year of birth" in text
    first = answer.context["forms"][0]
    assert first["label"].value() == "B" and first["words"].value() == "dogs"
    assert "autofocus" in str(first["born"]) and "autofocus" not in str(first["label"])
    assert set(workers()) == {"A"}


def test_the_same_page_sent_twice_adds_nobody_twice(adviser):
    client, _user = adviser
    for _each in range(2):
        client.post(SEVERAL, typed(("A", "3 2008", "NG18 1")))
    assert len(everybody()) == 1


def test_pages_lead_there(adviser, manager):
    assert SEVERAL in adviser[0].get(PEOPLE).content.decode() and SHEET in manager.get(TEAM).content.decode()
