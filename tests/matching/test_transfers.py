"""Another council takes over: who sees what before and after, who may answer, who is told; and two at one moment."""

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts import apart, guests, transfers
from accounts.ending import end_support
from accounts.hats import hat_of
from accounts.joining import JOIN, invite
from accounts.links import find_link
from accounts.models import AdviserLink, Transfer, YoungPerson
from accounts.roles import Role
from core import clock
from core.lifecycle import MoveRefused
from core.scope import scope
from matching import services, team_messages
from matching.models import Interests, Match
from notifications.models import Outbox
from tests import factories
from tests.accounts import days
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
S = Transfer.State
TEAM, PEOPLE, WHO = reverse("matching:show-team"), reverse("matching:list-people"), reverse("introductions:show-who")
WORDS = "Ring Dana on 0115 496 0000 about L.M."


def page(name, row) -> str:
    return reverse(f"matching:{name}", args=[row.public_id])


def derbyshire():
    return factories.council("Derbyshire")


def two_sides() -> dict:
    old_manager, new_manager = factories.membership("team_manager"), factories.membership(
        "team_manager", council=derbyshire()
    )  # fmt: skip
    old, new = factories.adviser(), factories.adviser(council=derbyshire())
    person = factories.young_person(label="L-mine", worker=old, council_reference="N-1")
    with factories.as_worker():
        services.record_interests(person=person, by=old, open_to_anything=True)
    return {"old_manager": old_manager, "new_manager": new_manager, "old": old, "new": new, "person": person}


@pytest.fixture
def sides():
    return two_sides()


def asked(sides) -> Transfer:
    with factories.as_worker():
        return transfers.ask(
            person=sides["person"], to_council=derbyshire(), words=WORDS, by=sides["old_manager"].user
        )  # fmt: skip


def accept(row, sides, worker="new", **more):
    values = {"worker": sides[worker], "by": sides["new_manager"].user, "role": Role.TEAM_MANAGER, **more}
    transfers.accept(transfer=row, **values)


def told(purpose) -> set[int]:
    with factories.as_worker():
        return set(Outbox.objects.filter(purpose=purpose).values_list("recipient_id", flat=True))


def state_of(row) -> str:
    with factories.as_worker():
        return Transfer.objects.get(pk=row.pk).state


# --- the pages, from asking to the other council's list


def test_the_whole_way_by_the_pages(sides, sign_in):
    old, new = sign_in(user=sides["old_manager"].user), sign_in(user=sides["new_manager"].user)
    said = {"to_council": derbyshire().gss_code, "words": WORDS}
    assert old.get(page("ask-transfer", sides["person"])).status_code == 200
    assert old.post(page("ask-transfer", sides["person"]), said).url == TEAM
    with factories.as_worker():
        row = Transfer.objects.get()
    mine = old.get(TEAM).content.decode()
    assert "You asked Derbyshire" in mine and page("take-back-transfer", row) in mine
    theirs = new.get(TEAM).content.decode()
    assert "Nottinghamshire asks you" in theirs and WORDS in theirs and "L-mine" not in theirs
    before = new.get(page("answer-transfer", row)).content.decode()
    assert WORDS in before and "L-mine" not in before and "N-1" not in before
    assert new.get(reverse("matching:hand-over", args=[sides["person"].public_id])).status_code == 404
    answer = new.post(page("answer-transfer", row), {"answer": "yes", "worker": sides["new"].public_id}, follow=True)
    assert "Your council supports them from today" in answer.content.decode()
    assert "L-mine" in new.get(TEAM).content.decode() and "L-mine" not in old.get(TEAM).content.decode()


def test_the_council_before_reads_nothing_right_after_and_the_new_one_nothing_right_before(sides, sign_in):
    row, person = asked(sides), sides["person"]
    show, hand_over = page("show-person", person), page("hand-over", person)
    old, new = sign_in(user=sides["old"]), sign_in(user=sides["new"])
    old_manager, new_manager = sign_in(user=sides["old_manager"].user), sign_in(user=sides["new_manager"].user)
    assert [client.get(show).status_code for client in (old, new)] == [200, 404]
    assert [client.get(hand_over).status_code for client in (old_manager, new_manager)] == [200, 404]
    with factories.as_worker():
        accept(row, sides)
    assert [client.get(show).status_code for client in (old, new)] == [404, 200]
    assert [client.get(hand_over).status_code for client in (old_manager, new_manager)] == [404, 200]
    assert "L-mine" not in old.get(PEOPLE).content.decode() and "L-mine" in new.get(PEOPLE).content.decode()


