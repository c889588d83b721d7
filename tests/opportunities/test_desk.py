"""The officers' pages."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opportunities.models import Opportunity
from opportunities.questions import BY_CODE, QUESTIONS
from opportunities.seen import stamp
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
DESK = "/desk/opportunities/"

TYPED = {
    "title": "Kitchen team member",
    "summary": "Learn to cook with a small team.",
    "places": "2",
    "town": "Mansfield",
    "hours_a_week": "30",
    "hours_mask": ["1", "4"],
    "pay": "£12.71",
    "starts_on_0": "11",
    "starts_on_1": "1",
    "starts_on_2": "2027",
    "min_age": "18",
    "min_age_reason": "insurance",
    "lasts_unit": "weeks",
    "needs_mask": ["1", "8"],
    "no_experience": "on",
    "audience": "either",
    "go_by": "us",
}


def typed(**values) -> dict:
    return {**TYPED, "category": make.category().pk, **values}


def page_of(row: Opportunity) -> str:
    return f"{DESK}{row.public_id}/"


def save(client, row: Opportunity, step: str = "work", **values):
    """Answer one question; the fields of the others are sent too, and count for nothing."""
    return client.post(f"{page_of(row)}{step}/", typed(**values))


def save_all(client, row: Opportunity, **values) -> None:
    for step in BY_CODE:
        assert save(client, row, step, **values).status_code == 302, step


def step_of(values: dict) -> str:
    name = next(iter(values))
    field = name.rsplit("_", 1)[0] if name[-1].isdigit() else name
    return next(question.code for question in QUESTIONS if field in question.fields)


def press(client, row: Opportunity, move: str, **how):
    """A button that carries the stamp of what the row says now, as the page does."""
    return client.post(f"{page_of(row)}move/", {"move": move, "seen": stamp(Opportunity.objects.get(pk=row.pk))}, **how)


@pytest.fixture
def coordinator(sign_in):
    return sign_in("coordinator")


def test_visitors_are_asked_to_sign_in_and_advisers_see_no_desk(sign_in):
    row = make.draft()
    assert sign_in().get(DESK).status_code == 302
    for address in (DESK, page_of(row)):
        assert sign_in("adviser").get(address).status_code == 404
    assert press(sign_in("adviser"), row, "submit").status_code == 404


def test_another_partnerships_draft_is_the_404_of_a_random_address(sign_in):
    row = make.draft()
    other = sign_in("coordinator", partnership=factories.partnership("leicestershire"))
    assert other.get(page_of(row)).status_code == 404
    assert save(other, row).status_code == other.get(f"{page_of(row)}preview/").status_code == 404
    assert press(other, row, "submit").status_code == 404
    assert row.title not in other.get(DESK).content.decode()


def test_a_draft_without_an_area_is_everybodys_to_take_on(sign_in):
    row = make.draft(pledge=make.pledge(partnership=None))
    for code in ("nottinghamshire", "leicestershire"):
        assert sign_in("coordinator", partnership=factories.partnership(code)).get(page_of(row)).status_code == 200


def test_an_officer_of_a_council_acts_for_its_partnership(sign_in):
    row = make.draft()
    assert sign_in("economic_development", council=factories.council()).get(page_of(row)).status_code == 200


def test_the_list_says_what_is_missing_and_who_waits(coordinator):
    make.draft(title="Unfinished", pay_pence=None)
    sender = factories.user("Amina Sender")
    row = make.submitted(title="Waiting", by=sender)
    Opportunity.objects.filter(pk=row.pk).update(submitted_on=row.submitted_on - dt.timedelta(days=3))
    drafts = coordinator.get(DESK).content.decode()
    assert "Unfinished" in drafts and "1 thing to do" in drafts
    waiting = coordinator.get(DESK, {"part": "waiting"}).content.decode()
    assert "Waiting" in waiting and "Amina Sender 3 days ago" in waiting and "Unfinished" not in waiting


@pytest.mark.parametrize("part", ["drafts", "waiting", "open", "ended", "nonsense"])
def test_the_list_asks_the_same_number_of_times_however_many_rows(coordinator, part):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert coordinator.get(DESK, {"part": part}).status_code == 200
        return len(caught)

    for maker in (make.draft, make.submitted, make.published):
        maker()
    few = count()
    for _number in range(4):
        for maker in (make.draft, make.submitted, make.published):
            maker()
    assert count() == few <= 16


def test_a_draft_is_completed_and_sent_in_and_published_by_another(coordinator, sign_in):
    row = make.draft(title="", pay_pence=None, hours_a_week=None)
    assert b"Give it a title" in coordinator.get(page_of(row)).content
    save_all(coordinator, row)
    row.refresh_from_db()
    assert (row.pay_pence, row.hours_mask, row.needs_mask, row.starts_on) == (1271, 5, 9, dt.date(2027, 1, 11))
    assert (row.sector, row.town) == ("NG18 1", "Mansfield")  # an empty postcode keeps the place
    press(coordinator, row, "submit")
    row.refresh_from_db()
    assert row.state == "submitted"

    own = coordinator.get(page_of(row)).content.decode()
    assert "somebody else has to approve it" in own and "disabled" in own
    press(coordinator, row, "approve")
    row.refresh_from_db()
    assert row.state == "submitted"

    press(sign_in("coordinator"), row, "approve")
    row.refresh_from_db()
    assert row.state == "published" and row.live


def test_a_support_officer_drafts_and_has_no_button_to_publish(sign_in):
    row = make.submitted()
    html = sign_in("support_officer").get(page_of(row)).content.decode()
    assert 'value="approve"' not in html
    press(sign_in("support_officer"), row, "approve")
    row.refresh_from_db()
    assert row.state == "submitted"


def test_an_incomplete_draft_is_not_sent_in_and_says_why(coordinator):
    row = make.draft(pay_pence=900)
    answer = press(coordinator, row, "submit", follow=True)
    assert "below the legal minimum" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "draft"


@pytest.mark.parametrize("move", ["pause", "close"])
def test_a_move_that_needs_a_reason_gets_one(coordinator, move):
    row = make.published()
    coordinator.post(f"{page_of(row)}move/", {"move": move})
    row.refresh_from_db()
    assert row.state == "published"
    coordinator.post(f"{page_of(row)}move/", {"move": move, "why": "They asked us to", "outcome": "nobody"})
    row.refresh_from_db()
    assert row.state != "published" and not row.live


def test_a_published_one_is_changed_under_the_same_rules(coordinator):
    row = make.published()
    refused = save(coordinator, row, "pay", pay="9.00")
    assert refused.status_code == 200 and "below the legal minimum" in refused.content.decode()
    save(coordinator, row, title="Pastry chef")
    row.refresh_from_db()
    assert (row.title, row.version, row.live) == ("Pastry chef", 2, True)


def test_what_is_sent_in_is_not_written_over(coordinator):
    row = make.submitted(title="As sent in")
    save(coordinator, row, title="Sneaked in")
    row.refresh_from_db()
    assert row.title == "As sent in"


def test_words_are_cleaned_of_what_nobody_sees(coordinator):
    row = make.draft(title="Before")
    save(coordinator, row, title="Bak\x00er \u202erekab")
    row.refresh_from_db()
    assert row.title == "Baker rekab"


@pytest.mark.parametrize(
    "values",
    [
        {"pay": "lots"}, {"pay": "-1"}, {"pay": "1e9"}, {"places": "0"}, {"places": "two"}, {"places": "1000000000"},
        {"min_age": "15"}, {"min_age": "99"}, {"hours_a_week": "NaN"}, {"hours_a_week": "200"}, {"starts_on_1": "13"},
        {"postcode": "nowhere"}, {"postcode": "ZZ99 9ZZ"}, {"title": "x" * 81},
        {"category": "999999"},
        {"hours_mask": ["3"]}, {"hours_mask": []}, {"audience": "everybody"}, {"places": "3"}, {"town": "t" * 61},
        {"day_starts": "25:00"}, {"day_ends": "5pm"}, {"day_starts": "soon"}, {"lasts": "0"}, {"lasts_unit": "years"},
        {"own_link": "http://jobs.example/1"}, {"own_link": "javascript:alert(1)"}, {"own_link": "https://"},
        {"own_link": f"https://jobs.example/{'x' * 300}"}, {"own_words": "w" * 161}, {"bring": "b" * 301},
        {"not_needed": "n" * 301}, {"support_mask": ["3"]}, {"go_by": "post"},
        {"closes_on_0": "31", "closes_on_1": "2"},
        {"min_age_reason": "because"}, {"unpaid_reason": "999999"},
    ],
)  # fmt: skip
def test_bad_input_comes_back_with_a_sentence_and_changes_nothing(coordinator, values):
    row = make.draft(title="Before")
    answer = save(coordinator, row, step_of(values), **values)
    assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
    row.refresh_from_db()
    assert row.title == "Before"


@pytest.mark.parametrize(
    "values", [{}, {"move": "explode"}, {"move": "\x00"}, {"move": "complete"}, {"move": "_write"}]
)
def test_a_move_that_is_none_does_nothing(coordinator, values):
    row = make.draft()
    assert coordinator.post(f"{page_of(row)}move/", values).status_code == 302
    row.refresh_from_db()
    assert row.state == "draft"


def test_pressing_twice_moves_once(coordinator, sign_in):
    row = make.submitted()
    other = sign_in("coordinator")
    for _press in range(2):
        assert press(other, row, "approve").status_code == 302
    row.refresh_from_db()
    assert row.state == "published"


def test_the_preview_is_what_a_young_person_sees(coordinator):
    row = make.draft()
    assert "See it as a young person does" in coordinator.get(page_of(row)).content.decode()
    html = coordinator.get(f"{page_of(row)}preview/").content.decode()
    assert row.title in html and "Talk to your personal adviser" in html


def test_every_button_is_a_verb_and_every_move_has_a_button():
    from opportunities.desk_history import SAID
    from opportunities.desk_moves import BUTTONS, NEW_DRAFTS
    from opportunities.lifecycle import LIFECYCLE

    moves = {move.name for move in LIFECYCLE.moves}
    assert set(BUTTONS) - set(NEW_DRAFTS) == moves - {"change"}
    assert set(SAID) == moves and all(callable(button.verb) for button in BUTTONS.values())


# --- the page of one opportunity, read by a person --------------------------------------------------------------------


def after(html: str, *words: str) -> list[int]:
    return [html.index(word) for word in words]


def test_the_way_on_stands_first_and_the_rest_is_folded_with_its_own_question(sign_in):
    html = sign_in("coordinator").get(page_of(make.submitted())).content.decode()
    places = after(html, 'value="approve"', "<summary><span>Send it back", "What has to be put right?",
                   'value="send_back"', "<summary><span>Give it up", "Why does nothing come of it?")  # fmt: skip
    assert places == sorted(places)
    assert html.index("What next?") < places[0]


def test_a_state_is_said_once(coordinator):
    row = make.published()
    coordinator.post(f"{page_of(row)}move/", {"move": "pause", "why": "They asked us to"})
    html = coordinator.get(page_of(row)).content.decode()
    line = html.split("badge--info")[1].split("</p>")[0]
    assert line.count("Paused") == 1


def test_what_publishing_asks_for_is_not_called_optional(coordinator):
    def label(html: str, name: str) -> str:
        return html.split(f'for="id_{name}"')[1].split("</label>")[0]

    def questions(row: Opportunity) -> str:
        return "".join(coordinator.get(f"{page_of(row)}{step}/").content.decode() for step in BY_CODE)

    job = questions(make.draft())
    for name in ("title", "summary", "category", "hours_a_week", "pay"):
        assert "needed before it can go live" in label(job, name), name
    assert "optional" in label(job, "postcode") and "only if there is no pay" in label(job, "unpaid_reason")
    visit = questions(make.draft(kind_code="site-visit", easting=None))
    assert "optional" in label(visit, "hours_a_week") and "optional" in label(visit, "pay")
    assert "unless it is done from home" in label(visit, "postcode")
    assert "---------" not in job + visit and "It is paid, or needs no reason" in job


@pytest.mark.parametrize(
    ("code", "taken_away"),
    [("title", {"title": ""}), ("summary", {"summary": ""}), ("category", {"category": None}),
     ("hours", {"hours_a_week": None}), ("pay", {"pay_pence": None}), ("place", {"easting": None, "northing": None})],
)  # fmt: skip
def test_every_mark_is_a_field_that_publishing_refuses_without(code, taken_away):
    """The form and the rules name the same fields."""
    from opportunities.forms import CompleteForm
    from opportunities.refusals import refusals

    row = make.draft(**taken_away)
    assert [refusal.code for refusal in refusals(row)] == [code]
    field = {"hours": "hours_a_week", "place": "postcode"}.get(code, code)
    assert "needed" in str(CompleteForm(None, opportunity=row).marks[field])


def test_who_may_approve_is_said_as_it_is(coordinator, sign_in):
    row = make.draft()
    press(coordinator, row, "submit")
    html = coordinator.get(page_of(row)).content.decode()
    assert "A coordinator or an economic development officer of any member council may." in html
    assert "Any officer" not in html


@pytest.mark.parametrize("partnership", ["nottinghamshire", None])
def test_a_draft_leads_to_the_page_of_its_business(coordinator, partnership):
    row = make.draft(pledge=make.pledge(partnership=partnership))
    address = f"/desk/employers/{row.employer.public_id}/"
    assert f'href="{address}"' in coordinator.get(page_of(row)).content.decode()
    assert coordinator.get(address).status_code == 200


@pytest.mark.parametrize("step", list(BY_CODE))
def test_an_empty_form_says_what_to_do(coordinator, step):
    html = coordinator.post(f"{page_of(make.draft())}{step}/", {}, follow=True).content.decode()
    assert "This field" not in html
    if step == "work":
        assert "Give it a title, like Kitchen team member" in html and "in a few sentences" in html
