"""The pages of "Something is wrong": anybody is heard, nothing is lost, nobody reads what was said."""

import datetime as dt
import re

import pytest
from django.test import Client

from accounts import safety
from accounts.models import YoungPerson
from core import clock
from core.models import LifecycleLog
from introductions.models import Concern
from pledges import home_links
from tests import factories
from tests.introductions import factories as chain
from tests.introductions.test_concerns import work_in
from tests.opportunities import factories as make
from tests.pledges.reading_age import reading_age, words_of

pytestmark = pytest.mark.django_db
SAID = {"urgency": "today", "words": "He asked me to keep a secret", "reach": "07700 900123"}


@pytest.fixture(autouse=True)
def lead():
    """Somebody hears of it in Nottinghamshire; nowhere else."""
    return factories.membership("safeguarding_lead", council=factories.council()).user


def page(path, client=None, status=200) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def say(path, client=None, **more):
    client = client or Client()
    key = re.search(r'name="key" value="([0-9a-f]+)"', page(path, client))[1]
    return client.post(path, {**SAID, "key": key, **more})


def concerns() -> list[Concern]:
    with factories.as_worker():
        return list(Concern.objects.order_by("pk").select_related("responsible", "work_council", "person"))


def record(name="Nottinghamshire"):
    safety.record_numbers(
        council=factories.council(name), by=None, day_phone="0115 496 0100",
        day_hours="Monday to Friday, 9am to 5pm", night_phone="0115 496 0200",
    )  # fmt: skip


def test_a_visitor_sees_999_first_and_says_it_without_an_account():
    record()
    text = page("/wrong/?council=E10000024")
    assert text.index("999") < text.index("0115 496 0100") < text.index("0115 496 0200") < text.index("What is wrong?")
    answer = say("/wrong/?council=E10000024", council="E10000024")
    assert answer.status_code == 302
    (row,) = concerns()
    assert (row.said_by, row.urgency, row.work_council) == ("anybody", "today", factories.council())
    assert row.words == {"words": SAID["words"], "reach": SAID["reach"]}
    thanks = page(answer["Location"])
    for words in (str(row.public_id)[:8].upper(), "Nottinghamshire council", "0115 496 0100"):
        assert words in thanks
    assert SAID["words"] not in thanks + answer["Location"]


def test_without_numbers_the_page_says_so():
    text = page("/wrong/?council=E10000024")
    assert "We do not have its numbers here yet" in text and "999" in text


def test_the_opportunity_says_where_it_goes():
    row = make.published()
    type(row).objects.filter(pk=row.pk).update(authority=factories.council("Bolsover"))
    path = f"/wrong/?o={row.public_id}"
    assert f'href="{path}"' in page(f"/opportunities/{row.public_id}/")
    text = page(path)
    assert "Which council" not in text and row.title not in text
    say(path)
    (found,) = concerns()
    assert (found.opportunity_id, found.employer_id) == (row.pk, row.employer_id)
    assert found.work_council == factories.council("Derbyshire")


def test_a_postcode_finds_the_numbers_and_stands_in_no_address():
    answer = Client().post("/wrong/", {"find": "1", "postcode": "ng18 5zz"})
    assert answer["Location"] == "/wrong/?council=E10000024"
    wrong = Client().post("/wrong/", {"find": "1", "postcode": "nowhere"}).content.decode()
    assert "Choose the council from the list below" in wrong and "Error:" in wrong


def test_twice_the_same_tap_is_one_concern():
    client = Client()
    values = {**SAID, "council": "E10000024", "key": "a" * 32}
    assert [client.post("/wrong/", values).status_code for _n in range(2)] == [302, 302]
    assert len(concerns()) == 1
    client.post("/wrong/", {**SAID, "council": "E10000024"})  # a page kept without its key
    assert len(concerns()) == 2


