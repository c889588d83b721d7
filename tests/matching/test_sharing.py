"""Handing matches on: neutral words, a line for the case system, several at once, and what to know before."""

import datetime as dt
import re
import uuid
from html import unescape
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import YoungPerson
from core import clock
from matching import services, sharing
from matching.models import MatchAction
from matching.services import NotYours
from opportunities.models import Opportunity
from pledges.habits import habits
from pledges.models import Answer, EmployerCheck, Nudge
from tests import factories as everybody
from tests.matching import factories
from tests.matching.test_marking import MONDAY, PAGES, act, at_anchor, own_page, public_id
from tests.opportunities.factories import published

pytestmark = pytest.mark.django_db

SEVERAL = reverse("matching:act-on-several")


@pytest.fixture
def mine(world, sign_in):
    """(client, person, rows) of the adviser whose person has three matches."""
    pledge = factories.pledge()
    others = [factories.opportunity(of=pledge, categories=1 << 5, title=f"Care of trees {n}") for n in range(2)]
    factories.run()
    return sign_in(user=world["mine"]["adviser"]), world["mine"]["person"], [world["row"], *others]


def ticked(person, rows) -> list[str]:
    return [f"{person.public_id}:{public_id(row)}" for row in rows]


def states() -> dict[tuple[int, int], str]:
    with everybody.as_worker():
        return {(a.person_id, a.opportunity_id): a.state for a in MatchAction.objects.order_by("pk")}


# --- sharing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", PAGES)
def test_what_is_shared_can_be_sent_in_one_tap(back, mine):
    client, person, [row, *_] = mine
    card = at_anchor(client, act(client, person, row, "shared", back=back).url)
    links = [unescape(link) for link in re.findall(r'href="((?:sms|mailto):[^"]*)"', card)]
    assert [link.split(":")[0] for link in links] == ["sms", "mailto"]
    page = reverse("opportunities:show-opportunity", args=[public_id(row)])
    assert all(page in unquote(link) for link in links) and f'href="{page}?view=easy"' in card


def test_the_page_to_print_is_there(mine):
    client, _, _ = mine
    way = sharing.ways(str(published().public_id))[-1]
    assert way.label == "Print it" and client.get(way.url).status_code == 200


def test_the_words_that_are_sent_name_nobody_and_nothing(mine):
    """A text may be read on a locked phone: no label, title, place, business or word of care."""
    client, person, [_, row, _] = mine
    card = at_anchor(client, act(client, person, row, "shared", back="person").url)
    said = " ".join(unquote(unescape(link)) for link in re.findall(r'href="((?:sms|mailto):[^"]*)"', card))
    said = re.sub(r"https?://\S+", "", said)
    for canary in (person.label, row.title, row.employer_name, row.town, "care", "council", "adviser", "ringfenced"):
        assert canary.casefold() not in said.casefold(), canary


@pytest.mark.parametrize("state", ["later", "not_now", "take_back"])
def test_nothing_is_sent_of_what_is_not_shared(state, mine):
    client, person, [row, *_] = mine
    act(client, person, row, "later")
    card = at_anchor(client, act(client, person, row, state, reason="far", back="person").url)
    assert "sms:" not in card and "mailto:" not in card


@pytest.mark.parametrize(
    ("state", "words"),
    [("shared", "shared with them."), ("later", "kept for later."), ("not_now", "not now (Too far, or no way to get")],
)
def test_a_line_for_the_case_system(state, words, mine):
    client, person, [row, *_] = mine
    card = at_anchor(client, act(client, person, row, state, reason="far", words="No bus", back="person").url)
    day = clock.today().strftime("%d/%m/%Y")
    assert f"{day}: Trainee carpenter, {row.employer_name}: {words}" in unescape(card)
    assert "No bus" not in card.partition("For the case system")[2].partition("</div>")[0]


# --- several at once --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", ["monday", "person"])
def test_several_are_shared_in_one_post(back, mine):
    client, person, rows = mine
    answer = client.post(SEVERAL, {"match": ticked(person, rows), "state": "shared", "back": back})
    assert answer.url == PAGES[back](person)
    assert states() == {(person.pk, row.pk): "shared" for row in rows}
    page = unescape(client.get(answer.url).content.decode())
    assert page.count("shared with them.") == page.count("sms:?body=") == 3
    assert (f"<b>{person.label}:</b>" in page) == (back == "monday")
    assert person.label not in str(dict(client.session.items()))
    assert "shared with them." not in client.get(answer.url).content.decode()


def test_several_not_now_need_a_reason(mine):
    client, person, rows = mine
    said = {"match": ticked(person, rows), "state": "not_now", "back": "person"}
    answer = client.post(SEVERAL, said)
    assert states() == {} and "Say why not now" in client.get(answer.url).content.decode()
    client.post(SEVERAL, {**said, "reason": "hours"})
    with everybody.as_worker():
        assert {a.reason for a in MatchAction.objects.order_by("pk")} == {"The hours do not fit"}


def test_nothing_ticked_is_said(mine):
    client, _, _ = mine
    answer = client.post(SEVERAL, {"state": "shared", "back": "monday"})
    assert answer.url == MONDAY and "Tick at least one first." in client.get(answer.url).content.decode()


