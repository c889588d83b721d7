"""Keys: shown once, kept as a hash, in force only while they should be, and made for one's own area only."""

import datetime as dt
import hashlib
import re

import pytest

from accounts.models import Council, Partnership
from core import clock
from opportunities.api import keys
from opportunities.models import ApiKey
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db
LIST, DRAFTS, DESK = "/api/v1/opportunities/", "/api/v1/drafts/", "/desk/api-keys/"


def key(of=None, *, scope=keys.WRITE, days=30, partnership="nottinghamshire"):
    owner = {"council": of} if isinstance(of, Council) else {"employer": of or make.pledge().employer}
    if "employer" in owner:
        owner["partnership"] = factories.partnership(partnership)
    until = clock.today() + dt.timedelta(days=days)
    return keys.make(**owner, name="Staff system", scope=scope, until=until, by=factories.user())


def asks(client, text, path=LIST, method="get"):
    return getattr(client, method)(path, headers={"Authorization": f"Bearer {text}"})


def test_only_a_hash_is_kept(sign_in):
    row, text = key()
    held = ApiKey.objects.filter(pk=row.pk).values().get()
    assert held["hash"] == hashlib.sha256(text.encode()).hexdigest() and text not in str(held)
    assert re.fullmatch(r"frk_[a-z2-7]{40}", text) and asks(sign_in(), text).status_code == 200
    assert ApiKey.objects.get(pk=row.pk).last_used_on == clock.today()


def test_a_key_not_in_force_opens_nothing(sign_in):
    visitor = sign_in()
    ended, run_out, right = key(), key(), key()
    assert keys.end(key=ended[0], by=factories.user()) and not keys.end(key=ended[0], by=factories.user())
    ApiKey.objects.filter(pk=run_out[0].pk).update(expires_on=clock.today() - dt.timedelta(days=1))
    wrong = [ended[1], run_out[1], right[1][:-1] + ("a" if right[1][-1] != "a" else "b"), "frk_", "x", "\u00e9" * 44]
    for text in wrong:
        for path in (LIST, DRAFTS, "/api/v1/schema/"):
            answer = asks(visitor, text, path)
            assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer"), (text, path)
            assert answer["Content-Type"] == "application/problem+json"
    assert asks(visitor, right[1]).status_code == 200


def test_a_key_runs_out_on_its_last_day_and_not_before(sign_in):
    row, text = key()
    ApiKey.objects.filter(pk=row.pk).update(expires_on=clock.today())
    assert asks(sign_in(), text).status_code == 200


def test_in_force_for_a_year_at_most():
    for days in (0, keys.LONGEST + 1):
        with pytest.raises(ValueError, match="a day to a year"):
            key(days=days)
    with pytest.raises(ValueError, match="only a business"):
        key(Council.objects.get(short_name="Ashfield"))


def test_who_reads_only_writes_nothing(sign_in):
    for _row, text in (key(scope=keys.READ), key(Council.objects.get(short_name="Ashfield"), scope=keys.READ)):
        assert asks(sign_in(), text, DRAFTS, "post").status_code == 403


def test_a_stopped_business_writes_nothing(sign_in):
    of = make.pledge().employer
    _row, text = key(of)
    of.state = "stopped"
    of.save()
    assert asks(sign_in(), text, DRAFTS, "post").status_code == 403
    assert asks(sign_in(), text).status_code == 200


def test_a_session_counts_for_nothing(sign_in):
    assert sign_in("coordinator").post(DRAFTS, {}, "application/json").status_code == 401


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["adviser", "support_officer", "board_member", "operator"])
def test_others_find_no_such_page(sign_in, role):
    client = sign_in(role)
    assert {client.get(DESK).status_code, client.get(f"{DESK}new/").status_code} == {404}


def form(**more):
    return {"name": "Staff system", "scope": keys.WRITE, "days": "30", **more}


def test_made_on_the_desk_shown_once_and_ended(sign_in):
    of = make.pledge().employer
    client = sign_in("coordinator")
    made = client.post(f"{DESK}new/", form(employer=of.pk))
    (text,) = set(re.findall(r"frk_[a-z2-7]{40}", made.content.decode()))
    assert made["Cache-Control"] == "no-store" and asks(sign_in(), text).status_code == 200
    listed = client.get(DESK).content.decode()
    assert "Staff system" in listed and of.name in listed and text not in listed
    assert client.post(f"{DESK}{ApiKey.objects.get().pk}/end/").status_code == 302
    assert asks(sign_in(), text).status_code == 401


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Choose one business, or one council"),
        ({"name": ""}, "Enter what the system is called"),
        ({"council": "ashfield"}, "A council&#x27;s system reads only"),
    ],
)
def test_what_is_wrong_is_said(sign_in, more, said):
    if "council" in more:
        more = {"council": Council.objects.get(short_name="Ashfield").pk}
    assert said in sign_in("coordinator").post(f"{DESK}new/", form(**more)).content.decode()
    assert not ApiKey.objects.exists()


def test_another_partnership_sees_and_ends_nothing(sign_in):
    row, _text = key()
    other = Partnership.objects.exclude(code="nottinghamshire").order_by("pk").first()
    client = sign_in("coordinator", partnership=other)
    assert row.name not in client.get(DESK).content.decode()
    assert client.post(f"{DESK}{row.pk}/end/").status_code == 404
    assert "Select a valid choice" in client.post(f"{DESK}new/", form(employer=row.employer_id)).content.decode()


def test_a_business_leads_to_its_own_keys(sign_in):
    mine, others = key(), key()
    ApiKey.objects.filter(pk=others[0].pk).update(name="Rota of others")
    address = f"{DESK}?business={mine[0].employer.public_id}"
    for role in ("coordinator", "economic_development"):
        client = sign_in(role)
        assert f'href="{address}"' in client.get(f"/desk/employers/{mine[0].employer.public_id}/").content.decode()
        listed = client.get(address).content.decode()
        assert "Staff system" in listed and "Rota of others" not in listed
        assert f"These are the keys of {mine[0].employer.name}" in listed
    assert "Rota of others" in client.get(DESK).content.decode()


def test_who_may_see_no_keys_is_not_led_there(sign_in):
    of = key()[0].employer
    page = sign_in("support_officer").get(f"/desk/employers/{of.public_id}/")
    assert page.status_code == 200 and "api-keys" not in page.content.decode()


def test_keys_of_a_business_elsewhere_are_not_found(sign_in):
    of = key()[0].employer
    client = sign_in("coordinator", partnership=Partnership.objects.exclude(code="nottinghamshire").order_by("pk")[0])
    for wanted in (of.public_id, "0" * 32, "x"):
        assert client.get(f"{DESK}?business={wanted}").status_code == 404
