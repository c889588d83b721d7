"""manage.py bench_breakfast: a breakfast's phones against a web process of its own. Not a test: nothing is gated."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Partnership, User
from bench.breakfast import Morning
from config.processes import LISTEN, PROCESSES, WEB
from core import clock
from pledges.models import Event, Pledge
from pledges.services import make_event

PHONES, PLEDGES = 50, 73  # one morning (domain, section 2)


class Command(BaseCommand):
    """Hold one breakfast (50 phones, 73 pledges, the wall open) and then one `times` as large, each over `seconds`, and
    count what was lost or doubled. Figures in milliseconds, as the phones see them. Run on a quiet machine.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=600)
        parser.add_argument("--times", type=int, default=10)
        parser.add_argument("--json", dest="file")

    def handle(self, *, seconds: float, times: int, file: str | None, **_: Any) -> None:
        load = os.getloadavg()
        call_command("collectstatic", interactive=False, verbosity=0)
        address, web = _serve()
        try:
            mornings = [_morning(address, size, seconds) for size in (1, times)]
        finally:
            web.terminate()
            web.wait(30)
        figures = {"seconds": seconds, "mornings": mornings, "load_average": {"before": load, "after": os.getloadavg()}}
        text = json.dumps(figures, indent=2)
        self.stdout.write(text)
        if file:
            Path(file).write_text(text + "\n")


def _serve() -> tuple[str, "subprocess.Popen[bytes]"]:
    """The web process of the process table on a free port, once it answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{found.getsockname()[1]}"
    command = next(process.command for process in PROCESSES if process.name == "web")
    argv = [sys.executable, *(listen if word == LISTEN else word for word in command[1:])]
    web = subprocess.Popen(argv, env={**os.environ, "FR_DB_ROLE": WEB}, stdout=subprocess.DEVNULL)
    for _try in range(300):
        try:
            with urlopen(f"http://{listen}/healthz", timeout=5):
                return f"http://{listen}/", web
        except OSError:
            time.sleep(0.1)
    web.kill()
    raise RuntimeError("the web process does not answer")


def _morning(address: str, size: int, seconds: float) -> dict[str, Any]:
    event = _event(size)
    morning = Morning(address, event.code, name=f"Morning{size}")
    answered = morning.hold(phones=PHONES * size, pledges=PLEDGES * size, seconds=seconds)
    names = [row.business for row in answered]
    there = list(Pledge.objects.filter(event=event).values_list("employer__name", flat=True))
    return {
        "phones": PHONES * size,
        "pledges": PLEDGES * size,
        "thanked": len(names),
        "lost": len(set(names) - set(there)),
        "doubled": len(there) - len(set(there)),
        "sent_again": sum(row.sent - 1 for row in answered),
        "form_ms": _milliseconds([row.form_took for row in answered]),
        "pledge_ms": _milliseconds([row.pledge_took for row in answered]),
        "wall_ms": _milliseconds(morning.wall_took),
        "wall_failed": morning.wall_failed,
    }


def _event(size: int) -> Event:
    partnership = Partnership.objects.order_by("pk")[0]
    owner = User.objects.filter(memberships__role="coordinator").order_by("pk")[0]
    name = f"Measured breakfast {size}"
    return make_event(name=name, held_on=clock.today(), place="", partnership=partnership, owner=owner)


def _milliseconds(took: list[float]) -> dict[str, float]:
    if not took:
        return {}
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [took[0]] * 99
    return {"p50": round(cuts[49] * 1000, 1), "p95": round(cuts[94] * 1000, 1), "most": round(max(took) * 1000, 1)}
