"""What is sent in and what is published is what the officer read."""

import re

import pytest

from core.models import LifecycleLog
from opportunities import seen, services
from opportunities.models import Opportunity
from opportunities.services import WRITABLE
from tests import factories
from tests.opportunities import factories as make
from tests.opportunities.test_desk import page_of

pytestmark = pytest.mark.django_db
SENTENCE = "Somebody has changed this since you opened the page. Nothing was done. Read it again."
UNSEEN = "Bring money and ask for Bob."


def opened(client, row: Opportunity, move: str) -> dict[str, str]:
    """What the button of the page would send, after somebody has read the page."""
    html = client.get(page_of(row)).content.decode()
    form = next(part for part in re.findall(r"<form.*?</form>", html, re.DOTALL) if f'value="{move}"' in part)
    return {"move": move, "seen": re.findall(r'name="seen" value="(\w+)"', form)[0]}


def press(client, row: Opportunity, sent: dict[str, str]) -> str:
    answer = client.post(f"{page_of(row)}move/", sent, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


def change_meanwhile(row: Opportunity) -> None:
    """Another officer takes it back, writes, and sends it in once more."""
    with make.acting(factories.user()) as officer:
        services.send_back(opportunity=row, by=officer, role="coordinator", why="One more thing")
        services.complete(opportunity=row, by=officer, summary=UNSEEN)
        services.submit(opportunity=row, by=officer, role="coordinator")


def test_whoever_approves_reads_all_of_it_on_the_page_with_the_button(sign_in):
    row = make.submitted(summary="Learn to cook.", bring="A coat", not_needed="No grades.")
    html = sign_in("coordinator").get(page_of(row)).content.decode()
    places = [html.index(word) for word in ("This is what you publish", "Learn to cook.", "A coat", "No grades.", 'value="approve"')]  # fmt: skip # noqa: E501
    assert places == sorted(places)
    other = sign_in("support_officer").get(page_of(row)).content.decode()
    assert "This is what you publish" not in other and 'value="approve"' not in other


def test_who_decides_reads_the_hours_of_the_day_too_and_whoever_sends_it_in_reads_all_of_it(sign_in):
    row = make.draft(day_starts="09:15", day_ends="17:45", summary="Learn to cook.")
    html = sign_in("support_officer").get(page_of(row)).content.decode()
    assert "This is what you send in" in html and "Learn to cook." in html and "9:15" in html


def test_what_was_read_is_published(sign_in):
    row, second = make.submitted(), sign_in("coordinator")
    press(second, row, opened(second, row, "approve"))
    assert row.state == "published" and row.live


def test_what_was_changed_between_reading_and_publishing_stays_as_it_is_and_is_shown(sign_in):
    row, second = make.submitted(), sign_in("coordinator")
    sent = opened(second, row, "approve")
    change_meanwhile(row)
    html = press(second, row, sent)
    assert (row.state, row.live) == ("submitted", False)
    assert SENTENCE in html and UNSEEN in html
    assert not LifecycleLog.objects.filter(object_id=row.pk, move="approve").exists()
    press(second, row, opened(second, row, "approve"))
    assert (row.state, row.summary) == ("published", UNSEEN)


def test_planted_without_the_check_the_unseen_text_is_published(sign_in, monkeypatch):
    monkeypatch.setattr(seen, "check", lambda row, stamp: None)
    row, second = make.submitted(), sign_in("coordinator")
    sent = opened(second, row, "approve")
    change_meanwhile(row)
    press(second, row, sent)
    assert (row.state, row.summary) == ("published", UNSEEN)


def test_a_draft_that_the_business_wrote_on_meanwhile_is_not_sent_in(sign_in):
    row, officer = make.draft(), sign_in("coordinator")
    sent = opened(officer, row, "submit")
    services.complete(opportunity=row, by=None, summary=UNSEEN)
    assert SENTENCE in press(officer, row, sent) and row.state == "draft"
    press(officer, row, opened(officer, row, "submit"))
    assert row.state == "submitted"


@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "0" * 32}, {"seen": "\x00"}])
@pytest.mark.parametrize(("move", "maker", "state"), [("submit", make.draft, "draft"), ("approve", make.submitted, "submitted")])  # fmt: skip # noqa: E501
def test_a_button_without_the_stamp_of_what_was_read_does_nothing(sign_in, move, maker, state, sent):
    row = maker()
    assert SENTENCE in press(sign_in("coordinator"), row, {"move": move, **sent})
    assert row.state == state


def test_every_field_that_may_be_written_is_in_the_stamp_and_nothing_the_machinery_counts():
    fields = {field.name for field in Opportunity._meta.concrete_fields}
    assert fields >= seen.LEFT_OUT and not seen.LEFT_OUT & WRITABLE
    row = Opportunity.objects.get(pk=make.draft().pk)
    first = seen.stamp(row)
    for name, value in {"version": 9, "live": True, "places_held": 1, "questions_done": 63}.items():
        setattr(row, name, value)
    assert seen.stamp(row) == first == seen.stamp(Opportunity.objects.get(pk=row.pk))
    row.travel_paid = not row.travel_paid
    assert seen.stamp(row) != first