def test_both_walls_before_and_after(sides):
    row = asked(sides)
    hats = [hat_of(sides[name]).scope() for name in ("old_manager", "new_manager")]

    def seen(sql="SELECT count(*) FROM {}"):
        found = []
        for hat in hats:
            with scope(hat), connection.cursor() as cursor:
                counts = [
                    cursor.execute(sql.format(table)).fetchone()[0]
                    for table in ("young_person", "interests", "adviser_link", "transfer")
                ]
                assert YoungPerson.objects.count() == counts[0]
                found.append(counts)
        return found

    assert seen() == [[1, 1, 1, 1], [0, 0, 0, 1]]
    with scope(hats[1]):
        accept(Transfer.objects.get(pk=row.pk), sides)
    assert seen() == [[0, 0, 0, 0], [1, 1, 2, 1]]


def test_the_new_council_decides_anew_whether_they_are_kept_apart(sides, sign_in):
    row = asked(sides)
    with factories.as_worker():
        YoungPerson.objects.update(kept_apart=True)
        accept(row, sides)
        assert not YoungPerson.objects.get(pk=sides["person"].pk).kept_apart
    assert "L-mine" in sign_in(user=sides["new_manager"].user).get(TEAM).content.decode()


def test_what_goes_with_them_and_what_does_not(sides):
    row = asked(sides)
    with factories.as_worker():
        token = invite(person=sides["person"])
        guests.let_in(
            person=sides["person"], name="Gil", email="gil@derby.gov.uk", council=factories.council("Derby"),
            until=clock.today(), by=sides["old_manager"].user,
        )  # fmt: skip
        accept(row, sides)
        assert not AdviserLink.objects.of_guests().exists()  # whom the council before let in
        person = YoungPerson.objects.get(pk=sides["person"].pk)
        assert (person.responsible_authority, person.council_reference) == (derbyshire(), "")
        assert find_link(token, JOIN) is None  # the worker before may still hold it
        assert Interests.objects.get(pk=person.pk).responsible_id == derbyshire().pk  # the matcher reads this
        assert [link.worker_id for link in AdviserLink.objects.current()] == [sides["new"].pk]
        assert AdviserLink.objects.get(worker=sides["old"]).ended_on is not None


@pytest.mark.django_db(transaction=True)
def test_what_fits_is_worked_out_anew():
    sides = two_sides()
    with factories.as_worker():
        make.published(audience="responsible")

    def fits() -> int:
        with factories.as_worker():
            services.run_pending()
            return Match.objects.filter(person=sides["person"]).count()

    assert fits() == 1
    row = asked(sides)
    with factories.as_worker():
        accept(row, sides)
        assert Interests.objects.get(pk=sides["person"].pk).open_to_anything
    assert fits() == 0  # only those of Nottinghamshire's councils may go for it


def test_everybody_is_told_and_nobody_named(sides):
    user = factories.user("Jo Own")
    with factories.as_worker():
        YoungPerson.objects.update(user=user)
    row = asked(sides)
    assert told(team_messages.TRANSFER) == {sides["new_manager"].user_id}
    with factories.as_worker():
        accept(row, sides)
    workers = {sides[name].pk for name in ("old", "new")}
    assert told(team_messages.PURPOSE) == workers | {sides[name].user_id for name in ("old_manager", "new_manager")}
    assert told(team_messages.OWN) == {user.pk}
    rules = {
        team_messages.PURPOSE: (team_messages.may_receive, team_messages.render),
        team_messages.TRANSFER: (team_messages.may_hear_of_transfer, team_messages.render_transfer),
        team_messages.OWN: (team_messages.may_receive_own, team_messages.render_own),
    }
    with factories.as_worker():
        for one in Outbox.objects.select_related("recipient").order_by("pk"):
            may, render = rules[one.purpose]
            assert may([one]) == (set() if one.purpose == team_messages.TRANSFER else {one.pk})  # answered by now
            mail = render(one, [])
            said = (mail.subject + mail.text).lower()
            assert not [word for word in ("l-mine", "derby", "nottingham", "dana", "care", "jo own") if word in said]


