"""Tests run as fr_web, the role the product runs as.

pytest-django would make the database as the connecting user, who would then own it and walk round the second wall. So:
one template database made as fr_owner, one clone of it per xdist worker, and Django pointed at the clone as fr_web.
"""

import fcntl
import os

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

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


SHARED = ("running", "finished")  # installations: whoever uses one runs in the same worker
LONGEST_FIRST = ("running", "tests/main_job/test_kills", "finished", "tests/main_job", "tests/faults", "tests/core")


def group_of(item) -> str:
    """What shares an installation, or else a file, is one group (xdist's loadgroup)."""
    return next((name for name in SHARED if name in item.fixturenames), item.nodeid.partition("::")[0])


def pytest_itemcollected(item):
    item.add_marker(pytest.mark.xdist_group(group_of(item)))


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items):
    """The longest of the battery begin first, so that no worker is left alone with one at the end."""

    def place(item):
        found = [number for number, name in enumerate(LONGEST_FIRST) if group_of(item).startswith(name)]
        return found[0] if found and item.get_closest_marker("battery") else len(LONGEST_FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, worker_id):
    """Replaces pytest-django's own."""
    name = f"fr_test_{os.getpid()}_{worker_id}"
    with django_db_blocker.unblock():
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

    with Instance(tmp_path_factory.mktemp("running"), like=prepared) as instance:
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
