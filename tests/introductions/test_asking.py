"""A young person says no to being seen and reads the answer; and asks for help again, once, of whoever is there."""

import datetime as dt

import pytest

from accounts import cover, objections, transfers
from accounts.ending import end_support
from accounts.models import AdviserLink, Cover, Objection, User, View, YoungPerson
from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from core.workdays import add_working_days
from introductions import help_again, news
from introductions.me import asking
from introductions.models import Concern, HelpAgain
from notifications import preparing
from notifications.models import Outbox
from tests import factories
from tests.introductions.test_me import as_oneself, own_account, text
from tests.pledges.following import go_to
from tests.pledges.reading_age import prose, reading_age, words_of

pytestmark = pytest.mark.django_db
NO, TEAM = "/me/who/no/", "/adviser/team/asked/"


@pytest.fixture
def dana(db):
    return factories.membership("adviser", of=factories.user("Dana Whitlock")).user


@pytest.fixture
def ruth(db):
    return factories.membership("team_manager", of=factories.user("Ruth Calloway")).user


@pytest.fixture
def kai(dana):
    return own_account(worker=dana)


def letters(purpose: str) -> list[preparing.Letter]:
    """What would be handed over now."""
    with factories.as_worker():
        found = [preparing.prepare(row) for row in Outbox.objects.filter(purpose=purpose).order_by("pk")]
    return [letter for letter in found if isinstance(letter, preparing.Letter)]


def objected(sign_in, kai, words: str = "I do not want Dana to see me.") -> Objection:
    as_oneself(sign_in, kai).post(NO, {"about": "Dana Whitlock", "words": words})
    with factories.as_worker():
        return Objection.objects.order_by("-pk").first()


def neutral(letter: preparing.Letter) -> bool:
    said = f"{letter.mail.subject} {letter.mail.text}".lower().partition("http")[0]
    return not any(word in said for word in ("kai", "dana", "care", "council", "adviser", "object", "help"))


def test_a_managers_first_page_says_what_waits(sign_in, ruth, kai):
    assert "Waits for your answer" not in text(sign_in(user=ruth), "/adviser/")
    row = objected(sign_in, kai)
    page = text(sign_in(user=ruth), "/adviser/")
    assert "1 young person does not want something" in page and "Kai does not" not in page
    with factories.as_worker():
        objections.answer_objection(objection=row, words="Yes", by=ruth, role="team_manager")
    assert "Waits for your answer" not in text(sign_in(user=ruth), "/adviser/")


# --- no ---------------------------------------------------------------------------------------------------------------


def test_a_no_reaches_those_who_lead_the_team_and_the_answer_comes_back(sign_in, kai, ruth):
    of_derby = factories.membership("team_manager", council=factories.council("Derby")).user
    row = objected(sign_in, kai)
    assert row.answer_by == add_working_days(clock.today(), 5)
    assert [letter.to for letter in letters("objection")] == [ruth.email] and neutral(letters("objection")[0])
    page = text(as_oneself(sign_in, kai), "/me/who/")
    assert "I do not want Dana to see me." in page and "from the people who lead your team" in page
    manager = sign_in(user=ruth)
    assert kai.label in text(manager, TEAM) and "The law allows until" in text(manager, TEAM)
    assert "I do not want Dana to see me." in text(manager, f"{TEAM}{row.public_id}/")
    stranger = sign_in(user=of_derby)
    assert kai.label not in text(stranger, TEAM) and stranger.get(f"{TEAM}{row.public_id}/").status_code == 404
    assert stranger.post(f"{TEAM}{row.public_id}/", {"words": "No."}).status_code == 404
    answer = manager.post(f"{TEAM}{row.public_id}/", {"words": ""})
    assert answer.status_code == 200 and "Error:" in answer.content.decode()
    manager.post(f"{TEAM}{row.public_id}/", {"words": "From Monday Lena supports you."})
    assert "From Monday Lena supports you." in text(as_oneself(sign_in, kai), "/me/who/")
    assert [letter.to for letter in letters("objection_answer")] == [kai.user.email]
    assert neutral(letters("objection_answer")[0]) and letters("objection") == []  # it does not wait any more
    assert "Answered" in text(manager, TEAM)
    with factories.as_worker():
        pages = set(View.objects.filter(person=kai, viewer=ruth).values_list("page", flat=True))
        moves = LifecycleLog.objects.filter(model="accounts.Objection").order_by("pk")
        assert [(each.move, each.actor) for each in moves] == [("object", kai.user_id), ("answer", ruth.pk)]
    assert pages == {"list", "concern"}