def test_who_can_see_me_says_the_new_worker(sides, sign_in):
    user = factories.user("Jo Own")
    with factories.as_worker():
        YoungPerson.objects.update(user=user)
    row, client = asked(sides), sign_in(user=user)
    assert sides["old"].name in client.get(WHO).content.decode()
    with factories.as_worker():
        accept(row, sides)
    seen = client.get(WHO).content.decode()
    assert sides["new"].name in seen and sides["old"].name not in seen and "Derbyshire" in seen


def test_a_no_is_read_with_its_reason_by_those_who_asked(sides, sign_in):
    row, new = asked(sides), sign_in(user=sides["new_manager"].user)
    assert "Write why not" in new.post(page("answer-transfer", row), {"answer": "no"}).content.decode()
    new.post(page("answer-transfer", row), {"answer": "no", "why": "They live with you."})
    team = sign_in(user=sides["old_manager"].user).get(TEAM).content.decode()
    assert "Derbyshire said no" in team and "They live with you." in team
    assert told(team_messages.TRANSFER) == {sides["new_manager"].user_id, sides["old_manager"].user_id}
    assert "asks you" not in new.get(TEAM).content.decode() and "said no" not in new.get(TEAM).content.decode()
    with days.on("2027-02-01"):
        assert "said no" not in sign_in(user=sides["old_manager"].user).get(TEAM).content.decode()


def test_taken_back_it_is_over_for_both(sides, sign_in):
    row = asked(sides)
    old, new = sign_in(user=sides["old_manager"].user), sign_in(user=sides["new_manager"].user)
    assert old.get(page("take-back-transfer", row)).status_code == 200 and state_of(row) == S.ASKED
    assert old.post(page("take-back-transfer", row)).url == TEAM
    assert state_of(row) == S.CANCELLED and WORDS not in new.get(TEAM).content.decode()
    assert new.post(page("answer-transfer", row), {"answer": "no", "why": "x"}).status_code == 404


@pytest.mark.parametrize("answer", ["waits", "refused"])
def test_keeping_somebody_apart_takes_it_back_and_its_words_leave_the_page(answer, sides, sign_in):
    row = asked(sides)
    old, new = sign_in(user=sides["old_manager"].user), sign_in(user=sides["new_manager"].user)
    if answer == "refused":
        new.post(page("answer-transfer", row), {"answer": "no", "why": "They live with you."})
    assert WORDS in old.get(TEAM).content.decode()
    with factories.as_worker():
        apart.keep_apart(person=sides["person"], apart=True, by=sides["old"], role="adviser")
    assert state_of(row) == (S.CANCELLED if answer == "waits" else S.REFUSED)
    assert all(WORDS not in client.get(TEAM).content.decode() for client in (old, new))
    assert (
        new.post(page("answer-transfer", row), {"answer": "yes", "worker": sides["new"].public_id}).status_code == 404
    )


def test_no_words_about_somebody_kept_apart_are_shown_or_asked(sides, sign_in):
    asked(sides)
    with factories.as_worker():
        YoungPerson.objects.update(kept_apart=True)
    assert WORDS not in sign_in(user=sides["old_manager"].user).get(TEAM).content.decode()
    with pytest.raises(MoveRefused, match="kept apart"):
        asked(sides)


def test_late_for_both_from_the_day_after(sides, sign_in):
    row = asked(sides)
    for day, late in ((row.answer_by, False), (row.answer_by + transfers.dt.timedelta(days=1), True)):
        with days.on(str(day)):
            for name in ("old_manager", "new_manager"):
                assert ("Late:" in sign_in(user=sides[name].user).get(TEAM).content.decode()) == late


def test_the_end_of_support_takes_it_back_and_nobody_hears(sides):
    row = asked(sides)
    with factories.as_worker():
        end_support(person=sides["person"], why="died", by=sides["old_manager"].user, role=Role.TEAM_MANAGER)
        assert not team_messages.may_hear_of_transfer(list(Outbox.objects.select_related("recipient")))
        with pytest.raises(MoveRefused), transaction.atomic():
            accept(row, sides)
    assert state_of(row) == S.CANCELLED
