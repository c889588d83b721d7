"""The adviser's pages: who sees whom, what two taps do, and how many queries a page may take."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AdviserLink, YoungPerson
from matching import services, shown
from matching.models import Interests, MatchAction
from opportunities.models import Opportunity
from tests import factories as everybody
from tests.introductions import factories as chain
from tests.matching import factories

pytestmark = pytest.mark.django_db

MATCHES, PEOPLE, NEW, MONDAY = (
    reverse("matching:list-matches"),
    reverse("matching:list-people"),
    reverse("matching:add-person"),
    reverse("introductions:show-monday"),
)
ACT = reverse("matching:act-on-match")


def page(person: YoungPerson) -> str:
    return reverse("matching:show-person", args=[person.public_id])


def edit(person: YoungPerson) -> str:
    return reverse("matching:edit-interests", args=[person.public_id])


def act(client, person, row, state, **more):
    opportunity = Opportunity.objects.get(pk=row.pk).public_id
    return client.post(ACT, {"person": person.public_id, "opportunity": opportunity, "state": state, **more})


def actions() -> list[tuple[int, str, str]]:
    with everybody.as_worker():
        return list(MatchAction.objects.order_by("pk").values_list("person_id", "state", "reason"))


# --- who sees whom ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [MATCHES, PEOPLE, MONDAY])
def test_an_adviser_sees_their_own_young_people_only(address, world, sign_in):
    text = sign_in(user=world["mine"]["adviser"]).get(address).content.decode()
    assert "L-mine" in text and "L-colleague" not in text and "L-other" not in text


@pytest.mark.parametrize("address", [page, edit])
@pytest.mark.parametrize("whose", ["colleague", "other"])
def test_somebody_elses_young_person_is_a_404_like_a_random_id(address, whose, world, sign_in):
    client = sign_in(user=world["mine"]["adviser"])
    theirs = client.get(address(world[whose]["person"]))
    nobodys = client.get(address(YoungPerson(public_id=uuid.uuid4())))
    assert theirs.status_code == nobodys.status_code == 404 and theirs.content == nobodys.content
    assert client.get(address(world["mine"]["person"])).status_code == 200


@pytest.mark.parametrize("whose", ["colleague", "other"])
def test_acting_for_somebody_elses_young_person_is_a_404(whose, world, sign_in):
    assert (
        act(sign_in(user=world["mine"]["adviser"]), world[whose]["person"], world["row"], "shared").status_code == 404
    )
    assert actions() == []


def test_planted_query_without_the_worker_shows_a_colleagues(world, sign_in, monkeypatch):
    """The wall of the council alone lets a colleague's young person through: the worker's own list does not."""
    monkeypatch.setattr(shown, "people_of", lambda worker: YoungPerson.objects.order_by("label", "pk"))
    text = sign_in(user=world["mine"]["adviser"]).get(PEOPLE).content.decode()
    assert "L-colleague" in text and "L-other" not in text


def test_a_former_adviser_sees_nothing(world, sign_in):
    factories.link(world["mine"]["person"], world["colleague"]["adviser"])
    client = sign_in(user=world["mine"]["adviser"])
    assert client.get(page(world["mine"]["person"])).status_code == 404
    assert "L-mine" not in client.get(MATCHES).content.decode()


ROLES = {
    "adviser": {MONDAY: 200, MATCHES: 200, PEOPLE: 200, NEW: 200},
    "social_worker": {MONDAY: 200, MATCHES: 200, PEOPLE: 200, NEW: 200},
    "team_manager": {MONDAY: 200, MATCHES: 404, PEOPLE: 200, NEW: 404},
    "coordinator": {MONDAY: 404, MATCHES: 404, PEOPLE: 404, NEW: 404},
    "operator": {MONDAY: 404, MATCHES: 404, PEOPLE: 404, NEW: 404},
    "guest_adviser": {MONDAY: 200, MATCHES: 200, PEOPLE: 200, NEW: 404},
}


@pytest.mark.parametrize("role", ROLES)
def test_pages_by_role(role, sign_in):
    client = sign_in(role)
    assert {address: client.get(address).status_code for address in ROLES[role]} == ROLES[role]


def test_a_visitor_is_asked_to_sign_in(sign_in):
    assert sign_in().get(MATCHES).url.startswith("/sign-in/")


@pytest.mark.parametrize("address", [MONDAY, PEOPLE])
def test_a_manager_reads_the_council_and_changes_nothing(address, world, sign_in):
    client = sign_in("team_manager")
    text = client.get(address).content.decode()
    assert "L-mine" in text and "L-colleague" in text and "L-other" not in text
    assert page(world["mine"]["person"]) not in text and "<form" not in text
    assert client.get(page(world["mine"]["person"])).status_code == 404
    assert act(client, world["mine"]["person"], world["row"], "shared").status_code == 404


def test_a_manager_reads_coverage_first(world, sign_in):
    everybody.young_person(everybody.council("Nottinghamshire"), label="L-silent")
    text = sign_in("team_manager").get(MONDAY).content.decode()
    stats = re.findall(r'<dt>([^<]+)</dt><dd class="big">(\d+)</dd>(?:<dd>([^<]+)</dd>)?', text)
    assert stats == [
        ("Have said what they would like", "2", "of 3 young people"),
        ("Have new matches to look at", "2", ""),
    ]


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_reasons_distance_and_link(world, sign_in):
    text = sign_in(user=world["mine"]["adviser"]).get(MATCHES).content.decode()
    assert "Would like construction and trades" in text and "Less than a mile away, close to home" in text
    assert (
        reverse("opportunities:show-opportunity", args=[Opportunity.objects.get(pk=world["row"].pk).public_id]) in text
    )


def test_what_closed_a_second_ago_is_gone_before_the_matcher_runs(world, sign_in):
    factories.close(world["row"])
    assert "Trainee carpenter" not in sign_in(user=world["mine"]["adviser"]).get(MATCHES).content.decode()


def test_nothing_of_right_to_work_is_shown(world, sign_in):
    person = world["mine"]["person"]
    with everybody.as_worker():
        YoungPerson.objects.filter(pk=person.pk).update(right_to_work="volunteering")
    client = sign_in(user=world["mine"]["adviser"])
    opportunity = Opportunity.objects.get(pk=world["row"].pk).public_id
    text = client.get(page(person), {"why": f"http://x/opportunities/{opportunity}/"}).content.decode()
    assert "This kind is not open to them at the moment." in text
    assert "right to work" not in text.lower() and "volunteer" not in text.lower()


# --- two taps ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["shared", "later"])
def test_shared_and_later_leave_the_inbox(state, world, sign_in):
    client, person = sign_in(user=world["mine"]["adviser"]), world["mine"]["person"]
    answer = act(client, person, world["row"], state, back="matches")
    assert client.get(answer.url).status_code == 200  # where it is said
    assert "Trainee carpenter" not in client.get(MATCHES).content.decode()
    shelf = {"shared": "done", "later": "later"}[state]
    assert "Trainee carpenter" in client.get(MATCHES, {"show": shelf}).content.decode()
    act(client, person, world["row"], "take_back")
    assert actions() == [] and "Trainee carpenter" in client.get(MATCHES).content.decode()


def test_not_now_needs_a_reason_and_comes_back_when_it_changes(world, sign_in):
    client, person = sign_in(user=world["mine"]["adviser"]), world["mine"]["person"]
    act(client, person, world["row"], "not_now", reason="words")
    assert actions() == [] and "Say why not now" in client.get(MATCHES).content.decode()
    act(client, person, world["row"], "not_now", reason="far", words="No bus on Sundays")
    assert actions() == [(person.pk, "not_now", "Too far, or no way to get there: No bus on Sundays")]
    factories.run()
    assert (person.pk, world["row"].pk) not in factories.stored()
    factories.update(world["row"], version=2)
    factories.run()
    assert (person.pk, world["row"].pk) in factories.stored()
    assert "Trainee carpenter" in client.get(MATCHES).content.decode()


@pytest.mark.parametrize("posted", [{}, {"state": "x"}, {"state": "shared", "person": "1", "opportunity": "2"}])
def test_nonsense_is_a_404(posted, world, sign_in):
    assert sign_in(user=world["mine"]["adviser"]).post(ACT, posted).status_code == 404


# --- thirty seconds ---------------------------------------------------------------------------------------------------

GOOD = {
    "label": "K.B.", "birth_month_0": "2", "birth_month_1": "2008", "area": "xa1 2", "words": "fixing cars",
    "categories": ["construction-and-trades", "transport"], "kinds": ["apprenticeship"], "travel": "walk",
}  # fmt: skip


def test_adding_somebody(sign_in):
    factories.places()
    client = sign_in("adviser")
    answer = client.post(NEW, GOOD)
    assert answer.status_code == 302, answer.context["form"].errors
    with everybody.as_worker():
        person = YoungPerson.objects.get(label="K.B.")
        interests, link = Interests.objects.get(pk=person.pk), AdviserLink.objects.get(person=person)
    assert (interests.radius_m, interests.easting, interests.words) == (4828, 453_000, "fixing cars")
    assert interests.born_on.isoformat() == "2008-02-29" and interests.first_kind == 1 and link.worker_id
    assert "fixing cars" in client.get(answer.url).content.decode()


def test_a_second_click_adds_nobody(sign_in):
    factories.places()
    client = sign_in("adviser")
    first = client.post(NEW, {**GOOD, "csrfmiddlewaretoken": "a"})
    assert client.post(NEW, {**GOOD, "csrfmiddlewaretoken": "a"}).url == first.url
    assert client.post(NEW, {**GOOD, "label": "K.C.", "csrfmiddlewaretoken": "a"}).url != first.url
    again = client.post(NEW, {**GOOD, "csrfmiddlewaretoken": "b"})
    assert "already have someone called that" in str(again.context["form"].errors["label"])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("label", "", "Enter your own short word"),
        ("label", "\0", "Enter your own short word"),
        ("area", "Nottingham", "Enter a postcode that exists"),
        ("birth_month_1", "1980", "makes this person 16 to 25"),
        ("birth_month_1", "26", "enter the year in full"),
        ("miles", "0", "from 1 to 99"),
        ("miles", "two", "from 1 to 99"),
        ("travel", "rocket", "Select a valid choice"),
    ],
)
def test_wrong_answers_get_a_sentence_and_nothing_is_lost(field, value, sentence, sign_in):
    factories.places()
    text = sign_in("adviser").post(NEW, {**GOOD, field: value}).content.decode()
    assert sentence in text and "Error:" in text and "fixing cars" in text
    with everybody.as_worker():
        assert not YoungPerson.objects.filter(living_sector="XA1 2").exists()


def test_changing_interests(world, sign_in):
    client, person = sign_in(user=world["mine"]["adviser"]), world["mine"]["person"]
    assert "checked" in client.get(edit(person)).content.decode()
    client.post(
        edit(person),
        {"words": "baking 🥐 \u202eabc", "travel": "car", "miles": "7", "categories": ["retail-and-sales"]},
    )
    with everybody.as_worker():
        found = Interests.objects.get(pk=person.pk)
    assert found.radius_m == 11265 and found.words == "baking 🥐 abc" and found.changed_by == world["mine"]["adviser"]
    factories.run()
    assert (person.pk, world["row"].pk) not in factories.stored()


# What a browser posts is in the order of the list, whatever was wanted most.
TWO = ["apprenticeship", "work-experience"]


def test_the_first_kind_is_the_only_one_ticked(world, sign_in):
    client, person = sign_in(user=world["mine"]["adviser"]), world["mine"]["person"]
    for kinds, first in ((TWO, None), (TWO[1:], 5), ([], None)):
        client.post(edit(person), {"travel": "bus", "kinds": kinds})
        with everybody.as_worker():
            assert Interests.objects.get(pk=person.pk).first_kind == first, kinds


def test_saving_without_a_change_keeps_the_first_kind_that_was_told(world, sign_in):
    client, person = sign_in(user=world["mine"]["adviser"]), world["mine"]["person"]
    with everybody.as_worker():
        bit = services.record_interests(person=person, by=None, kinds=TWO, first_kind=TWO[1]).first_kind
    assert bit is not None
    for kinds, first in ((TWO, bit), ([*TWO, "site-visit"], None)):
        client.post(edit(person), {"travel": "bus", "kinds": kinds})
        with everybody.as_worker():
            assert Interests.objects.get(pk=person.pk).first_kind == first, kinds


# --- query budgets ----------------------------------------------------------------------------------------------------

# Of these, six belong to the frame: the session, the user with their hats, the transaction and its scope; one says who
# looked.
BUDGETS = {MONDAY: 8, MATCHES: 15, f"{MATCHES}?show=done": 9, PEOPLE: 8, "page": 20}


@pytest.mark.parametrize("address", BUDGETS)
def test_queries_are_constant_in_rows(address, world, sign_in):
    adviser, person = world["mine"]["adviser"], world["mine"]["person"]
    client = sign_in(user=adviser)
    address, budget = (page(person) if address == "page" else address), BUDGETS[address]

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    few = queries()
    pledge = factories.pledge()
    for number in range(5):
        chain.interested(factories.person(worker=adviser, label=f"P{number}", categories=1 << 5))
        factories.opportunity(of=pledge, categories=1 << 5)
    factories.run()
    with everybody.as_worker():
        for one in YoungPerson.objects.filter(label__startswith="P"):
            MatchAction.objects.create(
                person=one, opportunity_id=world["row"].pk, state="shared", version=1, by=adviser
            )
    assert queries() == few == budget


def test_enter_in_the_words_of_not_now_presses_its_own_button(world, sign_in):
    """A browser answers Enter with the first button of the form that the field stands in."""
    client = sign_in(user=world["mine"]["adviser"])
    page = client.get(reverse("matching:list-matches")).content.decode()
    forms = [form for form in page.split("<form")[1:] if 'name="words"' in form.split("</form>")[0]]
    assert forms
    for form in forms:
        first = form.split("</form>")[0].split("<button", 1)[1]
        assert 'value="not_now"' in first.split(">")[0]
