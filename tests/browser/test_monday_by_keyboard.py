"""Monday's page on a narrow phone without JavaScript, with the keyboard alone."""

import os

import pytest

from core.scope import EVERYTHING, scope
from introductions.models import Permission
from tests import factories
from tests.browser.pages import needs_chromium, sign_in
from tests.browser.story import product, reader
from tests.browser.test_finding import tab_to
from tests.introductions import factories as chain

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db(transaction=True)]


def test_somebody_is_asked_by_keyboard_at_320_pixels():
    with product() as story, reader() as chromium:
        dana = factories.membership("adviser", of=factories.user("Dana Whitlock")).user
        row = chain.interested(factories.young_person(worker=dana, label="K.M."))
        page = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}).new_page()
        sign_in(page, f"{story.address}/", "adviser")
        tab_to(page, "Ask them")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ask/")
        for field, words in (("name", "Kai"), ("way", None), ("reach", "0115 496 0000"), ("who_knows", "Jo")):
            tab_to(page, field)
            page.keyboard.type(words) if words else page.keyboard.press("Space")
        tab_to(page, "Show the words")
        page.keyboard.press("Enter")
        page.get_by_text("The business would read exactly this").wait_for()
        tab_to(page, "Ask them with these words")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{row.public_id}/")
        with factories.as_worker(), scope(EVERYTHING):
            assert Permission.objects.get(introduction=row).words["name"] == "Kai"
