"""dev.py says clearly what it cannot do, guards its folders, and never signals or deletes what is not its own."""

import ast
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.processes import STEPS, Step
from launcher import checks, children, environment, place, records, screen
from launcher.children import Child, birth, end_leftover
from launcher.commands import COMMANDS, HELP, NEEDS_DEV, role_of
from launcher.house import port_is_free

ROOT = Path(__file__).resolve().parents[2]


def dev(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    full = {**os.environ, "FR_OWN_PYTHON": "1", **env}
    return subprocess.run([sys.executable, "dev.py", *args], cwd=ROOT, env=full, capture_output=True, text=True)


# --- sentences instead of tracebacks ---


def test_dev_py_can_be_read_by_old_pythons_which_then_say_what_is_needed():
    source = (ROOT / "dev.py").read_text()
    ast.parse(source, feature_version=(3, 4))
    pretend = f"import sys; sys.version_info = (3, 9, 2); exec({source!r})"
    told = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, cwd=ROOT)
    assert told.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.9" in told.stderr


def test_an_unknown_command_is_answered_with_the_list():
    told = dev("rnu")
    assert told.returncode == 1
    assert "there is no command 'rnu'" in told.stderr
    assert "Traceback" not in told.stderr
    assert all(f"\n  {name} " in HELP for name in COMMANDS)


@pytest.mark.parametrize("port", ["80.5", "-1", "70000", "eighty"])
def test_a_port_that_is_none_is_named(port, tmp_path):
    told = dev("run", PORT=port, FR_STATE_DIR=str(tmp_path / "var"))
    assert told.returncode == 1
    assert f"PORT is {port!r}" in told.stderr


def test_musl_is_named(monkeypatch):
    def no_such_name(name):
        raise ValueError(name)

    monkeypatch.setattr(os, "confstr", no_such_name)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SystemExit, match=r"musl instead of glibc.*\n.*docker-compose"):
        environment.refuse_unfit_machine()


def test_a_user_without_a_name_is_told_unless_the_database_is_elsewhere(monkeypatch):
    def unknown(uid):
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(SystemExit, match="no entry in /etc/passwd"):
        environment.refuse_unfit_machine()
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/x")
    environment.refuse_unfit_machine()


@pytest.mark.parametrize("missing", [("venv",), ("ensurepip",)])
def test_a_python_without_virtual_environments_names_the_package(monkeypatch, missing):
    find = environment.importlib.util.find_spec
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None if name in missing else find(name))
    monkeypatch.setattr(environment, "outer_pip", lambda: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        environment.make()


# --- the environment ---


@pytest.fixture
def stamp(monkeypatch, tmp_path):
    """A pretended environment; returns a function that writes its stamp."""
    python = tmp_path / "python"
    python.touch()
    monkeypatch.setattr(environment, "PYTHON", python)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")

    def write(*kinds):
        records.write_whole(environment.STAMP, {kind: environment.digest(kind) for kind in kinds})

    return write


def test_no_stamp_means_not_installed(stamp):
    assert not environment.installed("run")


def test_run_leaves_an_environment_alone_that_test_has_filled(stamp):
    stamp("run", "dev")
    assert environment.installed("run")
    assert environment.installed("dev")
    stamp("run")
    assert not environment.installed("dev")


def test_changed_requirements_are_installed_again(stamp, monkeypatch, tmp_path):
    stamp("run")
    changed = tmp_path / "requirements.txt"
    changed.write_text("django==9.9")
    monkeypatch.setitem(environment.REQUIREMENTS, "run", changed)
    assert not environment.installed("run")


# --- folders and locks ---


def test_the_lock_admits_one(monkeypatch, tmp_path):
    monkeypatch.setattr(place, "STATE", tmp_path / "var")
    with place.hold_lock(), pytest.raises(place.AlreadyRunning):
        place.hold_lock()
    place.hold_lock().close()


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SystemExit, match="not a folder of yours"):
        place.own_folder(tmp_path / "folder")


