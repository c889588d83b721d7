"""A sheet of pledges: every bad cell gets its sentence, nothing is lost, and nothing is made twice."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.scope import NOBODY, scope
from notifications.models import Outbox
from pledges import imports
from pledges.models import Employer, Pledge, ToClearUp
from pledges.reading import add_months
from tests.pledges import made

pytestmark = pytest.mark.django_db
OURS = Path("demo/breakfast_pledges.csv")
SHARED = Path(os.environ.get("FR_SHARED_DATA", "../shared/data")) / "breakfast_pledges.csv"


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


@pytest.fixture
def event():
    return made.event(days=-1)


def sheet_of(*rows, **more):
    return imports.read_sheet(made.csv_of(*rows, **more), "pledges.csv")


def check(event, *rows, **more):
    sheet = sheet_of(*rows)
    return imports.check_rows(sheet=sheet, mapping=imports.map_columns(sheet.header), event=event, **more)


def apply(event, *rows, **more):
    sheet = sheet_of(*rows)
    return imports.apply(event=event, sheet=sheet, mapping=imports.map_columns(sheet.header), by=None, **more)


def test_a_good_row_is_a_whole_pledge(event):
    outcome = apply(event, made.row())
    assert (outcome.rows, outcome.made, outcome.already_there, outcome.to_clear_up) == (1, 1, 0, 0)
    pledge = Pledge.objects.select_related("employer", "contact", "kind", "category").get()
    assert (pledge.kind.code, pledge.places, pledge.words) == ("work-experience", 2, "A week at the bench")
    assert (pledge.category.code, pledge.postcode, pledge.town) == ("construction-and-trades", "NG18 1AA", "Mansfield")
    assert (pledge.by_month.month, pledge.publish_if_silent, pledge.source) == (3, True, "sheet")
    assert (pledge.employer.name, pledge.employer.size) == ("Sycamore Joinery", "1-9")
    assert (pledge.contact.job, pledge.contact.way) == ("owner", "email")


LAST_YEAR = "2020-01"


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"Pledge": "a spaceship"}, "Pledge", "do not know the pledge “a spaceship”"),
        ({"Pledge": ""}, "Pledge", "Say what is promised"),
        ({"Business": ""}, "Business", "name of the business"),
        ({"Business": "\u202e\x00 "}, "Business", "name of the business"),
        ({"Business": "x" * 121}, "Business", "1 too long"),
        ({"Email": "", "Phone": ""}, "Email", "phone number or an email address"),
        ({"Email": "jo at bank", "Phone": ""}, "Email", "like jo@business.co.uk"),
        ({"Email": "", "Phone": "ring me"}, "Phone", "area code"),
        ({"How many": ""}, "How many", "Enter how many"),
        ({"How many": "0"}, "How many", "from 1 to 500"),
        ({"How many": "-1"}, "How many", "from 1 to 500"),
        ({"How many": "1e9"}, "How many", "from 1 to 500"),
        ({"How many": "two or so"}, "How many", "must be a number"),
        ({"How many": "=1+1"}, "How many", "must be a number"),
        ({"By (month)": "soon"}, "By (month)", "like March 2027"),
        ({"By (month)": LAST_YEAR}, "By (month)", "is over. Choose"),
        ({"Workplace postcode": "Mansfield"}, "Workplace postcode", "whole postcode"),
        ({"In their words": "x" * 1001}, "In their words", "1 too long"),
    ],
)
def test_a_bad_cell_says_where_and_what_to_do(event, cells, column, words):
    report = check(event, made.row(), made.row(**cells))
    assert [good.row for good in report.good] == [2] and report.bad_rows == [3]
    found = {bad.column: bad.reason for bad in report.bad}
    assert words in found[column]


def test_all_that_is_wrong_with_a_row_is_said_at_once(event):
    report = check(event, made.row(Pledge="spaceship", **{"How many": "0", "By (month)": "soon"}))
    assert [bad.column for bad in report.bad] == ["Pledge", "How many", "By (month)"]


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ({"Sector": "spaceships"}, "do not know the sector"),
        ({"Workplace postcode": "NG99 9ZZ"}, "area around it stands in"),
        ({"Phone": "ring me"}, "area code"),
    ],
)
def test_what_is_only_a_note(event, cells, note):
    report = check(event, made.row(**cells))
    assert not report.bad and note in report.notes[0].reason


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({"How many": "two"}, ("places", 2)),
        ({"Pledge": "undecided", "How many": ""}, ("places", 1)),
        ({"Phone": "1632960375", "Email": ""}, ("reach.phone", "01632960375")),
        ({"In their words": "<script>alert(1)</script> 🎉\u202e"}, ("words", "<script>alert(1)</script> 🎉")),
        ({"In their words": "=HYPERLINK(1)"}, ("words", "=HYPERLINK(1)")),
        ({"Publish simple version if silent?": "maybe"}, ("publish_if_silent", None)),
    ],
)
def test_what_can_be_read(event, cells, value):
    (good,) = check(event, made.row(**cells)).good
    found = good.promise
    for name in value[0].split("."):
        found = getattr(found, name)
    assert found == value[1]


def test_the_month_of_the_event_is_allowed_after_it(event):
    last_month = add_months(clock.today().replace(day=1), -1)
    event.held_on = last_month
    event.save()
    row = made.row(**{"By (month)": f"{last_month:%Y-%m}"})
    assert not check(event, row).bad
    assert check(replace_day(event, clock.today()), row).bad


def replace_day(event, day):
    event.held_on = day
    return event


def test_months_are_shifted_before_they_are_looked_at(event):
    row = made.row(**{"By (month)": LAST_YEAR})
    (good,) = check(event, row, shift_months=120).good
    assert (good.promise.by_month.year, good.promise.by_month.month) == (2030, 1)


def test_the_same_sheet_twice_adds_nothing(event):
    rows = [made.row(), made.row(), made.row(Pledge="mentoring"), made.row(Pledge="?"), made.row(Pledge="?")]
    first, second = apply(event, *rows), apply(event, *rows)
    assert (first.made, first.to_clear_up) == (3, 2)
    assert (second.made, second.already_there) == (0, 3)
    assert (second.to_clear_up, second.already_to_clear_up) == (0, 2)
    assert (Pledge.objects.count(), ToClearUp.objects.count(), Employer.objects.count()) == (3, 2, 1)
    assert Outbox.objects.count() == 1, "one thank-you for one person"


def test_two_equal_rows_are_two_pledges(event):
    assert apply(event, made.row(), made.row()).made == 2


def test_a_changed_number_is_said_and_not_written(event):
    apply(event, made.row())
    report = check(event, made.row(**{"How many": "9"}))
    assert any("Already there with 2" in note.reason for note in report.notes)
    assert Pledge.objects.get().places == 2


def test_what_cannot_be_read_keeps_its_words_and_gets_an_owner(event):
    apply(event, made.row(Pledge="spaceship", **{"How many": "two or so"}))
    record = ToClearUp.objects.get()
    assert (record.owner, record.row_number, record.state) == (event.owner, 2, "open")
    assert [heading for heading, _cell in record.words] == list(made.row())
    assert dict(record.words)["How many"] == "two or so" and dict(record.words)["Where"] == "table 2"
    assert [column for column, _reason in record.reasons] == ["Pledge", "How many"]


def test_all_or_nothing(event, monkeypatch):
    def crash(**more):
        raise RuntimeError("planted")

    monkeypatch.setattr(imports, "_keep_bad_rows", crash)
    with pytest.raises(RuntimeError, match="planted"):
        apply(event, made.row())
    assert not Pledge.objects.exists() and not Employer.objects.exists() and not Outbox.objects.exists()
    monkeypatch.undo()
    assert apply(event, made.row()).made == 1


def test_a_missing_column_is_refused_before_anything(event):
    sheet = imports.read_sheet(b"Firm,Phone\nOld Bank,01632 960001\n", "a.csv")
    with pytest.raises(imports.Unreadable, match="No column says “Pledge”"):
        imports.apply(event=event, sheet=sheet, mapping=imports.map_columns(sheet.header), by=None)


def queries_for(event, count):
    rows = [made.row(Business=f"Firm {n}", Email=f"hello@firm-{n}-{count}.example") for n in range(count)]
    with CaptureQueriesContext(
        connection,
    ) as found:
        check(event, *rows)
    return len(found)


def test_checking_asks_the_same_number_of_queries_for_any_number_of_rows(event):
    assert queries_for(event, 3) == queries_for(event, 300) <= 6


def test_a_long_sheet(event):
    """Employers, people and pledges are written in sets: one statement each for any number of rows."""
    rows = [
        made.row(Business=f"Firm {n % 40}", Email=f"hello@firm-{n % 40}.example", Pledge="kit", **{"How many": "3"})
        for n in range(400)
    ]
    with CaptureQueriesContext(connection) as found:
        assert apply(event, *rows).made == 400
    assert (Pledge.objects.count(), Employer.objects.count(), Outbox.objects.count()) == (400, 40, 40)
    writes = [query["sql"] for query in found if query["sql"].startswith("INSERT INTO")]
    for table in ("employer", "employer_contact", "pledge"):
        assert sum(sql.startswith(f'INSERT INTO "{table}" ') for sql in writes) == 1


def the_breakfast(path, event):
    sheet = imports.read_sheet(path.read_bytes(), path.name)
    mapping = imports.map_columns(sheet.header)
    report = imports.check_rows(sheet=sheet, mapping=mapping, event=event)
    # Months of the file are as they were written: shift them so that the earliest is this month.
    first = min(int(row[mapping["by_month"]][:4]) * 12 + int(row[mapping["by_month"]][5:7]) for row in sheet.rows)
    today = clock.today()
    shift = max(0, today.year * 12 + today.month - first)
    report = imports.check_rows(sheet=sheet, mapping=mapping, event=event, shift_months=shift)
    assert report.bad == [] and report.rows == 73
    outcome = imports.apply(event=event, sheet=sheet, mapping=mapping, by=None, shift_months=shift)
    assert outcome.made == 73
    assert Employer.objects.count() == 52 and not Employer.objects.exclude(maybe_same_as=None).exists()
    again = imports.apply(event=event, sheet=sheet, mapping=mapping, by=None, shift_months=shift)
    assert again == replace(outcome, made=0, already_there=73)


def test_our_own_breakfast(event):
    the_breakfast(OURS, event)


def test_the_shared_breakfast(event):
    if not SHARED.is_file():
        pytest.skip(f"NOT RUN: {SHARED} is not here")
    the_breakfast(SHARED, event)


# --- the command


def test_the_command_says_what_it_would_do_and_does_it(event, tmp_path, capsys):
    sheet, report = tmp_path / "pledges.csv", tmp_path / "report.json"
    sheet.write_bytes(made.csv_of(made.row(), made.row(Pledge="spaceship")))
    call_command("import_pledges", str(sheet), event=event.code.lower(), dry_run=True, json=str(report))
    said = json.loads(report.read_text())
    assert (said["rows"], said["good"], said["bad_rows"]) == (2, 1, 1) and "outcome" not in said
    assert (
        said["bad"][0]["row"] == 3 and said["bad"][0]["column"] == "Pledge" and "spaceship" in said["bad"][0]["reason"]
    )
    assert not Pledge.objects.exists() and not ToClearUp.objects.exists()
    call_command("import_pledges", str(sheet), event=event.code, json=str(report))
    assert json.loads(report.read_text())["outcome"]["made"] == 1
    assert Pledge.objects.count() == ToClearUp.objects.count() == 1
    assert "row 3, Pledge:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [(b"Business\na", "BBBBBB", "no event with the code"), (b"", "", "empty"), (b"Firm\na", "", "No column says")],
)
def test_the_command_refuses_with_a_sentence(event, tmp_path, data, code, words):
    sheet = tmp_path / "pledges.csv"
    sheet.write_bytes(data)
    with pytest.raises(CommandError, match=words):
        call_command("import_pledges", str(sheet), event=code or event.code)


def test_the_command_says_when_there_is_no_file(event):
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_pledges", "/nowhere.csv", event=event.code)
