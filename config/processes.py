"""The processes of an installation and the steps before them: one table for dev.py and docker-compose.yml.

Standard library only: the launcher reads it before anything is installed. A test compares docker-compose.yml
with it.
"""

from dataclasses import dataclass

OWNER, WEB, WORKER, ADMINISTRATOR = "fr_owner", "fr_web", "fr_worker", ""
LISTEN = "{listen}"  # replaced by the address that the web process listens on
MANAGE = ("python", "manage.py")
CELERY = ("python", "-m", "celery", "-A", "config.celery", "--quiet")
QUIET_WORKER = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")


@dataclass(frozen=True)
class Process:
    """A long-running process. `role`: its database role. `grace`: seconds to finish after SIGTERM.

    `scalable` says that several may run; the others run exactly once (two do no harm, but waste or wait).
    """

    name: str
    command: tuple[str, ...]
    role: str
    grace: int
    scalable: bool = False


@dataclass(frozen=True)
class Step:
    """A command that must have run before the processes start. Every step may run again without harm.

    `inputs`: what its result depends on, as patterns from the checkout's root. The launcher leaves a step out
    while none of these files changed. `demo_only` steps make invented data and refuse in a real installation.
    """

    name: str
    command: tuple[str, ...]
    role: str
    inputs: tuple[str, ...]
    demo_only: bool = False
    needs_database: bool = True


# In starting order; stopped in the reverse order, so that nothing rings for a worker that has left.
PROCESSES = (
    Process(
        "web",
        (
            *("python", "-m", "gunicorn", "config.wsgi", "--bind", LISTEN, "--worker-class", "gthread"),
            *(
                "--workers",
                "2",
                "--threads",
                "4",
                "--graceful-timeout",
                "10",
                "--preload",
                "--no-control-socket",
            ),
        ),
        WEB,
        grace=15,
        scalable=True,
    ),
    Process(
        "worker",
        (*CELERY, "worker", "-Q", "default", "-c", "2", "-n", "worker@%h", *QUIET_WORKER),
        WORKER,
        grace=25,
        scalable=True,
    ),
    # In one process, like the matcher: a pool whose pipe is cut in the middle of a write would live on and do nothing.
    Process(
        "sender",
        (*CELERY, "worker", "-Q", "sending", "-c", "1", "-P", "solo", "-n", "sender@%h", *QUIET_WORKER),
        WORKER,
        25,
        scalable=True,
    ),
    Process(
        "matcher",
        (*CELERY, "worker", "-Q", "matching", "-c", "1", "-P", "solo", "-n", "matcher@%h", *QUIET_WORKER),
        WORKER,
        25,
    ),
    Process("relay", (*MANAGE, "relay"), WORKER, grace=10),
    # An in-memory schedule: its one entry rings every 30 s, and what is due is known by the database.
    Process(
        "beat",
        (*CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=", "-l", "INFO"),
        WORKER,
        grace=10,
    ),
)

ROOMS = ("core", "accounts", "notifications", "pledges", "occupations", "opportunities", "matching", "introductions")
PYTHON_OF_ROOMS = tuple(f"{room}/**/*.py" for room in (*ROOMS, "config"))
DATA_OF_ROOMS = tuple(f"{room}/**/*.{kind}" for room in ROOMS for kind in ("csv", "json", "toml", "txt"))
MIGRATIONS = (*(f"{room}/migrations/*" for room in ROOMS), "requirements.txt")

STEPS = (
    Step(
        "setup_roles",
        (*MANAGE, "setup_roles", "--database"),
        ADMINISTRATOR,
        ("core/roles.py", "core/management/commands/setup_roles.py"),
    ),
    Step("migrate", (*MANAGE, "migrate", "--no-input", "-v0"), OWNER, MIGRATIONS),
    Step("load_reference", (*MANAGE, "load_reference"), OWNER, (*MIGRATIONS, *PYTHON_OF_ROOMS, *DATA_OF_ROOMS)),
    Step(
        "collectstatic",
        (*MANAGE, "collectstatic", "--no-input", "-v0"),
        WEB,  # it touches no table
        ("static/**/*", "config/settings/*.py", "requirements.txt"),
        needs_database=False,
    ),
    Step(
        "demo_world",
        (*MANAGE, "demo_world"),
        WORKER,
        ("demo/**/*", "*/management/commands/demo_world.py"),
        demo_only=True,
    ),
)
# All of England takes a while: it runs beside the processes, and look-ups answer from the sample until it is
# done.
BACKGROUND = (
    Step("load_postcodes", (*MANAGE, "load_postcodes"), OWNER, ("requirements.txt", "core/**/*postcode*.py")),
)
