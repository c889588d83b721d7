"""Very many pledges at once: each is kept, nothing follows from it, and a coordinator releases it with one tap."""

import re
import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from core import clock
from core.scope import NOBODY, scope
from notifications.models import Outbox
from opportunities.models import Opportunity
from pledges import limits, services
from pledges.models import CallTask, Pledge
from tests import factories
from tests.core.locks import waits
from tests.pledges import made

HELD = "/desk/held-back/"


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(limits, "FROM_ONE", 2)
    monkeypatch.setattr(limits, "AT_EVENT", 3)


def event_of(**more):
    with scope(NOBODY):
        return made.event(**more)


def send(event, n, business="Old Bank", **more):
    """The n-th pledge as a phone sends it."""
    body = {"kind": "ringfenced-job", "places": "1", "business": business, "reach": f"jo{n}@oldbank.example", **more}
    return Client().post(f"/pledge/{event.code}/", body)


def held():
    return list(Pledge.objects.order_by("pk").values_list("held_back", flat=True))


def follows(pledge):
    """What has followed from it: drafts and thank-yous."""
    with scope(NOBODY):
        drafts = Opportunity.objects.filter(pledge=pledge).count()
        return drafts, Outbox.objects.filter(purpose="pledge_thanks", cause_id=pledge.pk).count()


@pytest.mark.django_db
def test_the_limits_leave_room_for_the_yardstick():
    """73 pledges of one morning, ten times over; and one person who promises one of each kind."""
    from pledges.models import PledgeKind

    assert limits.AT_EVENT > 10 * 73 and PledgeKind.objects.filter(valid_to__isnull=True).count() < limits.FROM_ONE


@pytest.mark.django_db
def test_above_the_limit_of_one_person_nothing_follows(few):
    event = event_of()
    answers = [send(event, 1, kind=kind) for kind in ("kit", "mentoring", "ringfenced-job", "work-experience")]
    assert held() == ["", "", "many_from_one", "many_from_one"]
    assert {re.sub(r"/k/[^/]+", "", answer.url) for answer in answers} == {"/saved/"}  # as ever
    page = Client().get(answers[-1].url).content.decode()
    assert "Your pledge is saved" in page and "held" not in page.lower()
    assert follows(Pledge.objects.latest("pk")) == (0, 0)
    assert follows(Pledge.objects.order_by("pk")[1]) == (1, 1)


@pytest.mark.django_db
def test_one_person_is_one_whatever_the_business_is_called_and_through_the_link_too(few):
    event = event_of()
    first = send(event, 1, business="One")
    send(event, 1, business="Two")
    Client().post(first.url.replace("saved/", "another/"), {"kind": "kit", "places": "1"})
    assert held() == ["", "", "many_from_one"]


@pytest.mark.django_db
def test_above_the_limit_of_an_event_and_of_no_other(few):
    event, other = event_of(), event_of()
    for n in range(4):
        send(event, n, business=f"Business {n}")
    send(other, 9, business="Business 9")
    assert held() == ["", "", "", "many_at_event", ""]


@pytest.mark.django_db
def test_yesterday_does_not_count(few):
    event = event_of()
    for n in range(3):
        send(event, n, business=f"Business {n}")
    Pledge.objects.update(made_at=clock.now() - limits.WINDOW)
    send(event, 5)
    assert set(held()) == {""}


@pytest.mark.django_db
def test_what_officers_type_is_not_limited(few):
    event = event_of()
    with scope(NOBODY):
        for n in range(5):
            made.pledge(event=event, source="desk", words=f"Card {n}")
    assert set(held()) == {""}


@pytest.mark.django_db
def test_the_network_address_says_nothing(few):
    """The whole room behind one address, each with a business and a number of their own: only the event's count."""
    for n in range(3):
        event = event_of()
        for m in range(3):
            send(event, f"{n}-{m}", business=f"Business {n}-{m}")
    assert set(held()) == {""}


@pytest.mark.django_db
def test_planted_without_the_limit_everything_follows(few, monkeypatch):
    monkeypatch.setattr(limits, "_why", lambda row: "")
    event = event_of()
    for kind in ("kit", "mentoring", "ringfenced-job"):
        send(event, 1, kind=kind)
    assert set(held()) == {""} and follows(Pledge.objects.latest("pk")) == (1, 1)


