"""A business's own page: who sees what, and never anything of a person."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.scope import NOBODY, scope
from introductions import home
from notifications.models import Outbox
from notifications.registry import find
from opportunities import services
from pledges import answers, home_links
from pledges.messages import link_to
from pledges.models import Answer, Ask, CallTask, Employer, EmployerContact, Pledge
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db


def door(contact):
    """The path of a new link to the contact's page."""
    with factories.as_worker():
        return re.sub(r"^https?://[^/]+", "", home_links.home_link(contact))


def page(path, client=None):
    answer = (client or Client()).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def two():
    """A business with two people, each with a pledge of their own words; and a pledge of another business."""
    business = make.employer("Old Bank Kitchen", state="called_back", weight=None)
    ours = make.pledge(business, words="Washing up with Jo")
    theirs = make.pledge(business, words="Cooking with Max")
    EmployerContact.objects.filter(pk=theirs.contact_id).update(email="max@business.example")
    make.pledge(words="Somebody else's words")
    return business, ours, theirs


def approve(contact):
    contact.approved_by, contact.approved_on = factories.user(), clock.today()
    contact.save()


# --- who sees what ----------------------------------------------------------------------------------------------------


def seen(text):
    return [words for words in ("Washing up with Jo", "Cooking with Max", "Somebody else") if words in text]


def test_somebody_nobody_approved_sees_their_own_pledges_only(two):
    _business, ours, theirs = two
    text = page(door(ours.contact))
    assert seen(text) == ["Washing up with Jo"] and "max@business.example" not in text
    assert seen(page(door(theirs.contact))) == ["Cooking with Max"]


def test_an_approved_person_sees_all_of_the_business_and_nothing_of_another(two):
    _business, ours, _theirs = two
    approve(ours.contact)
    text = page(door(ours.contact))
    assert seen(text) == ["Washing up with Jo", "Cooking with Max"] and "max@business.example" in text


def test_planted_leak_is_found(two, monkeypatch):
    monkeypatch.setattr(home.Visitor, "sees_all", True)
    assert "Cooking with Max" in page(door(two[1].contact))


def test_who_signs_in_for_the_business_sees_all_of_it(two, sign_in):
    business, *_pledges = two
    client = sign_in("employer_member", employer_id=business.pk)
    assert seen(page("/employer/", client)) == ["Washing up with Jo", "Cooking with Max"]


def test_what_was_said_is_for_those_who_see_all(two):
    _business, ours, theirs = two
    with scope(NOBODY):
        answers.answer(pledge=theirs, said="on-track")
    said, path = "What we sent you, and what you said", door(ours.contact)
    assert said not in page(path)
    approve(ours.contact)
    text = page(path)
    assert said in text and f"{theirs.kind.name}: On track" in text


def test_what_is_open_has_its_page_and_a_draft_has_its_own(two):
    _business, ours, _theirs = two
    services.draft_from_pledge(pledge_id=ours.pk)
    path = door(ours.contact)
    assert "See the draft" in page(path) and "Open now:" not in page(path)
    live = make.published()
    approve(live.pledge.contact)
    text = page(door(live.pledge.contact))
    assert f"/opportunities/{live.public_id}/" in text and "See the draft" not in text


@pytest.mark.parametrize("role", ["adviser", "coordinator"])
def test_other_roles_do_not_find_it(role, sign_in):
    assert sign_in(role).get("/employer/").status_code == 404


@pytest.mark.parametrize("state", ["stopped", "merged"])
def test_a_business_that_is_stopped_or_joined_sees_a_kind_page_that_says_nothing(two, state, sign_in):
    business, ours, _theirs = two
    approve(ours.contact)
    path = door(ours.contact)
    into = make.employer() if state == "merged" else None
    Employer.objects.filter(pk=business.pk).update(state=state, merged_into=into)
    pages = [page(path)]
    pages += [page("/employer/", sign_in("employer_member", employer_id=business.pk))] if state == "stopped" else []
    for text in pages:
        assert not seen(text) and business.name not in text and "stopped" not in text.lower()
    assert Client().post(f"{path}choices/", {"way": "email"}).status_code == 404
    assert Client().post(f"{path}colleagues/", {"name": "Pat", "reach": "pat@x.example"}).status_code == 404


