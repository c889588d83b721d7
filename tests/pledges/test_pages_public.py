"""The pledge form and the giver's link, as any client sends them."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import links
from core.models import IdempotencyKey
from core.scope import NOBODY, scope
from notifications.models import Outbox
from notifications.tasks import drain
from pledges import messages, services
from pledges.models import Employer, Pledge
from pledges.words import clean
from tests.pledges import made

pytestmark = pytest.mark.django_db
NASTY = "\x00<script>alert(1)</script> \u202egnp.\u200b 🎉'\"& "


@pytest.fixture
def event():
    return made.event()


@pytest.fixture
def phone():
    """A plain client: it checks CSRF as the product does, and keeps no cookie from before."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def body(**more):
    good = {
        "kind": "ringfenced-job",
        "places": "2",
        "business": "Old Bank Kitchen",
        "reach": "jo@oldbank.example",
        "way": "email",
        "best_time": "morning",
        "key": uuid.uuid4().hex,
    }
    return {**good, **more}


def errors(answer):
    return answer.context["form"].errors


def test_a_pledge_in_one_plain_submit(phone, event):
    answer = phone.post(f"/pledge/{event.code.lower()}/", body())
    assert answer.status_code == 302 and answer.url.startswith("/k/")
    pledge = Pledge.objects.select_related("contact", "kind").get()
    assert (pledge.event, pledge.source, pledge.kind.code, pledge.places) == (event, "form", "ringfenced-job", 2)
    assert (pledge.contact.way, pledge.contact.best_time) == ("email", "morning")
    page = phone.get(answer.url)
    assert page.status_code == 200 and "Done for now" in page.content.decode()


def test_a_pledge_without_an_event(phone):
    assert phone.post("/pledge/", body()).status_code == 302
    assert Pledge.objects.get().event is None


def test_ring_me_needs_no_number_of_places(phone):
    assert (
        phone.post("/pledge/", body(kind="undecided", places="", reach="01632 960001", way="call")).status_code == 302
    )
    assert Pledge.objects.get().places == 1


def test_the_page_is_small_and_asks_little(phone, event):
    with CaptureQueriesContext(connection) as found:
        page = phone.get(f"/pledge/{event.code}/")
    assert len(page.content) < 10_000, len(page.content)
    assert "csrf" not in page.content.decode() and not page.cookies
    assert len([query for query in found if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]) <= 2
    first = re.search(r'name="kind" value="([a-z-]+)"', page.content.decode())
    assert first and first[1] == "undecided"


def test_a_double_click_is_one_pledge(phone, event):
    form = body()
    one, two = (phone.post(f"/pledge/{event.code}/", form) for _click in range(2))
    assert (one.status_code, two.status_code) == (302, 302)
    assert Pledge.objects.count() == 1
    assert phone.get(two.url).status_code == 200


def test_the_control_without_a_key_two_clicks_are_two(phone, event):
    form = body(key="")
    for _click in range(2):
        phone.post(f"/pledge/{event.code}/", form)
    assert Pledge.objects.count() == 2


