"""Signed links: what they open, and when they no longer do."""

import datetime as dt

import pytest
from django.db import connection

from accounts.links import find_link, make_link, revoke, use
from accounts.models import SignedLink
from core import clock

pytestmark = pytest.mark.django_db


def make(**more) -> str:
    return make_link(**{"purpose": "pledge", "object_id": 7, "verbs": ["correct"], "days": 30, **more})


def test_the_token_finds_the_link_and_is_not_in_the_database():
    token = make()
    link = find_link(token, "pledge")
    assert (link.object_id, link.verbs) == (7, ["correct"])
    assert len(token) >= 27  # 160 bits in base 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signed_link WHERE signed_link::text LIKE %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)


def test_no_two_tokens_are_alike():
    assert len({make() for _time in range(50)}) == 50


@pytest.mark.parametrize("token", ["", "x", "x" * 500, "\x00", "é", "../../etc"])
def test_an_unknown_token_is_none(token):
    make()
    assert find_link(token, "pledge") is None


def test_another_purpose_is_none():
    assert find_link(make(), "digest") is None


def test_it_ends_on_its_day():
    token = make(days=1)
    SignedLink.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
    assert find_link(token, "pledge") is None


def test_revoking_ends_all_links_to_the_object_and_no_other():
    first, second, other = make(), make(), make(object_id=8)
    assert revoke("pledge", 7) == 2
    assert find_link(first, "pledge") is None and find_link(second, "pledge") is None
    assert find_link(other, "pledge") is not None
    assert revoke("pledge", 7) == 0


def test_it_may_do_its_verbs_only():
    link = find_link(make(), "pledge")
    assert use(link, "correct") and use(link)
    assert not use(link, "withdraw")


def test_use_renews_where_it_renews():
    renewing, fixed = find_link(make(days=180, renew=True), "pledge"), find_link(make(days=30), "pledge")
    soon = clock.now() + dt.timedelta(days=2)
    SignedLink.objects.update(expires_at=soon)
    for link in (renewing, fixed):
        link.refresh_from_db()
        assert use(link)
        link.refresh_from_db()
        assert link.used_at is not None
    assert renewing.expires_at > clock.now() + dt.timedelta(days=179)
    assert fixed.expires_at == soon


def test_a_link_revoked_while_its_page_was_open_does_nothing_more():
    link = find_link(make(renew=True), "pledge")
    revoke("pledge", 7)
    assert not use(link, "correct")
    link.refresh_from_db()
    assert link.used_at is None