def test_a_strangers_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 4321)  # to us, whoever made the folder is a stranger
    with pytest.raises(SystemExit, match="not a folder of yours"):
        place.own_folder(tmp_path / "folder")


def test_folders_are_private(tmp_path):
    (tmp_path / "open").mkdir(mode=0o777)
    assert place.own_folder(tmp_path / "open").stat().st_mode & 0o777 == 0o700


def test_who_may_pass_a_folder(tmp_path):
    stranger = pwd.struct_passwd(("stranger", "x", 4321, 4321, "", "/", "/bin/sh"))
    tmp_path.chmod(0o770)
    assert not place.passes(stranger, tmp_path.stat())
    tmp_path.chmod(0o701)
    assert place.passes(stranger, tmp_path.stat())


def test_reset_deletes_the_state_folder_alone(tmp_path):
    (tmp_path / "var" / "log").mkdir(parents=True)
    (tmp_path / "beside").touch()
    told = dev("reset", FR_STATE_DIR=str(tmp_path / "var"))
    assert told.returncode == 0, told.stderr
    assert not (tmp_path / "var").exists()
    assert (tmp_path / "beside").exists()
    assert "nothing to delete" in dev("reset", FR_STATE_DIR=str(tmp_path / "var")).stdout


def test_abandoned_test_folders_are_swept_and_held_ones_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(place, "scratch_folder", lambda durable: tmp_path)
    for name in ("fr-test-old", "fr-test-new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "held").touch()
    os.utime(tmp_path / "fr-test-old", (1, 1))
    with place.throw_away() as held:
        assert not (tmp_path / "fr-test-old").exists()
        assert (tmp_path / "fr-test-new").exists()
        os.utime(held.state, (1, 1))
        place.sweep_abandoned()
        assert held.state.exists()
    assert not held.state.exists()


@pytest.mark.parametrize(("free", "expected"), [(0, "/tmp"), (8_000_000_000, "/dev/shm")])
def test_throw_away_data_lie_in_memory_where_there_is_plenty(monkeypatch, free, expected):
    monkeypatch.setattr(place, "available_memory", lambda: free)
    monkeypatch.setattr(place.shutil, "disk_usage", lambda folder: SimpleNamespace(free=8_000_000_000))
    monkeypatch.setattr(place.os, "access", lambda folder, how: True)
    monkeypatch.setattr(place, "temporary_folder", lambda: Path("/tmp"))
    assert place.scratch_folder(durable=False) == Path(expected)
    assert place.scratch_folder(durable=True) == Path("/tmp")


# --- what is remembered ---


def test_a_step_runs_again_when_one_of_its_files_changes(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "ROOT", tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "one.csv").write_text("a")
    step = Step("load", ("python", "manage.py", "load"), "fr_owner", ("rules/**/*.csv",))
    stamps = records.Stamps(place.Place(tmp_path / "var", tmp_path / "s"), trusted=True)
    assert not stamps.still_true(step)
    stamps.write(step)
    assert stamps.still_true(step)
    (tmp_path / "rules" / "one.csv").write_text("b")
    assert not stamps.still_true(step)
    stamps.write(step)
    (tmp_path / "rules" / "two.csv").touch()
    assert not stamps.still_true(step)


def test_steps_always_run_on_a_database_that_is_not_ours(tmp_path):
    here = place.Place(tmp_path / "var", tmp_path / "s")
    records.Stamps(here, trusted=True).write(STEPS[0])
    assert not records.Stamps(here, trusted=False).still_true(STEPS[0])


def test_every_input_pattern_of_a_step_matches_a_file():
    """A pattern that matches nothing would never notice a change."""
    patterns = {pattern for step in STEPS for pattern in step.inputs if "/**/*." not in pattern}
    assert [pattern for pattern in sorted(patterns) if not any(ROOT.glob(pattern))] == []


def test_keys_are_made_once_and_private(tmp_path):
    here = place.Place(tmp_path / "var", tmp_path / "s")
    first = records.keys(here)
    assert records.keys(here) == first
    assert len(first["FR_SECRET_KEY"]) >= 50
    assert (here.state / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_run_file_of_a_dead_launcher_is_not_believed(tmp_path):
    here = place.Place(tmp_path / "var", tmp_path / "s")
    records.write_run_file(here, {"launcher": os.getpid(), "births": {"launcher": birth(os.getpid())}})
    assert records.running_instance(here)
    records.write_run_file(here, {"launcher": os.getpid(), "births": {"launcher": "long ago"}})
    assert records.running_instance(here) == {}


# --- children ---


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_left_over_is_ended_but_a_stranger_with_its_number_is_not(sleeper):
    assert end_leftover("worker", sleeper.pid, "another birth", signal.SIGTERM, 1) is None
    assert sleeper.poll() is None
    assert "has ended" in end_leftover("worker", sleeper.pid, birth(sleeper.pid), signal.SIGTERM, 10)
    assert sleeper.wait(10) == -signal.SIGTERM


def test_a_zombie_counts_as_dead(sleeper):
    assert birth(sleeper.pid)
    sleeper.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)  # dead, and nobody has asked for it yet
    assert birth(sleeper.pid) is None


def test_a_process_that_keeps_dying_is_started_ever_more_slowly(monkeypatch, tmp_path):
    now = 1000.0
    monkeypatch.setattr(children.time, "monotonic", lambda: now)
    child = Child("frail", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ), tmp_path / "log", ROOT)
    waits = []
    for _ in range(6):
        child.start()
        child.process.wait()
        assert "exit code 3" in child.revive()
        waits.append(child.not_before - now)
        assert child.revive() is None  # too early
        now = child.not_before
    assert waits == [0.5, 1, 2, 4, 8, 10]


