"""Bad venue Wi-Fi: what could not be sent is kept in the browser and sent later, once, and then forgotten."""

import os
import re
import time
import uuid

import pytest

from tests.browser.pages import browser, needs_chromium

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium]
KEPT = "() => Object.keys(localStorage).filter(name => name.startsWith('first-rung-pledge-')).length"


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture
def instance(running):
    return running


@pytest.fixture
def phone(chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    yield context
    context.set_offline(False)
    context.close()


def fill(page, instance):
    """A "ring me" pledge. Gives the business's name."""
    name = f"Queue {uuid.uuid4().hex[:8]}"
    page.goto(f"{instance.facts()['address']}pledge/")
    page.locator("label", has_text="ring me").first.click()
    page.locator('input[name="business"]').fill(name)
    page.locator('input[name="reach"]').fill("01632 960001")
    return name


def press(page):
    page.locator("main form button").first.click()


def made(instance, name):
    """How many pledges this business has."""
    asked = f"from pledges.models import Pledge; print('made', Pledge.objects.filter(employer__name={name!r}).count())"
    told = instance.manage("shell", "-c", asked).stdout
    return int(re.search(r"made (\d+)", told)[1])


def wait_for_sent(page):
    page.locator("#queue a").wait_for(timeout=30_000)
    assert "Sent" in page.locator("#queue").inner_text()
    wait_until_forgotten(page)


def wait_until_forgotten(page):
    """Nothing of anybody is left in the browser. (Playwright's own waiting is refused by the page's policy.)"""
    deadline = time.monotonic() + 30
    while page.evaluate(KEPT):
        assert time.monotonic() < deadline, "it is still kept in the browser"
        page.wait_for_timeout(100)


def test_what_is_sent_offline_is_kept_and_sent_when_the_connection_returns(phone, instance):
    page = phone.new_page()
    name = fill(page, instance)
    phone.set_offline(True)
    press(page)
    page.get_by_text("Not sent yet").wait_for()
    assert page.evaluate(KEPT) == 1 and made(instance, name) == 0
    assert not page.locator("form[data-queue]").is_visible()  # nobody sends it a second time by hand
    phone.set_offline(False)
    wait_for_sent(page)
    assert made(instance, name) == 1
    page.locator("#queue a").click()
    assert "saved" in page.locator("h1").inner_text().lower()


def test_it_is_sent_when_the_page_is_opened_again(phone, instance):
    page = phone.new_page()
    name = fill(page, instance)
    phone.set_offline(True)
    press(page)
    page.get_by_text("Not sent yet").wait_for()
    page.close()
    phone.set_offline(False)
    later = phone.new_page()
    later.goto(f"{instance.facts()['address']}pledge/")
    wait_for_sent(later)
    assert made(instance, name) == 1


def test_a_lost_answer_is_sent_again_and_is_one_pledge(phone, instance):
    page = phone.new_page()
    name = fill(page, instance)
    reached = []

    def lose_the_answer(route):
        if route.request.method == "POST" and not reached:
            reached.append(route.fetch(max_redirects=0).status)
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/pledge/", lose_the_answer)
    press(page)
    page.get_by_text("Not sent yet").wait_for()
    assert reached == [302] and made(instance, name) == 1
    page.reload()
    wait_for_sent(page)
    assert made(instance, name) == 1


def test_two_tabs_send_it_once(phone, instance):
    one, two = phone.new_page(), phone.new_page()
    two.goto(f"{instance.facts()['address']}pledge/")
    name = fill(one, instance)
    phone.set_offline(True)
    press(one)
    for page in (one, two):
        page.get_by_text("Not sent yet").wait_for()
    phone.set_offline(False)
    wait_until_forgotten(one)
    one.get_by_text("Sent. Thank you.").wait_for()
    assert made(instance, name) == 1


def test_what_is_wrong_is_said_by_the_server_and_nothing_is_kept(phone, instance):
    page = phone.new_page()
    fill(page, instance)
    page.locator('input[name="reach"]').fill("nowhere")
    press(page)
    page.locator(".problem").wait_for()
    assert page.locator('input[name="reach"]').input_value() == "nowhere"
    assert page.evaluate(KEPT) == 0


def test_planted_a_queue_that_makes_up_a_new_key_doubles_the_pledge(phone, instance):
    """What the tests above would see without the page's own key."""
    page = phone.new_page()
    name, sent = fill(page, instance), []

    def other_key(route):
        if route.request.method != "POST":
            return route.continue_()
        body = route.request.post_data.replace("key=", f"key={uuid.uuid4().hex}&old=", 1)
        sent.append(route.fetch(max_redirects=0, post_data=body).status)
        return route.abort("connectionreset") if len(sent) == 1 else route.continue_(post_data=body)

    page.route("**/pledge/", other_key)
    press(page)
    page.get_by_text("Not sent yet").wait_for()
    page.reload()
    wait_for_sent(page)
    assert made(instance, name) == 2
