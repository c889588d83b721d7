"""The task list, who does what next, what goes on longer or begins once more, and the history."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

import opportunities
from core import clock
from core.lifecycle import MoveRefused
from core.models import LifecycleLog
from opportunities import next_steps, renewing
from opportunities.desk_moves import STAMPED
from opportunities.models import Opportunity
from opportunities.questions import BY_CODE, ELSEWHERE, QUESTIONS, standings
from opportunities.refusals import refusals
from opportunities.seen import stamp
from opportunities.services import WRITABLE
from pledges.models import Pledge
from tests import factories
from tests.opportunities import factories as make
from tests.opportunities.test_desk import page_of, save
from tests.pledges.following import go_to

pytestmark = pytest.mark.django_db
RULES = [Path(opportunities.__file__).parent / name for name in ("refusals.py", "young_rules.py", "services.py")]


@pytest.fixture
def coordinator(sign_in):
    return sign_in("coordinator")


def labels(row: Opportunity) -> dict[str, str]:
    return {each.question.code: each.label for each in standings(row, refusals(row))}


def move(client, row: Opportunity, name: str, **values) -> str:
    seen = {"seen": stamp(Opportunity.objects.get(pk=row.pk))} if name in STAMPED else {}
    answer = client.post(f"{page_of(row)}move/", {"move": name, **seen, **values}, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


# --- the six questions


def test_every_field_that_may_be_written_is_asked_once():
    asked = [name for question in QUESTIONS for name in question.fields]
    assert len(asked) == len(set(asked)) and len(QUESTIONS) == 6
    assert {"pay_pence" if name == "pay" else name for name in asked} == WRITABLE


def codes_in(source: str) -> set[str]:
    return set(re.findall(r'\b_?[Rr]efusal\(\s*"(\w+)"', source))


def known() -> set[str]:
    return ELSEWHERE.union(*(question.mends for question in QUESTIONS))


def test_every_refusal_is_put_right_by_one_question_or_elsewhere():
    found = set().union(*(codes_in(path.read_text(encoding="utf-8")) for path in RULES))
    assert found == known() and len(found) > 20
    assert sum(len(question.mends) for question in QUESTIONS) + len(ELSEWHERE) == len(known())


def test_planted_a_refusal_that_no_question_puts_right_is_found():
    assert codes_in('yield _refusal(\n    "planted", _("x"))') - known() == {"planted"}


def test_a_draft_is_to_check_until_each_question_is_saved(coordinator):
    row = make.draft(pay_pence=None)
    assert labels(row) == {**dict.fromkeys(BY_CODE, "From the pledge: check it"), "pay": "To do"}
    save(coordinator, row, "pay")
    row.refresh_from_db()
    assert labels(row)["pay"] == "Done" and labels(row)["work"] == "From the pledge: check it"
    html = coordinator.get(page_of(row)).content.decode()
    assert html.count("From the pledge: check it") == 5 and html.count(">Done<") == 1


def test_a_question_leaves_the_others_as_they_are(coordinator):
    row = make.draft(summary="Our own words", bring="A coat", travel_paid=True, support_mask=5)
    save(coordinator, row, "place", day_starts="9am", day_ends="17.30", lasts="6", lasts_unit="months")
    row.refresh_from_db()
    assert (row.summary, row.bring, row.travel_paid, row.support_mask) == ("Our own words", "A coat", True, 5)
    assert (row.day_starts, row.day_ends) == (dt.time(9), dt.time(17, 30))
    assert (row.lasts, row.lasts_unit) == (6, "months")


def test_the_page_of_a_question_names_what_is_to_do_there_and_no_more(coordinator):
    row = make.draft(pay_pence=None, hours_a_week=None)
    html = coordinator.get(f"{page_of(row)}pay/").content.decode()
    assert "Enter the pay, or choose" in html and "Enter how many hours a week." not in html


@pytest.mark.parametrize("step", ["nonsense", "works", "x" * 200])
def test_a_question_that_is_none_is_a_404(coordinator, step):
    assert coordinator.get(f"{page_of(make.draft())}{step}/").status_code == 404


def test_what_is_sent_in_has_no_question_to_answer(coordinator):
    row = make.submitted()
    assert coordinator.get(f"{page_of(row)}work/").status_code == 302
    assert f"{page_of(row)}work/" not in coordinator.get(page_of(row)).content.decode()


@pytest.mark.parametrize(
    ("kind", "step", "name", "asked"),
    [
        ("ringfenced-job", "way", "search_engines", False),
        ("guaranteed-interview", "way", "search_engines", True),
        ("ringfenced-job", "people", "provider_wanted", False),
        ("apprenticeship", "people", "provider_wanted", True),
        ("site-visit", "people", "risk_assessment_on_0", False),
        ("ringfenced-job", "people", "risk_assessment_on_0", True),
    ],
)
def test_a_question_asks_what_fits_the_kind(coordinator, kind, step, name, asked):
    html = coordinator.get(f"{page_of(make.draft(kind_code=kind))}{step}/").content.decode()
    assert (f'name="{name}"' in html) is asked


def test_hard_words_are_advised_on_and_may_be_sent_in(coordinator):
    row = make.draft(summary="You will utilise organisational documentation comprehensively.")
    for page in (page_of(row), f"{page_of(row)}work/"):
        html = coordinator.get(page).content.decode()
        assert "Aim for 11 or less" in html and "Write “use” for “utilise”." in html
    move(coordinator, row, "submit")
    assert row.state == "submitted"


# --- who does what next


def test_the_second_person_has_one_working_day(coordinator):
    go_to(dt.date(2027, 1, 15))  # a Friday
    row = make.submitted()
    assert next_steps.due(row) == dt.date(2027, 1, 18)
    assert not next_steps.is_late(row, dt.date(2027, 1, 18))
    assert next_steps.is_late(row, dt.date(2027, 1, 19))


def test_the_queue_has_the_oldest_first_and_marks_what_is_late(coordinator):
    go_to(dt.date(2027, 1, 11))
    old = make.submitted(title="The older one")
    go_to(dt.date(2027, 1, 18))
    make.submitted(title="The newer one")
    html = coordinator.get("/desk/opportunities/", {"part": "waiting"}).content.decode()
    assert html.index("The older one") < html.index("The newer one")
    assert html.count("badge--late") == 1 and "Late. Sent in by" in html
    assert "badge--late" in coordinator.get(page_of(old)).content.decode()


def test_the_name_of_the_second_person_is_never_the_senders():
    owner, lead = factories.user("Olu Owner"), factories.user("Lee Lead")
    of = make.employer(lead=lead)
    row = make.submitted(pledge=make.pledge(of, owner=owner), by=owner)
    assert next_steps.second_person(row) == "Lee Lead"
    Opportunity.objects.filter(pk=row.pk).update(submitted_by=lead)
    row.refresh_from_db()
    assert next_steps.second_person(row) == "Olu Owner"


def test_every_state_that_goes_on_has_one_date_and_one_name(coordinator):
    today = clock.today()
    rows = [make.draft(), make.submitted(), make.published(), make.published(closes_on=today + dt.timedelta(days=9))]
    paused = make.published()
    move(coordinator, paused, "pause", why="They asked us to")
    for row in [*rows, paused]:
        step = next_steps.next_step(row, today)
        assert step is not None and step.by is not None and step.by >= today and step.who
    move(coordinator, paused, "close", why="Over", outcome="filled")
    assert next_steps.next_step(paused, today) is None


def test_the_list_says_what_closes_soon_and_what_nobody_answered_for(coordinator):
    today = clock.today()
    make.published(title="Ends soon", closes_on=today + dt.timedelta(days=7))
    make.published(title="Ends later", closes_on=today + dt.timedelta(days=8))
    asked = make.published(title="No word")
    open_now = {"part": "open"}
    assert coordinator.get("/desk/opportunities/", open_now).content.decode().count("no answer yet") == 0
    Opportunity.objects.filter(pk=asked.pk).update(still_asked_on=today)
    html = coordinator.get("/desk/opportunities/", open_now).content.decode()
    assert html.count("Closes in 7 days") == 1 and "Closes in 8 days" not in html
    assert html.count("no answer yet") == 1
    Opportunity.objects.filter(pk=asked.pk).update(still_open_on=today)
    assert "no answer yet" not in coordinator.get("/desk/opportunities/", open_now).content.decode()


# --- longer, again, two of it


def extend(row: Opportunity, closes_on: dt.date | None) -> Opportunity:
    with make.acting(factories.user()) as officer:
        return renewing.extend(opportunity=row, by=officer, role="coordinator", closes_on=closes_on)


def test_a_later_last_day_needs_no_second_person_and_is_written_down(coordinator):
    today = clock.today()
    row = make.published(closes_on=today + dt.timedelta(days=5))
    later = today + dt.timedelta(days=30)
    typed = {"closes_on_0": later.day, "closes_on_1": later.month, "closes_on_2": later.year}
    html = move(coordinator, row, "extend", **typed)
    assert "It is open longer now." in html and (row.closes_on, row.live, row.version) == (later, True, 1)
    assert LifecycleLog.objects.filter(object_id=row.pk, move="extend").get().role == "coordinator"
    move(coordinator, row, "extend")
    assert row.closes_on is None


def test_the_last_day_moves_on_by_a_day_at_least():
    today = clock.today()
    last = today + dt.timedelta(days=5)
    row = make.published(closes_on=last)
    for day in (last, last - dt.timedelta(days=1), today - dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            extend(row, day)
    assert extend(row, last + dt.timedelta(days=1)).closes_on == last + dt.timedelta(days=1)


def test_a_support_officer_extends_nothing(sign_in):
    row = make.published(closes_on=clock.today() + dt.timedelta(days=5))
    move(sign_in("support_officer"), row, "extend")
    assert row.closes_on is not None


def test_closing_early_asks_what_became_of_it(coordinator):
    row = make.published()
    assert "Choose what became of it" in move(coordinator, row, "close", why="Over")
    assert row.state == "published"
    html = move(coordinator, row, "close", why="Over", outcome="filled_else")
    assert (row.state, row.outcome) == ("closed", "filled_else") and "Filled with somebody else" in html


def test_what_is_closed_is_offered_again_with_its_words_and_without_its_dates(coordinator):
    soon = clock.today() + dt.timedelta(days=20)
    row = make.published(starts_on=soon, closes_on=soon, bring="A coat", risk_assessment_on=clock.today(), places=2)
    move(coordinator, row, "close", why="Over", outcome="nobody")
    html = move(coordinator, row, "again")
    assert "This is the new draft, with the same words" in html
    new = Opportunity.objects.filter(pledge=row.pledge_id, state="draft").latest("pk")
    assert (new.title, new.bring, new.places) == (row.title, "A coat", 2)
    assert (new.starts_on, new.closes_on, new.risk_assessment_on) == (None, None, None)
    assert (new.outcome, new.submitted_by, new.questions_done) == ("", None, 0)


def test_nothing_is_offered_again_when_all_places_are_in_use(coordinator):
    row = make.published(places=2)
    move(coordinator, row, "close", why="Over", outcome="nobody")
    Opportunity.objects.filter(pledge=row.pledge_id, state="draft").update(state="withdrawn")
    make.published(pledge=Pledge.objects.get(pk=row.pledge_id), places=2)
    assert "No place of this pledge is left" in move(coordinator, row, "again")
    assert Opportunity.objects.filter(pledge=row.pledge_id, state="draft").count() == 0


def test_free_places_of_a_pledge_are_offered_in_the_words_of_a_closed_one(coordinator):
    row = make.published(pledge=make.pledge(places=5), places=3, title="The first of five")
    make.published(pledge=Pledge.objects.get(pk=row.pledge_id), places=1)
    move(coordinator, row, "close", why="Over", outcome="nobody")
    move(coordinator, row, "again")
    new = Opportunity.objects.get(pledge=row.pledge_id, state="draft")
    assert (new.title, new.places) == ("The first of five", 3)


@pytest.mark.parametrize("state", sorted(renewing.ENDED))
def test_nothing_is_offered_again_of_a_pledge_that_has_ended(coordinator, state):
    row = make.published()
    move(coordinator, row, "close", why="Over", outcome="nobody")
    Pledge.objects.filter(pk=row.pledge_id).update(state=state)
    with make.acting(factories.user()) as officer, pytest.raises(MoveRefused, match="pledge has ended"):
        renewing.offer_again(opportunity=row, by=officer, role="coordinator")


def test_a_draft_becomes_two_that_share_its_places(coordinator):
    row = make.draft(places=3)
    html = move(coordinator, row, "split", places="1")
    assert "This is the second draft" in html and row.places == 2
    other = Opportunity.objects.filter(pledge=row.pledge_id).exclude(pk=row.pk).get()
    assert (other.places, other.title, other.state) == (1, row.title, "draft")


@pytest.mark.parametrize("places", ["", "0", "3", "-1", "two", "99999999999"])
def test_both_parts_of_a_draft_keep_a_place(coordinator, places):
    row = make.draft(places=3)
    move(coordinator, row, "split", places=places)
    assert row.places == 3 and Opportunity.objects.filter(pledge=row.pledge_id).count() == 1


@pytest.mark.parametrize("name", ["split", "again"])
def test_what_is_open_is_neither_split_nor_offered_again(coordinator, name):
    row = make.published(places=2)
    move(coordinator, row, name, places="1")
    assert Opportunity.objects.filter(pledge=row.pledge_id).count() == 1


# --- the page


def test_the_history_says_what_who_and_why(sign_in):
    row = make.submitted(by=factories.user("Amina Sender"))
    officer = sign_in("coordinator")
    move(officer, row, "send_back", why="The pay is missing")
    html = officer.get(page_of(row)).content.decode()
    assert "Sent in: Amina Sender." in html and "The pay is missing" in html
    assert "The draft was made from the pledge" in html
    assert html.index("Sent back") < html.index("Sent in: Amina Sender.")


def test_a_change_is_told_in_the_words_of_the_form(coordinator):
    row = make.published()
    save(coordinator, row, title="Pastry chef", pay="15.00")
    assert re.search(r"Changed: [^.]+\. [^<]*Title", coordinator.get(page_of(row)).content.decode())


def test_the_ledger_of_the_pledge_is_on_the_page(coordinator):
    row = make.published(pledge=make.pledge(places=5), places=2)
    html = coordinator.get(page_of(row)).content.decode()
    assert re.findall(r'class="big">(\d+)<', html) == ["5", "2", "0", "0"]


def test_the_page_asks_the_same_number_of_times_however_long_the_history(coordinator):
    def count(row: Opportunity) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert coordinator.get(page_of(row)).status_code == 200
        return len(caught)

    row = make.published()
    few = count(row)
    for _number in range(5):
        move(coordinator, row, "pause", why="They asked us to")
        move(coordinator, row, "resume")
    assert count(row) == few <= 24


def test_the_preview_is_the_hats_own(sign_in):
    row = make.draft()
    assert sign_in("adviser").get(f"{page_of(row)}preview/").status_code == 404
    assert sign_in("support_officer").get(f"{page_of(row)}preview/").status_code == 200
