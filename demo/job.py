"""The main job, step by step: one morning's pledges reach the right advisers.

Everything goes through the same verbs and constraints as in the browser; nothing is switched off. Each step may be run
again at any point: it finds what is there and adds what is missing. Where the work is another process's (matching,
handing over mail) the step waits until that process has done it.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from accounts.models import Membership, Partnership, User
from accounts.roles import Role
from accounts.services import make_member
from core import clock
from core.clock import FrNow
from core.scope import EVERYTHING, scope
from demo import morning
from demo.morning import Completion
from matching.models import Match
from matching.services import pending
from notifications.digests import make_digests
from notifications.models import KeptMail, Outbox
from opportunities.models import Opportunity, UnpaidReason
from opportunities.services import Refused, approve, complete, submit
from pledges import checks, imports
from pledges.models import Employer, Event, Pledge, PledgeKind
from pledges.services import make_event

PATIENCE = 120  # seconds to wait for another process before saying so
WANTED = "help me find one"  # what a business wrote where its training provider stands
HOURS = {"day": 1, "evening": 2, "weekend": 4, "night": 8}
Say = Callable[[str], None]
P = ParamSpec("P")
R = TypeVar("R")


class TooLong(Exception):
    """Another process has not done its part in time."""


def persistent(step: Callable[[], Any], say: Say) -> Any:
    """Run a step; when the database goes away in the middle, reconnect and run the step again.

    A step that was cut off left whole transactions or none, and finds what is there.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return step()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > deadline:
                raise
            say(f"  the database is away ({type(error).__name__}): trying again")
            connection.close()
            time.sleep(0.5)


