"""Drafts by a key: made once, changed by who has read them last, and never once people have taken over."""

import json
import uuid

import pytest

from accounts.models import User
from core.models import LifecycleLog
from opportunities import services
from opportunities.models import Opportunity
from pledges.models import Pledge
from tests import factories
from tests.opportunities import factories as make
from tests.opportunities.test_api_keys import DRAFTS, key

pytestmark = pytest.mark.django_db
GOOD = {"kind": "work-experience", "places": 2, "title": "Three days in our bakery", "category": "hospitality-and-food"}


class System:
    """A business's system with its key."""

    def __init__(self, client, of=None, **more):
        self.client, (self.row, self.text) = client, key(of, **more)

    def call(self, method, path, body=None, **headers):
        headers = {"Authorization": f"Bearer {self.text}", **{n.replace("_", "-"): v for n, v in headers.items()}}
        data = body if isinstance(body, str) else json.dumps(body)
        return getattr(self.client, method)(path, data=data, content_type="application/json", headers=headers)

    def post(self, body, path=DRAFTS, name=None):
        return self.call("post", path, body, Idempotency_Key=name or str(uuid.uuid4()))

    def patch(self, answer, body, **headers):
        return self.call("patch", f"{DRAFTS}{answer.json()['id']}/", body, **{"If_Match": answer["ETag"], **headers})

    def read(self, answer):
        return self.client.get(f"{DRAFTS}{answer.json()['id']}/", headers={"Authorization": f"Bearer {self.text}"})

    def close(self, answer, why="We found somebody", name=None):
        return self.post({"why": why}, f"{DRAFTS}{answer.json()['id']}/close/", name)


@pytest.fixture
def system(sign_in):
    return System(sign_in())


def test_a_draft_and_its_pledge(system):
    answer = system.post(
        {**GOOD, "hours": ["days", "weekends"], "needs": ["dbs"], "day_starts": "08:30", "day_ends": "16:00"}
    )
    told = answer.json()
    assert answer.status_code == 201 and told["state"] == "draft" and told["hours"] == ["days", "weekends"]
    row = Opportunity.objects.select_related("pledge", "kind").get(public_id=told["id"])
    assert (row.pledge.source, row.pledge.places, row.employer_id) == ("api", 2, system.row.employer_id)
    assert (row.title, row.kind.code, row.hours_mask, row.needs_mask) == (GOOD["title"], GOOD["kind"], 5, 2)
    assert (
        {each["code"] for each in told["in_the_way"]} == {refusal.code for refusal in services.refusals(row)} != set()
    )
    assert system.read(answer).json() == told and system.read(answer)["ETag"] == answer["ETag"]


def test_nothing_but_a_pledge_and_a_draft_follows_and_the_history_names_the_system(system):
    answer = system.post(GOOD)
    row = Opportunity.objects.get(public_id=answer.json()["id"])
    log = LifecycleLog.objects.filter(model="opportunities.Opportunity", object_id=row.pk).get()
    assert (log.actor, log.role, log.why) == (None, "key", "Staff system: category, title")
    assert not Opportunity.objects.filter(pk=row.pk, live=True).exists()


def test_the_same_again_is_done_once(system):
    first, again = (system.post(GOOD, name="one") for _ in range(2))
    assert first.json() == again.json() and first["ETag"] == again["ETag"] and again["Idempotent-Replayed"] == "true"
    assert Pledge.objects.filter(source="api").count() == 1
    other = system.post({**GOOD, "places": 3}, name="one")
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert system.post(GOOD, name="two").json()["id"] != first.json()["id"]


def test_what_failed_may_be_sent_again_under_its_name(system):
    assert system.post({**GOOD, "places": 0}, name="one").status_code == 400
    assert system.post(GOOD, name="one").status_code == 201


@pytest.mark.parametrize("name", ["", "x" * 81, "a b", "\u00e9"])
def test_a_post_needs_a_name(system, name):
    assert system.call("post", DRAFTS, GOOD, Idempotency_Key=name).status_code == 400
    assert not Pledge.objects.filter(source="api").exists()


