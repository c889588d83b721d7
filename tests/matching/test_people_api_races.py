"""Two PUTs of one reference at the same moment: the first has written and not committed when the second begins."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import YoungPerson
from matching import by_key
from tests import factories
from tests.core.locks import until_somebody_waits
from tests.matching.test_people_api import key, put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.battery]


def twice(monkeypatch, find=by_key.find):
    """The statuses of two PUTs, and how many people there are."""
    text = key()[1]
    wrote, may_commit = threading.Event(), threading.Event()
    real, said = by_key.status_of, {}

    def wait(person):
        if threading.current_thread().name == "first":
            wrote.set()
            assert may_commit.wait(20)
        return real(person)

    monkeypatch.setattr(by_key, "status_of", wait)
    monkeypatch.setattr(by_key, "find", find)

    # A client that raises would raise here what fell in the other thread: it listens to a signal of the whole process.
    client = Client(raise_request_exception=False)

    def run(name, label):
        body = {"label": label, "born": "2008-03", "postcode": "NG18 1AA"}
        said[name] = put(text, body, client=client).status_code
        connection.close()

    one, two = (threading.Thread(target=run, args=pair, name=pair[0]) for pair in (("first", "One"), ("second", "Two")))
    one.start()
    assert wrote.wait(20)
    two.start()
    try:
        until_somebody_waits()
    finally:
        may_commit.set()
    one.join(20)
    two.join(20)
    with factories.as_worker():
        return said, list(YoungPerson.objects.values_list("label", flat=True))


def test_two_at_once_are_one_person(monkeypatch):
    assert twice(monkeypatch) == ({"first": 200, "second": 200}, ["Two"])


def test_planted_the_second_falls_when_it_does_not_look_again(monkeypatch):
    """Whoever wrote first is kept and answered all the same: PostgreSQL holds the reference."""
    assert twice(monkeypatch, lambda council, reference: None) == ({"first": 200, "second": 500}, ["One"])