def test_a_link_to_a_pledge_does_not_open_the_home_and_the_other_way_round(two):
    ours = two[1]
    with factories.as_worker():
        token = link_to(ours).strip("/").split("/")[-1]
    mine = door(ours.contact).strip("/").split("/")[1]
    client = Client()
    assert client.get(f"/k/{token}/home/").status_code == 404
    assert client.get(f"/k/{mine}/").status_code == 404
    assert client.get("/k/nothing/home/").status_code == 404


def test_a_forwarded_pledge_link_shows_that_pledge_alone_and_sends_the_home_to_the_givers_mailbox(two):
    business, ours, _theirs = two
    approve(ours.contact)
    with factories.as_worker():
        path = link_to(ours)
    client = Client()
    assert seen(page(path, client)) == ["Washing up with Jo"] and "/home/" not in page(path, client)
    answer = client.post(f"{path}send-home/", follow=True)
    assert "/home/" not in answer.content.decode() and "Sent" in answer.content.decode()
    client.post(f"{path}send-home/")
    with factories.as_worker():
        (row,) = Outbox.objects.filter(purpose=home_links.HOME)
        purpose = find(home_links.HOME)
        told = purpose.render(row, [row])
        assert purpose.address(row) == ours.contact.email and purpose.may_receive([row]) == {row.pk}
        Employer.objects.filter(pk=business.pk).update(state="stopped")
        assert purpose.may_receive([row]) == set()
    assert re.search(r"/k/[\w-]+/home/", told.text)


def test_nothing_of_a_person_is_read(two, monkeypatch):
    """Places that are held or begun change no word of the page; planted: one that counts them does."""
    from opportunities import places

    row = make.published(places=4)
    approve(row.pledge.contact)
    path = door(row.pledge.contact)
    before = page(path)
    with scope(NOBODY):
        places.hold_place(opportunity_id=row.pk)
        places.hold_place(opportunity_id=row.pk)
        places.start_place(opportunity_id=row.pk)
    assert page(path) == before
    monkeypatch.setattr(home, "stands", lambda pledge: f"{pledge.places_live} open")
    assert page(path) != before


def test_what_was_used_is_counted_from_five():
    pledge = make.pledge(kind_code="kit", places=9)
    path = door(pledge.contact)
    for used, told in ((4, False), (5, True)):
        Pledge.objects.filter(pk=pledge.pk).update(places_started=used)
        assert ("that were used" in page(path)) == told


# --- what it does -----------------------------------------------------------------------------------------------------


def test_the_next_step_has_one_name_and_one_date(two):
    ours, owner = two[1], factories.user("Priya")
    CallTask.objects.create(pledge=ours, owner=owner, why="help", due_on=clock.today())
    assert re.search(r"Next: Priya rings you by \w+day \d", page(door(ours.contact)))


def test_a_draft_is_shown_as_it_will_be_to_those_who_may_see_it(two):
    _business, ours, theirs = two
    own, other = (services.draft_from_pledge(pledge_id=pledge.pk) for pledge in (ours, theirs))
    path = door(ours.contact)
    assert f"drafts/{own.public_id}/" in page(path) and str(other.public_id) not in page(path)
    assert own.title in page(f"{path}drafts/{own.public_id}/")
    assert Client().get(f"{path}drafts/{other.public_id}/").status_code == 404


