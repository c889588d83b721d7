"""Every page of the people around an introduction, in every state: empty, full of long words, and with errors."""

import os
from urllib.parse import urldefrag, urlsplit

import pytest
from django.test import Client

from accounts.models import YoungPersonContact
from core import clock
from core.scope import NOBODY, scope
from introductions.models import Introduction
from pledges.models import EmployerContact
from tests import factories
from tests.browser.pages import FILES, kind_of_page, needs_chromium
from tests.browser.story import product, reader
from tests.browser.test_pages import too_wide
from tests.introductions import chain
from tests.matching import factories as matching
from tests.opportunities import factories as made

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db(transaction=True)]
LONG = "Wolfeschlegelsteinhausenbergerdorff"  # one word, as no page may rely on a place to break
LABEL, NAME = f"{LONG} MMM"[:40], f"{LONG}, {LONG} and Daughters of {LONG}"[:100]
MOST = 400  # pages of one role: a bound for a walk that went astray


@pytest.fixture
def story():
    with product() as found:
        yield found


@pytest.fixture
def chromium():
    with reader() as found:
        yield found


def signed_in(chromium, story, user):
    """A page of somebody who is signed in."""
    client = Client()
    factories.sign_in(client, user=user)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": story.address}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def problems(page, what: str) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page)
    found = [f"{what} {item['id']}: {item['nodes'][0]['html'][:160]}" for item in answer.response["violations"]]
    found += [f"{what} scrolls sideways at {width}" for width in (320, 1280) if too_wide(page, width)]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def report(found: list[str]) -> str:
    return f"{len(found)} problems:\n" + "\n".join(found)


EMPTY = """form => { for (const field of form.elements) {
  if (field.type === "hidden" || field.tagName === "BUTTON") continue;
  if (["radio", "checkbox"].includes(field.type)) field.checked = false;
  else field.value = "";
} }"""


def with_errors(page, url: str, kinds: set[str]) -> list[str]:
    """Each form of the page that asks for something, sent empty; looked at where it says that something is missing."""
    found = []
    for number in range(page.locator("main form[method=post]").count()):
        form = page.locator("main form[method=post]").nth(number)
        if not form.locator("input:not([type=hidden]):visible, textarea:visible, select:visible").count():
            continue
        form.evaluate(EMPTY)
        with page.expect_navigation():
            form.evaluate("form => form.requestSubmit()")
        if page.locator(".error-summary, [aria-invalid=true]").count():
            kinds.add("errors")
            found += problems(page, f"{url} with errors")
        page.goto(url)
    return found


def everything(page, start: str) -> tuple[list[str], set[str]]:
    """(problems, kinds of pages): every page of the same first folder that links lead to, looked at in every state.
    "errors" is among the kinds when a form said that something is missing."""
    folder, host = urlsplit(start).path.split("/")[1], urlsplit(start).netloc
    waiting, seen, kinds, found = [start], set(), set(), []
    while waiting:
        url = urldefrag(waiting.pop(0)).url
        path = urlsplit(url).path
        if url in seen or path.split("/")[1] != folder or path.endswith(FILES) or not kind_of_page(url):
            continue
        seen.add(url)
        assert len(seen) < MOST, sorted(seen)
        answer = page.goto(url)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if not answer.ok:
            found.append(f"{url} answers {answer.status}")
            continue
        kinds.add(kind_of_page(page.url))
        links = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
        waiting += [link for link in links if urlsplit(link).netloc == host]
        found += problems(page, url)
        found += with_errors(page, url, kinds)
    return found, kinds


@pytest.fixture
def full(story):
    """(adviser, young person): on the way to something in every state; all words as long as they can be."""
    matching.places()
    adviser = factories.membership("adviser", of=factories.user(NAME[:80])).user
    person = factories.young_person(
        worker=adviser, label=LABEL, living_sector="XA1 3", birth_month=chain.GROWN, user=factories.user(LONG)
    )
    with scope(NOBODY):
        business = made.employer(NAME)
    with factories.as_worker():
        YoungPersonContact.objects.create(person=person, details={"name": NAME, "email": "", "phone": ""})
        for state in Introduction.State.values:
            chain.walked(state, person, made.published(business, title=f"{LONG} {LONG}"[:80]))
        EmployerContact.objects.update(name=LONG, approved_by=factories.user(), approved_on=clock.today())
    return adviser, person


def test_a_worker_with_somebody_in_every_state(story, full, chromium):
    adviser, _person = full
    found, kinds = everything(signed_in(chromium, story, adviser), f"{story.address}/adviser/")
    assert found == [], report(found)
    assert {"introductions:show-introduction", "introductions:take-step", "matching:show-person", "errors"} <= kinds


def test_a_young_person_in_every_state(story, full, chromium):
    _adviser, person = full
    found, kinds = everything(signed_in(chromium, story, person.user), f"{story.address}/me/")
    assert found == [], report(found)
    assert {"introductions:show-own", "introductions:show-who", "errors"} <= kinds


EMPTY_ROLES = {
    "adviser": "adviser", "social_worker": "adviser", "team_manager": "adviser", "safeguarding_lead": "safeguarding",
}  # fmt: skip


@pytest.mark.parametrize(("role", "folder"), EMPTY_ROLES.items())
def test_where_there_is_nothing_yet(role, folder, story, chromium):
    page = signed_in(chromium, story, factories.membership(role).user)
    found, kinds = everything(page, f"{story.address}/{folder}/")
    assert found == [], report(found)
    assert kinds


def test_a_young_person_with_nothing_yet(story, chromium):
    person = factories.young_person(user=factories.user("Zeb"))
    found, kinds = everything(signed_in(chromium, story, person.user), f"{story.address}/me/")
    assert found == [], report(found)
    assert len(kinds) >= 5
