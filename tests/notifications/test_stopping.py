"""No more digests: one click in the mail program, or the page behind the same address."""

import re
import uuid

import pytest
from django.core import mail as django_mail
from django.test import Client

from accounts.models import Membership, SignedLink
from core import clock
from notifications import digest_links, purposes
from notifications.channels import Smtp
from notifications.models import DigestChoice, Outbox
from notifications.registry import Mail
from tests import factories

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
SITE = "https://rung.example"


@pytest.fixture
def ana(settings):
    settings.SITE_URL = SITE
    return factories.adviser()


def written(user) -> Mail:
    with factories.as_worker():
        row = Outbox.objects.create(
            purpose="digest", channel="email", recipient=user, dedupe_key=uuid.uuid4().hex,
            cause_id=clock.today().toordinal(),
        )  # fmt: skip
        item = Outbox(pk=1, purpose="find", recipient=user)
        return purposes.write_digest(row, [item])


@pytest.fixture
def path(ana, purposes) -> str:
    return written(ana).stop.removeprefix(SITE)


def chosen(user) -> dict[str, str]:
    with factories.as_worker():
        return dict(DigestChoice.objects.filter(user=user).values_list("kind", "how"))


def test_one_click_as_a_mail_program_does_it(path, ana):
    """No cookie, no token, no redirect; either form of body. Twice is once."""
    for how in ({}, {"content_type": "application/x-www-form-urlencoded"}):
        body = ONE_CLICK if not how else "List-Unsubscribe=One-Click"
        answer = Client(enforce_csrf_checks=True).post(path, body, **how)
        assert answer.status_code == 200 and not answer.cookies
        assert chosen(ana) == {"matches": "page"}


@pytest.mark.parametrize("ask", [lambda c, p: c.get(p), lambda c, p: c.head(p), lambda c, p: c.post(p, {"x": "y"})])
def test_whatever_only_opens_it_changes_nothing(ask, path, ana):
    assert ask(Client(), path).status_code == 200 and chosen(ana) == {}


def test_planted_every_post_counts(path, ana, monkeypatch):
    from notifications import stopping

    monkeypatch.setattr(stopping, "ONE_CLICK", ("none", None))
    with pytest.raises(AssertionError):
        test_whatever_only_opens_it_changes_nothing(lambda c, p: c.post(p, {"x": "y"}), path, ana)


def test_the_page_asks_first_and_says_nothing_of_anybody(path, ana):
    words = Client().get(path).content.decode()
    assert "Stop these emails?" in words and ana.name not in words and ana.email not in words
    field = re.search(r'name="([^"]+)" value="([^"]+)"', words)
    assert {field[1]: field[2]} == ONE_CLICK
    assert "No more of these emails" in Client().post(path, ONE_CLICK).content.decode()
    assert "No more of these emails" in Client().get(path).content.decode()


def test_what_they_choose_later_stands(path, ana, client):
    Client().post(path, ONE_CLICK)
    factories.sign_in(client, user=ana)
    client.post("/inbox/emails/", {"how-matches": "weekly"})
    Client().get(path)
    assert chosen(ana) == {"matches": "weekly"}


def test_it_stops_their_own_alone(path, ana):
    ben = factories.adviser()
    Client().post(path, ONE_CLICK)
    assert chosen(ben) == {}


@pytest.mark.parametrize("end", ["expired", "left", "unknown"])
def test_a_link_that_is_over(end, path, ana):
    with factories.as_worker():
        if end == "expired":
            SignedLink.objects.update(expires_at=clock.now())
        elif end == "left":
            Membership.objects.filter(user=ana).update(valid_to="2026-01-01")
    path = "/k/unknown/emails/" if end == "unknown" else path
    answer = Client().post(path, ONE_CLICK)
    assert answer.status_code == 404 and "Nothing is wrong" in answer.content.decode() and chosen(ana) == {}


def test_another_purpose_s_link_stops_nothing(path, ana):
    with factories.as_worker():
        SignedLink.objects.update(purpose="pledge")
    assert Client().post(path, ONE_CLICK).status_code == 404 and chosen(ana) == {}


def test_the_mail_carries_both_headers_and_the_foot(path, ana, worker):
    mail = written(ana)
    assert f"How you hear from us: {SITE}/inbox/emails/" in mail.text and mail.stop in mail.text
    Smtp().send(ref=uuid.UUID(int=7), to=ana.email, mail=mail)
    sent = django_mail.outbox[0].message()
    assert (
        sent["List-Unsubscribe"] == f"<{mail.stop}>" and sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    )
    assert f"List-Unsubscribe: <{mail.stop}>\n" in sent.as_string().replace("\n <", " <")


def test_mail_programs_take_no_other_than_https(ana, settings, purposes):
    settings.SITE_URL = "http://127.0.0.1:8000"
    mail = written(ana)
    assert mail.stop == "" and "http://127.0.0.1:8000/k/" in mail.text


def test_the_link_is_one_row_with_its_reader_and_items(path, ana):
    link = SignedLink.objects.get()
    assert (link.purpose, link.object_id, link.verbs) == (digest_links.PURPOSE, ana.pk, ["emails", "item:1"])
