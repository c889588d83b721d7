"""The pages of "Something is wrong": anybody is heard, nothing is lost, nobody reads what was said."""

import re

import pytest
from django.test import Client

from accounts import safety
from accounts.models import YoungPerson
from introductions.models import Concern
from pledges import home_links
from tests import factories
from tests.opportunities import factories as make
from tests.pledges.reading_age import reading_age, words_of

pytestmark = pytest.mark.django_db
SAID = {"urgency": "today", "words": "He asked me to keep a secret", "reach": "07700 900123"}


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
    with django_assert_max_num_queries(8):
        page("/wrong/?council=E10000024")
