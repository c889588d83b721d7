"""What is marked is said where it was marked, on every page a match can be marked on, without any script."""

import re

import pytest
from django.urls import reverse

from accounts.models import YoungPerson
from matching import marked, services
from matching.models import MatchAction
from opportunities.models import Opportunity
from tests import factories as everybody
from tests.matching import factories
from tests.opportunities.factories import published

pytestmark = pytest.mark.django_db

MATCHES, MONDAY, ACT = (
    reverse("matching:list-matches"),
    reverse("introductions:show-monday"),
    reverse("matching:act-on-match"),
)


def own_page(person: YoungPerson) -> str:
    return reverse("matching:show-person", args=[person.public_id])


PAGES = {
    "matches": lambda person: MATCHES,
    "person": own_page,
    "monday": lambda person: MONDAY,
    "later": lambda person: f"{MATCHES}?show=later",
    "done": lambda person: f"{MATCHES}?show=done",
}


def public_id(row) -> str:
    return str(Opportunity.objects.get(pk=row.pk).public_id)


def anchor(person, row) -> str:
    return f"m-{person.public_id}-{public_id(row)}"


def act(client, person, row, state, **more):
    return client.post(ACT, {"person": person.public_id, "opportunity": public_id(row), "state": state, **more})


def at_anchor(client, url) -> str:
    """What stands where a redirect leads: from the anchor to the end of that card."""
    text = client.get(url).content.decode()
    assert text.count(f'id="{url.partition("#")[2]}"') == 1
    return re.split(r'id="[mp]-|<section|</main>', text.partition(f'id="{url.partition("#")[2]}"')[2])[0]


@pytest.fixture
def mine(world, sign_in):
    """(client, person, row) of the adviser whose person has one match."""
    return sign_in(user=world["mine"]["adviser"]), world["mine"]["person"], world["row"]


@pytest.mark.parametrize("back", PAGES)
@pytest.mark.parametrize(("state", "words"), [("shared", "Marked as shared"), ("later", "Kept for later")])
def test_it_is_said_where_it_was_marked_and_once(back, state, words, mine):
    client, person, row = mine
    answer = act(client, person, row, state, back=back)
    assert answer.url == f"{PAGES[back](person)}#{anchor(person, row)}"
    assert words in at_anchor(client, answer.url)
    assert words not in client.get(answer.url).content.decode()


@pytest.mark.parametrize("back", ["monday", "later"])
def test_a_list_of_several_people_says_for_whom(back, mine):
    client, person, row = mine
    if back == "later":
        act(client, person, row, "later")
    answer = act(client, person, row, "shared", back=back)
    assert f"{person.label}: Marked as shared" in at_anchor(client, answer.url)
    assert person.label not in str(dict(client.session.items()))


def test_not_now_begins_with_no_reason_and_asks_for_one(mine):
    client, person, row = mine
    text = client.get(MATCHES).content.decode()
    assert '<option value="">Choose a reason</option>' in text and "<option selected" not in text
    answer = act(client, person, row, "not_now", reason="", back="matches")
    card = at_anchor(client, answer.url)
    assert "choose a reason, or write one" in card and card.index('class="wrong"') < card.index("<select")


@pytest.mark.parametrize("back", PAGES)
def test_taking_back_is_said_in_the_same_place(back, mine):
    client, person, row = mine
    act(client, person, row, "later")
    answer = act(client, person, row, "take_back", back=back)
    said = at_anchor(client, answer.url)
    assert "Taken back" in said
    assert ('value="take_back"' in said) is False


@pytest.mark.parametrize("back", ["matches", "person", "monday"])
def test_planted_message_at_the_top_is_not_in_its_place(back, mine, monkeypatch):
    monkeypatch.setattr(marked, "recall", lambda request: None)
    client, person, row = mine
    text = client.get(act(client, person, row, "later", back=back).url).content.decode()
    assert "Kept for later" not in text


def test_it_keeps_its_place_among_the_others(mine, world):
    client, person, row = mine
    pledge = factories.pledge()
    others = [factories.opportunity(of=pledge, categories=1 << 5, title=f"Another {n}") for n in range(2)]
    factories.run()
    text = client.get(MATCHES).content.decode()
    order = sorted([row, *others], key=lambda one: text.index(anchor(person, one)))
    where = [int(at) for at in re.findall(r'name="at" value="(\d+)"', text)]
    assert sorted(set(where)) == [0, 1, 2]
    answer = act(client, person, order[1], "later", back="matches", at=1)
    text = client.get(answer.url).content.decode()
    assert sorted([row, *others], key=lambda one: text.index(f'id="{anchor(person, one)}"')) == order


def test_the_last_one_of_somebody_is_still_said_under_their_name(mine):
    client, person, row = mine
    text = client.get(act(client, person, row, "shared", back="matches").url).content.decode()
    assert text.index(f'id="p-{person.public_id}"') < text.index("Marked as shared")
    assert "Nothing new just now" not in text and "Nothing new just now" in client.get(MATCHES).content.decode()


