"""The pledge wall: what counts, who is named, what it asks of the database, and when it says nothing new."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.scope import NOBODY, scope
from pledges import services
from pledges.models import Employer, Pledge, PledgeKind
from pledges.wall import KINDS, NEWEST, SHOWN, wall_of
from tests import factories
from tests.look.sheet import ROOT, SHEET, contrast, same_rule_pairs, tokens
from tests.pledges import made

pytestmark = pytest.mark.django_db
CSS = (ROOT / "static/css/wall.css").read_text(encoding="utf-8")


@pytest.fixture
def event():
    return made.event()


@pytest.fixture
def screen():
    return Client(raise_request_exception=False)


def pledge(event, name="Old Bank Kitchen", *, shown=False, **more):
    email = f"jo@{re.sub('[^a-z0-9]', '', name.lower())[:30]}.example"
    with scope(NOBODY):
        row = made.pledge(event=event, business=name, reach=made.reach(email), **more)
        if shown:
            Pledge.objects.filter(pk=row.pk).update(show_business=True)
    return row


def now(screen, event, **headers):
    return screen.get(f"/pledge/{event.code}/wall/now/", headers=headers)


def words_of(page):
    assert page.status_code == 200, page.status_code
    return page.content.decode()


def test_an_empty_wall_invites(screen, event):
    page = words_of(screen.get(f"/pledge/{event.code.lower()}/wall/"))
    assert "Be the first" in page and f"/pledge/{event.code}" in page and "from <b>0</b>" not in page
    assert f'src="/pledge/{event.code}/code.svg"' in page and "http-equiv" not in page
    assert not screen.cookies


def test_counts_kinds_and_places(event):
    pledge(event, places=3)
    pledge(event, places=2, code="apprenticeship")
    pledge(event, "Toolbox Direct", places=10, code="kit")
    pledge(event, "Toolbox Direct", places=1, code="undecided")
    pledge(event, "Third Firm", places=1)
    wall = wall_of(event.code)
    assert (wall.pledges, wall.businesses, wall.places) == (5, 3, 6), "kit and calls are no places"
    assert next((kind.code, kind.pledges) for kind in wall.kinds) == ("ringfenced-job", 2)
    assert sum(kind.pledges for kind in wall.kinds) == 5


def test_kinds_that_do_not_fit_are_one_line(screen, event):
    codes = [kind.code for kind in PledgeKind.objects.filter(valid_to__isnull=True).order_by("position")]
    for count in range(1, KINDS + 3):
        pledge(event, f"Firm {count}", code=codes[count - 1])
        wall = wall_of(event.code)
        assert sum(kind.pledges for kind in wall.kinds) + wall.others == count
        assert (len(wall.kinds), wall.others) == ((count, 0) if count <= KINDS + 1 else (KINDS, 2))
    page = words_of(now(screen, event))
    assert page.count("<li>") == KINDS + 1 and "Other kinds" in page


def test_a_long_address_may_break_after_its_strokes_only(screen, event):
    assert f"/<wbr>pledge/<wbr>{event.code}<wbr></b>" in words_of(screen.get(f"/pledge/{event.code}/wall/"))


def test_what_is_held_back_or_taken_back_or_elsewhere_does_not_count(event):
    kept, held, gone = pledge(event), pledge(event, "Held Ltd", shown=True), pledge(event, "Gone Ltd", shown=True)
    pledge(made.event(), "Elsewhere Ltd", shown=True)
    Pledge.objects.filter(pk=held.pk).update(held_back="many_at_event")
    with scope(NOBODY):
        services.move_pledge(pledge=gone, name="withdraw", role="giver")
    wall = wall_of(event.code)
    assert (wall.pledges, wall.businesses, wall.places) == (1, 1, kept.places) and wall.newest == ()


def test_a_business_is_named_only_when_it_agreed(screen, event):
    pledge(event, "Quiet Bakery")
    pledge(event, "Proud Motors", shown=True)
    page = words_of(now(screen, event))
    assert "Proud Motors" in page and "Quiet Bakery" not in page


def test_the_control_without_the_condition_the_quiet_one_would_be_named(event, monkeypatch):
    monkeypatch.setattr("pledges.wall.SHOWN", SHOWN.replace("AND show_business", ""))
    pledge(event, "Quiet Bakery")
    assert [each.business for each in wall_of(event.code).newest] == ["Quiet Bakery"]


def test_a_stopped_business_is_not_named(event):
    row = pledge(event, "Proud Motors", shown=True)
    Employer.objects.filter(pk=row.employer_id).update(state="stopped")
    assert wall_of(event.code).newest == ()


def test_the_newest_business_comes_first_and_each_once(event):
    for name, words in (("First", ""), ("Second", ""), ("First", "and more")):
        pledge(event, name, shown=True, words=words)
    assert [each.business for each in wall_of(event.code).newest] == ["First", "Second"]


def test_seven_hundred_pledges_cost_what_one_costs(screen, event):
    counts = []
    for start, count in ((0, 1), (1, 699)):
        rows = [made.row(Business=f"Firm {n}", Email=f"a@firm-{n}.example") for n in range(start, start + count)]
        with scope(NOBODY):
            from pledges import imports

            sheet = imports.read_sheet(made.csv_of(*rows), "a.csv")
            imports.apply(event=event, sheet=sheet, mapping=imports.map_columns(sheet.header), by=None)
        Pledge.objects.update(show_business=True)
        for path, budget in ((f"/pledge/{event.code}/wall/now/", 2), (f"/pledge/{event.code}/wall/", 3)):
            with CaptureQueriesContext(connection) as found:
                page = words_of(screen.get(path))
            asked = [q for q in found if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
            counts.append(len(asked))
            assert len(asked) <= budget and len(page) < 16_000
    assert counts[:2] == counts[2:]
    wall = wall_of(event.code)
    assert (wall.pledges, len(wall.newest), wall.more) == (700, NEWEST, 700 - NEWEST)


def test_names_are_words_whatever_they_hold(screen, event):
    pledge(event, '<script>alert(1)</script>"&', shown=True)
    pledge(event, "W" * 120, shown=True)
    page = words_of(now(screen, event))
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "W" * 120 in page


# --- what is new


def test_an_unchanged_wall_is_a_short_answer(screen, event):
    first = now(screen, event)
    tag = first["ETag"]
    again = now(screen, event, if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"") and again["ETag"] == tag
    weak = tag if tag.startswith("W/") else f"W/{tag}"
    assert now(screen, event, if_none_match=weak).status_code == 304
    pledge(event)
    fresh = now(screen, event, if_none_match=tag)
    assert fresh.status_code == 200 and fresh["ETag"] != tag


def test_the_fragment_is_only_a_fragment(screen, event):
    page = now(screen, event)
    assert "<html" not in words_of(page) and page["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["wall/", "wall/now/", "code.svg", "promises/"])
@pytest.mark.parametrize("code", ["ZZZZZZ", "AB%00CD", "B" * 300])
def test_an_unknown_event_is_not_there(screen, path, code):
    assert screen.get(f"/pledge/{code}/{path}").status_code == 404


def test_nobody_writes_there(screen, event):
    assert screen.post(f"/pledge/{event.code}/wall/").status_code == 404


def test_the_code_of_the_wall_leads_to_the_form(screen, event):
    picture = screen.get(f"/pledge/{event.code}/code.svg")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content and b"style" not in picture.content


def test_an_officer_sees_the_same_wall(sign_in, screen, event):
    pledge(event, "Proud Motors", shown=True)
    officer = sign_in("coordinator", partnership=factories.partnership("derbyshire"))
    assert words_of(now(officer, event)) == words_of(now(screen, event))


# --- the look


def faint(css):
    """Pairs of one rule, and the colours of words on the wall's ground, below 7 to 1."""
    known = tokens(SHEET)
    ground = known["--deep"].removeprefix("#")
    root = ":root{" + ";".join(f"{name}:{value}" for name, value in known.items()) + "}"
    pairs = [(text, back) for _selector, text, back in same_rule_pairs(root + css)]
    alone = re.findall(r"\{([^{}]*)\}", css)
    for body in alone:
        found = re.search(r"(?:^|;)color:var\((--[\w-]+)\)", body)
        if found and "background" not in body and found[1] != "--ink":
            pairs.append((known[found[1]].removeprefix("#"), ground))
    return [pair for pair in pairs if contrast(*pair) < 7], len(pairs)


def test_words_on_the_wall_stand_out_at_seven_to_one():
    weak, pairs = faint(CSS)
    assert weak == [] and pairs >= 5


def test_a_faint_colour_on_the_wall_is_caught():
    assert faint(CSS + ".x{color:var(--edge)}")[0] and faint(CSS.replace("--deep", "--tomato"))[0]


def test_the_walls_sheet_stays_small():
    assert len(CSS.encode()) < 5_000
