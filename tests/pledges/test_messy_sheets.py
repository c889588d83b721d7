"""Sheets as they come: every oddity is read, or gets a sentence that says what to do. The files are made here."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.scope import NOBODY, scope
from pledges import imports, left_out, rows
from pledges.models import Pledge, ToClearUp
from tests.pledges import made
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
HEADINGS = ["Business", "Contact", "Phone", "Email", "Pledge", "How many", "By when"]
GOOD = ["Sycamore Joinery", "Jo", "01632 960001", "", "work experience", "2", "March 2027"]


@pytest.fixture
def event():
    go_to(TODAY)
    return made.event()


def row_of(**cells):
    """The good row with some cells changed, by the first word of their heading."""
    places = {heading.split()[0].lower(): place for place, heading in enumerate(HEADINGS)}
    cells_now: list = list(GOOD)
    for name, cell in cells.items():
        cells_now[places[name]] = cell
    return cells_now


def csv_of(*table, sign=",", coding="utf-8", heading=True):
    lines = [sign.join(str(cell) for cell in row) for row in ([HEADINGS, *table] if heading else table)]
    return ("\r\n".join(lines) + "\r\n").encode(coding)


def xlsx_of(*table):
    return made.xlsx_of([HEADINGS, *table])


def look(event, data, name="pledges.csv"):
    with scope(NOBODY):
        sheet = imports.read_sheet(data, name)
        mapping = imports.map_columns(sheet.header)
        assert imports.missing_columns(mapping) == []
        return imports.check_rows(sheet=sheet, mapping=mapping, event=event)


def apply(event, data, name="pledges.csv"):
    with scope(NOBODY):
        sheet = imports.read_sheet(data, name)
        return imports.apply(event=event, sheet=sheet, mapping=imports.map_columns(sheet.header), by=None)


def one(event, data, name="pledges.csv"):
    report = look(event, data, name)
    assert not report.bad, report.bad
    (good,) = report.good
    return good


def reasons(event, data, name="pledges.csv"):
    report = look(event, data, name)
    assert not report.good
    return {bad.column: bad.reason for bad in report.bad}


# --- codings and separators


def test_windows_own_coding_and_semicolons(event):
    row = row_of(business="Café Müller – £1 Shop’s", contact="Zoë")
    good = one(event, csv_of(row, sign=";", coding="cp1252"))
    assert (good.promise.business.name, good.promise.reach.name) == ("Café Müller – £1 Shop’s", "Zoë")
    assert good.notes == ()


def test_a_title_with_commas_above_headings_with_semicolons(event):
    data = b"Pledges, as noted, 24 November,,,,,,,,\r\n;;;\r\n" + csv_of(GOOD, sign=";")
    report = look(event, data)
    assert [good.row for good in report.good] == [4] and not report.bad and not report.left_out


def test_letters_read_in_another_coding_are_pointed_at(event):
    twice = "Café".encode().decode("cp1252")
    assert "Some letters look wrong" in one(event, csv_of(row_of(business=twice))).notes[0]
    assert one(event, csv_of(row_of(business="Ãlvares"))).notes == ()


# --- rows that are no pledges


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["TOTAL", "", "", "", "", "73", ""], "It is a total"),
        (["", "", "", "", "Total pledges:", "1,073", ""], "It is a total"),
        (["Grand total", "", "", "", "", "=SUM(F2:F74)", ""], "It is a total"),
        (["", "", "", "", "", "73", ""], "nothing but numbers"),
        (HEADINGS, "headings once more"),
    ],
)
def test_totals_and_the_like_are_left_out_and_said(event, row, words):
    data = made.csv_of(dict(zip(HEADINGS, GOOD, strict=True)), dict(zip(HEADINGS, row, strict=True)), header=HEADINGS)
    report = look(event, data)
    assert [good.row for good in report.good] == [2] and not report.bad
    assert [(each.row, words in each.reason) for each in report.left_out] == [(3, True)]
    outcome = apply(event, data)
    assert (outcome.rows, outcome.made, outcome.to_clear_up, outcome.left_out) == (2, 1, 0, 1)
    assert not ToClearUp.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "", "01632 960001", "", "", "", ""],
        ["Total", "Jo", "", "", "", "2", ""],
        ["", "", "7700900123", "", "", "", ""],
        ["Totally Tyres", "", "", "", "", "", ""],
        ["", "Jo rang about a job", "", "", "", "", ""],
    ],
)
def test_what_may_be_a_business_is_kept_to_clear_up(event, row):
    outcome = apply(event, csv_of(row))
    assert (outcome.to_clear_up, outcome.left_out) == (1, 0)


def test_the_control_without_the_rule_a_total_would_wait_for_somebody(event, monkeypatch):
    monkeypatch.setattr(rows, "why_left_out", lambda cells, header: "")
    assert apply(event, csv_of(["TOTAL", "", "", "", "", "73", ""])).to_clear_up == 1


def test_the_control_a_rule_for_every_total_would_lose_a_business(event, monkeypatch):
    monkeypatch.setattr(left_out, "NUMBER", left_out.re.compile(".*[0-9].*"))
    assert apply(event, csv_of(["Total", "", "01632 960001", "", "", "", ""])).to_clear_up == 0


def test_blank_rows_are_passed_over_and_the_numbers_stay_right(event):
    blank, spaces = [""] * 7, ["  ", "\u00a0", "", "\t", "", "", ""]
    report = look(event, csv_of(GOOD, blank, spaces, row_of(how="lots"), blank))
    assert [good.row for good in report.good] == [2] and report.bad_rows == [5] and report.rows == 2


def test_equal_rows_are_two_pledges_and_somebody_is_told_to_look(event):
    other = row_of(business="Other Ltd", phone="01632 960002")
    data = csv_of(GOOD, other, GOOD, row_of(how="two"))
    report = look(event, data)
    assert [bool(good.notes) for good in report.good] == [False, False, True, True]
    assert "the same as row 2. Both are kept, as two pledges" in report.good[2].notes[0]
    assert apply(event, data).made == 4 and Pledge.objects.count() == 4


def test_rows_that_differ_in_anything_read_are_not_called_equal(event):
    report = look(event, csv_of(GOOD, row_of(how="3"), row_of(by="April 2027"), row_of(contact="Al")))
    assert len(report.good) == 4 and not report.notes


# --- numbers


@pytest.mark.parametrize(
    ("typed", "guess"), [("two or so", 2), ("3-4", 3), ("a couple", 2), ("up to 5", 5), ("One or two", 1)]
)
def test_a_number_that_is_not_sure_is_asked_about_with_a_guess(event, typed, guess):
    """Not accepted: what is promised becomes what is offered to people, so the giver's number is never made up."""
    said = reasons(event, csv_of(row_of(how=typed)))["How many"]
    assert f"cannot read “{typed}”" in said and said.endswith(f"If they mean {guess}, write {guess}.")


