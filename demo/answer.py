"""What one run of the main job came to, counted from the tables, and who was told what, and why."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count

from accounts.cover import stand_ins
from accounts.models import AdviserLink, User
from core import clock
from demo.job import Job
from matching.models import Match
from matching.weights import TELL_FLOOR
from notifications.models import KeptMail, Outbox
from opportunities.models import Opportunity
from pledges.models import Employer, Pledge, PledgeKind

TOLD = (Outbox.State.ACCEPTED, Outbox.State.DELIVERED)


def rows_written() -> int:
    """All rows that the main job may add."""
    return sum(model.objects.count() for model in (Employer, Pledge, Opportunity, Match, Outbox, KeptMail))


def advisers_due() -> set[int]:
    """Advisers of a young person with a good match: one above the floor for telling (their best one always is among
    their best ten). Read from the matches alone, apart from the code that tells. Not those who are away today: their
    mail waits for them, and the colleague who stands in is told.
    """
    away = {worker for worker, _council in stand_ins()}
    adviser = dict(AdviserLink.objects.current().values_list("person_id", "worker_id"))
    good = Match.objects.filter(score__gte=TELL_FLOOR).values_list("person_id", flat=True).distinct()
    return {adviser[person] for person in good if person in adviser} - away


def told_items() -> Any:
    """What digests carried to advisers and providers accepted."""
    return Outbox.objects.filter(purpose="match", state__in=TOLD, parent__state__in=TOLD)


def told_twice() -> int:
    """Messages that reached the provider more than once, and pairs that more than one message carried."""
    mails = KeptMail.objects.values("ref").annotate(copies=Count("id")).filter(copies__gt=1).count()
    pairs = told_items().values("recipient", "person", "cause_id").annotate(times=Count("id")).filter(times__gt=1)
    return mails + int(pairs.count())


def oracle() -> dict[str, Any]:
    """The matches compared pair by pair with the plain definition, by another process, from the tables."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "check_matches"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def answer(job: Job, *, added: int, second_run_added: int) -> dict[str, Any]:
    """The figures of `--json`."""
    due, items, compared = advisers_due(), told_items(), oracle()
    told = set(items.values_list("recipient_id", flat=True))
    pledges = Pledge.objects.filter(event=job.event)
    placeable = pledges.filter(kind__becomes=PledgeKind.Becomes.PLACES)
    return {
        "today": clock.today().isoformat(),
        "employers": pledges.values("employer").distinct().count(),
        "pledges": pledges.count(),
        "placeable": placeable.count(),
        "drafts": Opportunity.objects.filter(pledge__in=placeable).values("pledge").distinct().count(),
        "live": Opportunity.objects.filter(pledge__event=job.event, live=True).count(),
        "refused": dict(job.refused),
        "matches": Match.objects.count(),
        "oracle_equal": compared["equal"],
        "oracle": compared,
        "advisers_due": len(due),
        "advisers_told": len(told & due),
        "told": items.count(),
        "told_twice": told_twice(),
        "mails": KeptMail.objects.count(),
        "added": added,
        "second_run_added": second_run_added,
        "seconds": job.seconds,
    }


def who_was_told(job: Job, count: int = 2) -> str:
    """The digests of some advisers, as they read them."""
    told = told_items().order_by("recipient_id").values_list("recipient_id", flat=True).distinct()
    parts = []
    for adviser in User.objects.filter(pk__in=list(told)).order_by("pk")[:count]:
        refs = Outbox.objects.filter(purpose="digest", recipient=adviser, state__in=TOLD).values("ref")
        for mail in KeptMail.objects.filter(ref__in=refs).order_by("pk"):
            parts.append(f"--- to {adviser.name}: {mail.subject}\n{mail.body}")
    return "\n".join(parts)


def write(path: Path, found: dict[str, Any]) -> None:
    """The answer as a file."""
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