def test_it_is_answered_once(sign_in, kai, ruth):
    row = objected(sign_in, kai)
    manager = sign_in(user=ruth)
    for words in ("Yes.", "No."):
        manager.post(f"{TEAM}{row.public_id}/", {"words": words})
    assert "Somebody has answered already" in text(manager, f"{TEAM}{row.public_id}/")
    with factories.as_worker():
        assert Objection.objects.get(pk=row.pk).answer == "Yes."


@pytest.mark.parametrize("role", ["adviser", "coordinator", "safeguarding_lead", "operator", "board_member"])
def test_nobody_else_reads_them(sign_in, kai, role):
    row = objected(sign_in, kai)
    client = sign_in(role)
    assert client.get(TEAM).status_code == client.get(f"{TEAM}{row.public_id}/").status_code == 404


def test_the_same_words_twice_are_one_and_a_fourth_waits(sign_in, kai, ruth):
    for words in ("One", "One", "Two", "Three", "Four"):
        objected(sign_in, kai, words)
    with factories.as_worker():
        assert [row.words["words"] for row in Objection.objects.order_by("pk")] == ["One", "Two", "Three"]
        with pytest.raises(MoveRefused):
            objections.make_objection(person=kai, about="", words="Five", answer_by=clock.today(), by=kai.user)
    assert len(letters("objection")) == 3


def test_nobody_objects_about_somebody_who_does_not_see_them(sign_in, kai):
    answer = as_oneself(sign_in, kai).post(NO, {"about": "Ruth Calloway", "words": "x"})
    assert answer.status_code == 200 and "Error:" in answer.content.decode()


def test_what_is_late_is_said_to_both(sign_in, kai, ruth, monkeypatch):
    row = objected(sign_in, kai)
    assert "late" not in text(sign_in(user=ruth), TEAM).lower()
    go_to(row.answer_by + dt.timedelta(1))
    page = text(sign_in(user=ruth), TEAM)
    assert "1 answer is late" in page and "Late: promised by" in page
    assert "We are late. It is not you." in text(as_oneself(sign_in, kai), "/me/who/")


@pytest.mark.parametrize(
    ("made", "last"),
    [("2026-01-31", "2026-02-28"), ("2028-01-30", "2028-02-29"), ("2026-03-04", "2026-04-04"),
     ("2026-12-31", "2027-01-31")],
)  # fmt: skip
def test_the_law_gives_one_month(made, last):
    row = Objection(made_at=dt.datetime.fromisoformat(f"{made}T12:00:00+00:00"))
    assert objections.last_lawful_day(row) == dt.date.fromisoformat(last)


def test_what_waits_when_somebody_is_kept_apart_goes_to_a_safeguarding_lead(sign_in, kai, dana, ruth):
    row, manager = objected(sign_in, kai), sign_in(user=ruth)
    lead = factories.membership("safeguarding_lead").user
    assert kai.label in text(manager, TEAM)
    for _twice in range(2):
        sign_in(user=dana).post(f"/adviser/people/{kai.public_id}/apart/", {"apart": "on"})
    assert [letter.to for letter in letters("concern")] == [lead.email] and letters("objection") == []
    with factories.as_worker():
        concern = Concern.objects.get(person=kai)
    shown = text(sign_in(user=lead), f"/safeguarding/{concern.public_id}/")
    assert "I do not want Dana to see me." in shown and kai.label in shown
    assert kai.label not in text(manager, TEAM) and manager.get(f"{TEAM}{row.public_id}/").status_code == 404
    page = text(as_oneself(sign_in, kai), "/me/who/")
    assert "A safeguarding lead reads it and gets in touch with you." in page and "from the people who" not in page


@pytest.mark.parametrize("by_manager", [True, False])
def test_what_is_said_between_two_workers_goes_to_a_safeguarding_lead(sign_in, kai, ruth, by_manager):
    """Kept apart, and without a worker: those who lead the team see them, until somebody works with them again."""
    lead, lena = factories.membership("safeguarding_lead").user, factories.adviser()
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=True)
        AdviserLink.objects.filter(person=kai).update(ended_on=clock.today())
    as_oneself(sign_in, kai).post(NO, {"about": "", "words": "No."})
    assert kai.label in text(sign_in(user=ruth), TEAM) and letters("concern") == []
    with factories.as_worker():
        row = Objection.objects.get(person=kai)
        cover.hand_over(person=kai, worker=lena, by=ruth if by_manager else None)
        row.refresh_from_db()
        assert row.answered_by == (ruth if by_manager else lena)
    assert kai.label not in text(sign_in(user=ruth), TEAM)
    assert [letter.to for letter in letters("concern")] == [lead.email]
    assert "A safeguarding lead reads it and gets in touch with you." in text(as_oneself(sign_in, kai), "/me/who/")