@pytest.mark.parametrize("whose", ["colleague", "other", "nobody"])
def test_one_of_somebody_elses_makes_all_of_it_a_404(whose, mine, world):
    client, person, rows = mine
    other = YoungPerson(public_id=uuid.uuid4()) if whose == "nobody" else world[whose]["person"]
    answer = client.post(SEVERAL, {"match": [*ticked(person, rows), *ticked(other, rows)], "state": "shared"})
    assert answer.status_code == 404 and states() == {}


ANY = "7d95a3ae-80dc-467e-8869-0db23bbb6f2c"


@pytest.mark.parametrize("wrong", ["zzz", "1:2", ANY, f"{ANY}:{ANY}:{ANY}"])
def test_what_is_no_tick_is_a_404(wrong, mine):
    client, _, _ = mine
    assert client.post(SEVERAL, {"match": [wrong], "state": "shared"}).status_code == 404


def test_the_verb_keeps_nothing_of_somebody_elses(mine, world):
    _, person, rows = mine
    pairs = [(person.pk, rows[0].pk), (world["colleague"]["person"].pk, rows[0].pk)]
    with everybody.as_worker(), pytest.raises(NotYours):
        services.act_on_several(pairs=pairs, by=world["mine"]["adviser"], state="shared")
    assert states() == {}


def test_several_are_written_in_one_order_so_that_two_at_once_never_wait_for_each_other(mine, world):
    _, person, rows = mine
    pairs = [(person.pk, row.pk) for row in rows]
    with everybody.as_worker():
        services.act_on_several(pairs=pairs[::-1] + pairs, by=world["mine"]["adviser"], state="shared")
        written = list(MatchAction.objects.order_by("pk").values_list("person_id", "opportunity_id"))
    assert written == sorted(pairs)


def test_several_are_one_statement_and_replace_what_was_said(mine):
    client, person, rows = mine
    act(client, person, rows[0], "later")
    with CaptureQueriesContext(connection) as found:
        client.post(SEVERAL, {"match": ticked(person, rows), "state": "shared"})
    assert sum('INSERT INTO "match_action"' in each["sql"] for each in found) == 1
    assert set(states().values()) == {"shared"} and len(states()) == 3


def test_only_what_can_be_marked_has_a_tick(mine):
    client, person, rows = mine
    assert client.get(own_page(person)).content.decode().count('name="match"') == 3
    act(client, person, rows[0], "shared")
    client.get(own_page(person))
    assert client.get(own_page(person)).content.decode().count('name="match"') == 2


# --- before it is shared ----------------------------------------------------------------------------------------------


def business(row, answers: int, days: int = 2, **of_answer) -> int:
    """Checked on a day of last year; reminded and answering so often after so many days."""
    opportunity = Opportunity.objects.get(pk=row.pk)
    with everybody.as_worker():
        caller, day = everybody.user(), dt.date(2026, 3, 2)
        EmployerCheck.objects.create(
            employer=opportunity.employer, weight="light", called_by=caller, called_on=day, spoke_to="Sam",
            found_by="met", first_by=caller, first_on=day, passed_on=day,
        )  # fmt: skip
        for number in range(answers):
            sent = day + dt.timedelta(weeks=number + 1)
            Nudge.objects.create(employer=opportunity.employer, contact=opportunity.pledge.contact, sent_on=sent)
            at = dt.datetime.combine(sent + dt.timedelta(days=days), dt.time(12), tzinfo=clock.LONDON)
            Answer.objects.create(pledge=opportunity.pledge, said="on-track", made_at=at, **of_answer)
    return opportunity.employer_id


@pytest.mark.parametrize(("answers", "days"), [(0, None), (2, None), (3, 2)])
def test_a_habit_needs_three_answers(answers, days, world):
    employer = business(world["row"], answers)
    assert habits([employer])[employer].days == days
    assert habits([employer])[employer].checked_on == dt.date(2026, 3, 2)


def test_what_an_officer_typed_is_no_habit_of_the_business(world):
    employer = business(world["row"], 3, typed_by=everybody.user())
    assert habits([employer])[employer].days is None


def test_a_worker_reads_what_to_know_before_they_share_it(mine, world):
    client, person, [row, *_] = mine
    business(row, 3)
    with everybody.as_worker():
        Opportunity.objects.filter(pk=row.pk).update(support_mask=1 << 5, needs_mask=1 << 1)
    for address in (own_page(person), reverse("matching:list-matches")):
        page = client.get(address).content.decode()
        for words in (
            "We checked the business on 2 March 2026.", "within 2 days", "They offer: A buddy for the first weeks.",
            "Still to do: a criminal record check", "Still missing: a first day",
        ):  # fmt: skip
            assert words in page, words


def test_what_is_due_by_law_is_mentioned_with_its_kind(mine):
    client, person, _ = mine
    assert "To mention:" not in client.get(own_page(person)).content.decode()
    kind = factories.PledgeKind.objects.get(code="apprenticeship")
    factories.opportunity(categories=1 << 5, kind=kind)
    factories.run()
    assert "To mention:" in client.get(own_page(person)).content.decode()