# --- released


@pytest.fixture
def held_pledge(few):
    event = event_of()
    for _n in range(3):
        send(event, 1)
    return Pledge.objects.latest("pk")


@pytest.mark.django_db
def test_released_everything_follows_once(held_pledge):
    by = factories.user("Mona")
    with scope(NOBODY):
        assert [services.release_pledge(pledge=held_pledge, by=by) for _press in range(2)] == [True, False]
    assert follows(held_pledge) == (1, 1)
    held_pledge.refresh_from_db()
    assert held_pledge.held_back == "" and held_pledge.owner == held_pledge.event.owner


@pytest.mark.django_db
def test_taken_back_it_is_not_released_and_taken_up_again_it_still_waits(held_pledge):
    by = factories.user("Mona")
    with scope(NOBODY):
        services.move_pledge(pledge=held_pledge, name="withdraw", role="giver")
        assert not services.release_pledge(pledge=held_pledge, by=by)
        services.move_pledge(pledge=held_pledge, name="reopen", role="giver")
    assert follows(held_pledge) == (0, 0)
    with scope(NOBODY):
        assert services.release_pledge(pledge=held_pledge, by=by)
    assert follows(held_pledge) == (1, 1)


@pytest.mark.django_db
def test_a_coordinator_sees_and_releases_it(held_pledge, sign_in):
    coordinator = sign_in("coordinator", partnership=factories.partnership("nottinghamshire"))
    assert "1 pledge to look at" in coordinator.get("/desk/").content.decode()
    assert "Old Bank" in coordinator.get("/desk/employers/?need=held").content.decode()
    page = coordinator.get(HELD).content.decode()
    assert "Old Bank" in page and "jo1@oldbank.example" in page and "Very many pledges from one person" in page
    release = re.search(r'action="(/desk/pledges/[^"]+/release/)"', page)[1]
    assert coordinator.post(release).url == HELD
    assert "Nothing is held back" in coordinator.get(HELD).content.decode()
    assert follows(held_pledge) == (1, 1) and not CallTask.objects.exists()


@pytest.mark.django_db
def test_a_coordinator_elsewhere_and_other_roles_do_not(held_pledge, sign_in):
    release = f"/desk/pledges/{held_pledge.public_id}/release/"
    elsewhere = sign_in("coordinator", partnership=factories.partnership("derbyshire"))
    assert "Old Bank" not in elsewhere.get(HELD).content.decode() and elsewhere.post(release).status_code == 404
    officer = sign_in("support_officer", partnership=factories.partnership("nottinghamshire"))
    assert "to look at" not in officer.get("/desk/").content.decode()
    assert {officer.get(HELD).status_code, officer.post(release).status_code} <= {403, 404}
    held_pledge.refresh_from_db()
    assert held_pledge.held_back


# --- two at once


def two_at_once():
    """Two phones with the same number, one below the limit: the second waits for the first, and is counted after it."""
    event, failed = event_of(), []
    made_one, may_commit = threading.Event(), threading.Event()

    def phone(name, first):
        try:
            with scope(NOBODY), transaction.atomic():
                made.pledge(event=event, business=name, reach=made.reach("", "01632 960001"), occurrence=None)
                if first:
                    made_one.set()
                    assert may_commit.wait(20)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    one, two = (threading.Thread(target=phone, args=[name, name == "One"]) for name in ("One", "Two"))
    one.start()
    assert made_one.wait(20)
    two.start()
    waits(two)
    may_commit.set()
    one.join(20)
    two.join(20)
    assert not failed
    return sorted(held())


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_slip_under_the_limit(monkeypatch):
    monkeypatch.setattr(limits, "FROM_ONE", 1)
    assert two_at_once() == ["", "many_from_one"]


@pytest.mark.battery
@pytest.mark.django_db(transaction=True)
def test_planted_without_waiting_both_slip_under_it(monkeypatch):
    monkeypatch.setattr(limits, "FROM_ONE", 1)
    monkeypatch.setattr(services, "wait_for_twins", lambda givers: None)
    assert two_at_once() == ["", ""]
