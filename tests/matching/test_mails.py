"""What an adviser reads about matches in their digest."""

import pytest

from matching import asking, mails, reasons, telling
from matching import weights as w
from matching.models import Interests, MatchAction
from notifications.models import Outbox
from tests import factories as everybody
from tests.matching import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """An adviser who was told about twelve things for one young person and one for another."""
    factories.places()
    adviser, pledge = factories.adviser(), factories.pledge()
    first = factories.person(worker=adviser, label="Zed", categories=1 << 5)
    second = factories.person(worker=adviser, label="Amber", categories=1 << 9)
    rows = [factories.opportunity(of=pledge, categories=1 << 5, title=f"Secret title {n}") for n in range(12)]
    rows.append(factories.opportunity(of=pledge, categories=1 << 9))
    factories.run()
    return {"adviser": adviser, "first": first, "second": second, "rows": rows}


def items() -> list[Outbox]:
    return list(Outbox.objects.filter(purpose=telling.PURPOSE).order_by("pk"))


def test_the_section_is_grouped_by_label_and_holds_no_name_title_or_place(told):
    with everybody.as_worker():
        mail = mails.render(Outbox(), items())
    assert mail.subject == "11 new matches"  # the best ten of one, one of the other
    assert mail.text.count("\n- ") == 11
    assert "Zed\n- Job: Would like construction and trades · Less than a mile away" in mail.text
    assert f"/adviser/matches/#p-{told['first'].public_id}" in mail.text
    for secret in ("Secret title", "Firm", "Mansfield", "Trainee carpenter"):
        assert secret not in mail.text + mail.subject


def test_one_question_asks_for_one_missing_fact_and_leads_to_its_field(told, sign_in):
    with everybody.as_worker():
        Interests.objects.filter(pk=told["second"].pk).update(has=1, hours=1, kinds=1, words="Trees")
        text = mails.render(Outbox(), items()).text
    page = f"/adviser/people/{told['first'].public_id}/interests/"
    assert text.count("One question: ") == 1 and "One question: Does Zed drive, or take the bus?" in text
    assert text.rstrip().endswith(f"{page}#id_has_0")
    form = sign_in(user=told["adviser"]).get(page).content.decode()
    assert all(f'id="{question.field}"' in form for question in asking.QUESTIONS)


def test_nothing_is_asked_when_all_is_known(told):
    with everybody.as_worker():
        Interests.objects.filter(pk__in=[told["first"].pk, told["second"].pk]).update(
            has=1, hours=1, kinds=1, words="Trees"
        )
        assert "One question" not in mails.render(Outbox(), items()).text


def test_who_may_still_receive(told):
    with everybody.as_worker():
        rows = items()
        everything = {row.pk for row in rows}
        assert mails.may_receive(rows) == everything and len(rows) == 11
        MatchAction.objects.create(
            person=told["second"], opportunity_id=told["rows"][-1].pk, state="shared", version=1, by=told["adviser"]
        )
        left = {row.pk for row in rows if row.person_id == told["first"].pk}
        assert mails.may_receive(rows) == left
    factories.close(told["rows"][0])
    with everybody.as_worker():
        left -= {row.pk for row in rows if row.cause_id == told["rows"][0].pk}
        assert mails.may_receive(rows) == left
    factories.link(told["first"], factories.adviser())
    with everybody.as_worker():
        assert mails.may_receive(rows) == set()


def test_sentences_say_each_reason_and_never_a_background():
    everything = sum(weight.flag for weight in w.ALL.values())
    said = reasons.sentences(everything, 48, ["Construction and trades", "Transport"])
    assert said == [
        "Would like construction and trades and transport", "Is open to anything", "The kind they asked for",
        "Can be done from home", "Kept for people with an adviser", "Pays the National Living Wage at any age",
        "Made for this area", "Starts when they can start",
    ]  # fmt: skip
    local = reasons.sentences(w.INTEREST.flag | w.VERY_NEAR.flag, 48, ["Transport"])
    assert local == ["Would like transport", "About 3 miles away, close to home"]
    for word in ("right to work", "health", "child", "visa", "nationality"):
        assert word not in " ".join(said).lower()


@pytest.mark.parametrize(
    ("hm", "words"),
    [(-1, "From home"), (0, "Less than a mile away"), (16, "About 1 mile away"), (320, "About 20 miles away")],
)
def test_distances(hm, words):
    assert reasons.distance(hm) == words


def test_every_weight_has_its_own_bit_and_a_reason():
    bits = [weight.bit for weight in w.ALL.values()]
    assert len(set(bits)) == len(bits) and max(bits) < 31
    assert all(len(weight.why) > 20 for weight in w.ALL.values())
