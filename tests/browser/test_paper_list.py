"""A paper list of 31 young people, typed in real time at the pace of a slow typist, with the slips that people make.

The pace is that of the keystroke-level model (Card, Moran and Newell, "The keystroke-level model for user performance
time with interactive systems", Communications of the ACM 23(7), 1980, pages 396-410): 0.28 s a keystroke of an average
typist who is no secretary, 1.35 s to think before each field, 0.4 s from the keyboard to the pointer, 1.1 s to point.
"""

import os
import time

import pytest

from accounts.models import YoungPerson
from tests import factories
from tests.browser.pages import needs_chromium, sign_in
from tests.browser.story import product, reader

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.deep, needs_chromium, pytest.mark.django_db(transaction=True)]
KEY, THINK, HAND, POINT = 0.28, 1.35, 0.4, 1.1  # seconds
MINUTES = 20
WISHES = ("fixing cars", "kitchen work", "animals, outdoors", "an apprenticeship", "computers", "anything near home")
AREAS = ("NG18 1AA", "NG18 5", "NG18 1")
PAPER = [
    (f"{chr(65 + at % 26)}.{chr(75 + at // 26)}.", f"{at % 12 + 1} {2005 + at % 4}", AREAS[at % 3], WISHES[at % 6])
    for at in range(31)
]
BORN, AREA = 1, 2
SLIPS = {4: (BORN, "31 2007"), 12: (AREA, ""), 23: (BORN, "3 2080")}  # who is written down wrong, where and how
EVERY = 9  # at every ninth field a wrong key, seen at once and taken back


class Typist:
    """Somebody at the keyboard, as slow as the model says. keys, fields, sent: what was done so far."""

    def __init__(self, page) -> None:
        self.page, self.keys, self.fields, self.sent = page, 0, 0, 0

    def press(self, key: str) -> None:
        time.sleep(KEY)
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, words: str) -> None:
        """Think, and type into the field that has the focus."""
        time.sleep(THINK)
        self.fields += 1
        if self.fields % EVERY == 0:
            self.press("x")
            self.press("Backspace")
        for sign in words:
            self.press(sign)

    def put_right(self, wrong: str, right: str) -> None:
        """Read what is wrong, take it out and type it again. The page has put the focus into the field."""
        time.sleep(THINK)
        for _sign in wrong:
            self.press("Backspace")
        self.write(right)

    def row(self, cells, after: int = -1) -> None:
        """The fields of a row behind `after`, and on to the next row."""
        for words in cells[after + 1 :]:
            self.write(words)
            self.press("Tab")

    def send(self) -> None:
        """From the keyboard to the pointer, and press the button."""
        time.sleep(HAND + POINT + KEY)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Add them").click()
        self.page.locator("input:focus").wait_for()
        self.sent += 1
        time.sleep(HAND)


def type_all(typist: Typist) -> None:
    """Eight rows at a time. What came back stands in the first row; what is new goes below it."""
    waiting, back = list(enumerate(PAPER)), None
    while waiting or back is not None:
        room = 8
        if back is not None:
            at, wrong = back, SLIPS[back]
            typist.page.keyboard.press("End")
            typist.put_right(wrong[1], PAPER[at][wrong[0]])
            for _field in PAPER[at][wrong[0] :]:
                typist.press("Tab")
            back, room = None, 7
        for at, cells in waiting[:room]:
            if at in SLIPS:
                back, (where, wrong) = at, SLIPS[at]
                cells = (*cells[:where], wrong, *cells[where + 1 :])
            typist.row(cells)
        waiting = waiting[room:]
        typist.send()


def test_31_people_are_typed_from_paper_in_less_than_20_minutes():
    with product() as story, reader() as chromium:
        dana = factories.membership("adviser", of=factories.user("Dana Whitlock")).user
        page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        sign_in(page, f"{story.address}/", "adviser")
        began = time.monotonic()
        page.goto(f"{story.address}/adviser/people/")
        time.sleep(THINK + POINT + KEY)
        page.get_by_role("link", name="Add several from a list").click()
        page.wait_for_url("**/several/")
        page.locator("input:focus").wait_for()
        time.sleep(HAND)
        typist = Typist(page)
        type_all(typist)
        page.get_by_text("31 added").wait_for()
        took = time.monotonic() - began
    print(f"31 people: {took / 60:.1f} minutes, {typist.keys} keys, {typist.fields} fields, sent {typist.sent} times")
    with factories.as_worker():
        found = YoungPerson.objects.filter(adviser_links__worker=dana).order_by("pk")
        kept = {(one.label, f"{one.birth_month.month} {one.birth_month.year}") for one in found}
    assert kept == {(label, born) for label, born, _area, _wish in PAPER}
    assert took < MINUTES * 60
