"""What is known of somebody is shown, and what keeps everything away from them is counted exactly."""

import datetime as dt
import random
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from matching import advice, definition, reasons, rows, services
from matching.definition import Opportunity, Person
from matching.models import Interests
from opportunities import needs
from pledges.models import Category, PledgeKind
from tests import factories as everybody
from tests.matching import factories

TODAY = dt.date(2027, 3, 31).toordinal()
SOMEBODY = Person(
    id=1, born_on=dt.date(2006, 5, 31).toordinal(), responsible=1, living=1, radius_m=10_000, easting=0, northing=0
)
SOMETHING = Opportunity(id=1, kind=0, easting=0, northing=0, hours=1, categories=1)
NAMES = advice.Names({1: "Apprenticeship", 5: "Work experience"}, {0: "Administration", 5: "Construction and trades"})


def person(**more) -> Person:
    return replace(SOMEBODY, **more)


def some(number: int, **more) -> list[Opportunity]:
    return [replace(SOMETHING, id=id(more) + n, **more) for n in range(number)]


def said(who: Person, *rows: list[Opportunity]) -> str:
    return " | ".join(advice.limits(who, [one for found in rows for one in found], TODAY, NAMES).sentences)


# --- the words and their figures --------------------------------------------------------------------------------------


def test_hours_say_what_they_leave_out_and_what_one_more_would_add():
    rows = some(3, hours=8), some(2, hours=1), some(4, hours=1, remote=True)
    assert "“Evenings” only leaves out 9. “Nights” as well would add 3." in said(person(hours=2), *rows)


def test_distance_says_the_first_step_that_adds_anything():
    rows = some(2, easting=10_000 + 7_000), some(1, easting=10_000 + 12_000)
    assert said(person(), *rows) == "Going 5 miles further would add 2."


@pytest.mark.parametrize(
    ("who", "row", "sentence"),
    [
        (
            {"earliest": TODAY + 30},
            {"starts": TODAY + 9},
            "Starting on 30 April 2027 or later leaves out 2. An earlier day would add 2.",
        ),
        ({}, {"remote": True}, "2 are done from home. If that suits them, it would add 2."),
        ({}, {"needs": 1}, "2 ask for something that nobody has ticked for them. If they have it, that would add 2."),
    ],
)
def test_each_wish_has_its_sentence(who, row, sentence):
    assert said(person(**who), some(2, **row)) == sentence


def test_kinds_and_work_are_named():
    assert said(person(kinds=1 << 1), some(2, kind=5)).startswith("“Apprenticeship” only leaves out 2. “Work exp")
    assert "“Administration” only leaves out 2. “Construction and trades” as well would add 2." in said(
        person(categories=1), some(2, categories=1 << 5)
    )


def test_what_fails_twice_is_left_out_but_would_not_be_added():
    who, rows = person(hours=2, earliest=TODAY + 30), some(2, hours=8, starts=TODAY)
    found = said(who, rows)
    assert "leaves out 2" in found and "add" not in found
    assert not advice.limits(who, rows, TODAY, NAMES).helps and advice.limits(person(hours=2), rows, TODAY, NAMES).helps


@pytest.mark.parametrize(
    "row",
    [{"live": False}, {"min_age": 25}, {"everyone": False}, {"closes": TODAY - 1}],
)
def test_what_nobody_here_can_change_is_counted_nowhere(row):
    assert advice.limits(person(hours=2), some(3, hours=1, **row), TODAY, NAMES) == advice.Advice()
    assert "leaves out 3" in said(person(hours=2), some(3, hours=1))


def test_right_to_work_is_counted_nowhere():
    assert advice.limits(person(hours=2, allowed_kinds=0), some(3, hours=1), TODAY, NAMES) == advice.Advice()


def test_what_the_matcher_has_not_listed_yet_is_known():
    assert advice.limits(person(), some(2), TODAY, NAMES).fitting == 2


