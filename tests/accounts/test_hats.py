"""From a session to a hat, and from a hat to whose rows it may see."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts import menus
from accounts.hats import hat_of
from accounts.models import Membership, YoungPerson
from accounts.roles import SEES_YOUNG_PEOPLE, Role
from core import clock
from core.scope import NOBODY, scope
from tests import factories

pytestmark = pytest.mark.django_db
COUNCIL_ROLES = [role for role in Role.values if role not in ("operator", "employer_member")]


def page(client) -> str:
    return client.get("/hats/").content.decode()


@pytest.mark.parametrize("role", COUNCIL_ROLES)
def test_only_the_roles_that_work_with_young_people_see_them(role):
    mine = factories.young_person(label="Mine")
    factories.young_person(factories.council("Derbyshire"), label="Elsewhere")
    hat = hat_of(factories.membership(role, council=factories.council()))
    with scope(hat.scope()):
        seen = set(YoungPerson.objects.all())
    assert seen == ({mine} if role in SEES_YOUNG_PEOPLE else set())


@pytest.mark.parametrize("role", ["coordinator", "economic_development", "support_officer", "board_member", "operator"])
def test_hats_of_a_partnership_and_the_operator_see_no_young_person(role):
    factories.young_person()
    hat = hat_of(factories.membership(role))
    assert hat.scope().councils == frozenset()
    with scope(hat.scope()):
        assert not YoungPerson.objects.exists()


def test_planted_role_that_sees_is_noticed(monkeypatch):
    """The control: were coordinators given sight, the test above would see somebody."""
    from accounts import hats

    factories.young_person()
    monkeypatch.setattr(hats, "SEES_YOUNG_PEOPLE", frozenset({"coordinator"}))
    hat = hat_of(factories.membership("coordinator", council=factories.council()))
    with scope(hat.scope()):
        assert YoungPerson.objects.exists()


def test_the_first_hat_is_worn_until_another_is_chosen(sign_in):
    user = factories.adviser()
    other = factories.membership("team_manager", of=user, council=factories.council("Nottingham"))
    client = sign_in(user=user)
    assert "Personal adviser" in page(client) and "Team manager" in page(client)
    key = client.session.session_key
    assert client.post("/hats/", {"hat": other.pk}).headers["Location"] == "/go/"
    assert client.session["hat"] == other.pk and client.session.session_key != key
    top = page(client).split("<main")[0]
    assert "Team manager" in top and "Nottingham" in top


def test_a_hat_of_somebody_else_is_refused(sign_in):
    foreign = factories.membership("adviser", council=factories.council("Derbyshire"))
    client = sign_in("adviser")
    for hat in (str(foreign.pk), "", "x", "0"):
        assert client.post("/hats/", {"hat": hat}).status_code == 400
    assert "hat" not in client.session


def test_a_hat_that_has_ended_or_not_begun_is_not_worn(sign_in):
    today = clock.today()
    user = factories.user()
    for start, end in ((today - dt.timedelta(9), today - dt.timedelta(1)), (today + dt.timedelta(1), None)):
        Membership.objects.create(
            user=user, role="adviser", council=factories.council(), valid_from=start, valid_to=end
        )
    client = sign_in(user=user)
    assert "no role here" in page(client)
    assert client.get("/go/").headers["Location"] == "/hats/"


def test_the_last_day_of_a_hat_counts(sign_in):
    today = clock.today()
    user = factories.user()
    Membership.objects.create(user=user, role="adviser", council=factories.council(), valid_from=today, valid_to=today)
    assert "Personal adviser" in page(sign_in(user=user))


def test_going_home_leads_to_the_first_entry_of_the_role(sign_in, monkeypatch):
    monkeypatch.setattr(menus, "_entries", [])
    menus.add("Second", "core:show-home", {"adviser"}, 20)
    menus.add("First", "accounts:choose-hat", {"adviser"}, 10)
    menus.add("Not theirs", "core:show-components", {"operator"}, 1)
    assert sign_in("adviser").get("/go/").headers["Location"] == reverse("accounts:choose-hat")
    assert sign_in("coordinator").get("/go/").headers["Location"] == "/hats/"


def test_a_visitor_is_asked_to_sign_in():
    for path in ("/go/", "/hats/"):
        assert Client().get(path).headers["Location"] == f"/sign-in/?next=%2F{path.strip('/')}%2F"
    assert NOBODY.councils == frozenset()


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/desk/", "Today"),
        ("/desk/held-back/", "Today"),
        ("/desk/week/", "Calls"),
        ("/desk/employers/", "Businesses"),
        ("/desk/checks/", "Businesses"),
        ("/desk/merge/", "Businesses"),
    ],
)
def test_the_entry_that_a_page_belongs_to_is_lit(path, lit):
    hat = hat_of(factories.membership("coordinator", council=factories.council()))
    assert [label for label, _url, here in menus.menu_for(hat, path) if here] == [lit]


def test_planted_entry_without_its_other_lists_lights_another(monkeypatch):
    monkeypatch.setattr(menus, "_entries", [])
    menus.add("Today", "pledges:show-desk", {"coordinator"}, 10)
    menus.add("Businesses", "pledges:list-employers", {"coordinator"}, 20)
    hat = hat_of(factories.membership("coordinator", council=factories.council()))
    assert menus.menu_for(hat, "/desk/checks/")[0][2] is True


# --- being oneself ----------------------------------------------------------------------------------------------------


def test_somebody_with_a_membership_may_also_be_themselves(sign_in):
    from accounts.joining import join

    user = factories.adviser()
    person = factories.young_person()
    with factories.as_worker():
        joined = join(person=person, name="Kai", email="kai@mail.example")
    factories.membership("ambassador", of=joined, partnership=factories.partnership())
    client = sign_in(user=joined)
    assert "Ambassador" in page(client) and "You</h2>" in page(client)
    assert client.get("/me/").status_code == 404
    assert client.post("/hats/", {"hat": "0"}).headers["Location"] == "/go/"
    assert client.get("/go/").headers["Location"] == "/me/" and client.get("/me/").status_code == 200
    assert "You</h2>" not in page(sign_in(user=user))  # nobody else is offered it


def test_young_people_with_an_account_are_among_the_demonstrations_people(sign_in):
    from accounts import personas
    from accounts.joining import join

    person = factories.young_person()
    assert not [group for group in personas.groups() if group.code == "young_person"]
    with factories.as_worker():
        joined = join(person=person, name="Kai", email="kai@mail.example")
    (group,) = [group for group in personas.groups() if group.code == "young_person"]
    assert (group.role, group.where, group.people) == ("Young people", "", [joined])
