"""The pages of check-ins in a browser: accessible, and narrow. Nothing runs behind them: it shows a test's."""

import os
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests import factories
from tests.browser.pages import browser, needs_chromium
from tests.browser.test_pages import too_wide
from tests.introductions.staying_made import check_in, link_of, person, say, started
from tests.introductions.test_staying import go

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
SHOTS = os.environ.get("FR_SHOTS", "")
pytestmark = [pytest.mark.battery, pytest.mark.django_db, needs_chromium]


def looked_at(html: str) -> str:
    """The page with its style sheets written into it, and without scripts."""
    html = re.sub(r"<script\b.*?</script>", "", html, flags=re.S)
    links = re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="/static/([^"?]+)[^>]*>', html)
    assert links
    sheets = "".join(Path(finders.find(name)).read_text() for name in links)
    return html.replace("</head>", f"<style>{sheets}</style></head>")


def everything(sign_in) -> dict[str, str]:
    """Each page in its states: name -> HTML."""
    worker = factories.adviser()
    start = started(person(worker=worker, account=True))
    go("week4")
    links = {side: link_of(check_in(start, "week4", side)) for side in ("young_person", "employer")}
    found = {f"{side}, asked": Client().get(path) for side, path in links.items()}
    found["business, wrong"] = Client().get(f"{links['employer']}wrong/")
    say(start, "good", "day1")
    for side, path in links.items():
        say(start, "not_well", "week4", side)
        found[f"{side}, not well"] = Client().get(path)
        found[f"{side}, too long"] = Client().post(path, {"words": "x" * 501})
    own, hers = sign_in(user=start.person.user), sign_in(user=worker)
    of_hers = f"/adviser/introductions/{start.introduction.public_id}/"
    found["own"] = own.get(f"/me/introductions/{start.introduction.public_id}/")
    found["own question"] = own.get(f"/me/introductions/{start.introduction.public_id}/how/week4/")
    found["hers"] = hers.get(of_hers)
    found["her question"] = hers.get(f"{of_hers}how/week4/")
    found["her link"] = hers.post(f"{of_hers}how/week4/", {"do": "link"})
    found["monday"] = hers.get("/adviser/")
    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 200} == {}
    return {name: looked_at(answer.content.decode()) for name, answer in found.items()}


def test_none_has_an_axe_violation_or_scrolls_sideways(sign_in):
    from axe_playwright_python.sync_playwright import Axe

    found = []
    pages = everything(sign_in)
    with browser() as chromium:
        page = chromium.new_page()
        for name, html in pages.items():
            page.set_viewport_size({"width": 1280, "height": 900})
            page.set_content(html)
            answer = Axe().run(page)
            found += [
                f"{name} {item['id']}: {item['nodes'][0]['html'][:120]}" for item in answer.response["violations"]
            ]
            found += [f"{name} scrolls sideways at {width}" for width in (320, 1280) if too_wide(page, width)]
            if SHOTS:
                page.set_viewport_size({"width": 390, "height": 800})
                page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert found == []
