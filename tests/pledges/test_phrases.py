"""Risky words are looked at by a person: never straight out, and never a refusal to the giver."""

import datetime as dt

import pytest

from core import clock
from core.scope import NOBODY, scope
from opportunities import refusals
from opportunities.models import Opportunity
from pledges import looking, phrases, services
from pledges.models import Pledge, RiskyPhrase
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Good pay, cash in hand", "cash-in-hand"),
        ("CASH-IN-HAND each Friday", "cash-in-hand"),
        ("Two jobs, room included", "lodging"),
        ("We provide free accommodation above the pub", "lodging"),
        ("A live-in post", "lodging"),
        ("Just contact me on my own number", "contact-me"),
        ("jo@oldbank.example", "contact-me"),
        ("Call 07700 900123", "contact-me"),
        ("Add me on Snapchat", "private-chat"),
        ("whats app only", "private-chat"),
        ("Find us on Telegram", "private-chat"),
        ("No papers needed", "no-papers"),
        ("No ID required", "no-papers"),
        ("A small deposit for the uniform", "deposit"),
        ("There is a joining fee", "deposit"),
        ("You would drive alone at night", "alone"),
        ("Driving with me to the shows", "alone"),
        ("I pick you up from home", "alone"),
        ("Modelling and hostess work", "photos"),
        ("Please send us a recent photo", "photos"),
        ("Don’t tell your social worker", "secret"),
        ("Girls only", "one-sex-only"),
    ],
)
def test_what_is_found(words, code):
    assert code in phrases.find(words)


@pytest.mark.parametrize(
    "words",
    [
        "", "A week at the bench, tools and lunch included", "Two jobs in the kitchen at £12.50 an hour",
        "Full training, bring a friend", "Be a role model for a starter", "A site visit for 12 people",
        "Room service and cleaning in the hotel", "We pay for the licence and driving lessons",
        "Contact with customers every day", "2027-03-01 to 2027-09-30",
    ],
)  # fmt: skip
def test_what_is_not(words):
    assert phrases.find(words) == []


def test_every_phrase_says_why_and_from_where():
    rows = list(RiskyPhrase.objects.all())
    assert len(rows) >= 10 and all(row.why.endswith(".") and row.source for row in rows)


def test_a_phrase_that_is_over_is_not_looked_for():
    RiskyPhrase.objects.filter(code="deposit").update(valid_to=clock.today() - dt.timedelta(days=1))
    assert "deposit" not in phrases.find("A deposit")


def risky(words="A good job, cash in hand", **more):
    return made.pledge(event=made.event(), words=words, **more)


def summary(pledge):
    return Opportunity.objects.get(pledge=pledge).summary


def codes(pledge):
    pledge.refresh_from_db()
    return [refusal.code for refusal in refusals.refusals(Opportunity.objects.get(pledge=pledge))]


def test_the_giver_is_never_refused_and_the_draft_has_no_such_words():
    pledge = risky()
    assert pledge.phrases == ["cash-in-hand"] and pledge.words == "A good job, cash in hand"
    assert "cash" not in summary(pledge) and "phrases" in codes(pledge)


def test_after_a_look_the_words_are_used_and_publication_goes_on():
    pledge, by = risky("We pay the deposit for your flat"), factories.user()
    looking.mark_seen(pledge=pledge, by=by)
    assert "deposit" in summary(pledge) and "phrases" not in codes(pledge)
    looking.mark_seen(pledge=pledge, by=factories.user())
    assert Pledge.objects.get().phrases_seen_by == by


def test_what_somebody_has_written_over_stays():
    pledge = risky("A deposit")
    Opportunity.objects.update(summary="Written by hand.")
    looking.mark_seen(pledge=pledge, by=factories.user())
    assert summary(pledge) == "Written by hand."


def test_other_words_are_looked_at_again():
    pledge = risky("A deposit")
    looking.mark_seen(pledge=pledge, by=factories.user())
    correct(pledge, "Text me on 07700 900123")
    assert pledge.phrases == ["contact-me"] and phrases.waiting(pledge)
    assert "07700" not in summary(pledge) and "deposit" not in summary(pledge)
    correct(pledge, "A week in the kitchen")
    assert pledge.phrases == [] and "kitchen" in summary(pledge) and "phrases" not in codes(pledge)


def correct(pledge, words):
    values = {name: getattr(pledge, name) for name in services.CORRECTED}
    services.correct_pledge(pledge=pledge, to=services.Correction(**{**values, "words": words}))
    pledge.refresh_from_db()


def test_nothing_to_look_at_is_said():
    with pytest.raises(looking.NothingToSee):
        looking.mark_seen(pledge=risky("A week at the bench"), by=factories.user())


def test_planted_without_the_rule_it_would_be_published(monkeypatch):
    pledge = risky()
    assert "phrases" in codes(pledge)
    monkeypatch.setattr(phrases, "waiting", lambda _pledge: False)
    assert "phrases" not in codes(pledge)


def test_one_query_for_any_number_of_words(django_assert_num_queries):
    rows = [Pledge(words=words) for words in ("A deposit", "Cash in hand", "", "A week")]
    with django_assert_num_queries(2):  # the day, and the phrases
        phrases.mark(rows)
    assert [row.phrases for row in rows] == [["deposit"], ["cash-in-hand"], [], []]
    with django_assert_num_queries(0):
        phrases.mark([Pledge(words="")])
