"""Files: what is read, and the sentence for what is not."""

import io
import zipfile

import pytest

from pledges import sheets
from pledges.columns import map_columns, missing_columns
from pledges.sheets import Unreadable, read_sheet
from tests.pledges.made import HEADER, xlsx_of

SMALL = "Business,Phone,Pledge,How many\nOld Bank Kitchen,01632 960001,job,2\n"


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_codings_and_separators(coding, sign):
    text = SMALL.replace("Kitchen", "Café £").replace(",", sign)
    sheet = read_sheet(text.encode(coding), "pledges.csv")
    assert sheet.header == ["Business", "Phone", "Pledge", "How many"]
    assert sheet.rows == [["Old Bank Café £", "01632 960001", "job", "2"]]


def test_rows_keep_the_numbers_of_the_sheet():
    text = '\n,,,\nBusiness,Phone,Pledge,How many\n\n"Old\nBank",1,job,2\n,,,\nSycamore,1,job,2\n'
    sheet = read_sheet(text.encode(), "a.csv")
    assert sheet.numbers == [5, 8] and sheet.rows[0][0] == "Old\nBank"


def test_cells_beyond_the_headings_and_equal_headings_are_kept():
    sheet = read_sheet(b"Business,Notes,Notes\na,b,c,d\n", "a.csv")
    assert sheet.header == ["Business", "Notes", "Notes Column 3", "Column 4"] and sheet.rows == [["a", "b", "c", "d"]]


def test_a_formula_is_text():
    sheet = read_sheet(b'Business,Pledge\n"=HYPERLINK(""http://x"")",@SUM(A1)\n-1+1,+cmd\n', "a.csv")
    assert sheet.rows == [['=HYPERLINK("http://x")', "@SUM(A1)"], ["-1+1", "+cmd"]]


def test_xlsx_is_read_as_people_see_it():
    import datetime as dt

    data = xlsx_of([[], ["Business", "How many", "By"], ["Old Bank", 2.0, dt.date(2027, 3, 1)]])
    sheet = read_sheet(data, "a.xlsx")
    assert sheet.header == ["Business", "How many", "By"]
    assert sheet.rows == [["Old Bank", "2", "2027-03-01"]] and sheet.numbers == [3]


def test_a_formula_in_xlsx_is_never_evaluated():
    sheet = read_sheet(xlsx_of([["Business", "How many"], ["Old Bank", "=1+1"]]), "a.xlsx")
    assert sheet.rows in ([["Old Bank", ""]], [["Old Bank", "=1+1"]])


def zip_of(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in parts.items():
            archive.writestr(name.replace("__", "/"), inside)
    return data.getvalue()


def with_macros():
    data = io.BytesIO(xlsx_of([["Business"], ["a"]]))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    return data.getvalue()


def far_cell():
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Business", "far"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def lying_bomb():
    """A zip whose list says that a part is small, and which unpacks to more."""
    data = bytearray(zip_of(**{"xl__workbook.xml": b"0" * 100_000}))
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "This file is empty"),
        (b" \n\n ", "a.csv", "This file is empty"),
        (b",,,\n,,\n", "a.csv", "This sheet is empty"),
        (b"Business,Pledge\n", "a.csv", "headings and no rows"),
        (b"x" * (sheets.MOST_BYTES + 1), "a.csv", "bigger than 5 MB"),
        (b"Business\n" + b"a\n" * 2001, "a.csv", "more than 2000 rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.csv", "not a sheet we can read"),
        (bytes(range(256)) * 20, "a.csv", "not a sheet we can read"),
        (b"%PDF-1.7 words words", "a.csv", "not a sheet we can read"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "old Excel file"),
        (SMALL.encode(), "a.xlsx", "not a sheet we can read"),
        (zip_of(**{"word__document.xml": "x"}), "a.docx", "not a sheet we can read"),
        (zip_of(**{"xl__workbook.xml": "x"}), "a.xlsx", "damaged"),
        (b"PK\x03\x04 not really", "a.xlsx", "damaged"),
        (xlsx_of([["Business"], ["a"]])[:-200], "a.xlsx", "damaged"),
        (xlsx_of([["Business"], ["a"]]), "a.xlsm", "macros"),
        (with_macros(), "a.xlsx", "macros"),
        (zip_of(**{"xl__workbook.xml": b"0" * (sheets.MOST_UNPACKED + 1)}), "a.xlsx", "unpacks to more"),
        (lying_bomb(), "a.xlsx", "damaged"),
        (far_cell(), "a.xlsx", "far out"),
        (",".join(["x"] * 61).encode() + b"\na\n", "a.csv", "more than 60 columns"),
        (b'Business,Pledge\n"' + b"x" * 140_000 + b'",job\n', "a.csv", "Row 2 cannot be read"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(data, name, words):
    with pytest.raises(Unreadable, match=words):
        read_sheet(data, name)


def test_a_stray_nul_is_taken_out_and_the_row_stays():
    sheet = read_sheet(SMALL.replace("Bank", "Ba\x00nk").encode(), "a.csv")
    assert sheet.rows[0][0] == "Old Bank Kitchen"


def test_the_usual_headings_are_known():
    columns = map_columns(HEADER.split(","))
    assert columns == {
        "business": 0, "job": 1, "email": 2, "phone": 3, "postcode": 4, "town": 5, "size": 6, "kind": 7, "places": 8,
        "category": 9, "words": 10, "by_month": 11, "silent": 12,
    }  # fmt: skip
    assert missing_columns(columns) == []


def test_wrong_headings_name_what_is_missing_and_what_it_may_be_called():
    found = missing_columns(map_columns(["Colour", "Weight"]))
    assert len(found) == 4
    assert "“Business”" in found[0] and "company" in found[0] and "mobile" in found[3]
