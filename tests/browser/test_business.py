"""A business's page about an introduction, in every state: full of long words, with errors, and when it is over."""

import os
from urllib.parse import urlsplit

import pytest

from introductions import business_messages
from introductions.models import Introduction
from tests import factories
from tests.browser import test_states
from tests.browser.pages import needs_chromium
from tests.browser.test_states import everything, problems, report

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db(transaction=True)]
full, story, chromium = test_states.full, test_states.story, test_states.chromium
OPEN = ("introduced", "meeting", "interview", "offered", "checks", "started")


def links() -> dict[str, str]:
    """state -> the path of the page."""
    with factories.as_worker():
        Introduction.objects.filter(state__in=["meeting", "interview"]).update(
            meets_at="2027-03-01T10:30Z", meets_where=test_states.NAME
        )
        rows = Introduction.objects.select_related("opportunity__pledge").order_by("pk")
        return {row.state: urlsplit(business_messages.link_to(row)).path for row in rows}


def test_a_business_in_every_state(story, full, chromium):
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    found, kinds = [], set()
    for state, path in links().items():
        if state in OPEN:
            more, seen = everything(page, f"{story.address}{path}")
            found, kinds = [*found, *more], kinds | seen
        else:
            page.goto(f"{story.address}{path}")
            assert "This has ended. Thank you." in page.content()
            found += problems(page, state)
    assert found == [], report(found)
    assert {"introductions:show-known-link", "introductions:answer-known-link", "errors"} <= kinds
