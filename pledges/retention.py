"""Names of people at businesses go two years after the last pledge ended; promises stay (domain, section 12).

The day of a pledge becomes its month. What is kept as evidence of a check or a stop keeps its own, longer term.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Trunc

from accounts.models import Membership
from accounts.retention import AUDIT, years_before
from core import clock
from core.clock import LONDON
from core.models import LifecycleLog
from core.scope import EVERYTHING, scope
from pledges.lifecycle import EMPLOYER, OPEN, PLEDGE
from pledges.models import Answer, CallTask, Employer, EmployerContact, Event, Invitation, Pledge, ToClearUp

KEPT = dt.timedelta(days=730)
NOBODY = {"name": "", "job": "", "email": "", "phone": "", "best_time": ""}


def silent(since: dt.datetime) -> QuerySet[Employer]:
    """Businesses of whom nothing is open and nothing has happened since then, and who are not forgotten yet. Not one
    that was stopped: by its people and numbers it is known when it comes back under another name."""
    moved = LifecycleLog.objects.filter(model=PLEDGE.model, object_id=OuterRef("pk"), at__gte=since)
    pledges = Pledge.objects.filter(employer=OuterRef("pk"))
    going_on = pledges.filter(Q(state__in=OPEN) | Q(made_at__gte=since) | Q(Exists(moved)))
    people = EmployerContact.objects.filter(employer=OuterRef("pk"))
    known = people.filter(forgotten_on=None)
    found = Employer.objects.filter(~Exists(going_on), Exists(known), ~Exists(people.filter(made_at__gte=since)))
    return found.exclude(_stopped())


def _stopped() -> Q:
    stopped = Employer.Check.STOPPED
    since = dt.datetime.combine(years_before(clock.today(), AUDIT), dt.time(), LONDON)
    stops = LifecycleLog.objects.filter(model=EMPLOYER.model, object_id=OuterRef("pk"), new=stopped, at__gte=since)
    return Q(Exists(stops), state=stopped)


def keep_no_longer() -> dict[str, int]:
    """Take the names out of what is over for long enough. Each night; a second run finds nothing. Returns how many
    businesses were forgotten, invitations, and notes that could not be read."""
    since = clock.now() - KEPT
    with transaction.atomic(), scope(EVERYTHING):
        found = list(silent(since).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        _forget(found)
        day = since.astimezone(LONDON).date()
        Event.objects.filter(held_on__lt=day).exclude(speakers="").update(speakers="")
        return {
            "businesses": len(found),
            "invitations": Invitation.objects.filter(event__held_on__lt=day).exclude(email="").update(email=""),
            "to_clear_up": _unread(since),
        }


def _forget(employers: list[int]) -> None:
    today, pledges = clock.today(), Pledge.objects.filter(employer__in=employers)
    EmployerContact.objects.filter(employer__in=employers).update(**NOBODY, forgotten_on=today)
    Answer.objects.filter(pledge__in=pledges).update(words="")
    CallTask.objects.filter(pledge__in=pledges).update(note="")
    LifecycleLog.objects.filter(model=PLEDGE.model, object_id__in=pledges.values("pk")).update(why="")
    pledges.update(words="", phrases=[], made_at=Trunc("made_at", "month", tzinfo=LONDON))
    Membership.objects.filter(employer_id__in=employers, valid_to=None).update(valid_to=today)


def _unread(since: dt.datetime) -> int:
    """What could not be read, once somebody has seen to it; its pledge stays."""
    old = ToClearUp.objects.filter(made_at__lt=since).exclude(state=ToClearUp.State.OPEN)
    return old.delete()[0]
