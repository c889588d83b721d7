"""What a young person reads about who can see them is what the pages and the walls let be seen: no name too many or too
few, however their worker, who stands in, guests and those who lead the team come and go."""

import datetime as dt
import itertools

import pytest
from django.urls import reverse

from accounts import hats
from accounts.models import AdviserLink, Cover, User, YoungPerson
from accounts.roles import Role
from core import clock
from core.scope import Scope, scope
from introductions import news
from introductions.me.around import seers
from matching import shown
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WORKER = ("works", "left", "inactive", "coordinates", "of another council", "nobody")
COVER = ("nobody", "today", "ended", "later", "over", "of another council", "left", "inactive", "of nobody")
GUEST = ("nobody", "today", "over", "seen off", "left", "inactive")


def left(user: User) -> None:
    user.memberships.update(valid_to=clock.today() - DAY)


def inactive(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def named(role: str, name: str, council="Nottinghamshire") -> User:
    return factories.membership(role, of=factories.user(name), council=factories.council(council)).user


CHANGES = {
    "left": left,
    "inactive": inactive,
    "coordinates": lambda user: user.memberships.update(
        role="coordinator", council=None, partnership=factories.partnership()
    ),
    "of another council": lambda user: user.memberships.update(council=factories.council("Derby")),
}  # fmt: skip


def place(worker: str, cover: str, guest: str, *, apart: bool) -> YoungPerson:
    """A young person, and everybody of two councils who could be thought to see them."""
    own, colleague, visitor = named("adviser", "Own"), named("adviser", "Colleague"), named(
        "guest_adviser", "Guest", "Derby"
    )  # fmt: skip
    for council in ("Nottinghamshire", "Derby"):
        for role in ("team_manager", "safeguarding_lead", "adviser", "social_worker"):
            named(role, f"{role} of {council}", council)
    person = factories.young_person(
        worker=None if worker == "nobody" else own, kept_apart=apart, user=factories.user("Me")
    )
    with factories.as_worker():
        _cover(cover, own, colleague)
        _guest(guest, visitor, person)
    CHANGES.get(worker, lambda user: None)(own)
    CHANGES.get(cover if cover in ("left", "inactive") else "", lambda user: None)(colleague)
    CHANGES.get(guest, lambda user: None)(visitor)
    return person


def _cover(cover: str, own: User, colleague: User) -> None:
    today = clock.today()
    first, last = {"later": (today + DAY, today + DAY), "over": (today - DAY, today - DAY)}.get(cover, (today, today))
    if cover != "nobody":
        Cover.objects.create(
            worker=factories.adviser() if cover == "of nobody" else own, stands_in=colleague, first_day=first,
            last_day=last, council=factories.council("Derby" if cover == "of another council" else "Nottinghamshire"),
            ended_at=clock.now() if cover == "ended" else None,
        )  # fmt: skip


def _guest(guest: str, visitor: User, person: YoungPerson) -> None:
    today = clock.today()
    if guest != "nobody":
        AdviserLink.objects.create(
            person=person, worker=visitor, started_on=today - DAY, until=today - DAY if guest == "over" else today,
            ended_on=today if guest == "seen off" else None,
        )  # fmt: skip


def reads(user: User, person: YoungPerson) -> bool:
    """Whether some hat of theirs shows the person, through both walls and the rule of its pages."""
    if not user.is_active:
        return False
    return any(_shows(hats.hat_of(row), person) for row in hats.memberships(user.pk))


def _shows(hat: hats.Hat, person: YoungPerson) -> bool:
    with scope(hat.scope()):
        if hat.role == Role.TEAM_MANAGER:
            rows = shown.managed()
        elif hat.role == Role.SAFEGUARDING_LEAD:
            rows = YoungPerson.objects.all()
        else:
            rows = shown.people_of(hat.user)
        return bool(rows.filter(pk=person.pk).exists())


def said(person: YoungPerson) -> tuple[set[str], str]:
    """The names they read; and who is written to as the one who is there for them."""
    with scope(Scope(person=person.pk, actor=person.user_id)):
        mine = YoungPerson.objects.select_related("responsible_authority").get(pk=person.pk)
        names = {each["label"] for each in seers(mine)}
    with factories.as_worker():
        there = news.there_for(person.pk)
    return names, there.name if there else ""


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("worker", WORKER)
def test_whoever_reads_them_is_named_and_nobody_else(worker, apart):
    for cover, guest in itertools.chain(zip(COVER, itertools.cycle(GUEST)), (("today", each) for each in GUEST)):
        if apart and guest != "nobody":
            continue  # keeping somebody apart sees guests off
        person = place(worker, cover, guest, apart=apart)
        names, there = said(person)
        reading = {user.name for user in User.objects.exclude(pk=person.user_id) if reads(user, person)}
        assert names == reading, (cover, guest)
        assert there in (reading & {"Own", "Colleague"} or {""}), (cover, guest)
        with factories.as_worker():
            AdviserLink.objects.all().delete()
            Cover.objects.all().delete()
            YoungPerson.objects.all().delete()
        User.objects.update(is_active=False)


def test_the_page_says_the_same(sign_in):
    person = place("works", "today", "today", apart=False)
    client = sign_in(user=User.objects.get(pk=person.user_id))
    text = client.get(reverse("introductions:show-who")).content.decode()
    assert all(name in text for name in said(person)[0]) and "adviser of Nottinghamshire" not in text
