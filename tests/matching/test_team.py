"""A team manager's pages: cover by the day, another adviser, the end of support; and who is told."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import cover
from accounts.models import AdviserLink, Cover, Membership, YoungPerson
from core import clock
from core.lifecycle import MoveRefused
from matching import services, shown, team_messages
from notifications.models import Outbox
from tests import factories
from tests.accounts import days

pytestmark = pytest.mark.django_db

TEAM, COVER, PEOPLE = (reverse(f"matching:{name}") for name in ("show-team", "arrange-cover", "list-people"))


def adviser_of(person) -> str:
    return reverse("matching:hand-over", args=[person.public_id])


def end_of(person) -> str:
    return reverse("matching:end-support", args=[person.public_id])


@pytest.fixture
def team(sign_in):
    """A manager, two workers, and a young person of the first."""
    away, colleague = factories.user("Ana Away"), factories.user("Col League")
    for worker in (away, colleague):
        factories.membership("adviser", of=worker)
    manager = factories.membership("team_manager").user
    person = factories.young_person(label="L-mine", worker=away)
    return {
        "away": away, "colleague": colleague, "manager": manager, "person": person, "client": sign_in(user=manager),
    }  # fmt: skip


def arranged(team, first="2026-12-01", last="2026-12-04", **more) -> dict:
    said = {"worker": team["away"].public_id, "stands_in": team["colleague"].public_id, **more}
    for name, day in (("first_day", first), ("last_day", last)):
        year, month, date = day.split("-")
        said |= {f"{name}_0": date, f"{name}_1": month, f"{name}_2": year}
    return said


def told() -> set[int]:
    with factories.as_worker():
        return set(Outbox.objects.filter(purpose=team_messages.PURPOSE).values_list("recipient_id", flat=True))


# --- cover ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "sees"), [("2026-11-30", False), ("2026-12-01", True), ("2026-12-04", True), ("2026-12-05", False)]
)
def test_whoever_stands_in_sees_them_from_the_first_day_to_the_last(day, sees, team, sign_in):
    assert team["client"].post(COVER, arranged(team)).url == TEAM
    client, page = sign_in(user=team["colleague"]), reverse("matching:show-person", args=[team["person"].public_id])
    with days.on(day):
        assert ("L-mine" in client.get(PEOPLE).content.decode()) == sees
        assert ("L-mine" in client.get(reverse("introductions:show-monday")).content.decode()) == sees
        assert client.get(page).status_code == (200 if sees else 404)


def test_the_first_day_begins_at_midnight_in_london(team):
    with factories.as_worker():
        Cover.objects.create(
            worker=team["away"], stands_in=team["colleague"], council=factories.council(), first_day="2026-07-01",
            last_day="2026-07-01",
        )  # fmt: skip
        for instant, sees in (("2026-06-30 22:59", 0), ("2026-06-30 23:00", 1), ("2026-07-01 23:00", 0)):  # UTC
            with days.at(instant):
                assert shown.people_of(team["colleague"].pk).count() == sees, instant


def test_whoever_is_kept_apart_stays_with_their_own_worker(team, sign_in):
    with factories.as_worker():
        YoungPerson.objects.filter(pk=team["person"].pk).update(kept_apart=True)
    team["client"].post(COVER, arranged(team))
    with days.on("2026-12-02"):
        assert "L-mine" not in sign_in(user=team["colleague"]).get(PEOPLE).content.decode()
        assert "L-mine" in sign_in(user=team["away"]).get(PEOPLE).content.decode()


def test_planted_cover_without_its_days_shows_them_for_ever(team, monkeypatch):
    team["client"].post(COVER, arranged(team))
    monkeypatch.setattr(
        shown, "links_of", lambda worker: AdviserLink.objects.current().filter(worker__covers__stands_in=worker)
    )
    with days.on("2027-06-01"), factories.as_worker():
        assert shown.people_of(team["colleague"].pk).count() == 1


def test_both_workers_and_the_manager_are_told_of_cover(team):
    team["client"].post(COVER, arranged(team))
    assert told() == {team["away"].pk, team["colleague"].pk, team["manager"].pk}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"last": "2026-11-30"}, "The last day cannot be before the first"),
        ({"stands_in": ""}, "Choose who stands in"),
        ({"stands_in": uuid.uuid4()}, "Choose from the list"),
        ({"same": True}, "Choose a colleague to stand in"),
    ],
)
def test_wrong_answers_get_a_sentence(said, sentence, team):
    if said.pop("same", False):
        said = {"stands_in": team["away"].public_id}
    answer = team["client"].post(COVER, arranged(team, **said))
    assert sentence in answer.content.decode() and told() == set()


def test_two_do_not_stand_in_for_one_on_the_same_day(team):
    assert team["client"].post(COVER, arranged(team)).status_code == 302
    again = team["client"].post(COVER, arranged(team, "2026-12-04", "2026-12-09"))
    assert "Somebody stands in on some of these days already" in again.content.decode()
    assert team["client"].post(COVER, arranged(team, "2026-12-05", "2026-12-09")).status_code == 302


def test_nobody_of_another_council_can_be_chosen(team):
    stranger = factories.adviser(council=factories.council("Derbyshire"))
    assert "Choose from the list" in (
        team["client"].post(COVER, arranged(team, stands_in=stranger.public_id)).content.decode()
    )


def end_of_cover() -> str:
    return reverse("matching:end-cover", args=[Cover.objects.get().pk])


@pytest.mark.parametrize("day", ["2026-11-30", "2026-12-01", "2026-12-03", "2026-12-04"])
def test_a_cover_ended_early_is_over_at_once_and_stays_on_record(day, team, sign_in):
    team["client"].post(COVER, arranged(team))
    address, page = end_of_cover(), reverse("matching:show-person", args=[team["person"].public_id])
    with factories.as_worker():
        Outbox.objects.all().delete()
    with days.on(day):
        assert address in team["client"].get(TEAM).content.decode()
        assert team["client"].get(address).status_code == 200 and Cover.objects.count() == 1
        assert team["client"].post(address).url == TEAM
        assert sign_in(user=team["colleague"]).get(page).status_code == 404
        assert address not in team["client"].get(TEAM).content.decode()
        assert team["client"].post(address).status_code == 404
        assert team["client"].post(COVER, arranged(team, day, "2026-12-09")).url == TEAM  # the days are free again
    assert Cover.objects.count() == 2
    assert told() == {team["away"].pk, team["colleague"].pk, team["manager"].pk}


@pytest.mark.parametrize(
    ("day", "last", "stood_in"),
    [
        ("2026-11-30", "2026-12-04", ""),
        ("2026-12-01", "2026-12-01", "1 December"),
        ("2026-12-03",) * 2 + ("3 December",),
    ],
)
def test_what_was_seen_under_a_cover_that_was_ended_can_be_explained(day, last, stood_in, team, sign_in):
    team["client"].post(COVER, arranged(team))
    address = end_of_cover()
    with days.on(day):
        team["client"].post(address)
    assert str(Cover.objects.get().last_day) == last
    with days.on("2026-12-10"):
        page = reverse("introductions:show-timeline", args=[team["person"].public_id])
        text = sign_in(user=team["away"]).get(page).content.decode()
    assert (f"stands in until {stood_in}" in text) if stood_in else ("stands in until" not in text)


def test_no_page_can_delete_a_cover(team):
    team["client"].post(COVER, arranged(team))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Cover.objects.all().delete()


def test_a_cover_of_another_council_or_one_that_is_over_is_unknown(team, sign_in):
    team["client"].post(COVER, arranged(team))
    stranger, address = sign_in("team_manager", council=factories.council("Derbyshire")), end_of_cover()
    assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    with days.on("2026-12-05"):
        assert team["client"].get(address).status_code == 404
        with pytest.raises(MoveRefused, match="ended already"), factories.as_worker():
            cover.end_cover(cover=Cover.objects.get(), by=team["manager"])


# --- another adviser --------------------------------------------------------------------------------------------------


def test_another_adviser_from_today(team, sign_in):
    said = {"worker": team["colleague"].public_id}
    assert team["client"].post(adviser_of(team["person"]), said).url == TEAM
    assert "L-mine" in sign_in(user=team["colleague"]).get(PEOPLE).content.decode()
    assert "L-mine" not in sign_in(user=team["away"]).get(PEOPLE).content.decode()
    assert told() == {team["away"].pk, team["colleague"].pk, team["manager"].pk}


def test_the_same_adviser_again_tells_nobody(team):
    team["client"].post(adviser_of(team["person"]), {"worker": team["away"].public_id})
    assert told() == set()


def test_the_mail_names_nobody(team):
    team["client"].post(adviser_of(team["person"]), {"worker": team["colleague"].public_id})
    with factories.as_worker():
        for row in Outbox.objects.filter(purpose=team_messages.PURPOSE).select_related("recipient").order_by("pk"):
            assert team_messages.may_receive([row]) == {row.pk}
            mail = team_messages.render(row, [])
            said = mail.subject + mail.text
            assert not {"L-mine", "Ana", "Col", str(team["person"].public_id)} & set(said.split()), said


def test_those_without_an_adviser_stand_first(team):
    factories.young_person(label="Z-nobody")
    text = team["client"].get(TEAM).content.decode()
    assert text.index("Z-nobody") < text.index("L-mine") and "1 young person has no adviser" in text


def test_the_page_is_constant_in_rows(team):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert team["client"].get(TEAM).status_code == 200
        return len(found)

    few = queries()
    for number in range(5):
        factories.young_person(label=f"P{number}", worker=team["away"])
    assert queries() == few <= 14


def test_coverage_is_the_first_figure(team):
    factories.young_person(label="Z-nobody")
    with factories.as_worker():
        services.record_interests(person=team["person"], by=team["away"], words="cars")
    page = team["client"].get(TEAM)
    first = page.context["stats"][0]
    assert (first["figure"], first["more"], first["lead"]) == (1, "of 2 young people", True)
    text = page.content.decode()
    assert text.index("Have said what they would like") < text.index("no adviser")


def test_who_has_left_supports_nobody(team):
    Membership.objects.filter(user=team["away"]).update(valid_to="2026-01-01")
    text = team["client"].get(TEAM).content.decode()
    assert "1 young person has no adviser" in text and "Ana Away" not in text


# --- the end of support -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["age", "asked", "died"])
def test_a_manager_ends_support_and_no_list_shows_them_or_says_why(why, team, sign_in):
    assert team["client"].get(end_of(team["person"])).status_code == 200
    answer = team["client"].post(end_of(team["person"]), {"why": why}, follow=True)
    text = answer.content.decode()
    assert "Support has ended." in text and "L-mine" not in text and "died" not in text
    assert "L-mine" not in sign_in(user=team["away"]).get(PEOPLE).content.decode()
    assert team["client"].get(end_of(team["person"])).status_code == 404
    with factories.as_worker():
        assert YoungPerson.objects.get(pk=team["person"].pk).ended_why == why


def test_it_does_not_end_without_a_reason_or_by_a_get(team):
    assert "Choose why it ends" in team["client"].post(end_of(team["person"]), {"why": ""}).content.decode()
    assert team["client"].get(end_of(team["person"]), {"why": "died"}).status_code == 200
    with factories.as_worker():
        assert YoungPerson.objects.get(pk=team["person"].pk).ended_on is None


@pytest.mark.parametrize("address", [adviser_of, end_of])
def test_a_manager_of_another_council_finds_nobody(address, team, sign_in):
    client = sign_in("team_manager", council=factories.council("Derbyshire"))
    theirs, nobodys = client.get(address(team["person"])), client.get(address(YoungPerson(public_id=uuid.uuid4())))
    assert theirs.status_code == nobodys.status_code == 404 and theirs.content == nobodys.content


@pytest.mark.parametrize("role", ["adviser", "social_worker", "coordinator", "operator", "safeguarding_lead"])
def test_only_a_team_manager_is_here(role, team, sign_in):
    client = sign_in(role)
    for address in (TEAM, COVER, adviser_of(team["person"]), end_of(team["person"])):
        assert client.get(address).status_code == client.post(address, {"why": "died"}).status_code == 404


def away_from(team, **more):
    values = {
        "worker": team["away"], "colleague": team["colleague"], "council": factories.council(), "by": team["manager"],
        "first_day": clock.today(), "last_day": clock.today(), **more,
    }  # fmt: skip
    return cover.stand_in(**values)


def test_two_covers_made_at_the_same_moment_are_said_in_words(team, monkeypatch):
    monkeypatch.setattr(Cover, "full_clean", lambda self, **more: None)  # neither sees the other yet
    with factories.as_worker():
        away_from(team)
        with pytest.raises(ValidationError, match="stands in on some of these days already"):
            away_from(team)


def test_a_cover_opens_only_the_people_of_its_council(team):
    derbyshire = factories.council("Derbyshire")
    for worker in (team["away"], team["colleague"]):
        factories.membership("adviser", of=worker, council=derbyshire)
    with factories.as_worker():
        away_from(team, council=derbyshire)
        assert not shown.people_of(team["colleague"].pk).exists()
        Cover.objects.update(council=factories.council())
        assert [person.pk for person in shown.people_of(team["colleague"].pk)] == [team["person"].pk]


def test_who_sees_no_young_people_is_not_offered(team):
    guest = factories.user("Gil Guest")
    factories.membership("guest_adviser", of=guest)
    assert guest not in cover.workers_of(factories.council().pk)
    with factories.as_worker(), pytest.raises(ValidationError, match="two people who work"):
        away_from(team, colleague=guest)


def test_after_the_end_nobody_is_given_a_worker_or_found(team):
    with factories.as_worker():
        team["person"].ended_on, team["person"].ended_why = clock.today(), "age"
        team["person"].save()
        assert not shown.people_of(team["away"].pk).exists()  # even where a link was left
        with pytest.raises(ValidationError, match="Support has ended"):
            cover.hand_over(person=team["person"], worker=team["colleague"], by=team["manager"])
        assert AdviserLink.objects.get(person=team["person"]).worker == team["away"]


def test_the_verb_refuses_somebody_who_does_not_work_with_young_people(team):
    with factories.as_worker(), pytest.raises(ValidationError, match="two people who work"):
        cover.stand_in(
            worker=team["away"], colleague=team["manager"], council=factories.council(), by=team["manager"],
            first_day="2026-12-01", last_day="2026-12-02",
        )  # fmt: skip
