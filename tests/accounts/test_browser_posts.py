"""What browsers send with a form, which the test client does not: Django's CSRF check must still let it pass."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def post(client: Client, **headers):
    client.get("/sign-in/")
    token = client.cookies["csrftoken"].value
    data = {"address": "nobody@nowhere.example", "csrfmiddlewaretoken": token}
    return client.post("/sign-in/", data, headers=headers)


def test_a_form_of_our_own_page_passes():
    assert post(Client(enforce_csrf_checks=True), origin="http://testserver").status_code == 302


def test_planted_null_origin_and_foreign_pages_do_not():
    """Browsers send `Origin: null` from pages whose referrer policy is no-referrer: then no form would work."""
    for origin in ("null", "https://elsewhere.example"):
        assert post(Client(enforce_csrf_checks=True), origin=origin).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in/", "/", "/opportunities/"])
def test_pages_keep_their_address_from_other_sites_and_their_forms_working(path):
    assert Client().get(path).headers["Referrer-Policy"] == "same-origin"