WRONG = [
    ({"places": 0}, "places", "Enter how many places as a whole number from 1 to 500"),
    ({"postcode": "nowhere"}, "postcode", "Enter a full UK postcode, like NG18 1AB"),
    ({"hours_a_week": 99}, "hours_a_week", "Enter the hours a week as a number up to 60, like 16 or 37.5"),
    ({"min_age": 15}, "min_age", "Enter the youngest age as a whole number from 16 to 25"),
    ({"pay_pence_an_hour": 0}, "pay_pence_an_hour", "Enter the pay for one hour in pence, like 1271"),
    ({"starts_on": "0001-01-01"}, "starts_on", "Enter a real date from this year on, like 2027-12-07"),
    ({"hours": ["dawn"]}, "hours", "Use some of these: days, evenings, weekends, nights"),
    ({"category": "\x00"}, "category", "We do not know this code"),
    ({"kind": "other"}, "kind", "We do not know this code"),
    (
        {"pay_pence_an_hour": 1300, "unpaid_reason": "watching-only"},
        "all",
        "Choose: paid, or unpaid with a reason. Not both.",
    ),
    ({"day_starts": "08:00"}, "all", "Enter when the day starts and when it ends, or leave both empty."),
]


@pytest.mark.parametrize(("more", "field", "sentence"), WRONG)
def test_wrong_values_are_told_in_the_sentences_of_the_forms(system, more, field, sentence):
    if "unpaid_reason" in more:
        more = {**more, "unpaid_reason": make.UnpaidReason.objects.order_by("pk").first().code}
    answer = system.post({**GOOD, **more})
    assert answer.status_code == 400 and answer.json()["problems"][field] == [sentence]
    assert not Pledge.objects.filter(source="api").exists()


def test_what_nobody_can_see_is_taken_out_and_escapes_no_check(system):
    answer = system.post(
        {**GOOD, "title": "Bakery\u202e\x01\n help", "summary": "Ring 0770\u200b0 90\u200b0123.\n\nBring\x01 boots.",
         "own_link": "https://jobs.example/\u200b1"}
    )  # fmt: skip
    told = answer.json()
    assert (told["title"], told["own_link"]) == ("Bakery help", "https://jobs.example/1")
    assert told["summary"] == "Ring 07700 900123.\n\nBring boots."
    assert any("07700 900123" in each["sentence"] for each in told["in_the_way"])
    assert system.close(answer, why="\u200b\x01").status_code == 400
    assert system.close(answer, why="No\u202e time").status_code == 200
    assert LifecycleLog.objects.get(model="opportunities.Opportunity", move="withdraw").why == "Staff system: No time"


@pytest.mark.parametrize("words", ["a\x00b", "\ud800"])
def test_what_cannot_be_kept_is_refused(system, words):
    for name in ("title", "summary", "postcode", "own_link"):
        assert list(system.post({**GOOD, name: words}).json()["problems"]) == [name]
    assert system.close(system.post(GOOD), why=words).status_code == 400


