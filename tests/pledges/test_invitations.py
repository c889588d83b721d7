"""Invitations: a pasted list, who said and did what, and the note for the day after."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import DESK, Role
from core.lifecycle import SYSTEM, MoveRefused
from core.scope import NOBODY, scope
from pledges import invitations, services
from pledges.invitations import Guest
from pledges.lifecycle import GIVER, INVITATION
from pledges.models import Event, Invitation, Pledge
from pledges.reading import Unclear
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db
STATES = Invitation.State.values


@pytest.fixture
def event():
    return made.event()


@pytest.fixture
def officer(sign_in):
    return sign_in("support_officer")


def invited(event, *names):
    with scope(NOBODY):
        invitations.invite(event=event, guests=[Guest(name) for name in names or ("Old Bank Kitchen",)])
    return Invitation.objects.filter(event=event).order_by("pk")


def path(event):
    return f"/desk/events/{event.code}/invitations/"


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- lines


@pytest.mark.parametrize(
    ("line", "guest"),
    [
        ("Old Bank Kitchen, jo@oldbank.example", Guest("Old Bank Kitchen", "jo@oldbank.example")),
        ("Old Bank Kitchen", Guest("Old Bank Kitchen")),
        ("Smith, Jones and Sons, JO@Smith.EXAMPLE", Guest("Smith, Jones and Sons", "JO@smith.example")),
        ("Old Bank\tjo@oldbank.example\t", Guest("Old Bank", "jo@oldbank.example")),
        ("Old Bank; jo@oldbank.example;", Guest("Old Bank", "jo@oldbank.example")),
        ("  Old \x00 Bank ,, ", Guest("Old Bank")),
        ("Café 😀", Guest("Café 😀")),
    ],
)
def test_lines_that_can_be_read(line, guest):
    assert invitations.read_line(line) == guest


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("jo@oldbank.example", "name of the business first"),
        (", , jo@oldbank.example", "name of the business first"),
        ("---", "name of the business first"),
        ("Old Bank, jo@", "email address"),
        ("Old Bank, jo at oldbank@", "email address"),
        ("x" * 121, "120 letters or fewer"),
    ],
)
def test_lines_that_cannot_get_a_sentence(line, sentence):
    with pytest.raises(Unclear, match=sentence):
        invitations.read_line(line)


def test_two_thousand_lines_and_no_more():
    assert len(invitations.read_lines("\n".join(f"Business {n}" for n in range(2000)))[0]) == 2000
    with pytest.raises(Unclear, match="2,000"):
        invitations.read_lines("\n".join(f"Business {n}" for n in range(2001)))


def test_a_pasted_list_keeps_the_good_and_gives_back_the_bad(officer, event):
    lines = "Old Bank Kitchen, jo@oldbank.example\nThe Old Bank Kitchen Ltd\n\nSycamore, nonsense@\nHarlow & Sons"
    page = text_of(officer.post(path(event), {"lines": lines}))
    assert [row.business for row in Invitation.objects.order_by("pk")] == ["Old Bank Kitchen", "Harlow & Sons"]
    assert "2 businesses added. On the list already: 1." in page and "Line 4:" in page
    assert "Sycamore, nonsense@</textarea>" in page
    assert officer.post(path(event), {"lines": "Harlow and Sons\nSycamore"}).status_code == 302
    assert Invitation.objects.count() == 3
    assert "Write one business" in text_of(officer.post(path(event), {"lines": " "}))
    assert "Add at most 2,000" in text_of(officer.post(path(event), {"lines": "a\n" * 2001}))


def test_two_thousand_are_added_in_few_queries(officer, event):
    lines = "\n".join(f"Business {n}, b{n}@business.example" for n in range(2000))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert officer.post(path(event), {"lines": lines}).status_code == 302
    assert Invitation.objects.count() == 2000 and len(queries) <= 20


# --- the list


def test_counts_and_who_pledged(officer, event):
    rows = list(invited(event, "Old Bank Kitchen Ltd", "Sycamore", "Harlow", "Mill"))
    with scope(NOBODY):
        made.pledge(event=event, business="The Old Bank Kitchen")
        made.pledge(event=made.event(), business="Sycamore")  # at another event
        for row, move in zip(rows, ["come", "say_yes", "say_no"], strict=False):
            invitations.move_invitation(invitation=row, name=move, role="support_officer")
    assert invitations.counts(event) == {"invited": 4, "coming": 2, "came": 1, "gave": 1}
    page = text_of(officer.get(path(event)))
    assert page.count(">Yes</td>") == 1 and page.count(">Not yet</td>") == 3


def test_a_search_finds_by_name(officer, event):
    invited(event, "Old Bank Kitchen", "Sycamore Joinery")
    page = text_of(officer.get(path(event), {"q": "sycaMORE"}))
    assert "Sycamore Joinery" in page and "Old Bank Kitchen" not in page
    assert "Nobody of that name" in text_of(officer.get(path(event), {"q": "nobody"}))
    assert "Sycamore Joinery" in text_of(officer.get(path(event), {"q": "\x00"}))


def test_the_list_takes_the_same_queries_for_three_and_for_fifty(officer, event):
    def queries():
        with CaptureQueriesContext(connection) as found:
            text_of(officer.get(path(event)))
        return len(found)

    invited(event, "A", "B", "C")
    few = queries()
    invited(event, *(f"Business {n}" for n in range(60)))
    assert queries() == few <= 12
    assert "page=2" in text_of(officer.get(path(event)))


@pytest.mark.parametrize("role", ["coordinator", "support_officer", "economic_development"])
def test_each_desk_role_moves_one_and_comes_back_to_its_place(sign_in, event, role):
    client, row = sign_in(role), invited(event)[0]
    answer = client.post(f"{path(event)}{row.public_id}/come/", {"q": "old bank", "page": "1"})
    assert answer.url == f"{path(event)}?q=old+bank&page=1#i-{row.public_id.hex}"
    row.refresh_from_db()
    assert row.state == "came"
    assert client.post(f"{path(event)}{row.public_id}/say_no/", follow=True).status_code == 200
    row.refresh_from_db()
    assert row.state == "came"  # not a move from there
    assert client.post(f"{path(event)}{row.public_id}/burn/").status_code == 404
    assert client.get(f"{path(event)}{row.public_id}/come/").status_code in (404, 405)


@pytest.mark.parametrize("role", ["adviser", "team_manager", "operator", "board_member"])
def test_others_have_no_list(sign_in, event, role):
    client, row = sign_in(role), invited(event)[0]
    for page in ("invitations/", "edit/", "note/"):
        assert client.get(f"/desk/events/{event.code}/{page}").status_code == 404
    assert client.post(f"{path(event)}{row.public_id}/come/").status_code == 404


def test_another_partnerships_event_is_not_there(sign_in, event):
    client, row = sign_in("coordinator", partnership=factories.partnership("derbyshire")), invited(event)[0]
    for page in ("invitations/", "edit/", "note/"):
        assert client.get(f"/desk/events/{event.code}/{page}").status_code == 404
    assert client.post(path(event), {"lines": "Mill"}).status_code == 404
    assert client.post(f"{path(event)}{row.public_id}/come/").status_code == 404
    assert client.post(f"/desk/events/{event.code}/edit/", {"name": "Mine"}).status_code == 404


def test_an_invitation_belongs_to_its_event(officer, event):
    row = invited(made.event())[0]
    assert officer.post(f"{path(event)}{row.public_id}/come/").status_code == 404


@pytest.mark.parametrize(
    ("state", "move", "role"),
    list(itertools.product(STATES, INVITATION.by_name, [*Role.values, GIVER, SYSTEM])),
)
def test_every_state_move_and_role(event, state, move, role):
    row = invited(event)[0]
    Invitation.objects.filter(pk=row.pk).update(state=state)
    arrow = INVITATION.by_name[move]
    allowed = state in arrow.old and role in {str(each) for each in DESK}
    with scope(NOBODY):
        if allowed:
            invitations.move_invitation(invitation=row, name=move, role=role)
        else:
            with pytest.raises(MoveRefused):
                invitations.move_invitation(invitation=row, name=move, role=role)
    row.refresh_from_db()
    assert row.state == (arrow.new if allowed else state)


# --- the event's words


WORDS = {
    "name": "Autumn lunch",
    "place": "Town hall",
    "held_on_0": "3",
    "held_on_1": "12",
    "held_on_2": "2026",
    "text_to": "07700 900123",
    "sponsor": "Mill & Co",
    "speakers": "Sam Hall",
}


def test_an_officer_puts_the_event_right(officer, event):
    page = f"/desk/events/{event.code}/edit/"
    assert "Northmoor breakfast" in text_of(officer.get(page))
    assert "phone number" in text_of(officer.post(page, {**WORDS, "text_to": "ring me"}))
    assert "characters or fewer" in text_of(officer.post(page, {**WORDS, "sponsor": "x" * 101}))
    assert officer.post(page, WORDS).url == f"/desk/events/{event.code}/"
    now = Event.objects.get()
    assert (now.name, now.text_to, now.sponsor, now.speakers) == (
        "Autumn lunch", "07700 900123", "Mill & Co", "Sam Hall",
    )  # fmt: skip
    assert now.code == event.code and str(now.held_on) == "2026-12-03"


def test_a_new_event_has_all_its_words(officer):
    assert officer.post("/desk/events/new/", WORDS).status_code == 302
    assert Event.objects.get().sponsor == "Mill & Co"


def test_the_event_page_leads_to_everything(officer, event):
    page = text_of(officer.get(f"/desk/events/{event.code}/"))
    for name in ("invitations/", "edit/", "note/", "poster-a3.pdf", "poster-a4.pdf", "table-card.pdf", "code.svg"):
        assert f'href="/desk/events/{event.code}/{name}"' in page, name


# --- the note


def note(client, event):
    return text_of(client.get(f"/desk/events/{event.code}/note/"))


def test_the_note_says_what_it_brought_and_what_comes(officer, event):
    with scope(NOBODY):
        made.pledge(event=event, places=3)
        made.pledge(event=event, business="Sycamore", code="kit", places=40)
        held = made.pledge(event=event, business="Prank", places=500)
        Pledge.objects.filter(pk=held.pk).update(held_back="many_from_one")
        services.change_event(
            event=event, to={**{name: getattr(event, name) for name in services.EVENT_WORDS},
                             "sponsor": "Mill & Co", "speakers": "Sam Hall"},
        )  # fmt: skip
    page = note(officer, event)
    figures = [line.split("</dd>")[0] for line in page.split('<dd class="big">')[1:]]
    assert figures == ["2", "2", "3"]  # kit is no place, and a pledge held back is not counted yet
    assert "Dear Mill &amp; Co," in page and "Dear Sam Hall," in page
    assert "2 businesses made 2 promises" in page and event.owner.name in page
    assert "speaks to every business by" in page and 'media="print"' in page


def test_a_note_without_thanks_says_how_to_get_them(officer, event):
    page = note(officer, event)
    assert "No pledge yet." in page and f"/desk/events/{event.code}/edit/" in page and "Dear" not in page


def test_the_note_takes_the_same_queries_for_one_and_for_many(officer, event):
    def queries():
        with CaptureQueriesContext(connection) as found:
            note(officer, event)
        return len(found)

    with scope(NOBODY):
        made.pledge(event=event)
        few = queries()
        for number in range(12):
            made.pledge(event=event, business=f"Business {number}", code=["kit", "mentoring"][number % 2])
    assert queries() == few <= 14