@pytest.mark.parametrize("other", [{"words": "And he hit me"}, {"urgency": "now"}, {"reach": "Ring my sister"}])
def test_something_else_from_the_same_page_is_kept_as_well(other):
    values = {**SAID, "council": "E10000024", "key": "a" * 32}
    sent = [Client().post("/wrong/", {**values, **more})["Location"] for more in ({}, other, other)]
    first, second = concerns()
    assert (second.words["words"], second.words["reach"], second.urgency) == tuple(
        {**SAID, **other}[name] for name in ("words", "reach", "urgency")
    )
    for row, path in zip((first, second, second), sent, strict=True):
        assert str(row.public_id)[:8].upper() in page(path)


def test_only_councils_where_somebody_hears_of_it_are_offered(lead):
    manager = factories.membership("team_manager", council=factories.council("Derbyshire"))
    text = page("/wrong/")
    assert {name for name in ("Nottinghamshire", "Derbyshire", "Nottingham") if f">{name}</option>" in text} == {
        "Nottinghamshire", "Derbyshire",
    }  # fmt: skip
    manager.user.is_active = False
    manager.user.save()
    assert ">Derbyshire</option>" not in page("/wrong/")
    lead.memberships.update(valid_to=clock.today() - dt.timedelta(days=1))
    text = page("/wrong/")
    assert "999" in text and "Tell us" not in text  # nobody at all: no form that could not be sent


def test_where_nobody_hears_of_it_the_pages_promise_nothing():
    row = make.published()
    type(row).objects.filter(pk=row.pk).update(authority=factories.council("Derbyshire"))
    path = f"/wrong/?o={row.public_id}"
    asked, thanks = page(path), page(say(path)["Location"])
    assert "No one at Derbyshire council gets messages" in asked and "looks at it" not in asked
    assert "Please ring as well." in thanks and "looks at it by" not in thanks and "999" in thanks
    assert len(concerns()) == 1
    assert "No one at Derbyshire council gets messages" in page("/wrong/?council=E10000007")


def test_nobody_is_an_error_whatever_is_typed():
    for path in ("/wrong/?council=%00", "/wrong/?o=%00", "/wrong/?council=E10000024%00"):
        page(path)
    values = {"urgency": "today\0", "words": "He\0 hit me", "reach": "\0", "council": "E10000024\0", "key": "b\0" * 16}
    assert Client().post("/wrong/?council=%00", values).status_code == 302
    assert Client().post("/wrong/", {"find": "1", "postcode": "ng18\0 5zz"}).status_code == 302
    assert [row.words["words"] for row in concerns()] == ["He hit me"]


def test_the_page_after_it_is_kept_nowhere():
    answer = Client().get(say("/wrong/", council="E10000024")["Location"])
    assert "no-store" in answer["Cache-Control"]


def test_staff_who_do_not_say_who_they_are_stand_in_no_log(sign_in):
    worker = factories.adviser()
    say("/wrong/", sign_in(user=worker), council="E10000024")
    (row,) = concerns()
    with factories.as_worker():
        assert LifecycleLog.objects.get(model="introductions.Concern", object_id=row.pk).actor is None


def test_from_an_introduction_the_lead_where_the_work_is_and_the_business_are_known(sign_in):
    worker = factories.adviser()
    row = chain.introduced(chain.permitted(chain.interested(worker=worker, opportunity=work_in("Bolsover"))))
    user = factories.user("Jo")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=row.person_id).update(user=user)
        type(row.opportunity).objects.filter(pk=row.opportunity_id).update(state="withdrawn", live=False)
    end = f"wrong/?o={row.opportunity.public_id}"
    for client, shown, path in (
        (
            sign_in(user=worker),
            f"/adviser/introductions/{row.public_id}/",
            f"/adviser/people/{row.person.public_id}/{end}",
        ),
        (sign_in(user=user), f"/me/introductions/{row.public_id}/", f"/{end}"),
    ):
        assert f'href="{path}"' in page(shown, client)
        say(path, client)
        said = concerns()[-1]
        assert (said.introduction_id, said.employer_id, said.work_council, said.person_id) == (
            row.pk, row.employer_id, factories.council("Derbyshire"), row.person_id,
        )  # fmt: skip