def test_the_same_key_with_other_words_asks_what_is_meant(phone, event):
    form = body()
    phone.post(f"/pledge/{event.code}/", form)
    answer = phone.post(f"/pledge/{event.code}/", {**form, "places": "3"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "You already made this pledge" in page
    assert Pledge.objects.get().places == 2
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert again["key"] != form["key"]
    assert phone.post(f"/pledge/{event.code}/", again).status_code == 302
    assert sorted(Pledge.objects.values_list("places", flat=True)) == [2, 3]
    change = re.search(r'href="(/k/[^"]+)"', page)[1]
    assert phone.get(change).status_code == 200


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"kind": ""}, "kind", "Choose what you would like to promise"),
        ({"kind": "spaceship"}, "kind", "valid choice"),
        ({"places": "0"}, "places", "from 1 to 500"),
        ({"places": "-1"}, "places", "from 1 to 500"),
        ({"places": "1e9"}, "places", "from 1 to 500"),
        ({"places": "two or so"}, "places", "must be a number, like 2"),
        ({"places": ""}, "places", "Enter how many"),
        ({"business": ""}, "business", "name of your business"),
        ({"business": "\u202e\x00"}, "business", "name of your business"),
        ({"business": "!!!"}, "business", "name of your business"),
        ({"business": "x" * 121}, "business", "120 characters or fewer"),
        ({"reach": ""}, "reach", "phone number or an email address"),
        ({"reach": "jo"}, "reach", "Enter a phone number, like"),
        ({"reach": "01632 960001", "way": "email"}, "reach", "choose call or text"),
        ({"reach": "jo@oldbank.example", "way": "text"}, "reach", "choose email"),
        ({"way": "pigeon"}, "way", "valid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(phone, event, more, field, words):
    answer = phone.post(f"/pledge/{event.code}/", body(**more))
    assert answer.status_code == 200 and words in str(errors(answer)[field])
    page = answer.content.decode()
    assert "There is a problem" in page and "Error:" in page
    if field != "business":
        assert "Old Bank Kitchen" in page
    assert not Pledge.objects.exists() and not IdempotencyKey.objects.exists()


def test_two_in_words_is_two(phone):
    phone.post("/pledge/", body(places="two"))
    assert Pledge.objects.get().places == 2


def test_an_unknown_code_is_a_404_with_a_way_on(phone):
    answer = phone.get("/pledge/ZZZZZZ/")
    assert answer.status_code == 404 and 'href="/pledge/"' in answer.content.decode()
    assert phone.post("/pledge/<script>/", body()).status_code == 404
    assert phone.get("/pledge/%00/").status_code == 404
    assert not Pledge.objects.exists()


def test_a_closed_event_keeps_and_flags(phone, event):
    with scope(NOBODY):
        services.move_event(event=event, name="close", role="coordinator")
    assert "This event is over" in phone.get(f"/pledge/{event.code}/").content.decode()
    answer = phone.post(f"/pledge/{event.code}/", body())
    assert Pledge.objects.get().after_closing
    token = answer.url.split("/")[2]
    assert "when the event was over" in phone.get(f"/k/{token}/").content.decode()


def test_nasty_words_are_kept_as_words(phone, event):
    form = body(business=f"Old Bank{NASTY}", reach="jo@oldbank.example", best_time="")
    answer = phone.post(f"/pledge/{event.code}/", form)
    assert Employer.objects.get().name == clean(f"Old Bank{NASTY}")
    for path in (answer.url, answer.url.replace("change/", "")):
        page = phone.get(path).content.decode()
        assert "&lt;script&gt;" in page and "<script>alert" not in page and "🎉" in page
        assert "\u202e" not in page and "\x00" not in page


def test_the_pledge_is_saved_when_valkey_is_down(phone, event, monkeypatch, django_capture_on_commit_callbacks):
    rung = []

    def down(**more):
        rung.append(1)
        raise ConnectionError("planted: no broker")

    monkeypatch.setattr(drain, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        answer = phone.post(f"/pledge/{event.code}/", body())
    assert answer.status_code == 302 and rung and Pledge.objects.count() == 1
    with scope(NOBODY):
        assert Outbox.objects.filter(purpose="pledge_thanks", state="due").count() == 1


# --- the link


@pytest.fixture
def pledge(event):
    with scope(NOBODY):
        return made.pledge(event=event)


@pytest.fixture
def link(pledge):
    return messages.link_to(pledge)


def details(**more):
    return {"places": "3", "words": "Cook", "by_month_0": "3", "by_month_1": "2099", "postcode": "ng18 1aa", **more}


def test_a_link_shows_and_a_get_changes_nothing(phone, link, pledge):
    page = phone.get(link)
    assert page.status_code == 200 and "Old Bank Kitchen" in page.content.decode()
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "no-referrer"
    assert phone.get(f"{link}withdraw/").status_code == 404
    assert Pledge.objects.get().state == "noted"


def test_correcting_by_link(phone, link):
    answer = phone.post(f"{link}change/", details(name="Jo", publish_if_silent="on"))
    assert answer.status_code == 302 and answer.url == link
    pledge = Pledge.objects.select_related("contact").get()
    assert (pledge.places, pledge.words, pledge.postcode, pledge.by_month.month) == (3, "Cook", "NG18 1AA", 3)
    assert pledge.publish_if_silent and pledge.contact.name == "Jo"


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"by_month_0": "1", "by_month_1": "2020"}, "by_month", "this month or a later one"),
        ({"by_month_0": "", "by_month_1": "soon"}, "by_month", "like March"),
        ({"postcode": "Mansfield"}, "postcode", "whole postcode"),
        ({"places": "0"}, "places", "from 1 to 500"),
        ({"places": ""}, "places", "Enter how many"),
        ({"words": "x" * 1001}, "words", "1000 characters or fewer"),
        ({"name": "x" * 81}, "name", "80 characters or fewer"),
    ],
)
def test_a_bad_correction_gets_a_sentence(phone, link, more, field, words):
    answer = phone.post(f"{link}change/", details(**more))
    assert answer.status_code == 200 and words in str(errors(answer)[field])
    assert Pledge.objects.get().places == 2


