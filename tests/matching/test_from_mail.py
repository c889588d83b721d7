"""What an adviser does about a match from the mail: on a page that names nobody, through the verb of their own page."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, SignedLink, User, YoungPerson
from core import clock
from matching import from_mail, services
from matching.models import MatchAction
from notifications import digest_links, digests, purposes
from notifications.models import Outbox
from notifications.preparing import entitled_items
from tests import factories as everybody
from tests.matching import factories

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"(/k/[\w-]+/match/\d+/(talk|later|not-now)/)")
WHY = {"talk": {}, "later": {}, "not-now": {"reason": "far"}}
STATES = {"talk": "shared", "later": "later", "not-now": "not_now"}


def write(adviser) -> str:
    """The text of the adviser's digest, as it is handed over."""
    with everybody.as_worker():
        digests.make_digests(day=clock.today(), recipients=[adviser.pk])
        row = Outbox.objects.get(purpose="digest", recipient=adviser)
        return purposes.write_digest(row, entitled_items([row], clock.now())[row.pk]).text


@pytest.fixture
def links(world) -> dict[str, str]:
    """The addresses of the three taps about the adviser's one match."""
    return {said: path for path, said in ADDRESS.findall(write(world["mine"]["adviser"]))}


def said(world) -> list[tuple[str, str, int]]:
    with everybody.as_worker():
        rows = MatchAction.objects.filter(person=world["mine"]["person"]).order_by("pk")
        return list(rows.values_list("state", "reason", "by_id"))


