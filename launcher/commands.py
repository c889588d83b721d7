"""What can be typed after `dev.py`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from config.processes import ADMINISTRATOR, OWNER, WORKER
from launcher import checks, environment
from launcher.house import House, Stopped, free_port, port_is_free, programme
from launcher.place import STATE, AlreadyRunning, hold_lock, lasting, refuse, remove, throw_away
from launcher.records import running_instance
from launcher.screen import Screen, nowhere

HELP = """\
python3 dev.py COMMAND

  run              start everything and print the address; Ctrl-C stops it
                   (PORT=8001 for another port, PORT=0 for any free one)
  test [ARGS]      the test suite on throw-away servers; ARGS go to pytest
  battery [ARGS]   the longer tests: faults, races, walls, browsers
  check            linters, types, layers, bells, Django's own checks
  demo [ARGS]      the main job on the demonstration sheet, in the running instance or on its own
  faults [ARGS]    storms of faults over the real processes: nothing may be lost or sent twice
  bench NAME       a measurement, on throw-away servers
  manage ARGS      Django's manage.py, in the running instance or with the servers started for it
  shell            a Python shell with the models
  reset            delete the state folder (the database and all else in var/)
  help             this text

Settings: DATABASE_URL and REDIS_URL replace the embedded servers, FR_STATE_DIR replaces var/, FR_OWN_PYTHON=1
uses the calling Python as it is. See docs/settings.md.
"""
NEEDS_DEV = ("test", "battery", "check", "faults", "bench")
OWNERS_COMMANDS = ("migrate", "showmigrations", "sqlmigrate", "load_reference", "load_postcodes", "dbshell")
PATIENCE = 180  # seconds to wait for an instance that is starting


def main(argv: list[str]) -> int:
    """Run one command. Returns the exit code."""
    name, args = (argv[0], argv[1:]) if argv else ("help", [])
    if name in ("help", "-h", "--help"):
        print(HELP)
        return 0
    if name not in COMMANDS:
        refuse(f"there is no command {name!r}.\n\n{HELP}")
    environment.refuse_unfit_machine()
    if name == "run":
        wanted_port()  # before minutes are spent on an environment
    if name == "reset":
        return reset(args, {})
    before = environment.ensure("dev" if name in NEEDS_DEV else "run", argv)
    try:
        return COMMANDS[name](args, before)
    except Stopped:
        return 130


def wanted_port() -> int:
    """PORT, or 8000; 0 means any free port. Ends with a sentence if somebody else listens there."""
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or int(given) > 65535:
        refuse(f"PORT is {given!r}, which is not a port number.")
    if int(given) and not port_is_free(int(given)):
        instance = running_instance(lasting())
        if instance.get("port") == int(given):
            refuse(f"First Rung is already running: {instance['address']}")
        refuse(f"port {given} is taken by another program. Choose one: PORT={int(given) + 1} python3 dev.py run")
    return int(given) or free_port()


def run(args: list[str], before: dict[str, float]) -> int:
    """Start everything, say READY, keep it alive until Ctrl-C."""
    if args:
        refuse(f"`run` takes no arguments, but got: {' '.join(args)}")
    try:
        lock = hold_lock()
    except AlreadyRunning:
        where = running_instance(lasting()).get("address", "it is still starting or stopping")
        refuse(f"First Rung is already running in {STATE} ({where}).")
    port = wanted_port()
    os.environ["PORT"] = str(port)
    with lock, House(lasting(), Screen(sys.stdout, echo=True, before=before)) as house:
        house.facts = {"port": port, "address": f"http://127.0.0.1:{port}/"}
        try:
            house.start_servers()
            house.prepare()
            with house.screen.timed("processes"):
                house.start_processes(port)
            house.state = "ready"
            house.start_background()
            house.note()
            greet(house, port)
        except Stopped:
            return 0
        house.watch()
    return 0


def greet(house: House, port: int) -> None:
    """The lines a newcomer looks for."""
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in house.screen.seconds.items())
    house.screen.tell(f"seconds: {steps}")
    house.screen.tell(f"READY in {house.screen.elapsed():.1f} s: http://127.0.0.1:{port}/")
    if house.env["FR_MODE"] == "demo":
        house.screen.tell(f"Sign in as any of the demonstration people: http://127.0.0.1:{port}/sign-in/")
    house.screen.tell(f"Stop with Ctrl-C. Logs: {house.place.log}")


def with_instance(work: Callable[[dict[str, str]], int], processes: bool, argv: list[str]) -> int:
    """Do `work` with the environment of an instance: the running one, or one of our own meanwhile.

    processes: the work needs the worker, the matcher and so on, not only the servers. `argv` is run in the
    foreground if we start our own.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            lock = hold_lock()
        except AlreadyRunning:
            instance = running_instance(lasting())
            if instance.get("state") == "ready":
                return work(instance["env"])
            if time.monotonic() > deadline:
                refuse("another dev.py is busy with this installation. Try again when it has ended.")
            time.sleep(0.2)
            continue
        with lock, House(lasting(), Screen(sys.stderr)) as house:
            house.start_servers()
            house.prepare(without=skipped_steps(argv))
            if processes:
                house.start_processes(None)
            return house.run_command(argv, house.role_env(role_of(argv)))