def test_every_figure_that_would_be_added_is_what_the_definition_then_finds():
    dice = random.Random(5)
    rows = [
        replace(
            SOMETHING, id=n, hours=dice.choice([1, 2, 4, 8, 9]),
            easting=dice.randrange(0, 30_000), starts=dice.choice([None, None, TODAY + 5]), remote=dice.random() < 0.2,
        )
        for n in range(200)
    ]  # fmt: skip
    who = person(hours=2, earliest=TODAY + 40)
    found = said(who, rows)

    def now_fitting(**changed) -> int:
        wider = replace(who, **changed)
        return sum(definition.match(wider, row, TODAY) is not None for row in rows) - before

    before = 0
    before = now_fitting()
    more = re.search(r"“(\w+)” as well would add (\d+)\.", found)
    assert more and before > 0
    bit = {"Daytime": 1, "Weekends": 4, "Nights": 8}[more[1]]
    assert int(more[2]) == now_fitting(hours=2 | bit) == max(now_fitting(hours=2 | other) for other in (1, 4, 8))
    further = re.search(r"Going (\d+) miles further would add (\d+)\.", found)
    assert further
    assert int(further[2]) == now_fitting(radius_m=who.radius_m + round(int(further[1]) * services.MILE))


# --- on the page ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(sign_in):
    """(client, adviser, page) of somebody for whom nothing fits: they can work in the evenings only."""
    factories.places()
    adviser = factories.adviser()
    somebody = factories.person(worker=adviser, hours=2)
    pledge = factories.pledge()
    for hours in (1, 8, 8):
        factories.opportunity(of=pledge, hours=hours)
    factories.run()
    return sign_in(user=adviser), adviser, reverse("matching:show-person", args=[somebody.public_id]), somebody


@pytest.mark.django_db
def test_nothing_fits_says_what_limits(mine):
    client, _, page, _ = mine
    text = client.get(page).content.decode()
    assert "Nothing fits yet" in text and "in a moment" not in text
    assert "“Evenings” only leaves out 3. “Nights” as well would add 2." in text


@pytest.mark.django_db
def test_while_the_matcher_is_looking_nothing_else_is_said(mine):
    client, _, page, somebody = mine
    with everybody.as_worker():
        services.record_interests(person=somebody, by=None, hours=8)
    text = client.get(page).content.decode()
    assert "We are looking for what fits" in text and "Nothing fits yet" not in text and "leaves out" not in text
    factories.run()
    text = client.get(page).content.decode()
    assert "We are looking" not in text and "2 things fit" in text and "may still change" in text
    with everybody.as_worker():
        Interests.objects.update(changed_at=clock.now() - dt.timedelta(minutes=1))
    assert "may still change" not in client.get(page).content.decode()


@pytest.mark.django_db
def test_something_new_that_fits_is_not_called_nothing(mine):
    client, _, page, _ = mine
    factories.opportunity(hours=2)
    text = client.get(page).content.decode()
    assert "We are looking for what fits" in text and "Nothing fits yet" not in text


@pytest.mark.django_db
def test_the_queries_of_advice_are_constant_in_rows(mine):
    client, _, page, _ = mine

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert "leaves out" in client.get(page).content.decode()
        return len(found)

    few = queries()
    pledge = factories.pledge()
    for _ in range(5):
        factories.opportunity(of=pledge, hours=1)
    factories.run()
    assert queries() == few == 20


@pytest.mark.django_db
def test_what_was_said_is_on_the_page(mine):
    client, _, page, somebody = mine
    day = clock.today() + dt.timedelta(30)
    with everybody.as_worker():
        services.record_interests(
            person=somebody, by=None, hours=2 | 8, remote_ok=True, earliest_start=day,
            has=needs.mask_of(["driving-licence", "right-to-work"]),
        )  # fmt: skip
    text = client.get(page).content.decode()
    for words in ("Evenings, Nights", "Would suit them", "Has a full driving licence", f"{day.day} {day:%B %Y}"):
        assert words in text
    assert "right to work" not in text.lower()