def page(path: str, posted=None) -> str:
    answer = Client().get(path) if posted is None else Client().post(path, posted, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("tap", STATES)
def test_each_tap_acts_as_the_adviser_s_page_does(tap, world, links):
    assert set(links) == set(STATES)
    assert "Done" in page(links[tap], WHY[tap])
    why = "Too far, or no way to get there" if tap == "not-now" else ""
    assert said(world) == [(STATES[tap], why, world["mine"]["adviser"].pk)]


@pytest.mark.parametrize("tap", STATES)
def test_a_scanner_that_opens_everything_does_nothing(tap, world, links):
    page(links[tap])
    assert Client().head(links[tap]).status_code == 200 and said(world) == []


@pytest.mark.parametrize("tap", STATES)
def test_the_page_names_nobody_before_and_after(tap, world, links):
    label, employer = world["mine"]["person"].label, world["row"].employer_name
    for words in (page(links[tap]), page(links[tap], WHY[tap])):
        for secret in (label, employer, world["row"].title, "Mansfield", world["mine"]["adviser"].name, "@"):
            assert secret not in words
        assert str(world["mine"]["person"].public_id) not in words


def test_a_page_behind_the_link_is_kept_and_told_nowhere(links):
    answer = Client().get(links["later"])
    assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_not_now_needs_a_reason(world, links):
    for posted in ({}, {"reason": "words"}, {"reason": "nonsense"}):
        assert "Choose a reason" in page(links["not-now"], posted)
    assert said(world) == []


def test_a_second_tap_says_that_it_is_done(world, links):
    page(links["later"], {})
    before = said(world)
    for _again in range(2):
        words = page(links["later"], {})
        assert "Done" in words and "kept for later" in words and "<form" not in words
    assert said(world) == before


def test_what_was_said_on_the_page_since_stays(world, links):
    adviser, person = world["mine"]["adviser"], world["mine"]["person"]
    with everybody.as_worker():
        services.act_on_match(person=person, opportunity_id=world["row"].pk, by=adviser, state="shared")
    words = page(links["later"], {})
    assert "Something else was said since" in words and "marked as shared" in words
    assert said(world) == [("shared", "", adviser.pk)]


def test_planted_the_mail_wins(world, links, monkeypatch):
    """Without `only_new` and the look before it, an old mail undoes what was said since."""
    act = services.act_on_match
    monkeypatch.setattr(services, "act_on_match", lambda only_new=False, **values: act(**values))
    monkeypatch.setattr(services, "said_of", lambda *_match: None)
    with pytest.raises(AssertionError):
        test_what_was_said_on_the_page_since_stays(world, links)


def test_two_at_once_the_first_stays(world):
    """The other page writes between the look and the verb."""
    adviser, pair = world["mine"]["adviser"], {"person": world["mine"]["person"], "opportunity_id": world["row"].pk}
    with everybody.as_worker():
        services.act_on_match(**pair, by=adviser, state="shared")
        found = services.act_on_match(**pair, by=adviser, state="later", only_new=True)
    assert found.state == "shared" and said(world) == [("shared", "", adviser.pk)]


def test_not_now_of_an_earlier_version_is_written_over(world, links):
    adviser, pair = world["mine"]["adviser"], {"person": world["mine"]["person"], "opportunity_id": world["row"].pk}
    with everybody.as_worker():
        services.act_on_match(**pair, by=adviser, state="not_now", reason="far")
    factories.update(world["row"], version=2)
    assert "Done" in page(links["talk"], {})
    assert said(world) == [("shared", "", adviser.pk)]


# --- when it is over ------------------------------------------------------------------------------------------------


def over(path: str) -> None:
    for answer in (Client().get(path), Client().post(path, {"reason": "far"})):
        assert answer.status_code == 404 and "Nothing is wrong" in answer.content.decode()


def all_over(world, links) -> None:
    for path in links.values():
        over(path)
    assert said(world) == []


def moves(world) -> None:
    factories.link(world["mine"]["person"], world["colleague"]["adviser"])


def test_with_another_worker_it_is_dead(world, links):
    moves(world)
    all_over(world, links)


def test_planted_it_does_not_ask_whose_they_are_now(world, links, monkeypatch):
    monkeypatch.setattr(from_mail, "their_own", lambda user, row: YoungPerson.objects.get(pk=row.person_id))
    moves(world)
    with pytest.raises((AssertionError, services.NotYours)):  # the page shows it; the verb refuses still
        all_over(world, links)


def test_after_thirty_days(world, links):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.clock_offset', %s, true)", ["29 days 23 hours"])
        page(links["later"])
        cursor.execute("SELECT set_config('app.clock_offset', %s, true)", ["30 days 1 minute"])
    all_over(world, links)


def test_when_support_has_ended(world, links):
    with everybody.as_worker():
        person = YoungPerson.objects.filter(pk=world["mine"]["person"].pk)
        person.update(ended_on=clock.today(), ended_why=YoungPerson.Ending.AGE)
    all_over(world, links)


def test_when_the_worker_has_left(world, links):
    with everybody.as_worker():
        Membership.objects.filter(user=world["mine"]["adviser"]).update(valid_to="2026-01-01")
    all_over(world, links)


def test_when_the_account_is_closed(world, links):
    with everybody.as_worker():
        User.objects.filter(pk=world["mine"]["adviser"].pk).update(is_active=False)
    all_over(world, links)


def test_when_the_worker_is_a_worker_elsewhere_only(world, links):
    """Another council's hat opens nothing of somebody whom this council looks after."""
    with everybody.as_worker():
        elsewhere = everybody.council("Derbyshire")
        Membership.objects.filter(user=world["mine"]["adviser"]).update(council=elsewhere)
    all_over(world, links)


def test_when_it_is_not_open_any_more(world, links):
    factories.close(world["row"])
    all_over(world, links)


def test_what_the_mail_did_not_list(world, links):
    """Another's item, a random token, a word that is none of the three."""
    with everybody.as_worker():
        others = Outbox.objects.get(purpose="match", recipient=world["colleague"]["adviser"])
    own = re.search(r"/match/(\d+)/", links["later"])[1]
    over(links["later"].replace(f"/match/{own}/", f"/match/{others.pk}/"))
    over(re.sub(r"/k/[^/]+/", "/k/nobody-knows-this/", links["later"]))
    over(links["later"].replace("/later/", "/shared/"))


def test_planted_any_item_will_do(world, links, monkeypatch):
    """Even then the wall and the recipient keep a colleague's match apart."""
    monkeypatch.setattr(digest_links.Reader, "item", lambda self, pk: f"item:{pk}")
    monkeypatch.setattr(digest_links.Reader, "use", lambda self, verb: None)
    test_what_the_mail_did_not_list(world, links)


def test_whether_its_places_are_held_is_not_told_here(links, world):
    """Whoever the mail was passed on to would learn of a person."""
    factories.update(world["row"], free=False)
    page(links["later"])


def test_the_page_s_scope_holds_one_young_person(links, world, monkeypatch):
    seen = []
    with everybody.as_worker():
        factories.person(worker=world["mine"]["adviser"], label="Another of mine")
    said_of = services.said_of
    monkeypatch.setattr(
        services, "said_of", lambda *match: (seen.extend(YoungPerson.objects.values_list("pk")), said_of(*match))[1]
    )
    page(links["later"])
    assert seen == [(world["mine"]["person"].pk,)]


def test_one_row_for_a_mail_whatever_it_lists(world):
    with everybody.as_worker():
        for number in range(4):
            factories.opportunity(audience="england", categories=1 << 5, title=f"Job {number}")
    factories.run()
    with CaptureQueriesContext(connection) as queries:
        text = write(world["mine"]["adviser"])
    assert len(ADDRESS.findall(text)) == 15
    assert len([one for one in queries if 'INSERT INTO "signed_link"' in one["sql"]]) == 1
    assert SignedLink.objects.count() == 1
