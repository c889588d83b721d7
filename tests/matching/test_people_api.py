"""A council's case system sends young people with a key, and reads nobody."""

import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.test import Client

from accounts import adding, gone, services, transfers
from accounts.adding import Newcomer
from accounts.ending import end_support
from accounts.models import AdviserLink, GoneReference, View, YoungPerson
from accounts.personal_data import erase_person
from accounts.retention import keep_no_longer
from core import clock
from core.models import LifecycleLog
from matching import by_key
from notifications.models import Outbox
from opportunities.api import keys
from tests import factories
from tests.accounts import days
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
BODY = {"label": "Kestrel", "born": "2008-03", "postcode": "NG18 1AA"}
REFERENCE = "CASE-77"
KEYS = "/adviser/team/keys/"
SECRETS = ("Kestrel", "2008", "NG18", REFERENCE)  # no log has them; no answer has any but the reference


def key(council="Nottinghamshire", **more):
    until = clock.today() + dt.timedelta(days=30)
    of = {"council": factories.council(council), "scope": keys.PEOPLE, **more}
    return keys.make(name="Case system", until=until, by=factories.user(), **of)


def put(text, body=BODY, reference=REFERENCE, method="put", client=None):
    data = body if isinstance(body, str) else json.dumps(body)
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    path = f"/api/v1/people/{reference}/"
    return (client or Client()).generic(method.upper(), path, data, content_type="application/json", headers=headers)


def everybody():
    with factories.as_worker():
        return list(YoungPerson.objects.order_by("pk").select_related("responsible_authority"))


def workers():
    with factories.as_worker():
        return dict(AdviserLink.objects.current().values_list("person__council_reference", "worker__email"))


@pytest.fixture(autouse=True)
def nothing_is_counted_yet():
    cache.clear()


@pytest.fixture
def text():
    return key()[1]


# --- added, sent again, put right


def test_the_same_twice_is_one_person_and_one_answer(text):
    worker = factories.adviser()
    body = {**BODY, "worker": worker.email.upper()}
    first, again = put(text, body), put(text, body)
    (person,) = everybody()
    told = {"reference": REFERENCE, "id": str(person.public_id), "status": "supported"}
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (200, told)
    assert first["Cache-Control"] == "no-store"
    assert (person.label, str(person.birth_month), person.living_sector) == ("Kestrel", "2008-03-01", "NG18 1")
    assert person.responsible_authority == factories.council() and workers() == {REFERENCE: worker.email}
    rows = LifecycleLog.objects.filter(role="key").values_list("model", "object_id", "move", "new", "why", "actor")
    assert list(rows) == [("accounts.YoungPerson", person.pk, "send", "added", "Case system", None)]


def test_another_body_puts_the_facts_right(text):
    before, after = factories.adviser(), factories.adviser()
    put(text, {**BODY, "worker": before.email})
    moved = {"label": "Merlin", "born": "May 2007", "postcode": "DE1 2QY", "worker": after.email}
    assert put(text, moved).json()["status"] == "supported"
    (person,) = everybody()
    assert (person.label, str(person.birth_month), person.living_sector) == ("Merlin", "2007-05-01", "DE1 2")
    assert person.living_authority.short_name == "Derby" and workers() == {REFERENCE: after.email}
    with factories.as_worker():
        told = set(Outbox.objects.filter(purpose="team change").values_list("recipient", flat=True))
    assert {before.pk, after.pk} <= told
    assert LifecycleLog.objects.filter(role="key", new="changed").count() == 1
    put(text, {name: said for name, said in moved.items() if name != "worker"})
    assert workers() == {REFERENCE: after.email}  # left out, the worker stays


def test_the_key_is_in_no_list_of_who_looked(text):
    put(text)
    with factories.as_worker():
        assert not View.objects.exists()


def test_without_a_worker_the_team_manager_chooses(text, sign_in):
    assert put(text).json()["status"] == "no-adviser"
    assert "Kestrel" in sign_in("team_manager").get("/adviser/team/").content.decode()


def test_a_sheet_and_a_key_mean_the_same_person(text, sign_in):
    put(text)
    rows = f"Reference,Label,Born,Lives\n{REFERENCE},Other,May 2007,NG18 5"
    said = sign_in("team_manager").post("/adviser/sheet/", {"rows": rows, "do": "save"}, follow=True).content.decode()
    assert "1 was there already" in said and len(everybody()) == 1


# --- what is refused