def wait_until(done: Callable[[], bool], what: str, say: Say) -> None:
    """Poll, with a connection that may be lost meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not persistent(done, say):
        if time.monotonic() > deadline:
            raise TooLong(f"{what}: nothing for {PATIENCE} s. Are the worker, the matcher and the relay running?")
        time.sleep(0.1)


def everything(verb: Callable[P, R]) -> Callable[P, R]:
    """Run as background work over all councils, in one transaction."""

    @wraps(verb)
    def scoped(*args: P.args, **kwargs: P.kwargs) -> R:
        with scope(EVERYTHING):
            return verb(*args, **kwargs)

    return scoped


class Job:
    """One run over one event. Counts are of this run; what was there already is not counted again."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.partnership = Partnership.objects.get(code="nottinghamshire")
        hats = Membership.objects.filter(role=Role.COORDINATOR, partnership=self.partnership)
        coordinators = list(User.objects.filter(pk__in=hats.values("user")).order_by("pk"))
        self.first, self.second = coordinators[:2]
        self.seconds: dict[str, float] = {}
        self.refused: Counter[str] = Counter()

    def run(self) -> None:
        """All steps in order, each with its count and seconds."""
        for name, step in (
            ("event", self.make_event),
            ("sheet", self.import_sheet),
            ("checks", self.check_employers),
            ("drafts", self.complete_drafts),
            ("publishing", self.publish),
            ("matching", self.match),
            ("telling", self.tell_advisers),
        ):
            started = time.monotonic()
            line = persistent(step, self.say)
            self.seconds[name] = round(time.monotonic() - started, 2)
            self.say(f"{name:<11}{line}  ({self.seconds[name]:.1f} s)")

    @everything
    def make_event(self) -> str:
        event = Event.objects.filter(code=morning.EVENT_CODE).first()
        if event is None:
            with transaction.atomic():
                event = make_event(
                    name=morning.EVENT_NAME, held_on=clock.today() - dt.timedelta(days=1), place="the football ground",
                    partnership=self.partnership, owner=self.first,
                )  # fmt: skip
                Event.objects.filter(pk=event.pk).update(code=morning.EVENT_CODE)
            event.code = morning.EVENT_CODE
        self.event = event
        self.shift = morning.months_between(morning.SHEET_MONTH, event.held_on)
        return f"{event.name}, {event.held_on}, code {event.code}"

    @everything
    def import_sheet(self) -> str:
        path = morning.sheet_path()
        sheet = imports.read_sheet(path.read_bytes(), path.name)
        outcome = imports.apply(
            event=self.event,
            sheet=sheet,
            mapping=imports.map_columns(sheet.header),
            by=self.first,
            shift_months=self.shift,
        )
        made = f"{outcome.rows} rows, {outcome.made} pledges made, {outcome.already_there} there already"
        return f"{path.name}: {made}, {outcome.to_clear_up} to clear up"

    @everything
    def pledges(self) -> list[tuple[Completion, Pledge]]:
        """Each row of the sheet with its pledge: rows become pledges in order."""
        rows = Pledge.objects.filter(event=self.event, source=Pledge.Source.SHEET).select_related("employer", "kind")
        return list(zip(morning.completions(), rows.order_by("pk"), strict=True))

    def check_employers(self) -> str:
        """The invented call-backs and the two people, with dates after the event."""
        done: Counter[str] = Counter()
        for completion, pledge in self.pledges():
            if completion["called_by"] and pledge.employer.state == Employer.Check.UNCHECKED:
                self.check(completion, pledge.employer)
                done["called back"] += 1
        self.invite_employer()
        employers = {pledge.employer_id: pledge.employer.state for _completion, pledge in self.pledges()}
        states = Counter(employers.values())
        return f"{done['called back']} call-backs; {states['checked']} of {states.total()} businesses checked"

    @everything
    def invite_employer(self) -> None:
        """The first checked business signs in for itself. The sheet names jobs, no people."""
        rows = Pledge.objects.filter(event=self.event, employer__state=Employer.Check.CHECKED)
        rows = rows.exclude(contact__email="").select_related("contact", "employer")
        if pledge := rows.order_by("pk").first():
            make_member(
                by=self.first,
                name=f"{pledge.contact.job.capitalize()}, {pledge.employer.name}".removeprefix(", "),
                email=pledge.contact.email,
                role=Role.EMPLOYER_MEMBER,
                employer_id=pledge.employer_id,
            )

    @everything
    def check(self, completion: Completion, employer: Employer) -> None:
        """One business: all of its round in one transaction."""
        called_on = self.event.held_on + dt.timedelta(days=int(completion["called_day"]))
        answered_on = clock.today()
        with transaction.atomic():
            check = checks.record_call_back(
                employer=employer,
                by=self.person(completion["called_by"]),
                on=called_on,
                spoke_to=completion["spoke_to"],
                found_by=completion["found_by"],
                weight=PledgeKind.Weight.FULL,
                charity_or_public=bool(completion["charity"]),
            )
            visited = self.event.held_on + dt.timedelta(days=int(completion["visited_day"]))
            checks.agree_first(
                check=check,
                by=self.person(completion["first_by"]),
                on=answered_on,
                because=completion["first_because"],
                insurance_until=completion.day("insurance_until", self.shift),
                visited_on=visited,
            )
            if completion["second_by"]:
                second = self.person(completion["second_by"])
                checks.agree_second(check=check, by=second, on=answered_on, because=completion["second_because"])

    def person(self, which: str) -> User:
        """`first` or `second`: the two coordinators."""
        return {"first": self.first, "second": self.second}[which]

    def complete_drafts(self) -> str:
        """What the coordinator wrote down after talking to the business."""
        reasons = {reason.code: reason for reason in UnpaidReason.objects.all()}
        drafts = self.drafts()
        done = sum(
            self.complete(opportunity, self.values_of(completion, reasons)) for completion, opportunity in drafts
        )
        return f"{len(drafts)} drafts, {done} completed now"

    @everything
    def complete(self, opportunity: Opportunity, values: dict[str, Any]) -> bool:
        """Complete one draft, unless that would change nothing."""
        differs = any(getattr(opportunity, name) != value for name, value in values.items())
        if opportunity.state != Opportunity.State.DRAFT or not differs:
            return False
        complete(opportunity=opportunity, by=self.first, **values)
        return True

    @everything
    def drafts(self) -> list[tuple[Completion, Opportunity]]:
        """Each row with the opportunity that began with its pledge."""
        rows = Opportunity.objects.filter(pledge__event=self.event, pledge__source=Pledge.Source.SHEET)
        by_pledge = {row.pledge_id: row for row in rows.select_related("employer", "kind", "pledge")}
        return [(completion, by_pledge[p.pk]) for completion, p in self.pledges() if p.pk in by_pledge]

    def values_of(self, completion: Completion, reasons: dict[str, UnpaidReason]) -> dict[str, Any]:
        """The draft's fields, without those the coordinator left empty."""
        values: dict[str, Any] = {
            "hours_a_week": Decimal(completion["hours"]) if completion["hours"] else None,
            "hours_mask": HOURS.get(completion["pattern"]),
            "pay_pence": int(completion["pay_pence"]) if completion["pay_pence"] else None,
            "unpaid_reason": reasons.get(completion["unpaid_reason"]),
            "starts_on": completion.day("starts_on", self.shift),
            "closes_on": completion.day("closes_on", self.shift),
            "min_age": int(completion["min_age"]) if completion["min_age"] else None,
            "training_beside": "" if completion["training"] == WANTED else completion["training"],
            "provider_wanted": completion["training"] == WANTED or None,
            "min_age_reason": completion["age_reason"],
            "risk_assessment_on": clock.today() if completion["risk_seen"] else None,
            "lasts": int(completion["lasts"]) if completion["lasts"] else None,
            "lasts_unit": completion["lasts_unit"],
            **completion.usual_day(),
            **dict.fromkeys(completion["flags"].split(), True),
        }
        return {name: value for name, value in values.items() if value not in (None, "")}

    def publish(self) -> str:
        """One coordinator sends in, the other approves. What is refused stays a draft, with its sentences."""
        self.refused = Counter()
        done = sum(self.publish_one(opportunity) for _completion, opportunity in self.drafts())
        live = Opportunity.objects.filter(pledge__event=self.event, live=True).count()
        reasons = ", ".join(f"{code} {count}" for code, count in self.refused.most_common())
        return f"{done} published now, {live} live; refused {self.refused.total()}: {reasons}"

    @everything
    def publish_one(self, opportunity: Opportunity) -> bool:
        """Whether it was published now; a refusal is counted by its first reason."""
        try:
            if opportunity.state == Opportunity.State.DRAFT:
                submit(opportunity=opportunity, by=self.first, role=Role.COORDINATOR)
            if opportunity.state != Opportunity.State.SUBMITTED:
                return False
            approve(opportunity=opportunity, by=self.second, role=Role.COORDINATOR)
        except Refused as error:
            self.refused[error.refusals[0].code] += 1
            return False
        return True

    def match(self) -> str:
        """The matcher's work: wait until it has read everything that changed."""
        wait_until(lambda: not pending(), "matching", self.say)
        return self.matched()

    @everything
    def matched(self) -> str:
        people = Match.objects.values("person").distinct().count()
        return f"{Match.objects.count()} matches for {people} young people"

    def tell_advisers(self) -> str:
        """The day's digests, on demand; the worker or the relay hands them over."""
        made = make_digests(day=clock.today())
        wait_until(self.all_handed_over, "handing over mail", self.say)
        return f"{made} digests made now, {KeptMail.objects.count()} messages kept in all"

    @staticmethod
    @everything
    def all_handed_over() -> bool:
        """Nothing on its way any more. What young people read waits for the morning, when this runs in the evening."""
        rows = Outbox.objects.filter(state__in=("due", "claimed", "handing", "unknown"))
        return not rows.filter(not_before__lt=FrNow() + dt.timedelta(seconds=PATIENCE)).exists()
