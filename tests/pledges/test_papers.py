"""What is printed: tagged PDFs that say what they are, with codes that lead to the form, whatever people typed."""

import io

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.test import Client

from core.scope import NOBODY, scope
from pledges import papers
from pledges.messages import link_to
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db
HOSTILE = '#eval("1") $x$ \\ "quoted" ' + "Ltd " * 20 + "😀 שלום"


@pytest.fixture
def event():
    return made.event()


def pledge(event, business="Old Bank Kitchen"):
    with scope(NOBODY):
        return made.pledge(event=event, business=business)


def structure(document):
    """Every element of the structure tree, as (kind, alternative text)."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append((str(node.S), str(node.get("/Alt", ""))))
            if "/K" in node:
                walk(node.K)

    walk(document.Root.StructTreeRoot.K)
    return found


def faults(pdf):
    """What PDF/UA-1 asks of a file that a test can see."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root, tree = document.Root, structure(document)
        with document.open_metadata() as meta:
            said = {
                "part": meta.get("pdfuaid:part") == "1",
                "title": bool(meta.get("dc:title")),
                "language": str(root.get("/Lang", "")).lower() == "en-gb",
                "shows its title": bool(root.ViewerPreferences.DisplayDocTitle),
                "marked": bool(root.MarkInfo.Marked),
                "a heading": any(kind.startswith("/H") for kind, _alt in tree),
                "alternative texts": all(alt for kind, alt in tree if kind == "/Figure"),
            }
    return sorted(name for name, good in said.items() if not good)


def codes(pdf):
    """What the QR codes of the first page say."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(picture)}


def words(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize("make", [papers.poster, lambda e: papers.poster(e, "a4"), papers.cards])
def test_an_events_papers_are_tagged_and_lead_to_its_form(event, make):
    pdf = make(event)
    assert faults(pdf) == []
    assert codes(pdf) == {papers.address_of(event)}


def test_a_certificate_is_tagged_and_says_what_was_promised(event):
    pdf = papers.certificate(pledge(event))
    assert faults(pdf) == []
    assert "Old Bank Kitchen" in words(pdf)


def test_what_is_missing_is_found(event):
    """The control: a file without its title and one picture's alternative text."""
    with pikepdf.open(io.BytesIO(papers.poster(event))) as document:
        document.Root.MarkInfo.Marked = False
        del document.Root.Lang
        changed = io.BytesIO()
        document.save(changed)
    assert faults(changed.getvalue()) == ["language", "marked"]


def test_hostile_words_are_only_words(event):
    pdf = papers.certificate(pledge(event, business=HOSTILE[:120]))
    assert faults(pdf) == [] and '#eval("1")' in words(pdf).replace("\n", " ").replace("\r", "")


def test_the_same_pledge_gives_the_same_paper_whatever_became_of_it(event):
    row = pledge(event)
    before = papers.certificate(row)
    with factories.as_worker():
        type(row).objects.filter(pk=row.pk).update(state="kept", places_started=2)
    row.refresh_from_db()
    assert papers.certificate(row) == before


def test_the_certificate_opens_by_the_link_alone(event):
    with scope(NOBODY):
        path = link_to(pledge(event))
    answer = Client().get(f"{path}certificate.pdf")
    assert (answer.status_code, answer["Content-Type"], answer["Referrer-Policy"]) == (
        200, "application/pdf", "no-referrer",
    )  # fmt: skip
    assert Client().get("/k/unknown/certificate.pdf").status_code == 404


@pytest.mark.parametrize("paper", ["poster-a3", "poster-a4", "table-card"])
def test_officers_print_their_own_events_papers_only(event, sign_in, paper):
    there = sign_in("support_officer")
    assert there.get(f"/desk/events/{event.code}/{paper}.pdf")["Content-Type"] == "application/pdf"
    elsewhere = sign_in("support_officer", partnership=factories.partnership("derbyshire"))
    assert elsewhere.get(f"/desk/events/{event.code}/{paper}.pdf").status_code == 404
    assert Client().get(f"/desk/events/{event.code}/{paper}.pdf").status_code != 200


@pytest.mark.parametrize("name", [HOSTILE[:100], "W" * 100, "😀" * 100, "שלום مرحبا " * 9, "你好" * 50])
@pytest.mark.parametrize("make", [papers.poster, lambda e: papers.poster(e, "a4"), papers.cards])
def test_long_and_strange_names_stay_on_one_sheet_and_off_the_code(event, make, name):
    event.name = event.place = name
    event.text_to = "+44 7700 900123 4567"
    pdf = make(event)
    assert faults(pdf) == [] and codes(pdf) == {papers.address_of(event)}
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1 and outside(document[0]) == []


def outside(page):
    """The boxes of letters that reach over the edge of the page."""
    width, height = page.get_size()
    text = page.get_textpage()
    boxes = [text.get_charbox(at) for at in range(text.count_chars())]
    return [box for box in boxes if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height]


def test_a_letter_over_the_edge_is_found(event, monkeypatch):
    """The control: a title that may not break runs off the sheet."""
    monkeypatch.setattr(papers, "_", lambda words: words.replace("Open a door.", "O" * 60))
    assert outside(pypdfium2.PdfDocument(papers.poster(event))[0])
