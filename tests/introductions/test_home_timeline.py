"""What has happened with one opportunity, for its business: the giver reads of their introductions, nobody is named."""

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from core.lifecycle import SYSTEM
from introductions import home_timeline, known, services, starting
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction
from opportunities import services as shown
from opportunities.desk_history import history
from opportunities.models import Opportunity
from pledges import home_links
from pledges.models import Employer, EmployerContact
from tests import factories
from tests.introductions import chain
from tests.introductions.test_business import CANARY, approve
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 3, 1)


@pytest.fixture
def to():
    go_to(MONDAY, 10)
    with factories.as_worker():
        found = chain.opportunity(places=5)
        approve(found.pledge.contact)
    return found


def walked(state: str, to) -> Introduction:
    with factories.as_worker():
        somebody = chain.person(factories.adviser(), label=CANARY, user=factories.user(CANARY))
        return chain.walked(state, somebody, to)


def by_link(contact) -> str:
    with factories.as_worker():
        return re.sub(r"^https?://[^/]+", "", home_links.home_link(contact))


def signed_in(contact) -> Client:
    """A browser of this person of the business."""
    user = User.objects.filter(email=contact.email).first()
    if user is None:
        user = User.objects.make(name="Giver", email=contact.email)
        factories.membership("employer_member", of=user, employer_id=contact.employer_id)
    client = Client()
    factories.sign_in(client, user=user)
    return client


def lines(to, path="", client=None) -> list[str]:
    """The timeline as it is read, without its tags; by the giver, signed in, unless told."""
    if not path:
        path, client = "/employer/", client or signed_in(to.pledge.contact)
    answer = (client or Client()).get(f"{path}opportunities/{to.public_id}/")
    assert answer.status_code == 200
    found = re.findall(r"<li[^>]*>(.*?)</li>", answer.content.decode().partition('<ol class="time">')[2], re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()).replace("( ", "(").replace(" )", ")")
            for line in found]  # fmt: skip


def test_from_the_introduction_to_the_start_with_a_reference_and_no_name(to):
    row = walked("introduced", to)
    go_to(MONDAY + dt.timedelta(days=7), 10)
    with factories.as_worker():
        meets = clock.now() + dt.timedelta(days=2)
        services.move_on(introduction=row, move="meet", role="adviser", meets_at=meets, meets_where="Zebedee's desk",
                         in_staffed_place=True)  # fmt: skip
    said = f"(reference {row.reference})"
    assert lines(to)[:3] == [
        f"Next: 10 March 2027 You meet on Wednesday 10 March, 10:00 {said}",
        f"8 March 2027 A meeting was set {said}",
        f"1 March 2027 An introduction began {said}",
    ]
    with factories.as_worker():
        services.move_on(introduction=row, move="offer", role="adviser")
        chain.start(row, 28)
    assert lines(to)[:2] == [f"Next: 5 April 2027 A first day {said}", f"8 March 2027 It was offered {said}"]
    go_to(MONDAY + dt.timedelta(days=35), 10)
    page = signed_in(to.pledge.contact).get(f"/employer/opportunities/{to.public_id}/").content.decode()
    assert lines(to)[0] == f"5 April 2027 Somebody started {said}"
    assert not any(word in page for word in (CANARY, "Robin", "Zebedee", "adviser", "council", "care leaver"))


@pytest.mark.parametrize("state", ["interested", "asked", "permitted", "frozen", "ended"])
def test_before_and_after_there_is_nothing(state, to):
    row = walked(state, to)
    assert row.reference not in str(lines(to)) and "introduction" not in str(lines(to))


@pytest.mark.parametrize("what", ["withdrawn", "frozen", "left", "unchecked", "unapproved"])
def test_what_may_not_be_read_any_more_is_gone_at_once(what, to):
    row = walked("started" if what == "left" else "meeting", to)
    assert row.reference in str(lines(to))
    with factories.as_worker():
        if what == "withdrawn":
            services.end(introduction=row, move="withdraw", role="young_person", ending="withdrawn")
        elif what == "frozen":
            INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": row.state})
        elif what == "left":
            starting.end(start=row.start, role="adviser", ending="left", on=clock.today())
        elif what == "unchecked":
            Employer.objects.filter(pk=row.employer_id).update(state="called_back")
        else:
            EmployerContact.objects.filter(pk=to.pledge.contact_id).update(approved_by=None, approved_on=None)
    assert row.reference not in str(lines(to)) and "Published" in str(lines(to))