def test_a_process_that_will_not_end_is_killed(tmp_path):
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    child = Child("stubborn", [sys.executable, "-c", stubborn], dict(os.environ), log, ROOT, grace=0.2)
    child.start()
    while child.running() and log.stat().st_size == 0:
        pass
    assert "SIGKILL" in child.stop()


# --- what is shown ---


def test_logs_are_shown_by_whole_lines_with_their_names(tmp_path, capsys):
    log = tmp_path / "worker.log"
    log.write_text("before\n")
    shown = screen.Screen(sys.stdout, echo=True)
    shown.follow(log)
    with log.open("a") as file:
        file.write("one\ntw")
        file.flush()
        shown.show_logs()
        file.write("o\n")
        file.flush()
        shown.show_logs()
    assert capsys.readouterr().out == "  worker | one\n  worker | two\n"


def test_an_absent_tool_is_not_run_and_counted(monkeypatch, capsys):
    missing = checks.Check("spelling", ("python", "-c", "1"), module="no_such_module")
    there = checks.Check("python", ("python", "-c", "1"))
    monkeypatch.setattr(checks, "CHECKS", (missing, there))
    assert checks.run(os.environ, []) == 0
    told = capsys.readouterr().out
    assert "NOT RUN: spelling: no_such_module is not installed" in told
    assert told.splitlines()[-1] == "check: 1 OK, 0 FAILED, 1 NOT RUN"


def test_planted_failure_of_a_check_fails_all(monkeypatch, capsys):
    bad = checks.Check("lint", ("python", "-c", "raise SystemExit('line 3 is wrong')"))
    monkeypatch.setattr(checks, "CHECKS", (bad, checks.Check("python", ("python", "-c", "1"))))
    assert checks.run(os.environ, []) == 1
    assert "line 3 is wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "role"),
    [("migrate", "fr_owner"), ("import_pledges", "fr_worker"), ("setup_roles", ""), ("load_postcodes", "fr_owner")],
)
def test_management_commands_work_under_the_least_role(command, role, monkeypatch):
    monkeypatch.delenv("FR_DB_ROLE", raising=False)
    assert role_of(["python", "manage.py", command]) == role


def test_only_commands_that_read_or_test_the_code_need_the_development_packages():
    assert set(NEEDS_DEV) == {"test", "battery", "faults", "check", "bench"}


def test_a_port_in_use_is_noticed():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not port_is_free(taken.getsockname()[1])
