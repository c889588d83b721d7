"""Finding something on a phone without JavaScript, with the keyboard alone."""

import os

import pytest

from tests.browser.pages import browser, needs_chromium

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium]
MOST_TABS = 60


def tab_to(page, what: str) -> None:
    """Press Tab until the focus is on a control of this name, or one that says this."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and (here.get_attribute("name") == what or what in here.inner_text()):
            return
    raise AssertionError(f"{what}: {MOST_TABS} times Tab do not reach it on {page.url}")


@pytest.fixture(scope="module")
def page():
    with browser() as chromium:
        yield chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()


def test_something_near_is_found_and_read_by_keyboard_without_javascript(page, finished):
    instance, _answer = finished
    page.goto(f"{instance.facts()['address']}opportunities/")
    tab_to(page, "Filter")
    page.keyboard.press("Enter")
    tab_to(page, "place")
    page.keyboard.type("NG18 1AB")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*place=NG18*")
    first = page.locator("ul.cards h3 a").first.inner_text()
    tab_to(page, first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/opportunities/*-*/")
    assert page.locator("h1").inner_text() == first
    tab_to(page, "easy words")
    page.keyboard.press("Enter")
    page.wait_for_url("**view=easy")
    assert page.locator("h1").inner_text() == first and page.get_by_text("Do you like this?").count() == 1


def test_planted_what_is_not_there_is_not_reached(page):
    page.set_content("<a href='#'>One</a>")
    with pytest.raises(AssertionError, match="Filter"):
        tab_to(page, "Filter")
