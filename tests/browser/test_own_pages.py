"""A young person's pages that links alone do not lead to: asked twice, late, by a code; and what their team reads."""

import os

import pytest

from accounts import joining, objections
from core import clock
from core.scope import Scope, scope
from introductions import help_again
from tests import factories
from tests.browser.pages import needs_chromium
from tests.browser.test_states import LONG, chromium, full, problems, report, signed_in, story

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db(transaction=True)]
__all__ = ["chromium", "full", "story"]  # fixtures


def press(page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


@pytest.fixture
def asked(full):
    """(young person, objection): late, in words as long as they can be; and help asked for."""
    _adviser, person = full
    with scope(Scope(person=person.pk, actor=person.user_id)):
        words = f"{LONG} " * 13
        row = objections.make_objection(
            person=person, about=LONG, words=words, answer_by=clock.today().replace(year=2020), by=person.user
        )
        help_again.ask_again(person=person, by=person.user)
    return person, row


def test_what_a_young_person_asked(story, asked, chromium):
    person, _row = asked
    page, found = signed_in(chromium, story, person.user), []
    for path in ("", "who/", "who/no/", "interests/", "first-wage/", "data/copy/"):
        page.goto(f"{story.address}/me/{path}")
        found += problems(page, path)
    page.goto(f"{story.address}/me/data/delete/")
    press(page, "I want to be deleted")
    found += problems(page, "sure")
    press(page, "Delete me")
    assert page.locator("[aria-invalid=true]").count()
    found += problems(page, "not ticked")
    assert found == [], report(found)


def test_what_their_team_reads(story, asked, chromium):
    _person, row = asked
    page, found = signed_in(chromium, story, factories.membership("team_manager").user), []
    for path in ("", f"{row.public_id}/"):
        page.goto(f"{story.address}/adviser/team/asked/{path}")
        found += problems(page, path)
    press(page, "Send the answer")
    found += problems(page, "no answer")
    page.get_by_label("Your answer").fill(f"{LONG} " * 13)
    press(page, "Send the answer")
    found += problems(page, "answered")
    page.goto(f"{story.address}/adviser/team/asked/{row.public_id}/")
    found += problems(page, "the answer")
    assert found == [], report(found)


def test_the_ways_in_without_javascript(story, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{story.address}/drop-in/")
    page.get_by_label("Animal care").check(force=True)
    press(page, "Get my code")
    assert page.locator(".u-lead b").inner_text().isalpha()
    press(page, "Finish and clear")
    page.go_back()
    assert not page.locator(".u-lead b").count()
    person = factories.young_person()
    page.goto(f"{story.address}/k/{joining.invite(person=person)}/join/")
    page.get_by_label("What shall we call you?").fill("Jo")
    page.get_by_label("Your mobile number").fill("jo@mail.example")
    press(page, "Make my page")
    page.get_by_label("The code we sent").fill("000")
    press(page, "Make my page")
    assert page.locator("[aria-invalid=true]").count()


def test_the_ways_in_are_accessible(story, chromium):
    page, found = chromium.new_page(), []
    page.goto(f"{story.address}/drop-in/")
    found += problems(page, "drop-in")
    press(page, "Get my code")
    found += problems(page, "its code")
    page.goto(f"{story.address}/k/{joining.invite(person=factories.young_person())}/join/")
    page.get_by_label("What shall we call you?").fill(LONG)
    page.get_by_label("Your mobile number").fill(f"{LONG}@{LONG}.example")
    press(page, "Make my page")
    found += problems(page, "the code of an invitation")
    press(page, "Make my page")
    found += problems(page, "no code")
    assert found == [], report(found)