def test_an_answer_needs_a_button_and_a_pledge_one_may_see(two):
    _business, ours, theirs = two
    path, client = door(ours.contact), Client()
    for said in ("on-track", "help", "later", "cannot"):
        page(f"{path}pledges/{ours.public_id}/{said}/", client)
    assert not Answer.objects.exists()
    assert client.post(f"{path}pledges/{theirs.public_id}/help/").status_code == 404
    answer = client.post(f"{path}pledges/{ours.public_id}/help/", follow=True).content.decode()
    assert Answer.objects.get().pledge == ours and re.search(r"rings you by \w+day", answer)


def test_choices_are_saved_and_only_ways_that_exist_are_offered(two):
    ours = two[1]
    path, client = door(ours.contact), Client()
    assert client.post(f"{path}choices/", {"way": "text"}).status_code == 200  # there is no number
    assert client.post(f"{path}choices/", {"way": "email", "best_time": "morning"}).status_code == 302
    contact = EmployerContact.objects.get(pk=ours.contact_id)
    assert (contact.way, contact.best_time, contact.reminders) == ("email", "morning", False)


def test_a_colleague_is_noted_inert_and_nobody_finds_out_who_is_known(two):
    business, ours, _theirs = two
    path, client = door(ours.contact), Client()
    said = [
        client.post(f"{path}colleagues/", {"name": "Pat", "reach": reach}, follow=True).content.decode()
        for reach in ("pat@business.example", "max@business.example")
    ]
    assert all("Thank you. We speak to your business" in text for text in said)
    pat = business.contacts.get(email="pat@business.example")
    assert pat.name == "Pat" and pat.approved_by is None
    assert business.contacts.filter(email="max@business.example").count() == 1
    assert seen(page(door(pat))) == []


def test_a_visitor_is_not_among_their_own_colleagues(two):
    business, ours, _theirs = two
    others = [row.pk for row in business.contacts.exclude(pk=ours.contact_id).order_by("pk")]
    everybody = [row.pk for row in business.contacts.order_by("pk")]
    by_link = home.Visitor(business, EmployerContact.objects.get(pk=ours.contact_id))
    signed_in = home.Visitor(business, EmployerContact.objects.get(pk=ours.contact_id), signed_in=True)
    unknown = home.Visitor(business, None, signed_in=True)
    assert others and [row.pk for row in home.colleagues_of(signed_in)] == others
    assert [row.pk for row in home.colleagues_of(unknown)] == everybody
    assert not by_link.sees_all and home.colleagues_of(by_link) == []


def test_asks_that_wait_show_number_and_point(two):
    business, *_pledges = two
    pledge = make.pledge(business, kind_code="kit", places=5)
    worker = factories.adviser()
    Ask.objects.create(
        number="BCDFGH", pledge=pledge, quantity=2, needed_for="start", hand_over_at="Council House",
        needed_by=clock.today(), asked_by=worker, council=factories.council(),
    )  # fmt: skip
    text = page(door(pledge.contact))
    assert "BCDFGH" in text and "Council House" in text and worker.name not in text
    assert "BCDFGH" not in page(door(two[1].contact))


def test_posting_with_a_session_needs_its_token_and_a_link_does_not(two):
    business, ours, _theirs = two
    member = factories.membership("employer_member", employer_id=business.pk).user
    strict = Client(enforce_csrf_checks=True)
    factories.sign_in(strict, user=member)
    assert strict.post("/employer/colleagues/", {"name": "P", "reach": "p@x.example"}).status_code == 403
    path = door(ours.contact)
    assert Client(enforce_csrf_checks=True).post(f"{path}choices/", {"way": "email"}).status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_pledges():
    business = make.employer()
    counts = []
    for number in (1, 4):
        for _row in range(number):
            pledge = make.pledge(business)
            services.draft_from_pledge(pledge_id=pledge.pk)
            CallTask.objects.create(pledge=pledge, owner=factories.user(), why="help", due_on=clock.today())
        approve(pledge.contact)
        path = door(pledge.contact)
        with CaptureQueriesContext(connection) as queries:
            page(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 26, "\n".join(q["sql"][:160] for q in queries)