def test_another_worker_of_somebody_not_kept_apart_passes_nothing_on(sign_in, kai, ruth):
    objected(sign_in, kai)
    with factories.as_worker():
        cover.hand_over(person=kai, worker=factories.adviser(), by=ruth)
        assert not Concern.objects.exists() and Objection.objects.get().answered_at is None


def test_who_is_kept_apart_while_they_write_is_read_by_a_safeguarding_lead(sign_in, kai, monkeypatch):
    """However late: the verb looks once it holds them."""
    lead, client = factories.membership("safeguarding_lead").user, as_oneself(sign_in, kai)
    monkeypatch.setattr(asking, "own", lambda request: kai)  # as the page has read them
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=True)
    answer = client.post(NO, {"about": "", "words": "No."}, follow=True).content.decode()
    assert "A safeguarding lead reads it and gets in touch with you." in answer
    assert [letter.to for letter in letters("concern")] == [lead.email] and letters("objection") == []


def test_without_a_safeguarding_lead_nobody_is_promised(sign_in, kai):
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=True)
    client = as_oneself(sign_in, kai)
    said = (text(client, NO), client.post(NO, {"about": "", "words": "No."}, follow=True).content.decode())
    for page in said:
        assert "no safeguarding lead here yet" in page and "gets in touch with you" not in page
    assert reading_age(prose(words_of(said[0]))) <= 11
    with factories.as_worker():
        assert Concern.objects.filter(person=kai).count() == 1


def test_who_is_kept_apart_is_not_seen_by_who_leads_the_team(sign_in, kai, ruth):
    """A safeguarding lead reads what they say."""
    lead = factories.membership("safeguarding_lead").user
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=True)
    client, manager = as_oneself(sign_in, kai), sign_in(user=ruth)
    page = text(client, NO)
    assert "A safeguarding lead reads it" in page and reading_age(prose(words_of(page))) <= 11
    client.post(NO, {"about": "Dana Whitlock", "words": "I do not want Dana to see me."})
    with factories.as_worker():
        concern = Concern.objects.get(person=kai)
        assert not Objection.objects.exists()
        assert concern.words["words"] == "Dana Whitlock\nI do not want Dana to see me."
    assert [letter.to for letter in letters("concern")] == [lead.email]
    assert kai.label not in text(manager, TEAM)


# --- help again -------------------------------------------------------------------------------------------------------


def test_one_tap_reaches_their_worker_and_stands_first_on_monday(sign_in, kai, dana):
    client = as_oneself(sign_in, kai)
    assert "I would like help again" in text(client, "/me/")
    for _tap in range(3):
        client.post("/me/help/")
    page = text(client, "/me/")
    assert "You asked for help. Dana gets in touch by" in page and "I would like help again" not in page
    with factories.as_worker():
        row = HelpAgain.objects.get(person=kai)
    assert row.due_on == add_working_days(clock.today(), 2)
    assert [letter.to for letter in letters("help_again")] == [dana.email] and neutral(letters("help_again")[0])
    worker = sign_in(user=dana)
    monday = text(worker, "/adviser/")
    assert "They would like help again." in monday and monday.index("help again") < monday.index("Your 1 young person")
    worker.post(f"/adviser/people/{kai.public_id}/help/", {"done": "1"})
    assert "They would like help again." not in text(worker, "/adviser/")
    assert letters("help_again") == [] and "I would like help again" in text(client, "/me/")
    client.post("/me/help/")
    with factories.as_worker():
        assert HelpAgain.objects.filter(person=kai).count() == 2


def test_without_a_worker_it_reaches_those_who_lead_the_team(sign_in, kai, ruth):
    with factories.as_worker():
        AdviserLink.objects.filter(person=kai).update(ended_on=clock.today())
    as_oneself(sign_in, kai).post("/me/help/")
    assert [letter.to for letter in letters("help_again_team")] == [ruth.email] and letters("help_again") == []
    assert kai.label in text(sign_in(user=ruth), TEAM)
    factories.membership("team_manager", of=factories.user("New"))
    ruth.memberships.update(valid_to=clock.today() - dt.timedelta(1))
    assert letters("help_again_team") == []  # she leads the team no more


