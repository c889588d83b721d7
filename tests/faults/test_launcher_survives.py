"""The launcher and every process under it, killed without warning: nothing is orphaned, all comes back."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config.processes import PROCESSES
from core import alive
from tests.faults.instance import ROOT, Instance

pytestmark = [pytest.mark.battery]
NAMES = ("postgres", "valkey", *(process.name for process in PROCESSES))


@pytest.fixture(scope="module")
def shared(prepared, tmp_path_factory):
    with Instance(tmp_path_factory.mktemp("instance"), like=prepared) as found:
        yield found


@pytest.fixture
def instance(shared):
    """Well again after whatever the test before did to it."""
    shared.wait_until_ready()
    shared.wait_until(shared.answers)
    return shared


def status(address: str) -> int:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return int(answer.status)


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_process_comes_back(instance, name):
    before = instance.kill(name)
    assert instance.wait_until_replaced(name, before)
    instance.wait_until(lambda: answers(instance))


@pytest.mark.parametrize("name", ["worker", "relay"])
def test_a_process_that_lives_and_does_nothing_is_replaced(instance, name):
    before = freeze_at_rest(instance, name)
    instance.wait_until(lambda: instance.pid(name) not in (0, before), seconds=240)


def freeze_at_rest(instance: Instance, name: str) -> int:
    """In the middle of its work it might take ten minutes, and nobody would worry before."""
    while True:
        frozen = instance.kill(name, signal.SIGSTOP)
        if alive.heard(instance.state, name) <= alive.now():
            return frozen
        os.kill(frozen, signal.SIGCONT)
        time.sleep(0.3)


def answers(instance: Instance) -> bool:
    try:
        return status(instance.facts()["address"]) == 200
    except OSError:
        return False


def test_a_second_start_says_that_it_is_running(instance):
    second = dev(instance, "run")
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert instance.facts()["state"] == "ready"


def test_a_taken_port_is_named(instance, tmp_path):
    port = str(instance.facts()["port"])
    second = dev(instance, "run", FR_STATE_DIR=str(tmp_path / "var"), PORT=port)
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr


def test_reset_refuses_while_it_runs(instance):
    refused = dev(instance, "reset")
    assert refused.returncode == 1
    assert "Stop it first" in refused.stderr
    assert (instance.state / "pg").exists()


def test_manage_runs_in_the_running_instance(instance):
    assert "(0 silenced)" in instance.manage("check").stdout + instance.manage("check").stderr


def dev(instance: Instance, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "dev.py", *args]
    return subprocess.run(command, cwd=ROOT, env={**instance.env, **env}, capture_output=True, text=True, timeout=180)


def test_nothing_is_orphaned_when_the_launcher_is_killed_and_the_next_start_is_normal(tmp_path, prepared):
    instance = Instance(tmp_path, like=prepared)
    with instance:
        instance.wait_until_ready()
        instance.launcher.kill()
        instance.launcher.wait()
        instance.wait_until(lambda: not instance.alive())
        instance.start()
        instance.wait_until_ready()
        assert instance.stop() == 0
        assert not instance.alive()
        assert not instance.facts()


def is_stopped(pid: int) -> bool:
    """Whether the kernel has really stopped it: on a busy machine that comes some time after the signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_left_over_processes_are_ended_by_the_next_start(tmp_path, prepared):
    """As on a system whose kernel does not end them: processes that outlive a killed launcher."""
    with Instance(tmp_path, like=prepared) as instance:
        instance.wait_until_ready()
        frozen = instance.pid("relay")
        os.kill(frozen, signal.SIGSTOP)  # it cannot hear the kernel's signal
        instance.wait_until(lambda: is_stopped(frozen))
        instance.launcher.kill()
        instance.launcher.wait()
        assert frozen in instance.alive()
        instance.start()
        instance.wait_until_ready()
        assert frozen not in instance.alive()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_in_the_middle_of_the_first_start_leaves_nothing_behind(tmp_path, how):
    with Instance(tmp_path) as instance:
        instance.wait_until(lambda: "postgres" in instance.facts().get("processes", {}))
        instance.launcher.send_signal(how)
        assert instance.launcher.wait(180) == 0
        assert not instance.alive()


def test_a_stop_while_the_database_is_being_made_leaves_nothing_behind(tmp_path):
    with Instance(tmp_path) as instance:
        instance.wait_until(lambda: (instance.state / "pg").exists())
        instance.launcher.send_signal(signal.SIGINT)
        assert instance.launcher.wait(180) == 0, instance.told()
        assert not instance.alive()


def test_a_launcher_killed_in_the_middle_of_the_first_start_starts_normally_afterwards(tmp_path):
    with Instance(tmp_path) as instance:
        instance.wait_until(lambda: (instance.state / "pg").exists())  # initdb is at work, or about to be
        instance.launcher.kill()
        instance.launcher.wait()
        instance.start()
        instance.wait_until_ready()


def test_a_recycled_process_id_in_postmaster_pid_does_not_stop_the_start(tmp_path, prepared):
    with Instance(tmp_path, like=prepared) as instance:
        instance.wait_until_ready()
        instance.launcher.kill()
        instance.launcher.wait()
        instance.wait_until(lambda: not instance.alive())
        lines = instance.state / "pg" / "data" / "postmaster.pid"
        lines.write_text(f"{os.getpid()}\n{instance.state / 'pg'}\n1\n5432\n\n\n")
        instance.start()
        instance.wait_until_ready()