@pytest.mark.parametrize("state", ["introduced", "meeting", "started"])
def test_by_the_link_to_the_page_that_may_be_passed_on_there_is_no_introduction(state, to):
    row = walked(state, to)
    found = str(lines(to, by_link(to.pledge.contact)))
    assert row.reference in str(lines(to)) and row.reference not in found and "Published" in found


def test_a_hold_that_is_over_is_not_told(to):
    row = walked("introduced", to)
    before = lines(to)
    with factories.as_worker():
        INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": "introduced"})
        INTRODUCTION.move(row, "thaw_introduced", role=SYSTEM, changes={"frozen_from": ""})
    assert lines(to) == before


def test_a_colleague_reads_when_it_was_shown_and_of_no_introduction(to, sign_in):
    row = walked("introduced", to)
    with factories.as_worker():
        colleague = EmployerContact.objects.create(employer=to.employer, email="max@business.example", name="Max")
        approve(colleague)
    member = sign_in("employer_member", employer_id=to.employer_id)
    for found in (lines(to, by_link(colleague)), lines(to, "/employer/", member)):
        assert row.reference not in str(found) and "Published" in str(found)


def test_another_business_and_a_draft_are_a_404(to, sign_in):
    path = f"opportunities/{to.public_id}/"
    other = chain.opportunity()
    assert Client().get(by_link(other.pledge.contact) + path).status_code == 404
    assert sign_in("employer_member", employer_id=other.employer_id).get(f"/employer/{path}").status_code == 404
    assert sign_in("adviser").get(f"/employer/{path}").status_code == 404
    Opportunity.objects.filter(pk=to.pk).update(state="draft", live=False)
    assert Client().get(by_link(to.pledge.contact) + path).status_code == 404


def test_what_was_done_to_it_is_said_without_who_and_why(to):
    with factories.as_worker():
        officer = factories.user("Amina Officer")
        shown.pause(opportunity=to, by=officer, role="coordinator", why="They never answer")
    found = lines(to)
    assert found[0] == "1 March 2027 Paused" and "Amina" not in str(found) and "never" not in str(found)
    assert "Amina Officer. They never answer" in str(history(to))


def test_the_own_page_leads_there_also_when_it_is_over(to):
    path = by_link(to.pledge.contact)
    link = f'href="{path}opportunities/{to.public_id}/"'
    assert link in Client().get(path).content.decode()
    row = walked("introduced", to)
    page = signed_in(to.pledge.contact).get(f"/employer/introductions/{row.reference}/").content.decode()
    assert f'href="/employer/opportunities/{to.public_id}/"' in page
    Opportunity.objects.filter(pk=to.pk).update(state="closed", live=False)
    assert link in Client().get(path).content.decode() and lines(to, path)


def queries(to) -> int:
    client = signed_in(to.pledge.contact)
    with CaptureQueriesContext(connection) as found:
        lines(to, client=client)
    return len(found)


def test_queries_do_not_grow(to):
    walked("meeting", to)
    one = queries(to)
    for state in ("introduced", "started", "offered"):
        walked(state, to)
    assert queries(to) == one


# --- planted ----------------------------------------------------------------------------------------------------------


def test_planted_without_known_a_colleague_reads_of_it(to, monkeypatch):
    row = walked("introduced", to)
    with factories.as_worker():
        colleague = EmployerContact.objects.create(employer=to.employer, email="max@business.example", name="Max")
        approve(colleague)
    everybody = lambda visitor: Introduction.objects.filter(employer=visitor.employer)  # noqa: E731
    monkeypatch.setattr(known, "of_giver", everybody)
    assert row.reference in str(lines(to, client=signed_in(colleague)))


def test_planted_without_the_check_a_business_that_rests_reads_of_it(to, monkeypatch):
    row = walked("introduced", to)
    with factories.as_worker():
        Employer.objects.filter(pk=row.employer_id).update(state="called_back")
    monkeypatch.setattr(home_timeline.services, "is_checked", lambda employer: True)
    assert row.reference in str(lines(to))