@pytest.mark.parametrize("typed", ["a few", "=1+1", "0x2", "NaN"])
def test_what_names_no_number_gets_no_guess(event, typed):
    assert "If they mean" not in reasons(event, csv_of(row_of(how=typed)))["How many"]


def test_the_guess_waits_in_the_form_that_clears_it_up(sign_in, event):
    apply(event, csv_of(row_of(how="two or so")))
    page = sign_in("coordinator").get(f"/desk/clear-up/{ToClearUp.objects.get().public_id}/")
    assert page.context["form"]["places"].value() == 2 and "two or so" in page.content.decode()


def test_numbers_as_a_spreadsheet_keeps_them(event):
    assert one(event, xlsx_of(row_of(how=2.0)), "a.xlsx").promise.places == 2
    assert one(event, csv_of(row_of(how="2.0"))).promise.places == 2


# --- months


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("Sept 27", (2027, 9)),
        ("27-Sep", (2027, 9)),
        ("sept. 2027", (2027, 9)),
        ("15 March", (2027, 3)),
        ("1 Nov", (2026, 11)),
        ("46447", (2027, 3)),
        ("46447.0", (2027, 3)),
        ("01/03/2027", (2027, 3)),
        ("2027-03-01T00:00:00", (2027, 3)),
    ],
)
def test_months_as_people_and_spreadsheets_write_them(event, typed, month):
    assert one(event, csv_of(row_of(by=typed))).promise.by_month == dt.date(*month, 1)


def test_what_may_be_a_day_or_a_year_says_how_it_was_read(event):
    assert one(event, csv_of(row_of(by="Sept 27"))).notes == ("“Sept 27” is read as September 2027.",)
    assert one(event, csv_of(row_of(by="Sept 2027"))).notes == ()