@pytest.mark.parametrize("how", ["left", "inactive"])
def test_a_worker_who_has_left_is_no_worker(sign_in, kai, dana, ruth, how):
    if how == "left":
        dana.memberships.update(valid_to=clock.today() - dt.timedelta(1))
    else:
        User.objects.filter(pk=dana.pk).update(is_active=False)
    client = as_oneself(sign_in, kai)
    client.post("/me/help/")
    assert [letter.to for letter in letters("help_again_team")] == [ruth.email] and letters("help_again") == []
    assert "Dana" not in text(client, "/me/") and kai.label in text(sign_in(user=ruth), TEAM)
    with factories.as_worker():
        assert news.there_for(kai.pk) is None


def test_late_help_is_said_to_them_and_to_those_who_lead_the_team(sign_in, kai, ruth):
    as_oneself(sign_in, kai).post("/me/help/")
    with factories.as_worker():
        due_on = HelpAgain.objects.get().due_on
    for days, late in ((0, False), (1, True)):
        go_to(due_on + dt.timedelta(days))
        page, team = text(as_oneself(sign_in, kai), "/me/"), text(sign_in(user=ruth), TEAM)
        assert ("We are late. It is not you." in page) == late == ("gets in touch by" not in page)
        assert (kai.label in team) == late == ("Late: they were told by" in team)
        assert ("See who leads your team" in page) == late
    assert reading_age(prose(words_of(page))) <= 11
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=True)
    assert kai.label not in text(sign_in(user=ruth), TEAM)


def test_whoever_stands_in_hears_of_it(sign_in, kai, dana):
    lena = factories.adviser()
    today = clock.today()
    Cover.objects.create(worker=dana, stands_in=lena, council=factories.council(), first_day=today, last_day=today)
    as_oneself(sign_in, kai).post("/me/help/")
    assert [letter.to for letter in letters("help_again")] == [lena.email]
    assert "They would like help again." in text(sign_in(user=lena), "/adviser/")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=True)
    assert [letter.to for letter in letters("help_again")] == [dana.email]
    assert "They would like help again." not in text(sign_in(user=lena), "/adviser/")


@pytest.mark.parametrize("sent", [True, False])
def test_help_that_waits_reaches_the_next_worker_once(sign_in, kai, dana, ruth, sent):
    as_oneself(sign_in, kai).post("/me/help/")
    lena, of_derby = factories.adviser(), factories.adviser(council=factories.council("Derby"))
    if sent:
        with factories.as_worker():
            Outbox.objects.filter(purpose="help_again").update(state="accepted")
    for _twice in range(2):
        with factories.as_worker():
            cover.hand_over(person=kai, worker=lena, by=ruth)
    assert [letter.to for letter in letters("help_again")] == [lena.email]
    other = factories.membership("team_manager", council=factories.council("Derby")).user
    with factories.as_worker():
        row = transfers.ask(person=kai, to_council=factories.council("Derby"), words="Ring Ruth.", by=ruth)
        transfers.accept(transfer=row, worker=of_derby, by=other, role="team_manager")
    assert [letter.to for letter in letters("help_again")] == [of_derby.email]
    with factories.as_worker():
        help_again.take_up(person=kai, by=of_derby, role="adviser")
        cover.hand_over(person=kai, worker=factories.adviser(council=factories.council("Derby")), by=other)
        assert Outbox.objects.filter(purpose="help_again").count() == 3
    assert letters("help_again") == []


def test_nothing_is_said_about_somebody_whose_support_has_ended(sign_in, kai, dana, ruth):
    objected(sign_in, kai)
    as_oneself(sign_in, kai).post("/me/help/")
    with factories.as_worker():
        end_support(person=kai, why="asked", by=ruth, role="team_manager")
    assert letters("objection") == letters("help_again") == []
    assert kai.label not in text(sign_in(user=ruth), TEAM)


def test_a_colleague_takes_nothing_up(sign_in, kai):
    as_oneself(sign_in, kai).post("/me/help/")
    assert sign_in("adviser").post(f"/adviser/people/{kai.public_id}/help/").status_code == 404
    with factories.as_worker():
        assert help_again.waiting(kai) is not None


def test_both_pages_are_easy_to_read(sign_in, kai):
    client = as_oneself(sign_in, kai)
    client.post("/me/help/")
    objected(sign_in, kai)
    pages = [text(client, path) for path in (NO, "/me/who/", "/me/")]
    pages.append(client.post(NO, {"about": "x"}).content.decode())
    assert all(reading_age(prose(words_of(page))) <= 11 for page in pages)
