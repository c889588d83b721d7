"""Words that an ambassador changes: where they show, what is refused, and that their history stays."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from opportunities import drafts, needs, services, shown, support, words, words_first
from opportunities.models import Wording
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
PAGES = "/ambassador/words/"


@pytest.fixture
def ambassador(sign_in):
    return sign_in("ambassador", partnership=factories.partnership())


def change(key: str, text: str) -> Wording:
    return words.change(key=key, text=text, by=factories.user())


def everything():
    """An opportunity whose page says all there is."""
    return make.published(
        needs_mask=needs.ALL, support_mask=sum(one.mask for one in support.SUPPORT), kind_code="ringfenced-job"
    )


def test_nothing_changed_means_the_first_words(sign_in):
    row = everything()
    assert words.now() == {}
    html = sign_in().get(f"/opportunities/{row.public_id}/").content.decode()
    fixed = (words_first.ASKS, words_first.GIVES, words_first.STEPS)
    keys = [key for group in fixed for key in group if key.startswith(("ask.", "need.", "support.", "step."))]
    assert len(keys) == 1 + len(needs.NEEDS) + len(support.SUPPORT) + 2 * len(words.STEP_KEYS)
    for key in keys:
        assert str(words.BY_KEY[key].first) % {"age": row.min_age} in html, key


def test_the_newest_version_counts_and_the_first_words_come_back():
    change("need.dbs", "One")
    change("need.dbs", "Two")
    assert words.say("need.dbs", words.now()) == "Two"
    change("need.dbs", "")
    assert words.say("need.dbs", words.now()) == str(words.BY_KEY["need.dbs"].first)
    assert Wording.objects.filter(key="need.dbs").count() == 3


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("need.dbs", "Ring 07700 900123"),
        ("need.dbs", "Write to us@here.example"),
        ("need.dbs", "<b>You need</b> a check"),
        ("need.dbs", "100% needed"),
        ("need.dbs", "You are %(age)d"),
        ("ask.age", "You are old enough"),
        ("ask.age", "%(age)d or %(age)d"),
        ("ask.age", "%(age)s or over"),
        ("ask.age", "%(age)d or over, 100%"),
        ("need.dbs", "x" * 301),
        ("nothing.miles", "%(n)d not far away"),
        ("fact.closes", "Closes soon"),
    ],
)
def test_what_would_harm_is_refused_with_what_to_do(key, text):
    with pytest.raises(ValidationError) as refused:
        change(key, text)
    assert refused.value.messages[0] and not Wording.objects.exists()


def test_other_words_around_a_hole_are_fine():
    change("ask.age", "For people of %(age)d and over")
    assert shown.asks(make.draft(), words.now())[0].startswith("For people of 18 and over")


@pytest.mark.parametrize("statement", ["UPDATE wording SET text = 'x'", "DELETE FROM wording"])
def test_history_is_only_added_to(statement):
    change("need.dbs", "One")
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Wording.objects.get().text == "One"


def test_the_ambassador_changes_words_and_sees_who_did(ambassador):
    page = ambassador.get(PAGES).content.decode()
    assert page.count("/ambassador/words/") >= len(words.ON_PAGES) and "First words" in page
    where = f"{PAGES}need.good-english/"
    before = ambassador.get(where).content.decode()
    assert "You need good English" in before and "Reading age: " in before and "What was changed" not in before
    assert ambassador.post(where, {"text": "You speak English well"}).status_code == 302
    after = ambassador.get(where).content.decode()
    row = Wording.objects.select_related("by").get()
    assert "You speak English well" in after and row.by.name in after and "You need good English" in after
    assert ambassador.post(where, {"first": "1", "text": "ignored"}).status_code == 302
    assert words.now() == {}


def test_a_refusal_stands_beside_the_words(ambassador):
    where = f"{PAGES}need.dbs/"
    answer = ambassador.post(where, {"text": "Ring 07700 900123"})
    assert answer.status_code == 200 and "Take this out, please: 07700 900123" in answer.content.decode()
    assert ambassador.post(where, {"text": " "}).status_code == 200 and not Wording.objects.exists()


def test_looking_for_words(ambassador):
    found = ambassador.get(PAGES, {"q": "driving"}).content.decode()
    assert "full driving licence" in found and "good English" not in found
    assert "No words like these" in ambassador.get(PAGES, {"q": "zebra"}).content.decode()


def test_an_entry_that_is_none_is_a_404(ambassador):
    assert ambassador.get(f"{PAGES}need.wings/").status_code == 404


def test_a_coordinator_reads_only_and_nobody_else_does(sign_in):
    coordinator = sign_in("coordinator")
    assert "Use these words" not in coordinator.get(f"{PAGES}need.dbs/").content.decode()
    assert coordinator.post(f"{PAGES}need.dbs/", {"text": "Mine"}).status_code == 404
    for role in ("adviser", "support_officer", "board_member"):
        assert sign_in(role).get(PAGES).status_code == 404
    assert not Wording.objects.exists()


def test_the_words_cost_one_query():
    for number in range(5):
        change("need.dbs", f"Version {number}")
    with CaptureQueriesContext(connection) as caught:
        words.now()
    assert len(caught) == 1


def test_a_new_draft_begins_with_the_words_of_the_ambassador():
    pledge = make.pledge(kind_code="work-experience")
    for key, text in (
        ("kind.work-experience.first", "Come and look."),
        ("category.hospitality-and-food.do", "Stir and taste."),
        ("category.hospitality-and-food.bring", "An apron."),
        ("category.hospitality-and-food.not_needed", "No hat."),
    ):
        change(key, text)
    row = services.draft_from_pledge(pledge_id=pledge.pk)
    assert row.summary.startswith("Come and look. What people often do there: Stir and taste.")
    assert (row.bring, row.not_needed) == ("An apron.", "No hat.")


def test_all_words_a_draft_begins_with_can_be_put_better(ambassador):
    html = ambassador.get(PAGES).content.decode()
    assert all(f"{PAGES}{key}/" in html for key in drafts.defaults())
    assert len(drafts.defaults()) >= 25 * 3 + len(drafts.TEMPLATES)
    assert all(len(text) <= words.LONGEST for text in drafts.defaults().values())