def skipped_steps(argv: list[str]) -> tuple[str, ...]:
    """Steps that a command does not need, or is itself."""
    return ("collectstatic", *argv[2:3])


def in_running(argv: list[str]) -> Callable[[dict[str, str]], int]:
    """Become the command, with the environment of the running instance."""

    def become(env: dict[str, str]) -> int:
        from launcher.house import own_environment

        os.execve(argv[0], argv, {**own_environment(lasting()), **env, "FR_DB_ROLE": role_of(argv)})

    return become


def role_of(argv: list[str]) -> str:
    """The database role that a management command works under. FR_DB_ROLE decides where it is set."""
    name = argv[2] if len(argv) > 2 else ""
    usual = ADMINISTRATOR if name == "setup_roles" else OWNER if name in OWNERS_COMMANDS else WORKER
    return os.environ.get("FR_DB_ROLE", usual)


def manage(args: list[str], before: dict[str, float]) -> int:
    """manage.py in the running instance, or with servers of its own."""
    argv = programme(["python", "manage.py", *args])
    return with_instance(in_running(argv), False, argv)


def shell(args: list[str], before: dict[str, float]) -> int:
    return manage(["shell", *args], before)


def demo(args: list[str], before: dict[str, float]) -> int:
    """The main job on the demonstration sheet; without a running instance, with everything but the site."""
    argv = programme(["python", "manage.py", "run_demo", *args])
    return with_instance(in_running(argv), True, argv)


def test(args: list[str], before: dict[str, float]) -> int:
    """The quick tests, two at a time; all of what ARGS name if they name anything."""
    chosen = any(arg == "-m" or arg.startswith("-m=") or "::" in arg or os.path.exists(arg) for arg in args)
    return pytest([] if chosen else ["-m", "not battery and not deep"], args)


def battery(args: list[str], before: dict[str, float]) -> int:
    """The tests marked `battery`: faults, races, walls, browsers."""
    return pytest(["-m", "battery", "--dist", "loadscope", "--no-loadscope-reorder"], args)  # tests/conftest.py


def pytest(defaults: list[str], args: list[str]) -> int:
    """pytest on throw-away servers. Its closing line stays the last, and its exit code is ours."""
    named = any(os.path.exists(arg.partition("::")[0]) for arg in args)
    if not named and not any(arg.startswith(("-n", "--numprocesses")) for arg in args):
        defaults = ["-n", "2", *defaults]
    return on_throw_away_servers(
        programme(["python", "-m", "pytest", *defaults, *args]),
        {"DJANGO_SETTINGS_MODULE": "config.settings.test", "FR_DB_ROLE": "fr_web"},
        prepared=False,
    )


def faults(args: list[str], before: dict[str, float]) -> int:
    """Storms over installations of their own, in a temporary folder."""
    return subprocess.run(programme(["python", "-m", "tests.faults", *args]), check=False).returncode


def bench(args: list[str], before: dict[str, float]) -> int:
    """A measurement on servers of its own that do sync to the disk."""
    if not args:
        refuse("say which: python3 dev.py bench NAME")
    argv = programme(["python", "manage.py", f"bench_{args[0]}", *args[1:]])
    env = {"FR_DB_ROLE": os.environ.get("FR_DB_ROLE", WORKER), "FR_THROW_AWAY": "1"}
    return on_throw_away_servers(argv, env, prepared=True)


def on_throw_away_servers(argv: list[str], env: dict[str, str], *, prepared: bool) -> int:
    """Run a command beside a new PostgreSQL and a new Valkey.

    `prepared`: with a migrated database, else with none.
    """
    screen = Screen(sys.stderr) if prepared else nowhere()
    with throw_away(durable=prepared) as place, House(place, screen) as house:
        house.env |= env
        house.start_servers()
        house.run_step(checks.TEST_ROLES)
        if prepared:
            house.prepare(without=("setup_roles",))
        elif house.postgres:
            house.env["DATABASE_URL"] = house.postgres.url("postgres")  # the suite makes its own databases
        return house.run_command(argv, house.env)


def check(args: list[str], before: dict[str, float]) -> int:
    """Every tool that reads the code; see checks.py."""
    with throw_away() as place, House(place, nowhere()) as house:
        house.start_servers()
        house.run_step(checks.TEST_ROLES)
        return checks.run(house.role_env(OWNER), args)


def reset(args: list[str], before: dict[str, float]) -> int:
    """Delete the state folder, and only that."""
    if not STATE.exists():
        print("There is nothing to delete.")
        return 0
    try:
        lock = hold_lock()
    except AlreadyRunning:
        refuse("First Rung is running here. Stop it first (Ctrl-C where it runs), then reset.")
    with lock:
        House(lasting(), nowhere()).end_leftovers()
        remove(STATE)
    print(f"Deleted {STATE}.")
    return 0


COMMANDS: dict[str, Callable[[list[str], dict[str, float]], int]] = {
    "run": run,
    "test": test,
    "battery": battery,
    "check": check,
    "demo": demo,
    "faults": faults,
    "bench": bench,
    "manage": manage,
    "shell": shell,
    "reset": reset,
}
