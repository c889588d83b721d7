"""Who works for the council is seen by their own worker alone, as long as there is one."""

import pytest
from django.urls import reverse

from accounts import apart, guests
from accounts.models import AdviserLink, Membership, User, YoungPerson
from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from matching import shown
from tests import factories

pytestmark = pytest.mark.django_db
TEAM, PEOPLE, MONDAY = (
    reverse(name) for name in ("matching:show-team", "matching:list-people", "introductions:show-monday")
)
WHO = reverse("introductions:show-who")
MANAGERS = ("hand-over", "end-support", "ask-transfer", "let-guest-in", "keep-apart")


def page(name, person) -> str:
    return reverse(f"matching:{name}", args=[person.public_id])


@pytest.fixture
def place():
    worker = factories.adviser()
    people = [factories.young_person(label=label, worker=worker) for label in ("L-mine", "O-other")]
    manager = factories.membership("team_manager").user
    return {"worker": worker, "person": people[0], "other": people[1], "manager": manager}


def kept(place, value=True) -> bool:
    with factories.as_worker():
        return apart.keep_apart(person=place["person"], apart=value, by=place["worker"], role="adviser")


def now(person) -> YoungPerson:
    with factories.as_worker():
        return YoungPerson.objects.get(pk=person.pk)


@pytest.mark.parametrize("who", ["worker", "manager"])
def test_the_worker_or_the_manager_ticks_it_and_the_manager_sees_a_count(who, place, sign_in):
    client, manager = sign_in(user=place[who]), sign_in(user=place["manager"])
    address = page("keep-apart", place["person"])
    assert client.get(address).status_code == 200 and not now(place["person"]).kept_apart
    assert client.post(address, {"apart": "on"}).status_code == 302
    assert now(place["person"]).kept_apart
    for url in (TEAM, PEOPLE, MONDAY):
        text = manager.get(url).content.decode()
        assert "L-mine" not in text and "O-other" in text, url
    assert "And 1 young person who is kept apart" in manager.get(TEAM).content.decode()
    assert [manager.get(page(name, place["person"])).status_code for name in MANAGERS] == [404] * len(MANAGERS)
    assert "L-mine" in sign_in(user=place["worker"]).get(PEOPLE).content.decode()


def test_the_worker_takes_the_tick_back(place, sign_in):
    kept(place)
    client = sign_in(user=place["worker"])
    assert "checked" in client.get(page("keep-apart", place["person"])).content.decode()
    client.post(page("keep-apart", place["person"]), {})
    assert not now(place["person"]).kept_apart
    assert "L-mine" in sign_in(user=place["manager"]).get(TEAM).content.decode()


@pytest.mark.parametrize("how", ["left", "inactive", "ended"])
def test_without_their_worker_the_manager_sees_them_again_first(how, place, sign_in):
    kept(place)
    with factories.as_worker():
        if how == "left":
            Membership.objects.filter(user=place["worker"]).update(valid_to="2026-01-01")
        elif how == "inactive":
            User.objects.filter(pk=place["worker"].pk).update(is_active=False)
        else:
            AdviserLink.objects.filter(person=place["person"]).update(ended_on=clock.today())
    text = sign_in(user=place["manager"]).get(TEAM).content.decode()
    assert "L-mine" in text and "kept apart" not in text and "no adviser" in text


def test_nobody_is_kept_apart_whom_nobody_would_see(place):
    lonely = factories.young_person(label="Z")
    with factories.as_worker(), pytest.raises(MoveRefused, match="Choose their adviser first"):
        apart.keep_apart(person=lonely, apart=True, by=place["manager"], role="team_manager")


def test_a_guest_sees_them_no_more(place):
    with factories.as_worker():
        link = guests.let_in(
            person=place["person"], name="Gil", email="gil@derby.gov.uk",
            council=factories.council("Derby"), until=clock.today(), by=place["manager"],
        )  # fmt: skip
        assert shown.people_of(link.worker_id).exists()
    kept(place)
    with factories.as_worker():
        assert not shown.people_of(link.worker_id).exists()


def test_a_colleague_who_stands_in_or_another_council_decides_nothing(place, sign_in):
    for client in (sign_in("adviser"), sign_in("team_manager", council=factories.council("Derbyshire"))):
        address = page("keep-apart", place["person"])
        assert client.get(address).status_code == client.post(address, {"apart": "on"}).status_code == 404
    assert sign_in("coordinator").get(page("keep-apart", place["person"])).status_code == 404
    assert not now(place["person"]).kept_apart


def test_they_do_not_read_that_a_manager_sees_them(place, sign_in):
    user = factories.user("Jo Own")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=place["person"].pk).update(user=user)
    assert place["manager"].name in sign_in(user=user).get(WHO).content.decode()
    kept(place)
    text = sign_in(user=user).get(WHO).content.decode()
    assert place["manager"].name not in text and place["worker"].name in text


def test_it_is_written_down_once(place):
    assert kept(place) and not kept(place) and kept(place, False)
    rows = LifecycleLog.objects.filter(object_id=place["person"].pk, move="keep_apart").order_by("pk")
    assert list(rows.values_list("old", "new")) == [("with the team", "apart"), ("apart", "with the team")]
