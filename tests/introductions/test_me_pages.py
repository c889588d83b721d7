"""A young person's pages in every state: who sees them, their day one, easy words, and as many queries however much
there is."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Cover, View, YoungPerson
from core import clock
from introductions import readiness, staying
from introductions.me import telling
from introductions.models import Introduction, Readiness, Start
from tests import factories
from tests.introductions import chain as verbs
from tests.introductions import factories as chain
from tests.introductions import staying_made
from tests.introductions.test_me import as_oneself, own_account, text
from tests.opportunities import factories as make
from tests.pledges.following import go_to
from tests.pledges.reading_age import hard_sentences, prose, reading_age, words_of

pytestmark = pytest.mark.django_db
OLDEST = 11
PAGES = (
    "/me/",
    "/me/matches/",
    "/me/interests/",
    "/me/introductions/",
    "/me/ready/",
    "/me/who/",
    "/me/timeline/",
    "/me/reading/",
    "/me/hearing/",
)


@pytest.fixture
def dana(db):
    return factories.membership("adviser", of=factories.user("Dana Whitlock")).user


@pytest.fixture
def kai(dana):
    return own_account(worker=dana)


# --- before day one ---------------------------------------------------------------------------------------------------


def test_what_is_ready_is_ticked_and_unticked(sign_in, kai):
    client = as_oneself(sign_in, kai)
    assert "5 things to get" in text(client, "/me/ready/")
    client.post("/me/ready/", {"has": ["identity", "phone", "pk"]})
    page = text(client, "/me/ready/")
    assert "3 things to get" in page and page.count(" checked") == 2
    client.post("/me/ready/", {"has": [thing.field for thing in readiness.THINGS]})
    assert "You are ready." in text(client, "/me/ready/")
    client.post("/me/ready/", {})
    with factories.as_worker():
        kept = Readiness.objects.get(person=kai)
    assert not any(getattr(kept, thing.field) for thing in readiness.THINGS)


def test_every_field_of_the_list_is_on_the_page():
    fields = {field.name for field in Readiness._meta.get_fields()} - {"person", "changed_at"}
    assert fields == {thing.field for thing in readiness.THINGS}


# --- when the time is over --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "over"), [(14, False), (15, True)])
def test_when_the_time_is_over_nobody_reads_that_they_have_a_place(sign_in, days, over):
    somebody = staying_made.person(account=True)
    start = staying_made.started(somebody, verbs.opportunity(lasts=2, lasts_unit="weeks"))
    go_to(staying_made.FIRST + dt.timedelta(days))
    client = as_oneself(sign_in, somebody)
    for path in ("/me/", "/me/introductions/", f"/me/introductions/{start.introduction.public_id}/"):
        page = text(client, path)
        assert ("You have a place" in page, "is over." in page) == (not over, over), path
    assert reading_age(prose(words_of(page))) <= OLDEST


@pytest.mark.parametrize(
    "how", [{}, {"lasts": 3, "lasts_unit": "days"}, {"lasts": 7, "lasts_unit": "months"}, {"kind_code": "work-trial"}]
)
def test_one_start_is_over_on_the_day_that_the_list_says(how):
    start = staying_made.started(to=verbs.opportunity(**how))
    with factories.as_worker():
        over = Start.objects.annotate(over=staying.over_on()).get(pk=start.pk).over
    said = [
        staying.time_is_over(start, start.opportunity, staying_made.FIRST + dt.timedelta(day)) for day in range(400)
    ]
    assert said.index(True) == (over - staying_made.FIRST).days + 1 if over else not any(said)


# --- who sees me ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("apart", "council"), [(True, "Nottinghamshire"), (False, "Derby")])
def test_who_stands_in_but_does_not_see_me_is_not_named(sign_in, kai, dana, apart, council):
    with factories.as_worker():
        YoungPerson.objects.filter(pk=kai.pk).update(kept_apart=apart)
        Cover.objects.create(
            worker=dana, stands_in=factories.user("Lena Moss"), council=factories.council(council),
            first_day=clock.today(), last_day=clock.today(), made_by=dana,
        )  # fmt: skip
    page = text(as_oneself(sign_in, kai), "/me/who/")
    assert "Dana Whitlock" in page and "Lena Moss" not in page


def test_who_sees_me_and_who_looked(sign_in, kai, dana):
    manager = factories.membership("team_manager", of=factories.user("Ruth Calloway"))
    factories.membership("team_manager", of=factories.user("Of Derby"), council=factories.council("Derby"))
    factories.membership("coordinator", of=factories.user("Maggie Thorne"))
    today = clock.today()
    for name, first in (("Stands In", today), ("Later On", today + dt.timedelta(9))):
        Cover.objects.create(
            worker=dana, stands_in=factories.membership("adviser", of=factories.user(name)).user,
            council=factories.council(), first_day=first, last_day=first,
        )  # fmt: skip
    client = as_oneself(sign_in, kai)
    page = text(client, "/me/who/")
    for name in ("Dana Whitlock", "Stands In", manager.user.name, "Nottinghamshire"):
        assert name in page
    for name in ("Of Derby", "Maggie Thorne", "Later On"):
        assert name not in page
    assert "Nobody has looked so far." in page
    assert sign_in(user=dana).get(f"/adviser/people/{kai.public_id}/").status_code == 200
    page = text(client, "/me/who/")
    assert "Personal adviser, Nottinghamshire: Your page" in page
    assert "Dana" not in page.split("Who looked")[1]  # a role and a council, no name


def test_what_was_seen_of_somebody_else_is_not_shown(sign_in, kai, dana):
    other = factories.young_person(label="Other", worker=dana)
    with factories.as_worker():
        View.objects.create(person=other, viewer=dana, role="adviser", page="search", on=clock.today())
    assert "A search by name" not in text(as_oneself(sign_in, kai), "/me/who/")


# --- every state in easy words ----------------------------------------------------------------------------------------


def too_hard(page: str) -> float:
    return reading_age(prose(words_of(page)))


@pytest.mark.parametrize("path", PAGES)
def test_a_child_of_eleven_reads_every_page(sign_in, kai, path):
    for state in ("asked", "introduced"):
        getattr(chain, state)(chain.interested(kai))
    page = text(as_oneself(sign_in, kai), path)
    assert too_hard(page) <= OLDEST, (too_hard(page), hard_sentences(words_of(page)))
    assert "care leaver" not in page.lower() and "Exit this page" in page


@pytest.mark.parametrize("state", ["interested", "asked", "permitted", "introduced", "offered", "ended"])
def test_a_child_of_eleven_reads_where_it_stands(sign_in, kai, state):
    row = chain.interested(kai)
    if state == "ended":
        from introductions import services

        with factories.as_worker():
            services.end(introduction=row, move="decline", role="adviser", ending="young_person")
    elif state != "interested":
        row = getattr(chain, state)(row)
    client = as_oneself(sign_in, kai)
    for path in ("", *(() if state == "ended" else ("stop/",))):
        page = text(client, f"/me/introductions/{row.public_id}/{path}")
        assert too_hard(page) <= OLDEST, (too_hard(page), hard_sentences(words_of(page)))


def test_the_ways_in_are_easy_too(sign_in):
    from accounts.joining import invite

    person, offer = factories.young_person(), make.published()
    for path in (f"/k/{invite(person=person)}/join/", f"/opportunities/{offer.public_id}/interested/"):
        page = text(sign_in(), path)
        assert too_hard(page) <= OLDEST, (too_hard(page), hard_sentences(words_of(page)))


def test_planted_hard_words_are_found():
    sentence = "Notwithstanding the aforementioned considerations, eligibility necessitates comprehensive verification."
    assert too_hard(f"<main><p>{sentence}</p></main>") > OLDEST


@pytest.mark.parametrize("state", Introduction.State.values)
def test_every_state_has_words(kai, state):
    row = chain.interested(kai)
    for ending in Introduction.Ending.values if state == "ended" else [""]:
        row.state, row.ending = state, ending
        told = telling.tell(row, None, "Dana", row.due_on)
        assert told.title and "%" not in told.text and not (told.over and told.can_stop)
    row.state, row.due_on = "interested", dt.date(2026, 1, 5)
    assert "That day has passed, so ask Dana." in telling.tell(row, None, "Dana", dt.date(2026, 1, 6)).text


# --- however much there is --------------------------------------------------------------------------------------------


def queries(client, path) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        text(client, path)
    return len(found)


def test_pages_ask_as_often_however_much_there_is(sign_in, kai, dana):
    client = as_oneself(sign_in, kai)
    chain.asked(chain.interested(kai))
    counts = {path: queries(client, path) for path in ("/me/", "/me/introductions/", "/me/who/")}
    for _number in range(4):
        chain.asked(chain.interested(kai))
    with factories.as_worker():
        for day in range(5):
            on = clock.today() - dt.timedelta(day)
            View.objects.create(person=kai, viewer=dana, role="adviser", page="list", on=on)
    assert {path: queries(client, path) for path in counts} == counts
    assert max(counts.values()) <= 30, counts


def test_reasons_speak_to_you_and_call_nobody_anything():
    from matching import reasons, weights

    every = sum(one.flag for one in (
        weights.INTEREST, weights.OPEN, weights.FIRST_KIND, weights.RINGFENCED, weights.LOCAL, weights.READY,
    ))  # fmt: skip
    said = " ".join(reasons.sentences(every, 30, ["Cooking"], you=True))
    assert "You like cooking" in said and "they" not in said and "care" not in said.lower()
    about = " ".join(reasons.sentences(every, 30, ["Cooking"]))  # to their worker, in mails too
    assert "Would like cooking" in about and "care" not in about.lower()
