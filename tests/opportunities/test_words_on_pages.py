"""Every word of the pages of opportunities is an ambassador's to change: each entry is found on a page, and no sentence
of the pages stands outside of them."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db.models import F

from core import clock
from core.models import PostcodeSector
from opportunities import needs, support, words, words_first
from opportunities.models import Entitlement, Opportunity, UnpaidReason, Wording
from opportunities.plain_english import OLDEST, reading_age
from pledges.models import Category, Employer, PledgeKind
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
LIST = "/opportunities/"
MARK = re.compile(r"‹\d+›")
# Labels of what is pressed, chosen or looked at, and times of day: not words of an ambassador.
LABELS = {"Back", "Next", "Page", "Pages", "Clear all", "Open now", "…"}
GROUPS = [entries for _name, entries in words_first.PAGES]
MONTHS = r"January|February|March|April|May|June|July|August|September|October|November|December"
DATA = ("Qtitle", "Qsummary", "Qbring", "Qspare", "Qcourse", "Qtown", "Qwords", "host.example", "testserver")


def mark_all() -> dict[str, str]:
    """Key -> the mark that stands in its words now."""
    by, marks = factories.user(), {}
    for number, one in enumerate(words.ON_PAGES, 1_000):
        marks[one.key] = f"‹{number}›"
        text = " ".join([marks[one.key], *words.HOLES.findall(str(one.first))])
        Wording.objects.create(key=one.key, text=text, by=by)
    return marks


def one(number: int, **more) -> Opportunity:
    """An opportunity whose own words begin with Q."""
    values = {"title": "Qtitle", "summary": "Qsummary.", "town": "Qtown", "bring": "Qbring", "not_needed": "Qspare"}
    return make.published(make.employer(f"Qbusiness {number}"), **{**values, **more})


def known_sector() -> PostcodeSector:
    return PostcodeSector.objects.filter(code__contains=" ").earliest("code")


def put(some: list[Opportunity], **values) -> None:
    """As if they had been published with these."""
    Opportunity.objects.filter(pk__in=[row.pk for row in some]).update(**values, version=F("version") + 1)


def rows() -> list[Opportunity]:
    """Opportunities that between them have all there is to say."""
    day = clock.today() + dt.timedelta(days=20)
    sector = known_sector()
    units = [(n, unit) for unit in ("days", "weeks", "months") for n in (1, 2)]
    found = [
        one(1, needs_mask=needs.ALL, support_mask=sum(each.mask for each in support.SUPPORT), paid_weekly=True,
            meet_first=True, named_contact=True, guaranteed_interview=True, travel_paid=True, training_beside="Qcourse",
            starts_on=day + dt.timedelta(days=20), closes_on=day, day_starts=dt.time(5), day_ends=dt.time(13),
            places=1, pay_pence=1271),
        one(2, kind_code="guaranteed-interview", go_by="own", own_link="https://host.example/", own_words="Qwords",
            guaranteed_interview=True, closes_on=day),
        one(3, kind_code="apprenticeship", pay_pence=1400, no_experience=False),
        one(4, kind_code="site-visit", pay_pence=None, hours_a_week=None),
        one(5, min_age=16, pay_pence=900, training_beside="Qcourse"),
        one(6, min_age=16, pay_pence=900, training_beside="Qcourse"),
        one(7, no_qualifications=False, pay_pence=1271),
        one(8, no_experience=False),
        one(9, remote=True, category=make.category("animal-care")),
        one(10, kind_code="work-experience", pay_pence=None, unpaid_reason=make.reason("watching")),
        one(11, town=""),
        *(one(60 + miles, easting=sector.easting + miles * 1609, northing=sector.northing) for miles in (0, 1, 3)),
        one(70, easting=sector.easting + 300_000, northing=sector.northing, category=make.category("transport")),
        *(one(20 + number, lasts=n, lasts_unit=unit) for number, (n, unit) in enumerate(units)),
    ]  # fmt: skip
    put([found[5], found[7]], hours_a_week=None)
    for reason in words_first.SAID_REASONS:
        row = one(40 + len(found))
        put([row], min_age_reason=reason)
        found.append(row)
    return found


@pytest.fixture
def pages(sign_in):
    """What a visitor reads, by address."""
    marks, visitor, found = mark_all(), sign_in(), {}

    def read(address: str, status: int = 200) -> None:
        answer = visitor.get(address)
        assert answer.status_code == status, address
        found[f"{len(found)} {address}"] = answer.content.decode()

    read(LIST)
    read("/embed/opportunities/")
    everything = rows()
    shut, paused = one(90), one(91)
    near = f"?place={known_sector().code}"
    for query in ("", "?page=2", "?sort=newest", "?remote=1", "?kind=site-visit", "?kind=guaranteed-interview",
                  "?q=zzz", "?q=pot+washer", near, f"{near}&miles=2", f"{near}&miles=2&kind=site-visit",
                  f"{near}&miles=40",
                  f"{near}&miles=2&kind=apprenticeship", f"{near}&miles=2&category=transport", "?age=16-17",
                  f"{near}&kind=site-visit", "?category=animal-care", f"{near}&q=Qbusiness+61&miles=10",
                  "?badge=paid-weekly"):  # fmt: skip
        read(LIST + query)
    read("/embed/opportunities/")
    for row in everything:
        read(f"{LIST}{row.public_id}/")
        read(f"{LIST}{row.public_id}/?view=easy")
    second = one(92, remote=True)
    read(f"{LIST}?remote=1")
    Opportunity.objects.filter(pk=shut.pk).update(state="closed", live=False)
    Opportunity.objects.filter(pk=paused.pk).update(state="paused", live=False)
    read(f"{LIST}{shut.public_id}/", 410)
    read(f"{LIST}{paused.public_id}/", 404)
    assert second.live
    return marks, found


def strange(html: str) -> list[str]:
    """The words of a page that are neither an ambassador's nor a label, a name or a figure."""
    main = re.search(r"<main.*?</main>", html, re.S)
    assert main
    body = re.sub(
        r'<details class="filters">.*?</form></details>|<a class="chip chip--off".*?</a>|<svg.*?</svg>',
        "",
        main[0],
        flags=re.S,
    )
    said = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', body)
    said += re.findall(r'property="og:\w+" content="([^"]*)"', html) + re.findall(
        r"<title>(.*?) - First Rung</title>", html
    )
    texts = [unescape(part).strip() for part in [*re.split(r"<[^>]+>", body), *said]]
    names = sorted(_names(), key=len, reverse=True)
    return [text for text in texts if text not in LABELS and re.search("[A-Za-z]", _bare(text, names))]


