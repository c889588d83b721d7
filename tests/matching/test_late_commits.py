"""A transaction that ends late, after a later one was matched, is not missed."""

from matching import services
from matching.models import Interests
from tests import factories as everybody
from tests.matching import factories
from tests.matching.at_work import forget_other_processes, other_connection


def late_commit() -> bool:
    """A row is written before another one, and committed after the matcher has seen that other one. Is it found?"""
    factories.places()
    early, late = factories.person(radius_m=500), factories.person(radius_m=500)
    services.run_pending()
    factories.opportunity(place="XA1 2")
    services.run_pending()
    assert factories.stored() == {}
    with other_connection() as other:
        other.execute("UPDATE interests SET radius_m = 5000 WHERE person_id = %s", [late.pk])
        with everybody.as_worker():
            Interests.objects.filter(pk=early.pk).update(radius_m=5000)
        services.run_pending()
        assert {person for person, _ in factories.stored()} == {early.pk}
        other.commit()
    services.run_pending()
    return factories.stored() == factories.oracle()


def test_a_late_commit_is_seen(as_fr_worker):
    assert late_commit()


def test_twin_watermark_of_the_highest_revision_misses_it(as_fr_worker, monkeypatch):
    forget_other_processes(monkeypatch)
    assert not late_commit()