def test_excels_dates_are_months(event):
    good = one(event, xlsx_of(row_of(by=dt.date(2027, 3, 1))), "a.xlsx")
    assert good.promise.by_month == dt.date(2027, 3, 1) and good.notes == ()
    assert one(event, xlsx_of(row_of(by=dt.datetime(2027, 3, 1, 0, 0))), "a.xlsx").notes == ()
    assert one(event, xlsx_of(row_of(by=46447)), "a.xlsx").promise.by_month == dt.date(2027, 3, 1)


def test_sept_27_that_excel_made_a_day_of_is_seen(event):
    said = reasons(event, xlsx_of(row_of(by=dt.date(2026, 9, 27))), "a.xlsx")["By when"]
    assert "September 2026 is over" in said and "made this of “Sep 27”, write September 2027" in said
    (note,) = one(event, xlsx_of(row_of(by=dt.date(2026, 12, 27))), "a.xlsx").notes
    assert "read as December 2026" in note and "write December 2027" in note


@pytest.mark.parametrize("typed", ["soon", "99999", "12345", "32 March 2027x", "0 March", "March April"])
def test_what_is_no_month_says_how_to_write_one(event, typed):
    assert "like March 2027" in reasons(event, csv_of(row_of(by=typed)))["By when"]


# --- telephone numbers that a spreadsheet has eaten


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("7700900123", "07700900123"),
        ("7700900123.0", "07700900123"),
        ("447700900123", "+447700900123"),
        ("4.47700900123E+11", "+447700900123"),
        ("7.700900123E+09", "07700900123"),
    ],
)
def test_a_number_that_can_be_put_right_is(event, typed, phone):
    assert one(event, csv_of(row_of(phone=typed))).promise.reach.phone == phone


@pytest.mark.parametrize(("typed", "phone"), [(7700900123, "07700900123"), (447700900123.0, "+447700900123")])
def test_the_same_as_a_number_in_excel(event, typed, phone):
    assert one(event, xlsx_of(row_of(phone=typed)), "a.xlsx").promise.reach.phone == phone


def test_a_number_cut_short_says_so(event):
    said = reasons(event, csv_of(row_of(phone="4.47E+11")))["Phone"]
    assert "cut this phone number short: “4.47E+11”" in said
    good = one(event, csv_of(row_of(phone="4.47E+11", email="jo@sycamore.example")))
    assert good.promise.reach.phone == "" and "cut this phone number short" in good.notes[0], "an email is enough"


# --- all of it at once, through the page


def test_a_messy_sheet_from_upload_to_result(sign_in, event):
    book = openpyxl.Workbook()
    for cells in (
        ["Business breakfast"], HEADINGS, row_of(phone=7700900123, by=dt.date(2027, 9, 1)), [],
        row_of(phone=7700900123, by=dt.date(2027, 9, 1)), row_of(business="Third", how="two or so"),
        ["TOTAL", "", "", "", "", 4, ""],
    ):  # fmt: skip
        book.active.append(cells)
    data = io.BytesIO()
    book.save(data)
    client = sign_in("support_officer")
    answer = client.post(f"/desk/events/{event.code}/sheet/", {"sheet": SimpleUploadedFile("a.xlsx", data.getvalue())})
    page = client.get(answer.url)
    html = page.content.decode()
    assert [stat["figure"] for stat in page.context["stats"]] == [4, 2, 1, 1]
    for words in (
        "If they mean 2, write 2.", "It is a total. It is left out. Rows: 7.", "the same as row 3",
        "How we read the good rows", "07700900123", "September 2027", "Work experience, 2", "Jo",
    ):  # fmt: skip
        assert words in html, words
    assert len(page.context["sample"]) == 2
    assert client.post(answer.url, {"do": "apply"}).status_code == 302
    assert "1 row was left out" in client.get(answer.url).content.decode()
    assert Pledge.objects.count() == 2 and ToClearUp.objects.get().row_number == 6


def test_a_long_sheet_shows_ten_of_its_good_rows(sign_in, event):
    table = [row_of(business=f"Firm {n}", phone=f"01632 96{n:04d}") for n in range(60)]
    client = sign_in("coordinator")
    file = SimpleUploadedFile("a.csv", csv_of(*table))
    page = client.get(client.post(f"/desk/events/{event.code}/sheet/", {"sheet": file}).url)
    assert [cells[1] for cells in page.context["sample"]] == [f"Firm {n}" for n in range(10)]
