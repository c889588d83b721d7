"""A form that is sent after the session has ended: the sender is asked to sign in and told that nothing was saved."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import YoungPerson
from tests import factories

pytestmark = pytest.mark.django_db
SAID = "You were signed out. Nothing was saved"
ADD = "/adviser/people/new/"


def sent(path: str, referer: str = "", **data):
    return Client().post(path, data, headers={"referer": referer} if referer else {})


def test_a_form_sent_too_late_leads_to_sign_in_and_back_to_its_page(sign_in):
    client = sign_in(user=factories.adviser())
    assert client.get(ADD).status_code == 200
    client.session.flush()
    answer = client.post(ADD, {"label": "A word"}, follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=%2Fadviser%2Fpeople%2Fnew%2F", 302)]
    page = answer.content.decode()
    assert SAID in page and "A word" not in page and f'value="{ADD}"' in page
    assert SAID not in client.get("/sign-in/").content.decode()  # said once
    with factories.as_worker():
        assert not YoungPerson.objects.exists()


def test_a_button_without_a_page_of_its_own_leads_back_to_the_page_it_stands_on():
    path = f"/adviser/people/{uuid4()}/help/"
    answer = sent(path, "http://testserver/adviser/?who=somebody#them")
    assert answer.headers["Location"] == "/sign-in/?next=%2Fadviser%2F"
    assert sent(path).status_code == 404


@pytest.mark.parametrize(
    "referer",
    [
        "https://bad.example/adviser/",  # not ours
        "http://testserver/opportunities/",  # open to everybody: no way through sign-in
        "http://testserver/no/such/page/",
        "http://testserver//bad.example/adviser/",
    ],
)
def test_no_other_page_is_led_back_to(referer):
    assert sent(f"/adviser/people/{uuid4()}/help/", referer).status_code == 404


def test_who_reads_on_an_address_is_told_nothing_of_forms():
    assert SAID not in Client().get(ADD, follow=True).content.decode()


def test_somebody_with_another_hat_still_finds_no_such_page(sign_in):
    assert sign_in("coordinator").post(ADD).status_code == 404


def test_an_address_that_nobody_has_and_the_api_ask_nobody_to_sign_in():
    assert sent("/no/such/page/", "http://testserver/adviser/").status_code == 404
    assert sent("/api/v1/people/", "http://testserver/adviser/").status_code in (401, 403, 404, 405)