def test_a_worker_nobody_knows_is_422_and_says_what_to_do(text):
    stranger = factories.adviser(council=factories.council("Derbyshire"))
    gone = factories.adviser()
    gone.memberships.update(valid_to=clock.today() - dt.timedelta(days=1))
    manager = factories.membership("team_manager").user
    for address in (stranger.email, gone.email, manager.email, "nobody@council.example"):
        refused = put(text, {**BODY, "worker": address})
        assert refused.status_code == 422 and refused["Content-Type"] == "application/problem+json"
        (sentence,) = refused.json()["problems"]["worker"]
        assert "Invite them, or leave it out" in sentence and address not in refused.content.decode()
    assert everybody() == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"born": "1990-01"}, "born"),
        ({"born": "soon"}, "born"),
        ({"postcode": "ZZ99 9ZZ"}, "postcode"),
        ({"label": " "}, "label"),
        ({"label": "x" * 41}, "label"),
        ({"label": "\u200b"}, "label"),
        ({"name": "Jane Smith"}, "all"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(text, more, field):
    refused = put(text, {**BODY, **more})
    assert (refused.status_code, list(refused.json()["problems"])) == (400, [field])
    assert "Jane" not in refused.content.decode() and everybody() == []


def test_no_two_of_a_worker_have_one_label(text):
    body = {**BODY, "worker": factories.adviser().email}
    put(text, body)
    assert list(put(text, body, "CASE-78").json()["problems"]) == ["label"]
    assert put(text, {**body, "label": "Merlin"}, "CASE-78").status_code == 200
    assert list(put(text, {**body, "label": "KESTREL"}, "CASE-78").json()["problems"]) == ["label"]
    assert put(text, {**body, "label": "KESTREL"}).status_code == 200  # their own, in capitals


@pytest.mark.parametrize("reference", ["-1", "A B", "x" * 41, "%00", "%C3%A9", "A%0AB"])
def test_a_reference_of_other_signs_is_refused(text, reference):
    assert list(put(text, reference=reference).json()["problems"]) == ["reference"]


def test_whose_support_has_ended_stays_as_they_were(text):
    put(text, {**BODY, "worker": factories.adviser().email})
    (person,) = everybody()
    with factories.as_worker():
        end_support(person=person, why="asked", by=None, role="system")
    answer = put(
        text, {"label": "Merlin", "born": "1990-01", "postcode": "NG18 5", "worker": factories.adviser().email}
    )
    assert answer.json() == {"reference": REFERENCE, "id": str(person.public_id), "status": "ended"}
    assert everybody()[0].label == "Kestrel" and workers() == {}


def test_the_verb_itself_changes_nothing_once_support_has_ended(text):
    put(text)
    (person,) = everybody()
    facts = by_key.Facts("Merlin", dt.date(2007, 5, 1), "DE1 2", factories.adviser())
    with factories.as_worker():
        end_support(person=person, why="asked", by=None, role="system")
        said = by_key.send_person(council=factories.council(), reference=REFERENCE, facts=facts, system="Case system")
    assert (said.pk, by_key.status_of(said), everybody()[0].label) == (person.pk, "ended", "Kestrel")
    assert not LifecycleLog.objects.filter(role="key", new="changed").exists()


def test_who_is_kept_apart_keeps_their_worker(text):
    worker, other = factories.adviser(), factories.adviser()
    put(text, {**BODY, "worker": worker.email})
    with factories.as_worker():
        YoungPerson.objects.update(kept_apart=True)
    refused = put(text, {**BODY, "label": "Merlin", "worker": other.email})
    assert refused.status_code == 409 and workers() == {REFERENCE: worker.email}
    assert everybody()[0].label == "Kestrel"
    assert put(text, {**BODY, "label": "Merlin", "worker": worker.email}).status_code == 200


def test_a_real_installation_waits_for_the_papers(text, settings):
    settings.INSTALLATION_MODE = "real"
    refused = put(text)
    assert refused.status_code == 409 and "has not accepted these papers yet" in refused.json()["detail"]
    assert everybody() == []


def test_a_key_may_write_so_often_a_minute(text, settings):
    settings.API_WRITES_A_MINUTE = 2
    assert [put(text).status_code for _each in range(3)] == [200, 200, 429]
    assert put(key()[1]).status_code == 200


# --- whose


def test_another_council_s_same_reference_is_another_person(text):
    other = key("Derbyshire")[1]
    ids = [put(each, {**BODY, "label": label}).json()["id"] for each, label in ((text, "Mine"), (other, "Theirs"))]
    assert len(set(ids)) == 2
    found = {(person.responsible_authority.short_name, person.label) for person in everybody()}
    assert found == {("Nottinghamshire", "Mine"), ("Derbyshire", "Theirs")}
    assert put(text, {**BODY, "label": "Still mine"}).json()["id"] == ids[0]
    assert {person.label for person in everybody()} == {"Still mine", "Theirs"}


def hand_to_derbyshire(person, by):
    new = factories.membership("team_manager", council=factories.council("Derbyshire")).user
    worker = factories.adviser(council=factories.council("Derbyshire"))
    row = transfers.ask(person=person, to_council=factories.council("Derbyshire"), words="Ring us.", by=by)
    transfers.accept(transfer=row, worker=worker, by=new, role="team_manager")


def erase(person, by):
    end_support(person=person, why="asked", by=None, role="system")
    erase_person(person=person.pk, by=None, why="asked")


@pytest.mark.parametrize("how", [hand_to_derbyshire, erase])
def test_who_has_gone_is_not_added_anew(text, how, sign_in):
    put(text, {**BODY, "worker": factories.adviser().email})
    (person,) = everybody()
    with factories.as_worker():
        how(person, factories.user())
        row = GoneReference.objects.get()
    left = [person.pk for person in everybody()]
    for _twice in range(2):
        refused = put(text, {**BODY, "label": "Merlin"})
        assert refused.status_code == 410 and refused["Content-Type"] == "application/problem+json"
        assert "give them a new reference" in refused.json()["detail"]
    assert [person.pk for person in everybody()] == left
    assert (row.council, row.gone_on) == (factories.council(), clock.today()) and REFERENCE not in str(vars(row))
    manager = sign_in("team_manager")
    rows = f"Reference,Label,Born,Lives\n{REFERENCE},Merlin,May 2007,NG18 5"
    said = manager.post("/adviser/sheet/", {"rows": rows, "do": "check"}, follow=True).content.decode()
    assert "Nobody is under this reference any more" in said
    manager.post("/adviser/sheet/", {"rows": rows, "do": "save"})
    one = {"by": None, "council": factories.council(), "label": "M", "birth_month": dt.date(2008, 3, 1)}
    many = Newcomer("M", dt.date(2008, 3, 1), "NG18 1", council_reference=REFERENCE)
    with factories.as_worker():
        with pytest.raises(ValidationError, match="Nobody is under this reference"):
            services.add_young_person(**one, sector="NG18 1", council_reference=REFERENCE)
        adding.add_many([many], by=None, council=factories.council())
    assert list(many.problems) == ["council_reference"] and [person.pk for person in everybody()] == left
    assert put(text, reference="CASE-78").status_code == put(key("Derbyshire")[1]).status_code == 200


def test_a_reference_that_has_gone_is_kept_ten_years_and_no_page_changes_it():
    gone.mark_gone(factories.council().pk, REFERENCE)
    gone.mark_gone(factories.council().pk, REFERENCE)
    gone.mark_gone(factories.council().pk, "")
    assert GoneReference.objects.count() == 1
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        GoneReference.objects.all().delete()
    for years, left in ((10, 1), (11, 0)):
        with days.on(f"{clock.today().year + years}-{clock.today():%m-%d}"), factories.as_worker():
            assert keep_no_longer()["references"] == 1 - left and GoneReference.objects.count() == left


def test_only_a_council_s_key_for_people_in_force_sends(text):
    of = make.pledge()
    business = key(council="Ashfield", scope=keys.READ)[1]
    writer = keys.make(
        employer=of.employer, partnership=of.partnership, name="Staff system", scope=keys.WRITE,
        until=clock.today() + dt.timedelta(days=9), by=factories.user(),
    )[1]  # fmt: skip
    ended = key()
    keys.end(key=ended[0], by=factories.user())
    run_out = key()
    type(run_out[0]).objects.filter(pk=run_out[0].pk).update(expires_on=clock.today() - dt.timedelta(days=1))
    said = [put(each).status_code for each in (business, writer, ended[1], run_out[1], "", "frk_x")]
    assert said == [403, 403, 401, 401, 401, 401] and everybody() == []


def test_a_key_for_people_writes_no_drafts(text):
    headers = {"Authorization": f"Bearer {text}"}
    for path in ("/api/v1/drafts/", "/api/v1/drafts/0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f/close/"):
        assert Client().post(path, "{}", "application/json", headers=headers).status_code == 403


def test_a_session_counts_for_nothing(sign_in):
    client = sign_in("team_manager")
    assert client.put(f"/api/v1/people/{REFERENCE}/", BODY, "application/json").status_code == 401


def test_nobody_is_read_listed_or_ended(text):
    put(text)
    for method in ("get", "post", "patch", "delete"):
        said = [put(text, reference=reference, method=method) for reference in (REFERENCE, "CASE-0")]
        assert [(each.status_code, each["Allow"]) for each in said] == [(405, "PUT, OPTIONS")] * 2, method
        assert said[0].content == said[1].content
    headers = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/people/", headers=headers).status_code == 404
    assert Client().put("/api/v1/people/", headers=headers).status_code == 404
    assert len(everybody()) == 1


def test_a_key_is_for_a_council_that_supports_young_people_alone():
    for of in (factories.council("Ashfield"), None):
        with pytest.raises(ValueError, match="only a council that supports"):
            keys.make(
                council=of, name="Case system", scope=keys.PEOPLE, until=clock.today() + dt.timedelta(days=9),
                by=factories.user(),
            )  # fmt: skip