def _names() -> set[str]:
    tables = [PledgeKind.objects, Category.objects, Employer.objects]
    found = {name for table in tables for name in table.values_list("name", flat=True)}
    for entry in Entitlement.objects.all():
        found |= {entry.words, entry.source}
    found |= set(UnpaidReason.objects.values_list("name", flat=True))
    return found | {*DATA, known_sector().code}


def _bare(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, "")
    return re.sub(rf"{MARK.pattern}|{MONTHS}|https?://\S+|zzz|pot washer", "", text)


def test_every_word_of_the_pages_is_an_entry_and_every_entry_is_read(pages):
    marks, found = pages
    whole = unescape("\n".join(found.values()))
    assert [key for key, mark in marks.items() if mark not in whole] == []
    assert {address: left for address, html in found.items() if (left := strange(html))} == {}


def test_planted_a_sentence_straight_in_a_page_is_found():
    assert strange("<title>x</title><main><p>‹1000› £9 Planted words.</p></main>")[0] == "‹1000› £9 Planted words."
    assert strange('<main><p aria-label="Planted words">‹1000› 4 May</p></main>') == ["Planted words"]
    assert strange("<main><p>‹1000› 12 May, £9.50</p></main>") == []


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: next(iter(group)))
def test_the_words_of_each_group_are_read_at_eleven(group):
    whole = "\n".join(words.HOLES.sub("4", str(first)) for first in group.values())
    assert reading_age(whole) <= OLDEST, reading_age(whole)
    hard = [str(first) for first in group.values() if str(first).endswith(".") and reading_age(str(first)) > OLDEST]
    assert hard == []
