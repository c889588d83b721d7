"""A guest helps one young person to a last day; a social worker has the same pages as an adviser."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from accounts import guests
from accounts.cover import hand_over
from accounts.ending import end_support
from accounts.hats import hat_of, hat_of_oneself, memberships
from accounts.models import AdviserLink, Membership, User, YoungPerson
from accounts.roles import Role
from config.policy import POLICY
from core import clock
from core.lifecycle import MoveRefused
from core.scope import scope
from introductions.models import Concern
from matching import services, shown, team_messages
from notifications.models import Outbox
from tests import factories
from tests.accounts import days
from tests.introductions import chain

pytestmark = pytest.mark.django_db
PEOPLE, MONDAY = reverse("matching:list-people"), reverse("introductions:show-monday")
ADD, WHO = reverse("matching:add-person"), reverse("introductions:show-who")


def page(name, row) -> str:
    return reverse(name if ":" in name else f"matching:{name}", args=[row.public_id])


@pytest.fixture
def place():
    """A manager, a worker with two young people; both of Nottinghamshire."""
    worker = factories.adviser()
    people = [factories.young_person(label=label, worker=worker) for label in ("L-mine", "O-other")]
    with factories.as_worker():
        services.record_interests(person=people[0], by=worker, open_to_anything=True)
    manager = factories.membership("team_manager").user
    return {"worker": worker, "person": people[0], "other": people[1], "manager": manager}


def let_in(place, until=None, **more) -> User:
    until = until or clock.today() + dt.timedelta(days=30)
    values = {"name": "Gil Guest", "email": "gil@derbyshire.gov.uk", "council": factories.council("Derbyshire"), **more}
    with factories.as_worker():
        link = guests.let_in(person=place["person"], until=until, by=place["manager"], **values)
        return link.worker


def said(until, **more) -> dict:
    values = {
        "name": "Gil Guest", "email": "gil@derbyshire.gov.uk", "council": factories.council("Derbyshire").gss_code,
        "rang": "on", "until_0": until.day, "until_1": until.month, "until_2": until.year,
    }  # fmt: skip
    return {**values, **more}


def test_a_manager_lets_a_guest_in_who_then_sees_one_young_person(place, sign_in):
    client = sign_in(user=place["manager"])
    address = page("let-guest-in", place["person"])
    assert client.get(address).status_code == 200
    answer = client.post(address, said(clock.today() + dt.timedelta(days=30)), follow=True)
    assert "They can help from now on" in answer.content.decode()
    guest = sign_in(user=User.objects.get(email="gil@derbyshire.gov.uk"))
    for url in (PEOPLE, MONDAY):
        text = guest.get(url).content.decode()
        assert "L-mine" in text and "O-other" not in text and ADD not in text
    assert guest.get(page("show-person", place["person"])).status_code == 200
    assert guest.get(page("show-person", place["other"])).status_code == 404
    assert guest.get(ADD).status_code == 404
    assert guest.get(page("introductions:invite-person", place["person"])).status_code == 404
    assert "until" in client.get(address).content.decode()


def test_both_walls_show_a_guest_that_one_row(place):
    guest = let_in(place)
    [hat] = memberships(guest.pk)
    seen = hat_of(hat).scope()
    assert seen.councils == frozenset()
    with scope(seen), connection.cursor() as cursor:
        assert [person.label for person in YoungPerson.objects.all()] == ["L-mine"]
        assert cursor.execute("SELECT label FROM young_person").fetchall() == [("L-mine",)]
        assert cursor.execute("SELECT count(*) FROM interests").fetchone() == (1,)
        assert cursor.execute("SELECT count(*) FROM adviser_link").fetchone() == (2,)


@pytest.mark.parametrize(("after", "sees"), [(0, True), (1, False)])
def test_the_last_day_is_seen_and_the_day_after_nothing(after, sees, place, sign_in):
    last = clock.today() + dt.timedelta(days=30)
    guest = let_in(place, last)
    with factories.as_worker():
        Membership.objects.filter(user=guest).update(valid_to=None)  # the link's own day, whatever the hat says
    with days.on(str(last + dt.timedelta(days=after))):
        client = sign_in(user=guest)
        assert ("L-mine" in client.get(PEOPLE).content.decode()) == sees
        assert client.get(page("show-person", place["person"])).status_code == (200 if sees else 404)
        assert (hat_of(memberships(guest.pk)[0]).guest_of is not None) == sees
        with factories.as_worker():
            assert shown.people_of(guest.pk).exists() == sees
            assert AdviserLink.objects.of_guests().exists() == sees


def test_the_last_day_ends_at_midnight_in_london(place):
    guest = let_in(place, dt.date(2027, 4, 1))
    with factories.as_worker():
        for instant, sees in (("2027-04-01 22:59", 1), ("2027-04-01 23:00", 0)):  # UTC
            with days.at(instant):
                assert shown.people_of(guest.pk).count() == sees, instant


def test_planted_another_last_day_is_what_opens_it_again(place):
    guest = let_in(place)
    with days.on("2027-12-01"), factories.as_worker():
        assert not shown.people_of(guest.pk).exists()
        AdviserLink.objects.filter(worker=guest).update(until="2028-01-01")
        assert shown.people_of(guest.pk).exists()


def test_their_own_worker_stays_and_is_told(place, sign_in):
    guest = let_in(place)
    assert "L-mine" in sign_in(user=place["worker"]).get(PEOPLE).content.decode()
    with factories.as_worker():
        told = set(Outbox.objects.filter(purpose=team_messages.PURPOSE).values_list("recipient_id", flat=True))
    assert told == {guest.pk, place["worker"].pk, place["manager"].pk}


def test_the_young_person_sees_who_helps_and_until_when(place, sign_in):
    user = factories.user("Jo Own")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=place["person"].pk).update(user=user)
    let_in(place, dt.date(2027, 1, 9))
    text = sign_in(user=user).get(WHO).content.decode()
    assert "Gil Guest" in text and "Helps you until 9 January" in text


def test_a_manager_ends_it_at_once(place, sign_in):
    guest, client = let_in(place), sign_in(user=place["manager"])
    inside = sign_in(user=guest)
    assert inside.get(page("show-person", place["person"])).status_code == 200
    address = page("let-guest-in", place["person"])
    assert client.post(address, {"end": place["worker"].public_id}).status_code == 404
    assert client.post(address, {"end": "nobody"}).status_code == 404
    assert client.post(address, {"end": guest.public_id}).status_code == 302
    assert inside.get(page("show-person", place["person"])).status_code == 404
    assert "L-mine" in sign_in(user=place["worker"]).get(PEOPLE).content.decode()


def test_another_worker_or_the_end_of_support(place):
    guest, colleague = let_in(place), factories.adviser()
    with factories.as_worker():
        services_before = AdviserLink.objects.current().get(person=place["person"]).worker_id
        hand_over(person=place["person"], worker=colleague, by=place["manager"])
        assert services_before == place["worker"].pk and shown.people_of(guest.pk).exists()
        end_support(person=place["person"], why="age", by=place["manager"], role=Role.TEAM_MANAGER)
        assert not AdviserLink.objects.filter(ended_on=None, person=place["person"]).exists()
        with pytest.raises(MoveRefused):
            guests.let_in(
                person=place["person"], name="X", email="x@derby.gov.uk", council=factories.council("Derby"),
                until=clock.today(), by=place["manager"],
            )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        *(
            ({"email": f"gil@{domain}"}, "It ends with @derbyshire.gov.uk")
            for domain in (
                "mail.com",
                "homeoffice.gov.uk",
                "derby.gov.uk",
                "notderbyshire.gov.uk",
                "derbyshire.gov.uk.mail.com",
            )
        ),
        ({"rang": ""}, "Ring that council"),
        ({"council": ""}, "Choose the council"),
        ({"until_2": 2036}, "six months from now"),
        ({"until_2": 2020}, "six months from now"),
    ],
)
def test_wrong_answers_get_a_sentence(more, sentence, place, sign_in):
    until = clock.today() + dt.timedelta(days=10)
    answer = sign_in(user=place["manager"]).post(page("let-guest-in", place["person"]), said(until, **more))
    assert sentence in answer.content.decode()
    with factories.as_worker():
        assert not AdviserLink.objects.of_guests().exists()


def test_one_young_person_at_a_time_and_nobody_with_another_role(place):
    let_in(place)
    with pytest.raises(ValidationError, match="one young person at a time"):
        let_in({**place, "person": place["other"]})
    factories.membership("coordinator", of=factories.user("Cora"), partnership=factories.partnership())
    cora = User.objects.get(name="Cora")
    with pytest.raises(ValidationError, match="another role"):
        let_in(place, email=cora.email)


def test_a_guest_does_not_read_what_the_young_person_told_a_lead(place):
    """It may be about the guest. The young person reads it, by both walls."""
    user = factories.user("Jo Own")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=place["person"].pk).update(user=user)
        Concern.objects.create(
            person=place["person"], responsible=factories.council(), said_by="young_person", urgency="today",
            words={"words": "It is about Gil"}, look_by="2026-12-01T09:00Z",
        )  # fmt: skip
    [hat] = memberships(let_in(place).pk)
    person = sign_in_scope(user, place["person"])
    for seen, rows in ((hat_of(hat).scope(), 0), (person, 1)):
        with scope(seen), connection.cursor() as cursor:
            assert Concern.objects.count() == rows
            assert cursor.execute("SELECT count(*) FROM concern").fetchone() == (rows,)
        with factories.as_worker(), scope(seen):  # the first wall alone
            assert Concern.objects.count() == rows


def sign_in_scope(user, person):
    return hat_of_oneself(user, person.pk).scope()


def test_a_guest_takes_the_next_step_of_an_introduction(place, sign_in):
    with factories.as_worker():
        row = chain.walked("interested", place["person"])
        other = chain.walked("interested", place["other"])
    guest = sign_in(user=let_in(place))
    assert guest.get(page("introductions:show-introduction", row)).status_code == 200
    assert guest.get(page("introductions:show-introduction", other)).status_code == 404
    assert guest.get(page("introductions:say-wrong-for", place["person"])).status_code == 200


@pytest.mark.parametrize("role", ["adviser", "social_worker", "guest_adviser", "coordinator", "safeguarding_lead"])
def test_only_a_team_manager_lets_somebody_in(role, place, sign_in):
    client = sign_in(role)
    assert client.get(page("let-guest-in", place["person"])).status_code == 404
    assert client.post(page("let-guest-in", place["person"]), said(clock.today())).status_code == 404
    stranger = sign_in("team_manager", council=factories.council("Derbyshire"))
    assert stranger.get(page("let-guest-in", place["person"])).status_code == 404


def test_a_guest_who_was_let_in_for_nobody_sees_nobody(place, sign_in):
    client = sign_in("guest_adviser")
    assert "L-mine" not in client.get(PEOPLE).content.decode()
    assert client.get(page("show-person", place["person"])).status_code == 404


# --- social workers


def test_a_social_worker_has_an_adviser_s_pages():
    for route in POLICY.values():
        for roles in (frozenset(route.read), frozenset(route.act)):
            assert (Role.ADVISER in roles) == (Role.SOCIAL_WORKER in roles), route.name


def test_a_social_worker_adds_somebody_and_is_chosen(place, sign_in):
    worker = factories.membership("social_worker").user
    address = page("hand-over", place["person"])
    assert sign_in(user=place["manager"]).post(address, {"worker": worker.public_id}).status_code == 302
    client = sign_in(user=worker)
    assert "L-mine" in client.get(PEOPLE).content.decode() and client.get(ADD).status_code == 200
    assert client.get(page("show-person", place["person"])).status_code == 200
