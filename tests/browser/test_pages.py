"""Every page of every role, looked at by a machine: accessible, narrow, light, and working without JavaScript."""

import os

import pytest

from tests.browser.pages import browser, needs_chromium, sign_in, walk

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium]
ROLES = [
    *("", "adviser", "team_manager", "coordinator", "support_officer"),  # and economic development: the same pages
    *("board_member", "ambassador", "employer_member", "operator", "young_person"),
]
LEAST = {"": 5, "adviser": 5, "coordinator": 20, "employer_member": 3, "operator": 3, "young_person": 5}
FIRST_VIEW, PLEDGE_VIEW = 25 * 1024, 20 * 1024  # bytes over the wire; the form has to come through venue Wi-Fi


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture
def address(finished):
    instance, _ = finished
    return instance.facts()["address"]


def home(page, address, role):
    if role:
        sign_in(page, address, role)
        return page.url
    return address


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_an_axe_violation_or_scrolls_sideways(role, chromium, address):
    from axe_playwright_python.sync_playwright import Axe

    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    found, visited = [], 0
    for url in walk(page, home(page, address, role)):
        visited += 1
        answer = Axe().run(page)
        found += [f"{url} {item['id']}: {item['nodes'][0]['html'][:120]}" for item in answer.response["violations"]]
        found += [f"{url} scrolls sideways at {width}" for width in (320, 1280) if too_wide(page, width)]
        page.set_viewport_size({"width": 1280, "height": 900})
    assert visited >= LEAST.get(role, 1)
    assert found == []


def too_wide(page, width) -> bool:
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


def test_planted_defects_are_found(chromium):
    from axe_playwright_python.sync_playwright import Axe

    page = chromium.new_page()
    page.set_content("<html><body><img src='x'><input><div style='width:2000px'>wide</div></body></html>")
    assert {"image-alt", "label", "html-has-lang"} <= {item["id"] for item in Axe().run(page).response["violations"]}
    assert too_wide(page, 320)


@pytest.mark.parametrize("path", ["", "opportunities/", "pledge/", "pledge/NTTGHM/", "sign-in/"])
def test_the_first_public_view_is_light(path, chromium, address):
    """All bytes over the wire with an empty cache, bodies as compressed by the server."""
    context = chromium.new_context()
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    sizes = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{address}{path}")
    page.wait_for_load_state("networkidle")
    assert 2_000 < sum(sizes) <= (PLEDGE_VIEW if path.startswith("pledge/") else FIRST_VIEW), sizes


def test_a_pledge_without_javascript(chromium, address):
    page = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    page.goto(f"{address}pledge/")  # not the event's: other tests count its pledges
    page.locator("label", has_text="ring me").first.click()
    page.locator('input[name="business"]').fill("Corner Café")
    page.locator('input[name="reach"]').fill("01632 960001")
    page.locator("main form button").first.click()
    assert "saved" in page.locator("h1").inner_text().lower()


def test_no_page_asks_anything_of_another_host(chromium, address):
    page = chromium.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for _ in walk(page, address):
        pass
    assert hosts == {address.split("/")[2]}