def test_nasty_details(phone, link):
    assert phone.post(f"{link}change/", details(words=NASTY, name=NASTY)).status_code == 302
    pledge = Pledge.objects.select_related("contact").get()
    assert pledge.words == pledge.contact.name == clean(NASTY)
    assert "<script>alert" not in phone.get(link).content.decode()


def test_taking_it_back_and_up_again(phone, link):
    for move, state in (("withdraw", "withdrawn"), ("withdraw", "withdrawn"), ("reopen", "noted")):
        assert phone.post(f"{link}{move}/").status_code == 302
        assert Pledge.objects.get().state == state
    assert phone.post(f"{link}go_live/").status_code == 404


def test_a_link_that_is_not_in_force_is_a_404(phone, link, pledge):
    assert phone.get("/k/nothing/").status_code == 404
    other = links.make_link(purpose="other", object_id=pledge.pk)
    assert phone.get(f"/k/{other}/").status_code == 404
    links.revoke("pledge", pledge.pk)
    for path in (link, f"{link}change/"):
        assert phone.get(path).status_code == 404
        assert phone.post(f"{link}withdraw/").status_code == 404


def test_a_link_shows_one_pledge_and_no_other(phone, event, link):
    with scope(NOBODY):
        made.pledge(event=event, code="mentoring", words="another of the same person")
    assert "another of the same person" not in phone.get(link).content.decode()


def test_an_open_pledge_is_not_corrected_by_its_link(phone, link, pledge):
    with scope(NOBODY):
        services.mark_live(pledge_id=pledge.pk)
    assert phone.get(f"{link}change/").status_code == 302
    phone.post(f"{link}change/", details())
    assert Pledge.objects.get().places == 2


# --- the letter


def letter():
    with scope(NOBODY):
        row = Outbox.objects.get(purpose="pledge_thanks")
        return row, messages.THANK_YOU.render(row, [])


def test_the_letter_says_nothing_in_its_subject_and_links_each_pledge(phone, event):
    with scope(NOBODY):
        promises = [
            services.Promise(kind=made.kind(code), places=2, business=services.Business("Old Bank"), reach=made.reach())
            for code in ("ringfenced-job", "mentoring")
        ]
        services.make_pledges(event=event, promises=promises, source="sheet")
    row, mail = letter()
    assert mail.subject == "Thank you for your pledge"
    assert messages.address(row) == "jo@oldbank.example"
    paths = re.findall(r"https?://[^/\s]+(/k/\S+)", mail.text)
    assert len(paths) == 5 and paths[4].endswith("/home/")  # all of them on one page
    assert [paths[1], paths[3]] == [f"{paths[0]}certificate.pdf", f"{paths[2]}certificate.pdf"]
    for path in paths:
        assert phone.get(path).status_code == 200
    assert "Job, 2" in mail.text and "&" not in mail.text.replace("&amp", "")


def test_no_letter_to_somebody_who_took_it_back(pledge):
    row, _mail = letter()
    assert messages.may_receive([row]) == {row.pk}
    with scope(NOBODY):
        services.move_pledge(pledge=pledge, name="withdraw", role="giver")
    assert messages.may_receive([row]) == set()
