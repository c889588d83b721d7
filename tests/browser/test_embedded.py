"""The list in a frame of another site, in a browser that keeps other sites' cookies out."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.pages import CHROMIUM, FLAGS, needs_chromium

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium]
PARTNER = "http://partner.example/"
# The partner's page is answered by the test and so has no place on the network: without the second, no frame of it
# may show this machine.
MORE_FLAGS = ["--test-third-party-cookie-phaseout", "--disable-features=LocalNetworkAccessChecks"]


@pytest.fixture
def context():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MORE_FLAGS])
        yield chromium.new_context()
        chromium.close()


def framed(context, url: str):
    """The partner's page, with this address in a frame of it."""
    html = f'<!doctype html><iframe title="x" width="400" height="800" src="{url}"></iframe>'
    context.route(PARTNER, lambda route: route.fulfill(content_type="text/html", body=html))
    page = context.new_page()
    page.goto(PARTNER)
    return page


def test_the_list_shows_without_cookies_and_its_links_open_outside(finished, context):
    address = finished[0].facts()["address"]
    page = framed(context, f"{address}embed/opportunities/")
    cards = page.frame_locator("iframe").locator(".card")
    cards.first.wait_for()
    assert cards.count() > 10 and context.cookies() == []
    with context.expect_page() as opened:
        cards.first.locator("a").click()
    opened.value.wait_for_load_state()
    assert opened.value.url.startswith(f"{address}opportunities/") and opened.value.evaluate("window.opener") is None


def test_no_other_page_shows_in_a_frame(finished, context):
    address = finished[0].facts()["address"]
    with context.expect_event("requestfailed") as refused:
        page = framed(context, f"{address}opportunities/")
    assert refused.value.url == f"{address}opportunities/"
    assert page.frame_locator("iframe").locator(".card").count() == 0