@pytest.mark.parametrize(
    ("names", "words"),
    [(["Evenings", "Nights"], "Evenings, Nights"), (["Law, and more", "Transport"], "Law, and more; Transport")],
)
def test_a_name_with_a_comma_is_still_one(names, words):
    assert reasons.listed(names) == words


@pytest.mark.django_db
def test_nothing_said_is_said_too(mine):
    client, adviser, _, _ = mine
    other = factories.person(worker=adviser, label="O")
    text = client.get(reverse("matching:show-person", args=[other.public_id])).content.decode()
    assert "Any time" in text and "Any day" in text and "Not asked for" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "is_open"),
    [
        ({}, False),
        ({"words": "cars"}, False),
        ({"hours": 2}, True),
        ({"has": 1}, True),
        ({"remote_ok": True}, True),
        ({"radius_m": 20_000}, True),
        ({"earliest_start": dt.date(2027, 5, 3)}, True),
    ],
)
def test_the_fold_of_the_form_is_open_when_it_holds_something(wish, is_open, mine):
    client, adviser, _, _ = mine
    other = factories.person(worker=adviser, label="O")
    with everybody.as_worker():
        services.record_interests(person=other, by=None, **wish)
    text = client.get(reverse("matching:edit-interests", args=[other.public_id])).content.decode()
    assert ("<details open>" in text) is is_open


@pytest.mark.django_db
def test_the_fold_stays_open_over_what_was_posted(mine):
    client, _, page, _ = mine
    text = client.post(f"{page}interests/", {"travel": "rocket", "hours": ["8"]}).content.decode()
    assert "<details open>" in text


@pytest.mark.django_db
def test_all_that_is_wrong_with_somebody_new_is_said_at_once(mine):
    client, _, _, _ = mine
    wrong = {"label": "A.B.", "birth_month_0": "2", "birth_month_1": "1980", "area": "Nottingham", "travel": "bus"}
    text = client.post(reverse("matching:add-person"), wrong).content.decode()
    for sentence in ("makes this person 16 to 25", "Enter a postcode that exists", "already have someone called that"):
        assert sentence in text, sentence


@pytest.mark.django_db
def test_the_answer_to_why_not_is_where_it_was_asked(mine):
    client, _, page, _ = mine
    text = client.get(page, {"why": "nonsense"}).content.decode()
    form = text.partition('id="why-not"')[2].partition("</form>")[0]
    assert 'action="#why-not"' in text and "Paste the address" in form


@pytest.mark.django_db
def test_what_one_query_reads_is_what_the_definition_reads(mine):
    """Near and far, dismissed, of each audience, for somebody of a county who may only volunteer."""
    _, adviser, _, _ = mine
    dice = random.Random(7)
    pledge = factories.pledge()
    for _ in range(60):
        row = factories.opportunity(
            of=pledge, hours=dice.choice([0, 1, 2, 8]), categories=dice.choice([1, 1 << 5]),
            audience=dice.choice(["responsible", "living", "either", "england"]),
            needs=dice.choice([0, 0, 1]), remote=dice.random() < 0.2,
        )  # fmt: skip
    somebody = factories.person(worker=adviser, label="O", hours=2, categories=1)
    with everybody.as_worker():
        services.act_on_match(person=somebody, opportunity_id=row.pk, by=adviser, state="not_now", reason="Too far")
        for limited in (False, True):
            Interests.objects.filter(pk=somebody.pk).update(volunteering_only=limited)
            [who] = rows.people([somebody.pk])
            names = advice.Names(
                dict(PledgeKind.objects.filter(bit__isnull=False).order_by("position").values_list("bit", "name")),
                dict(Category.objects.order_by("bit").values_list("bit", "name")),
            )
            found = advice.limits(who, rows.opportunities(), clock.today().toordinal(), names)
            assert advice.advise(somebody.pk) == found
            assert limited or found.sentences