@pytest.mark.parametrize("name", ["audience", "risk_assessment_on", "live", "state", "approved_by", "surprise"])
def test_what_only_people_decide_cannot_be_sent(system, name):
    answer = system.post({**GOOD, name: "x"})
    assert answer.status_code == 400 and "Take out what we do not know" in answer.json()["problems"]["all"][0]


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("[]", 400), ("null", 400), ("[" * 30_000, 400), ('"' + "x" * 70_000 + '"', 413)]
)
def test_what_cannot_be_read(system, body, status):
    answer = system.post(body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_only_json_is_read(system):
    headers = {"Authorization": f"Bearer {system.text}", "Idempotency-Key": "one"}
    assert system.client.post(DRAFTS, GOOD, headers=headers).status_code == 415


def test_who_changes_must_have_read_it_last(system):
    first = system.post(GOOD)
    assert system.call("patch", f"{DRAFTS}{first.json()['id']}/", {"bring": "Boots"}).status_code == 428
    second = system.patch(first, {"bring": "Flat shoes"})
    assert second.status_code == 200 and second.json()["bring"] == "Flat shoes" and second["ETag"] != first["ETag"]
    late = system.patch(first, {"bring": "Boots"})
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    assert system.read(first).json()["bring"] == "Flat shoes"
    assert system.patch(second, {"bring": "Boots"}, If_Match="*").json()["bring"] == "Boots"


def test_what_is_in_the_way_is_no_part_of_the_version(system):
    first = system.post(GOOD)
    of = system.row.employer
    of.state = "called_back"
    of.save()
    assert system.read(first).json()["in_the_way"] != first.json()["in_the_way"]
    assert system.read(first)["ETag"] == first["ETag"]


def test_nobody_elses(system, sign_in):
    first, other = system.post(GOOD), System(sign_in())
    by_hand = make.draft(system.row.employer)
    answers = [other.read(first), other.patch(first, {"bring": "x"}), other.close(first)]
    answers.append(system.call("patch", f"{DRAFTS}{by_hand.public_id}/", {"bring": "x"}, If_Match="*"))
    assert {answer.status_code for answer in answers} == {404}
    assert system.read(first).json()["bring"] == first.json()["bring"]


def test_what_people_have_taken_over_is_theirs(system):
    first = system.post(GOOD)
    lead = factories.user("Robin Lead")
    User.objects.filter(pk=lead.pk).update(name="Robin Lead")
    Opportunity.objects.filter(public_id=first.json()["id"]).update(state="submitted", submitted_by=lead, remote=True)
    system.row.employer.lead = lead
    system.row.employer.save()
    now = system.read(first)
    for answer in (system.patch(now, {"bring": "Boots"}), system.close(now)):
        assert answer.status_code == 409 and "Robin Lead" in answer.json()["detail"]


def test_closing_takes_the_pledge_back_and_is_done_once(system):
    first = system.post(GOOD)
    closed, again = (system.close(first, name="end") for _ in range(2))
    assert closed.status_code == again.status_code == 200 and closed.json()["state"] == "withdrawn"
    row = Opportunity.objects.select_related("pledge").get(public_id=first.json()["id"])
    assert row.pledge.state == "withdrawn"
    log = LifecycleLog.objects.filter(model="opportunities.Opportunity", object_id=row.pk, move="withdraw").get()
    assert (log.role, log.why) == ("key", "Staff system: We found somebody")
    assert system.close(first, name="other").status_code == 409


@pytest.mark.parametrize(("begun", "state"), [(1, "partly_kept"), (0, "live")])
def test_closing_the_rest_of_a_split_pledge_takes_back_nothing_that_somebody_has(system, begun, state):
    first = system.post(GOOD)
    row = Opportunity.objects.select_related("pledge").get(public_id=first.json()["id"])
    Pledge.objects.filter(pk=row.pledge_id).update(state="live")
    taken = {"places_started": begun, "places_held": 1 - begun}
    make.draft(pledge=row.pledge, places=1, state="closed", **taken)
    Pledge.objects.filter(pk=row.pledge_id).update(**taken)
    assert system.close(first).status_code == 200
    assert Pledge.objects.get(pk=row.pledge_id).state == state


def test_closing_a_part_leaves_the_pledge_to_the_parts_that_are_open(system):
    first = system.post(GOOD)
    row = Opportunity.objects.select_related("pledge").get(public_id=first.json()["id"])
    other = make.draft(pledge=row.pledge, places=1)
    assert system.close(first).status_code == 200
    assert Pledge.objects.get(pk=row.pledge_id).state == "noted"
    assert Opportunity.objects.get(pk=other.pk).state == "draft"


def test_a_business_that_nobody_knows_is_told_to_pledge_first(sign_in):
    stranger = System(sign_in(), make.employer())
    answer = stranger.post(GOOD)
    assert answer.status_code == 409 and "no pledge in a known area" in answer.json()["detail"]


def test_a_key_of_one_partnership_knows_nothing_of_another(system, sign_in):
    """The business has pledged in Nottinghamshire; officers of Derbyshire gave its system a key."""
    first = system.post(GOOD)
    away = System(sign_in(), system.row.employer, partnership="derbyshire")
    assert away.post(GOOD).status_code == 409
    assert away.read(first).status_code == 404
    assert away.patch(first, {"bring": "Boots"}).status_code == 404 and away.close(first).status_code == 404
    make.pledge(system.row.employer, partnership="derbyshire")
    row = Opportunity.objects.get(public_id=away.post(GOOD).json()["id"])
    assert (row.partnership.code, row.pledge.partnership_id) == ("derbyshire", row.partnership_id)


def test_a_key_made_before_it_had_a_partnership_writes_nothing(system):
    type(system.row).objects.filter(pk=system.row.pk).update(partnership=None)
    assert system.post(GOOD).status_code in (401, 403, 404)
