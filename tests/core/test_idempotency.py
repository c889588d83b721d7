"""The same request sent twice does its work once, whoever comes first and whatever breaks."""

import threading

import pytest
from django.db import connection, connections, transaction

from core.idempotency import DifferentBody, body_hash, once
from core.models import Heartbeat, IdempotencyKey
from tests.core.locks import until_somebody_waits


def work(name="a"):
    Heartbeat.objects.create(process=name)
    return {"process": name}


def do_once(key="k", body=None, **more):
    return once(scope="test", key=key, body=body or {"places": 2}, do=more.get("do", work))


@pytest.mark.django_db
def test_the_second_time_gets_the_first_answer_and_does_nothing():
    assert do_once() == ({"process": "a"}, False)
    assert do_once() == ({"process": "a"}, True)
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_the_order_of_the_body_does_not_matter_and_its_content_does():
    assert body_hash({"a": 1, "b": [2]}) == body_hash({"b": [2], "a": 1}) != body_hash({"a": 1, "b": [3]})
    do_once()
    with pytest.raises(DifferentBody):
        do_once(body={"places": 3})
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_work_that_answers_nothing_is_refused_and_undone():
    with pytest.raises(TypeError, match="must answer"):
        do_once(do=lambda: work() and None)
    assert not Heartbeat.objects.exists() and not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_keys_of_other_scopes_are_other_keys():
    do_once()
    once(scope="another", key="k", body={"places": 2}, do=lambda: work("b"))
    assert Heartbeat.objects.count() == 2


@pytest.mark.django_db
def test_work_that_fails_leaves_no_key_and_may_be_tried_again():
    def fails():
        work()
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError), transaction.atomic():
        do_once(do=fails)
    assert not IdempotencyKey.objects.exists() and not Heartbeat.objects.exists()
    assert do_once() == ({"process": "a"}, False)


class Second(threading.Thread):
    """Sends the same request on a connection of its own."""

    def __init__(self, do_it=do_once) -> None:
        super().__init__()
        self.do_it, self.answer, self.error = do_it, None, None

    def run(self):
        try:
            self.answer = self.do_it()
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once():
    """The second comes while the first's transaction is open: it waits, then gives the first's answer."""
    second = Second()
    with transaction.atomic():
        first = do_once()
        second.start()
        until_somebody_waits()
    second.join(10)
    assert second.error is None
    assert (first, second.answer) == (({"process": "a"}, False), ({"process": "a"}, True))
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_first_breaks_the_waiting_second_does_the_work():
    second = Second()
    with transaction.atomic():
        do_once()
        second.start()
        until_somebody_waits()
        transaction.set_rollback(True)  # planted: the first's page broke
    second.join(10)
    assert second.answer == ({"process": "a"}, False)
    assert Heartbeat.objects.count() == 1


def look_then_do():
    """Planted: what people write first. Look for the key, do the work, then store the key."""
    row = IdempotencyKey.objects.filter(scope="test", key="k").first()
    if row is not None:
        return row.answer, True
    meeting.wait(10)  # both have looked
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO heartbeat (process, at) VALUES (gen_random_uuid()::text::varchar(20), fr_now())")
    IdempotencyKey.objects.bulk_create(
        [IdempotencyKey(scope="test", key="k", body_hash="", answer={})], ignore_conflicts=True
    )
    return {}, False


meeting = threading.Barrier(2)


@pytest.mark.django_db(transaction=True)
def test_planted_looking_first_does_it_twice():
    both = [Second(look_then_do), Second(look_then_do)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(10)
    assert [thread.answer for thread in both] == [({}, False)] * 2
    assert Heartbeat.objects.count() == 2  # the race that `once` closes