@pytest.mark.parametrize("back", ["matches", "person", "later"])
def test_another_reason_without_words_keeps_the_choice_and_the_fold_open(back, mine):
    client, person, row = mine
    if back == "later":
        act(client, person, row, "later")
    answer = act(client, person, row, "not_now", reason="words", back=back)
    card = at_anchor(client, answer.url)
    assert "<details open>" in card and '<option value="words" selected>' in card
    assert "Say why not now" in card and 'aria-invalid="true"' in card
    act(client, person, row, "not_now", reason="words", back=back)
    assert "<title>Error:" in client.get(answer.url).content.decode()
    assert "<details open>" not in client.get(answer.url).content.decode()


def test_no_words_that_were_typed_are_kept_in_the_session(mine):
    client, person, row = mine
    act(client, person, row, "not_now", reason="far", words="No bus on Sundays")
    assert "No bus" not in str(dict(client.session.items())) and marked.KEY in client.session


def test_what_was_kept_for_later_can_be_shared_or_refused(mine):
    client, person, row = mine
    act(client, person, row, "later")
    shelf = client.get(MATCHES, {"show": "later"}).content.decode()
    assert all(f'value="{state}"' in shelf for state in ("shared", "not_now", "take_back"))
    act(client, person, row, "shared", back="later")
    with everybody.as_worker():
        assert MatchAction.objects.get().state == "shared"
    client.get(MATCHES)
    done = client.get(MATCHES, {"show": "done"}).content.decode()
    assert 'value="take_back"' in done and 'value="shared"' not in done


def test_titles_on_the_shelves_lead_to_the_opportunity_while_it_is_open(mine):
    client, person, row = mine
    act(client, person, row, "later")
    client.get(MATCHES)
    link = f'href="{reverse("opportunities:show-opportunity", args=[public_id(row)])}'
    assert link in client.get(MATCHES, {"show": "later"}).content.decode()
    factories.close(row)
    text = client.get(MATCHES, {"show": "later"}).content.decode()
    assert link not in text and "It is not open now." in text


@pytest.mark.parametrize(
    ("show", "words"), [("", "Nothing new just now"), ("later", "Nothing kept for later"), ("done", "Nothing done yet")]
)
def test_empty_tabs_say_what_will_be_there(show, words, sign_in):
    assert words in sign_in("adviser").get(MATCHES, {"show": show}).content.decode()


def test_a_tab_that_does_not_exist_is_the_first(mine):
    client, _, _ = mine
    text = client.get(MATCHES, {"show": "zzz"}).content.decode()
    assert "Trainee carpenter" in text
    assert re.search(r'href="/adviser/matches/" aria-current="page"', text)


@pytest.mark.parametrize("address", [MATCHES, MONDAY, own_page])
def test_an_opportunity_leads_back_to_where_one_came_from(address, mine):
    client, person, row = mine
    here = address if isinstance(address, str) else address(person)
    link = re.search(r'href="/opportunities/([^"/]+)/(\?back=[^"]+)"', client.get(here).content.decode())
    assert link and link[1] == public_id(row)
    page = client.get(reverse("opportunities:show-opportunity", args=[published().public_id]) + link[2])
    back = re.search(r'class="back" href="([^"]+)"', page.content.decode())
    assert back and back[1].startswith(here) and "Back to matches" in page.content.decode()


@pytest.mark.parametrize("back", ["https://bad.example/", "//bad.example/", "/sign-out/", "javascript:alert(1)"])
def test_an_opportunity_leads_nowhere_else(back, mine):
    client, _, _ = mine
    page = client.get(reverse("opportunities:show-opportunity", args=[published().public_id]), {"back": back})
    assert page.status_code == 200
    assert "bad.example" not in (text := page.content.decode()) and "Back to matches" not in text


def test_a_visitor_is_not_led_back_to_a_workers_page(mine, client):
    page = client.get(reverse("opportunities:show-opportunity", args=[published().public_id]), {"back": "/adviser/"})
    assert page.status_code == 200 and "Back to matches" not in page.content.decode()


def test_lines_to_do_lead_to_the_match_and_to_the_opportunity(mine):
    client, person, row = mine
    todo = client.get(MONDAY).content.decode().partition('<ol class="todo">')[2].partition("</ol>")[0]
    assert f'href="{own_page(person)}#{anchor(person, row)}"' in todo and public_id(row) in todo
    assert anchor(person, row) in client.get(own_page(person)).content.decode()


def test_a_few_reasons_are_said_and_the_rest_is_folded(mine, world):
    client, person, row = mine
    factories.update(row, ringfenced=True, pays_living_wage=True, audience="either", kind_bit=0)
    with everybody.as_worker():
        services.record_interests(
            person=person, by=None, categories=["construction-and-trades"], kinds=["ringfenced-job"]
        )
    factories.run()
    text = client.get(MATCHES).content.decode()
    line, _, fold = text.partition('class="card-title"')[2].partition("More reasons")
    assert "Would like construction and trades" in line and "Made for this area" not in line
    assert "Made for this area" in fold.partition("</details>")[0]


def test_people_with_something_new_come_first(mine, world):
    client, _, _ = mine
    adviser = world["mine"]["adviser"]
    factories.person(worker=adviser, label="AAA", categories=1 << 9)
    factories.run()
    for address in (reverse("matching:list-people"), MONDAY):
        table = client.get(address).content.decode().partition("<table")[2]
        assert table.index("L-mine") < table.index("AAA")
        assert "1 new" in table and "0 new" not in table
