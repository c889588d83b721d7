"""Papers: what people type is only ever text, what has no glyph does not stop a paper, and what is wrong is said."""

import io
import random

import pikepdf
import pypdfium2
import pytest

from core import papers

DATA = {"title": "A title", "words": "Hello"}
PAPER = """#import "house.typ": *
#show: house.with(data.title)
= #data.title
#data.words
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    """template(source): a folder with our house.typ and a template "trial"."""
    house = (papers.FOLDER / "house.typ").read_text(encoding="utf-8")
    (tmp_path / "house.typ").write_text(house, encoding="utf-8")
    monkeypatch.setattr(papers, "FOLDER", tmp_path)

    def write(source=PAPER):
        (tmp_path / "trial.typ").write_text(source, encoding="utf-8")

    write()
    return write


def words(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()


TYPST = """#eval("1 + 1")
#import "x.typ"
$x^2$
*bold* _so_
= Heading
\\u{41}
a "b" \\" c
<label> @ref
// not a comment
#{panic()}
`raw`"""


@pytest.mark.parametrize("typed", TYPST.splitlines())
def test_what_looks_like_typst_is_text(template, typed):
    assert typed in words(papers.pdf("trial", {**DATA, "words": typed}))


def test_the_control_pasted_into_the_source_it_would_run(template):
    template(PAPER + "#(1 + 1)")
    assert "#(1 + 1)" not in words(papers.pdf("trial", DATA))


def test_the_same_data_give_the_same_bytes(template):
    assert papers.pdf("trial", DATA) == papers.pdf("trial", DATA)
    assert papers.pdf("trial", DATA) != papers.pdf("trial", {**DATA, "words": "Other"})


def test_it_says_what_it_is(template):
    with pikepdf.open(io.BytesIO(papers.pdf("trial", DATA))) as document:
        assert str(document.Root.Lang) == "en-GB" and document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle and "/StructTreeRoot" in document.Root
        with document.open_metadata() as meta:
            assert (meta["pdfuaid:part"], meta["dc:title"]) == ("1", "A title")


def test_a_picture_without_words_is_no_paper(template):
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    data = {**DATA, "code": {"svg": picture}}
    template(PAPER + '#image(bytes(data.code.svg), format: "svg", alt: "A square")')
    assert papers.pdf("trial", data)
    template(PAPER + '#image(bytes(data.code.svg), format: "svg")')
    with pytest.raises(papers.PaperError, match=r"trial: .*alt"):
        papers.pdf("trial", data)


@pytest.mark.parametrize("source", ["#let", "#data.missing", '#import "../../manage.py": *', '#read("/etc/passwd")'])
def test_a_faulty_template_is_named(template, source):
    template(PAPER + source)
    with pytest.raises(papers.PaperError, match=r"^trial: "):
        papers.pdf("trial", DATA)


def test_a_crash_inside_typst_is_an_error_of_ours(template, monkeypatch):
    class PanicException(BaseException):
        pass

    def crash(*args, **kwargs):
        raise PanicException("end byte index 3 is out of bounds")

    monkeypatch.setattr(papers.typst, "Compiler", crash)
    with pytest.raises(papers.PaperError, match="trial: Typst crashed"):
        papers.pdf("trial", DATA)


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Café 😀 Łódź", "Café Łódź"),
        ("cafe\u0301", "café"),
        ("你好 Ltd", "?? Ltd"),
        ("ש\u05b8לום", "שלום"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("two\nlines\tand more", "two lines and more"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_what_can_be_drawn(typed, drawn):
    assert papers.drawable({"a": [typed], "n": 2, "none": None}) == {"a": [drawn], "n": 2, "none": None}


def test_pictures_are_passed_as_they_are():
    assert papers.drawable({"svg": "<svg>\n 😀</svg>"}) == {"svg": "<svg>\n 😀</svg>"}


def test_every_sign_we_draw_has_a_glyph(template):
    signs = [chr(code) for first, last in papers.DRAWN for code in range(first, last + 1)]
    template(PAPER + "#for sign in data.signs [#sign \\ ]\n#head(9pt, data.words)")
    papers.pdf("trial", {**DATA, "signs": signs, "words": "".join(signs)})


def test_names_mixed_of_many_scripts_do_not_stop_it(template):
    signs = [chr(code) for first, last in papers.DRAWN for code in range(first, last + 1)]
    dice = random.Random(3)
    names = ["".join(dice.choices(signs, k=dice.randint(1, 60))) for _number in range(200)]
    template(PAPER + "#for name in data.names [#breakable(name) \\ #head(9pt, name) \\ ]")
    papers.pdf("trial", {**DATA, "names": names})


def test_the_control_a_sign_without_a_glyph_would_stop_it(template, monkeypatch):
    monkeypatch.setattr(papers, "drawable", lambda data: data)
    with pytest.raises(papers.PaperError, match="could not be displayed"):
        papers.pdf("trial", {**DATA, "words": "😀"})