def test_of_an_opportunity_that_is_not_theirs_a_worker_says_nothing(sign_in):
    worker, other = factories.adviser(), make.published()
    person = factories.young_person(worker=worker)
    say(f"/adviser/people/{person.public_id}/wrong/?o={other.public_id}", sign_in(user=worker))
    assert [row.opportunity_id for row in concerns()] == [None]


@pytest.mark.parametrize("missing", ["urgency", "words", "council"])
def test_what_is_missing_is_said_and_what_was_typed_stays(missing):
    values = {**SAID, "council": "E10000024"}
    del values[missing]
    text = Client().post("/wrong/", values).content.decode()
    assert "Error:" in text and not concerns()
    assert missing == "words" or SAID["words"] in text


def myself() -> tuple[YoungPerson, Client]:
    person, user = factories.young_person(worker=factories.adviser()), factories.user("Jo")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=person.pk).update(user=user)
    client = Client()
    factories.sign_in(client, user=user)
    return person, client


def test_a_young_person_signed_in_reaches_their_own_council():
    record()
    person, client = myself()
    text = page("/wrong/", client)
    assert "Which council" not in text and "0115 496 0100" in text and "Exit this page" in text
    say("/wrong/", client)
    (row,) = concerns()
    assert (row.said_by, row.person_id, row.responsible) == ("young_person", person.pk, factories.council())


def test_a_worker_speaks_for_their_own_person_only(sign_in):
    worker, colleague = factories.adviser(), factories.adviser()
    person = factories.young_person(worker=worker)
    path = f"/adviser/people/{person.public_id}/wrong/"
    client = sign_in(user=worker)
    assert f'href="{path}"' in page(f"/adviser/people/{person.public_id}/", client)
    say(path, client)
    (row,) = concerns()
    assert (row.said_by, row.person_id) == ("worker", person.pk)
    page(path, sign_in(user=colleague), status=404)
    page(path, sign_in("coordinator"), status=404)


def test_a_business_by_its_link_and_signed_in(sign_in):
    row = make.published()
    with factories.as_worker():
        link = re.sub(r"^https?://[^/]+", "", home_links.home_link(row.pledge.contact))
    assert f'href="{link}wrong/"' in page(link)
    say(f"{link}wrong/", council="E10000024")
    client = sign_in("employer_member", employer_id=row.employer_id)
    say("/employer/wrong/", client, council="E10000024")
    assert [(one.said_by, one.employer_id) for one in concerns()] == [("employer", row.employer_id)] * 2
    row.employer.state = "stopped"
    row.employer.save()
    say(f"{link}wrong/", council="E10000024")  # a business that is stopped may know most
    assert len(concerns()) == 3
    page("/k/unknown/home/wrong/", status=404)


def test_the_page_after_it_cannot_be_made_up():
    page("/wrong/made-up/", status=404)


def test_signed_in_without_a_token_another_sites_form_is_refused(sign_in):
    worker = factories.adviser()
    person = factories.young_person(worker=worker)
    client = Client(enforce_csrf_checks=True)
    factories.sign_in(client, user=worker)
    assert client.post(f"/adviser/people/{person.public_id}/wrong/", SAID).status_code == 403
    assert not concerns()


def test_young_people_read_it_with_ease():
    record()
    _person, client = myself()
    answer = say("/wrong/", client)
    for text in (page("/wrong/"), page("/wrong/?council=E10000024"), page("/wrong/", client), page(answer["Location"])):
        assert reading_age(words_of(text)) <= 11


def test_queries_do_not_grow(django_assert_max_num_queries):
    record()
    with django_assert_max_num_queries(9):
        page("/wrong/?council=E10000024")
