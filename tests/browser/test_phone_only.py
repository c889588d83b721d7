"""Somebody who has a phone number and nothing else, on a cheap phone without JavaScript: they take over their page,
sign out, sign in by text, and move to a new number."""

import os
import re

import pytest

from tests import factories
from tests.browser.pages import needs_chromium
from tests.browser.test_states import chromium, problems, report, signed_in, story
from tests.browser.test_story import Phone

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db(transaction=True)]
NUMBER, NEW = "+447700900123", "+447700900456"


__all__ = ["chromium", "story"]  # fixtures


def code(story, to: str) -> str:
    """Of the one text that went out."""
    (text,) = story.work()
    assert (text.channel, text.recipient, text.subject) == ("text", to, "")
    assert len(text.body) <= 160 and not re.search(r"Jo\b|care|council|adviser|http", text.body)
    return re.match(r"\d{6}", text.body)[0]


def test_from_the_invitation_to_a_new_number(story, chromium):
    person = factories.young_person(worker=factories.membership("adviser").user)
    hers, his = Phone(chromium, story), Phone(chromium, story)
    hers.as_role("adviser")
    hers.go(f"/adviser/people/{person.public_id}/invite/")
    hers.press("Make the link")

    his.page.goto(hers.page.locator("section.panel b").inner_text())
    his.fill(What_shall_we_call_you="Jo", Your_mobile_number="07700 900123")
    his.press("Make my page")
    assert "Look at your phone" in his.text and "07700 900123" in his.text
    his.fill(The_code=code(story, NUMBER))
    his.press("Make my page")
    assert "Hello, Jo" in his.text

    his.go("/sign-out/")
    his.press("Sign out")
    his.go("/sign-in/")
    his.fill(Your_mobile_number="+44 7700 900123")
    his.press("Send me a code")
    right = code(story, NUMBER)
    his.fill(The_code="00000")
    his.press("Sign in")
    assert his.page.locator("[aria-invalid=true]").count() == 1
    his.fill(The_code=right)
    his.press("Sign in")
    assert "Hello, Jo" in his.text

    his.go("/me/data/")
    his.follow("Change your number")
    his.fill(Your_new_mobile_number="07700 900456")
    his.press("Send me a code")
    his.fill(The_code=code(story, NEW))
    his.press("Use this number")
    assert "Your new number works" in his.text and "07700 900123" not in his.text

    other = Phone(chromium, story)
    other.go("/sign-in/")
    other.fill(Your_mobile_number="07700 900123")  # the old one
    other.press("Send me a code")
    assert "If 07700 900123 is known here" in other.text
    assert "text" not in {mail.channel for mail in story.work()}  # their worker is told that something has changed

    hers.go(f"/adviser/people/{person.public_id}/invite/")
    hers.press("End it and make a new link")
    his.page.goto(f"{story.address}/me/")
    assert "Send me a code" in his.text
    his.page.goto(hers.page.locator("section.panel b").inner_text())
    his.fill(What_shall_we_call_you="Jo", Your_mobile_number="07700 900456")
    his.press("Make my page")
    his.fill(The_code=code(story, NEW))
    his.press("Make my page")
    assert "Hello, Jo" in his.text


def test_the_pages_are_accessible_and_fit(story, chromium):
    person = factories.young_person(user=factories.user("Jo"))
    page, found = chromium.new_page(), []
    page.goto(f"{story.address}/sign-in/")
    page.get_by_label("Your mobile number").fill("07700 90012")
    with page.expect_navigation():
        page.get_by_role("button", name="Send me a code").click()
    found += problems(page, "no number")
    page.get_by_label("Your mobile number").fill("07700 900123")
    with page.expect_navigation():
        page.get_by_role("button", name="Send me a code").click()
    page.get_by_text("Nothing has come").click()
    found += problems(page, "the code")
    page = signed_in(chromium, story, person.user)
    for typed in ("x", "07700 900123"):
        page.goto(f"{story.address}/me/sign-in/")
        found += problems(page, "a new number")
        page.get_by_label("Your new mobile number").fill(typed)
        with page.expect_navigation():
            page.get_by_role("button", name="Send me a code").click()
        found += problems(page, typed)
    assert found == [], report(found)
