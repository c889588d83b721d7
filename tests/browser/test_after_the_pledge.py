"""The pages behind a pledge's link, as a phone without JavaScript sees them: each usable, narrow and accessible."""

import os

import pytest

from tests.browser.pages import browser, needs_chromium
from tests.browser.test_pages import too_wide

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium]


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture
def address(running):
    return running.facts()["address"]


def pledge(page, address):
    """A job, made with two taps and two fields. Gives the address of its link."""
    page.goto(f"{address}pledge/")
    page.locator("label", has_text="Job").first.click()
    page.locator('input[name="business"]').fill("Corner Café")
    page.locator('input[name="reach"]').fill("jo@corner.example")
    page.locator("main form button").first.click()
    page.wait_for_url("**/saved/")
    return page.url.removesuffix("saved/")


def test_the_whole_way_without_javascript(chromium, address):
    page = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    link = pledge(page, address)
    page.get_by_role("link", name="Say more").click()
    asked = []
    while "/more/" in page.url:
        asked.append(page.locator("h1").inner_text())
        if page.locator("textarea").count():
            page.locator("textarea").fill("Help in the kitchen")
            page.get_by_role("button", name="Save and go back").click()
            page.get_by_role("button", name="Save and go on").click()  # the question before it
            assert page.locator("textarea").input_value() == "Help in the kitchen"
        page.get_by_role("button", name="Save and go on").click()
        assert len(asked) <= 6
    page.get_by_text("Help in the kitchen").first.wait_for()
    assert page.url == link and len(set(asked)) == len(asked) == 6
    page.get_by_role("link", name="Make another pledge").click()
    page.locator("label", has_text="Mentor").first.click()
    page.locator("main form button").first.click()
    page.get_by_text("Mentor or buddy, from Corner Café").first.wait_for()
    assert not page.url.startswith(link)


def test_none_has_an_axe_violation_or_scrolls_sideways(chromium, address):
    from axe_playwright_python.sync_playwright import Axe

    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    link = pledge(page, address)
    found = []
    steps = [f"more/{name}/" for name in ("place", "words", "month", "work", "colleague", "silence")]
    for path in ["", "saved/", "another/", "contact/", "change/", *steps]:
        answer = page.goto(f"{link}{path}")
        assert answer.status == 200 and page.url == f"{link}{path}"
        found += [f"{path} {item['id']}" for item in Axe().run(page).response["violations"]]
        found += [f"{path} scrolls sideways at {width}" for width in (320, 1280) if too_wide(page, width)]
        page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
