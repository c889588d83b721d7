"""Promises without a form of their own: by phone, contract or email, and paper cards typed by keyboard."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Partnership
from core.scope import NOBODY, scope
from notifications.models import Outbox
from opportunities.models import Opportunity
from pledges import intake
from pledges.models import Pledge, ToClearUp
from pledges.reading import find_reach
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db
PAGE = "/desk/intake/"
EMAIL = "From: Ravi\n\nHello,\nthe bakery on Low Street would take two people.\nRing Dee on 01632 960777.\n"


def key_of(page):
    return re.search(r'name="key" value="([0-9a-f]{32})"', page.content.decode())[1]


def typed(page, **more):
    """What the page would send."""
    owner = page.context["form"]["owner"].value()
    return {"key": key_of(page), "source": "phone", "owner": str(owner), "do": "pledge", **more}


def a_pledge(**more):
    return {
        "business": "Low Street Bakery",
        "phone": "01632 960777",
        "kind": "ringfenced-job",
        "places": "2",
        **more,
    }


@pytest.fixture
def officer(sign_in):
    return sign_in("support_officer")


# --- by phone, contract or email


@pytest.mark.parametrize("role", ["coordinator", "support_officer", "economic_development"])
@pytest.mark.parametrize("source", ["phone", "contract", "forward"])
def test_an_officer_types_a_pledge_without_an_event(sign_in, role, source):
    client = sign_in(role)
    answer = client.post(PAGE, typed(client.get(PAGE), source=source, **a_pledge()))
    assert answer.status_code == 302, answer.context["form"].errors
    pledge = Pledge.objects.select_related("partnership", "owner").get()
    assert (pledge.source, pledge.event, pledge.places) == (source, None, 2)
    assert pledge.partnership == factories.partnership() and pledge.owner is not None
    assert Opportunity.objects.filter(pledge=pledge).exists(), "it has its draft, as any pledge"
    assert not ToClearUp.objects.exists()
    page = client.get(PAGE).content.decode()
    assert "Low Street Bakery" in page and "1 so far" in page


@pytest.mark.parametrize("role", ["adviser", "team_manager", "board_member", "operator"])
def test_nobody_else_does(sign_in, role):
    client = sign_in(role)
    assert client.get(PAGE).status_code == client.post(PAGE, a_pledge()).status_code == 404


def test_a_visitor_is_asked_to_sign_in(sign_in):
    assert sign_in().get(PAGE).url.startswith("/sign-in/")
    assert sign_in().post(PAGE, a_pledge()).url.startswith("/sign-in/") and not Pledge.objects.exists()


def test_a_forwarded_email_is_kept_with_its_words_and_an_owner(sign_in):
    coordinator = factories.membership("coordinator", of=factories.user("Maggie Thorne")).user
    client = sign_in("economic_development")
    page = client.get(PAGE)
    assert page.context["form"]["source"].value() == "forward"
    assert page.context["form"]["owner"].value() == coordinator.pk, "they pass it on"
    sent = typed(page, do="keep", source="forward", pasted=EMAIL)
    assert client.post(PAGE, sent).status_code == 302
    record = ToClearUp.objects.get()
    assert (record.source, record.owner, record.state, record.event) == ("forward", coordinator, "open", None)
    assert record.words == [["As it came", EMAIL.strip()]] and record.typed_by is not None
    assert [heading for heading, _sentence in record.reasons] == ["Business", "Pledge"]
    with scope(NOBODY):
        assert not Pledge.objects.exists() and not Outbox.objects.exists()
    listed = client.get("/desk/clear-up/").content.decode()
    assert "From: Ravi" in listed and "Maggie Thorne" in listed


def test_it_becomes_a_pledge_later_with_what_was_found_in_its_words(officer):
    officer.post(PAGE, typed(officer.get(PAGE), do="keep", source="forward", pasted=EMAIL))
    record = ToClearUp.objects.get()
    address = f"/desk/clear-up/{record.public_id}/"
    page = officer.get(address)
    assert (
        page.context["form"]["phone"].value() == "01632 960777" and "the bakery on Low Street" in page.content.decode()
    )
    assert officer.post(address, {**a_pledge(), "do": "pledge"}).status_code == 302
    record.refresh_from_db()
    assert record.state == "cleared" and record.pledge.source == "forward"
    assert record.pledge.partnership == factories.partnership(), "nobody has to take it on"


def test_the_words_stay_with_a_pledge_that_was_typed_at_once(officer):
    officer.post(PAGE, typed(officer.get(PAGE), source="forward", pasted=EMAIL, **a_pledge(name="Dee")))
    record = ToClearUp.objects.get()
    assert record.state == "cleared" and record.pledge == Pledge.objects.get() and record.words[0][1] == EMAIL.strip()
    assert dict(record.words)["Business"] == "Low Street Bakery" and "Dee" not in Pledge.objects.get().words


def test_half_a_pledge_is_kept_as_it_was_typed(officer):
    half = {"business": "Low Street Bakery", "phone": "ring me", "places": "a few", "by_month_0": "3"}
    assert officer.post(PAGE, typed(officer.get(PAGE), do="keep", **half)).status_code == 302
    record = ToClearUp.objects.get()
    assert record.words == [
        ["How many", "a few"], ["Business", "Low Street Bakery"], ["Phone", "ring me"], ["By month", "3/"],
    ]  # fmt: skip
    assert record.reasons == [["Pledge", "Ask what they would like to promise."]]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"do": "keep"}, "pasted", "Paste the email"),
        ({"do": "keep", "source": "", "pasted": "x"}, "source", "Choose how it came"),
        ({"do": "keep", "pasted": "x" * 5001}, "pasted", "5000 characters or fewer"),
        ({"source": "sheet", **a_pledge()}, "source", "valid choice"),
        ({**a_pledge(phone="")}, "phone", "phone number or an email address"),
        ({**a_pledge(business="")}, "business", "name of the business"),
        ({**a_pledge(owner="999999")}, "owner", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(officer, more, field, words):
    answer = officer.post(PAGE, typed(officer.get(PAGE), **more))
    assert words in str(answer.context["form"].errors[field])
    assert not Pledge.objects.exists() and not ToClearUp.objects.exists()


def test_somebody_of_another_partnership_cannot_be_the_owner(officer):
    elsewhere = factories.membership("coordinator", partnership=factories.partnership("derbyshire")).user
    answer = officer.post(PAGE, typed(officer.get(PAGE), owner=str(elsewhere.pk), **a_pledge()))
    assert "owner" in answer.context["form"].errors


@pytest.mark.parametrize("more", [{"do": "keep", "pasted": EMAIL}, a_pledge(), {**a_pledge(), "pasted": EMAIL}])
def test_two_clicks_are_one_record(officer, more):
    sent = typed(officer.get(PAGE), **more)
    for _click in range(2):
        assert officer.post(PAGE, sent).status_code == 302
    assert Pledge.objects.count() == int("business" in more) and ToClearUp.objects.count() == int("pasted" in more)
    assert "1 so far" in officer.get(PAGE).content.decode()


def test_the_control_without_the_key_two_clicks_are_two(officer):
    for _click in range(2):
        officer.post(PAGE, typed(officer.get(PAGE), do="keep", pasted=EMAIL))
    assert ToClearUp.objects.count() == 2


def test_the_same_page_with_other_words_is_asked_about_and_then_saved(officer):
    sent = typed(officer.get(PAGE), do="keep", pasted=EMAIL)
    officer.post(PAGE, sent)
    again = officer.post(PAGE, {**sent, "pasted": "Something else"})
    assert "You have saved this page before" in again.content.decode() and ToClearUp.objects.count() == 1
    assert key_of(again) != sent["key"]
    assert officer.post(PAGE, {**sent, "pasted": "Something else", "key": key_of(again)}).status_code == 302
    assert ToClearUp.objects.count() == 2


def test_a_workplace_elsewhere_makes_it_theirs(officer, monkeypatch):
    theirs = factories.partnership("derbyshire")
    monkeypatch.setattr("pledges.services._partnership_of", lambda postcode: theirs if postcode else None)
    officer.post(PAGE, typed(officer.get(PAGE), **a_pledge(postcode="DE1 1AA")))
    assert Pledge.objects.get().partnership == theirs
    assert "Low Street" not in officer.get(PAGE).content.decode() and "1 so far" in officer.get(PAGE).content.decode()


def test_all_or_nothing(officer, monkeypatch):
    def crash(**more):
        raise RuntimeError("planted")

    monkeypatch.setattr(intake, "turn_into_pledge", crash)
    sent = typed(officer.get(PAGE), pasted=EMAIL, **a_pledge())
    assert officer.post(PAGE, sent).status_code == 500
    assert not ToClearUp.objects.exists() and not Pledge.objects.exists()
    monkeypatch.undo()
    assert officer.post(PAGE, sent).status_code == 302 and Pledge.objects.count() == 1


def test_scripts_in_an_email_are_words(officer):
    officer.post(PAGE, typed(officer.get(PAGE), do="keep", pasted="<script>alert(1)</script>\x00\u202e"))
    for address in (PAGE, "/desk/clear-up/", f"/desk/clear-up/{ToClearUp.objects.get().public_id}/", "/desk/"):
        page = officer.get(address).content.decode()
        assert "<script>alert" not in page and "\u202e" not in page


@pytest.mark.parametrize(
    ("text", "email", "phone"),
    [
        (EMAIL, "", "01632 960777"),
        ("Jo <Jo@Bakery.example>, jo@bakery.example. +44 1632 960777 or 01632 960777", "jo@bakery.example", None),
        ("a@b.example c@d.example 01632 960001 01632 960002", "", ""),
        ("On 12/01/2027 at 10.30, order 0123", "", ""),
        ("", "", ""),
    ],
)
def test_the_only_way_to_reach_somebody_is_found_in_a_text(text, email, phone):
    found = find_reach(text)
    assert found.email == email and (bool(found.phone) if phone is None else found.phone == phone)


# --- paper cards


@pytest.fixture
def event():
    return made.event(owner=factories.user("Amina"))


@pytest.fixture
def cards(officer, event):
    """Types one card: what the page holds already, and these fields. Gives the answer."""

    class Cards:
        address = f"/desk/events/{event.code}/pledge/"
        page = officer.get(address)

        def type(self, **fields):
            answer = officer.post(self.address, {"key": key_of(self.page), **fields})
            self.page = officer.get(self.address) if answer.status_code == 302 else answer
            return answer

    return Cards()


def test_cards_one_after_the_other(cards):
    assert cards.type(**a_pledge()).status_code == 302
    html = cards.page.content.decode()
    assert "Low Street Bakery</a>" in html and ", 2. " in html and "1 so far" in html
    form = cards.page.context["form"]
    assert form["business"].value() is None and form["kind"].value() is None, "an empty card"
    assert cards.type(**a_pledge(business="Second")).status_code == 302
    assert "2 so far" in cards.page.content.decode() and Pledge.objects.count() == 2


def test_the_fields_come_in_the_order_of_the_paper_card_and_the_first_has_the_focus(cards):
    html = cards.page.content.decode()
    names = ("kind", "places", "business", "name", "phone", "email", "way", "best_time", "show_business")
    places = [html.index(f' name="{name}"') for name in names]
    assert places == sorted(places) and html.count("autofocus") == 1
    assert re.search(r'<select name="kind"[^>]*autofocus', html)
    assert html.index('name="only_card"') < places[0] > html.index('name="unreadable"')
    assert places[-1] < html.index("<details>") < html.index('name="words"')


def test_everything_on_the_paper_card_is_kept(cards, event):
    cards.type(**a_pledge(name="Dee", email="dee@low.example", way="text", best_time="evening", show_business="on"))
    pledge = Pledge.objects.select_related("contact").get()
    contact = pledge.contact
    assert (contact.name, contact.email, contact.way, contact.best_time) == (
        "Dee",
        "dee@low.example",
        "text",
        "evening",
    )
    assert pledge.show_business and (pledge.source, pledge.event, pledge.owner) == ("desk", event, event.owner)
    cards.type(**a_pledge(business="Shy"))
    assert not Pledge.objects.order_by("-pk")[0].show_business, "never shown unless the card says so"


def test_several_kinds_of_one_card_without_retyping(cards):
    first = cards.type(same="1", **a_pledge(name="Dee", show_business="on"))
    assert first.status_code == 200 and "1 so far" in first.content.decode()
    form = first.context["form"]
    assert form["business"].value() == "Low Street Bakery" and not form["kind"].value() and not form["places"].value()
    assert cards.type(**{name: form[name].value() or "" for name in form.of_the_person}, kind="kit", places="3")
    one, two = Pledge.objects.order_by("pk")
    assert one.employer == two.employer and one.contact == two.contact and two.show_business


def test_ring_me_needs_no_number_but_a_way_to_ring(cards):
    assert "phone" in cards.type(business="Ring Ltd", kind="undecided").context["form"].errors
    assert cards.type(business="Ring Ltd", kind="undecided", phone="01632 960001").status_code == 302
    assert Pledge.objects.get().places == 1
    answer = cards.type(**a_pledge(places=""))
    assert "Enter how many" in str(answer.context["form"].errors["places"])


@pytest.mark.parametrize(("tick", "words"), [("unreadable", "cannot be read"), ("only_card", "only a business card")])
def test_one_tick_makes_a_record_with_an_owner_and_a_number_for_the_card(cards, event, tick, words):
    assert cards.type(**{tick: "on"}).status_code == 302
    record = ToClearUp.objects.get()
    assert (record.owner, record.event, record.source, record.row_number) == (event.owner, event, "desk", 1)
    assert words in record.reasons[0][1] and record.words == []
    assert "Write 1 on the card" in cards.page.content.decode()
    cards.type(**{tick: "on"}, business="Half Readable", phone="0163")
    record = ToClearUp.objects.order_by("-pk")[0]
    assert record.row_number == 2 and record.words == [["Business", "Half Readable"], ["Phone", "0163"]]
    html = cards.page.content.decode()
    assert "Write 2 on the card" in html and "Half Readable</a>" in html and "2 so far" in html


def test_the_number_stands_on_its_page_and_in_the_list(cards, officer, event):
    cards.type(unreadable="on")
    record = ToClearUp.objects.get()
    assert "<h1>Card 1</h1>" in officer.get(f"/desk/clear-up/{record.public_id}/").content.decode()
    assert "Card 1" in officer.get("/desk/clear-up/").content.decode()
    assert "Card 1" in officer.get("/desk/").content.decode()


def test_two_clicks_are_one_card(cards, officer):
    for fields in (a_pledge(), {"unreadable": "on"}):
        sent = {"key": key_of(cards.page), **fields}
        for _click in range(2):
            assert officer.post(cards.address, sent).status_code == 302
        cards.page = officer.get(cards.address)
    assert (Pledge.objects.count(), ToClearUp.objects.count()) == (1, 1)
    assert "2 so far" in cards.page.content.decode()


def test_equal_cards_are_two_pledges(cards):
    for _card in range(2):
        cards.type(**a_pledge())
    assert Pledge.objects.count() == 2


def test_a_card_with_a_mistake_comes_back_as_it_was_typed(cards):
    answer = cards.type(**a_pledge(phone="0163"))
    html = answer.content.decode()
    assert "area code" in html and 'value="Low Street Bakery"' in html and html.count("autofocus") == 1
    assert re.search(r'<div class="problem"[^>]*autofocus', html), "the summary has the focus"
    assert not Pledge.objects.exists()


def test_another_partnerships_saved_card_is_not_named(sign_in, event):
    user = factories.membership("coordinator").user
    client = sign_in(user=user)
    with scope(NOBODY):
        pledge = made.pledge(event=event)
    session = client.session
    session["typed"] = {event.code: [3, "pledge", str(pledge.public_id)]}
    session.save()
    Pledge.objects.update(partnership=Partnership.objects.get(code="derbyshire"))
    html = client.get(f"/desk/events/{event.code}/pledge/").content.decode()
    assert "3 so far" in html and "Old Bank" not in html


def test_a_card_takes_few_keys(cards):
    """The focus is in the first field; each field up to the phone is one Tab away, and Enter saves: five keys beside
    what the card says."""
    html = cards.page.content.decode()
    form = html[html.index('name="kind"') : html.index('name="phone"')]
    tabs = len(re.findall(r"<(?:input|select|textarea|button|a|summary)\b", form))
    assert tabs == 4
    submit = re.search(r"<button[^>]*>", html[html.index('name="key"') :])[0]
    assert "name=" not in submit, "Enter saves the card"


def test_a_sitting_asks_the_same_number_of_queries(cards, officer):
    counts = []
    for number in range(3):
        cards.type(**a_pledge(business=f"Firm {number}"))
        with CaptureQueriesContext(connection) as found:
            officer.get(cards.address)
        counts.append(len(found))
    assert len(set(counts)) == 1 and counts[0] <= 15, counts
