"""Tests run as fr_web, the role the product runs as.

pytest-django would make the database as the connecting user, who would then own it and walk round the second wall. So:
one template database made as fr_owner, one clone of it per xdist worker, and Django pointed at the clone as fr_web.
"""

import fcntl
import os

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, TransactionTestCase

from notifications import quiet
from tests import database, factories

TEMPLATE = "FR_TEST_TEMPLATE"  # the environment carries the name from the first process to xdist's workers


def pytest_sessionstart(session):
    """In the first process only, before xdist starts its workers: no lock is needed."""
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        os.environ[TEMPLATE] = f"fr_template_{os.getpid()}"
        database.make_template(os.environ[TEMPLATE])


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput") and TEMPLATE in os.environ:
        database.drop(os.environ.pop(TEMPLATE))


# Tests of the battery that share an installation run in one worker; all others go by file. First what takes longest.
TOGETHER = {
    "running": (
        *("tests/main_job/test_breakfast", "tests/browser/test_pledge_queue", "tests/browser/test_after_the_pledge"),
        "tests/contracts/test_running",
    ),
    "kills": ("tests/main_job/test_kills",),
    "other days": ("tests/main_job/test_main_job.py::test_the_main_job_on_another_day",),
    "finished": (
        "tests/main_job/test_main_job",
        "tests/browser/test_pages",
        "tests/browser/test_embedded",
        "tests/browser/test_finding",
    ),
    "launcher": ("tests/faults",),
    "England": ("tests/core/test_postcodes",),
}


def group_of(nodeid: str) -> str:
    """The name of a test's group: one of TOGETHER, or its file."""
    found = (name for name, starts in TOGETHER.items() if nodeid.startswith(starts))
    return next(found, nodeid.partition("::")[0])


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items):
    """The longest of the battery begin first, so that no worker is left alone with one at the end."""
    places = {name: place for place, name in enumerate(TOGETHER)}
    battery = [item for item in items if item.get_closest_marker("battery")]
    for item in battery:
        for fixture in {"running", "finished"} & set(item.fixturenames):
            assert group_of(item.nodeid) == fixture, f"{item.nodeid} uses {fixture}: name it in tests/conftest.py"
    battery.sort(key=lambda item: places.get(group_of(item.nodeid), len(places)))
    items[:] = battery + [item for item in items if not item.get_closest_marker("battery")]


def pytest_xdist_make_scheduler(config, log):
    """`--dist loadscope` deals out these groups. (xdist's loadgroup writes into names that pytest no longer has.)"""
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

    return Grouped(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def django_db_setup(worker_id):
    """Replaces pytest-django's own. Nothing is unblocked here: a test that does not ask for the database would write
    to it for good, and the tests after it would find that."""
    name = f"fr_test_{os.getpid()}_{worker_id}"
    database.clone(os.environ[TEMPLATE], name)
    with database.point_django_at(NAME=name, USER="fr_web"):
        yield
    database.drop(name)


@pytest.fixture(scope="session", autouse=True)
def transactional_tests_take_a_fresh_clone():
    """Django's own clean-up TRUNCATEs every table: the web role may not, and the reference rows would be gone."""
    patch = pytest.MonkeyPatch()

    def fresh_clone(self):
        connection.close()
        database.clone(os.environ[TEMPLATE], connection.settings_dict["NAME"])

    patch.setattr(TransactionTestCase, "_fixture_teardown", fresh_clone)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def rows_in_no_order():
    """Rows that nobody has put in order come the other way round: PostgreSQL promises none, and gives that of writing
    until the day it does not."""
    patch = pytest.MonkeyPatch()
    fetch_all = QuerySet._fetch_all

    def reversed_unless_ordered(self):
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered:
            self._result_cache.reverse()

    patch.setattr(QuerySet, "_fetch_all", reversed_unless_ordered)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def by_day(monkeypatch):
    """The suite runs at any hour; what waits for the morning is tested in tests/notifications/test_quiet.py."""
    monkeypatch.setattr(quiet, "until", lambda now: None)


@pytest.fixture
def longest_address(settings):
    """Links begin as long as an installation may have them: with it a text is still one text."""
    settings.SITE_URL = "https://".ljust(settings.SITE_URL_MOST, "x")


@pytest.fixture
def sign_in():
    """sign_in(role, council=..., partnership=...) or sign_in(user=...): a client that shows a 500 as an answer."""

    def make(role: str | None = None, **hat) -> Client:
        client = Client(raise_request_exception=False)
        if role or hat:
            factories.sign_in(client, role, **hat)
        return client

    return make


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The state folder of an installation that was started once and stopped, by the process of the run that comes
    first. For tests marked `battery`."""
    from tests.faults.instance import Instance

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            folder.mkdir()
            with Instance(folder) as instance:
                instance.wait_until_ready()
            instance.leave_out_postcodes()
            (folder / "done").touch()
    return folder / "var"


@pytest.fixture(scope="session")
def running(prepared, tmp_path_factory):
    """An installation that runs, without the main job: shared by what only adds pledges. For tests marked `battery`."""
    from tests.faults.instance import Instance

    many = dict.fromkeys(("FR_API_WRITES_A_MINUTE", "FR_API_DRAFTS_A_DAY"), "100000")  # for tests/contracts
    with Instance(tmp_path_factory.mktemp("running"), like=prepared, **many) as instance:
        instance.wait_until_ready()
        yield instance


@pytest.fixture(scope="session")
def finished(prepared, tmp_path_factory):
    """(instance, answer): the whole product running, with the main job done once. For tests marked `battery`."""
    from tests.faults.instance import Instance
    from tests.main_job.product import demo

    folder = tmp_path_factory.mktemp("product")
    with Instance(folder, like=prepared) as instance:
        instance.wait_until_ready()
        yield instance, demo(instance, folder / "answer.json")
