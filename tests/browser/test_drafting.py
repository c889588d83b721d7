"""A business's own draft and its questions, behind its link: accessible and narrow."""

import os
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from opportunities.by_business import BY_CODE
from tests.browser.pages import browser, needs_chromium
from tests.browser.test_pages import too_wide
from tests.introductions.test_home import approve, door
from tests.opportunities import factories as make

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db]
HOST = "http://localhost"


def serve(route, pages) -> None:
    """Answers the browser: files of the look, and pages that were asked for before (`pages`, by path)."""
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        route.fulfill(path=finders.find(path.removeprefix("/static/")))
    else:
        route.fulfill(status=pages[path].status_code, content_type="text/html", body=pages[path].content)


def faults(page, url: str) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(url)
    found = [f"{url} {item['id']}: {item['nodes'][0]['html'][:120]}" for item in Axe().run(page).response["violations"]]
    found += [f"{url} scrolls sideways at {width}" for width in (320, 1280) if too_wide(page, width)]
    return found if answer.status == 200 else [f"{url} answers {answer.status}"]


def test_a_draft_and_its_questions(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    row = make.draft(make.employer("Old Bank Kitchen"), summary="Our own words", pay_pence=None, min_age=18)
    approve(row.pledge.contact)
    home = door(row.pledge.contact)
    draft = f"{home}drafts/{row.public_id}/"
    addresses = [home, draft, *(f"{draft}{code}/" for code in BY_CODE)]
    assert len(addresses) == 7
    pages = {path: Client().get(path) for path in [*addresses, "/nowhere/"]}
    with browser() as chromium:
        page = chromium.new_page()
        page.route("**/*", lambda route: serve(route, pages))
        assert [fault for path in addresses for fault in faults(page, f"{HOST}{path}")] == []
        assert faults(page, f"{HOST}/nowhere/") == [f"{HOST}/nowhere/ answers 404"]
