"""A digest as HTML, and the pages behind its links, in a browser: accessible, by day and by night, and narrow."""

import os
import re

import pytest
from django.test import Client

from notifications.as_html import as_html
from notifications.registry import Mail
from tests.browser.pages import browser, needs_chromium
from tests.browser.test_check_ins import looked_at
from tests.browser.test_pages import too_wide
from tests.matching.conftest import world  # noqa: F401 (a fixture)
from tests.matching.test_from_mail import ADDRESS, write

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, pytest.mark.django_db, needs_chromium]


def everything(adviser) -> dict[str, str]:
    """The mail, and each page in its states: name -> HTML."""
    text = write(adviser)
    taps = {said: path for path, said in ADDRESS.findall(text)}
    stop = re.search(r"/k/[\w-]+/emails/", text)[0]
    found = {said: Client().get(path) for said, path in taps.items()}
    found["no reason"] = Client().post(taps["not-now"])
    found["done"] = Client().post(taps["later"], follow=True)
    found["said since"] = Client().get(taps["talk"])
    found["over"] = Client().get("/k/nobody-knows-this/emails/")
    found["stop"] = Client().get(stop)
    found["stopped"] = Client().post(stop, {"List-Unsubscribe": "One-Click"})
    pages = {name: looked_at(answer.content.decode()) for name, answer in found.items()}
    return {"mail": as_html(Mail("1 new match", text)), **pages}


def test_none_has_an_axe_violation_or_scrolls_sideways(world):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    found = []
    pages = everything(world["mine"]["adviser"])
    looks = [("light", name) for name in pages] + [("dark", "mail")]
    with browser() as chromium:
        for scheme, name in looks:
            page = chromium.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})
            page.set_content(pages[name])
            answer = Axe().run(page)
            found += [
                f"{scheme} {name} {item['id']}: {item['nodes'][0]['html']}" for item in answer.response["violations"]
            ]
            found += [f"{name} scrolls sideways at {width}" for width in (320, 1280) if too_wide(page, width)]
            page.close()
    assert found == []
