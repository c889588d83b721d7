"""Two PUTs of one reference at the same moment: the first has written and not committed when the second begins."""

import threading

import pytest
from django.db import connection

from accounts.models import YoungPerson
from matching import by_key
from tests import factories
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

    def run(name, label):
        try:
            said[name] = put(text, {"label": label, "born": "2008-03", "postcode": "NG18 1AA"}).status_code
        except Exception as error:  # Django's client raises what would be a 500
            said[name] = type(error).__name__
        finally:
            connection.close()

    one, two = (threading.Thread(target=run, args=pair, name=pair[0]) for pair in (("first", "One"), ("second", "Two")))
    one.start()
    assert wrote.wait(20)
    two.start()
    two.join(1.0)
    assert two.is_alive()
    may_commit.set()
    one.join(20)
    two.join(20)
    with factories.as_worker():
        return said, list(YoungPerson.objects.values_list("label", flat=True))


def test_two_at_once_are_one_person(monkeypatch):
    assert twice(monkeypatch) == ({"first": 200, "second": 200}, ["Two"])


def test_planted_who_does_not_look_again_falls(monkeypatch):
    def nobody(council, reference):
        return None

    said, people = twice(monkeypatch, nobody)
    assert "IntegrityError" in said.values() and len(people) == 1
