"""A clock that tests move from day to day, and a breakfast of 73 pledges with scripted answers."""

import datetime as dt

from django.db import connection

from core.clock import LONDON
from core.scope import NOBODY, scope
from pledges import answers, calls, followup, services
from pledges.employers import Business
from pledges.models import CallTask, Employer, EmployerContact, Pledge
from pledges.reading import Reach
from tests import factories
from tests.pledges import made

# Bank holidays in England and Wales (www.gov.uk/bank-holidays), written out: not asked of the code under test.
HOLIDAYS = {
    dt.date(2026, 12, 25),
    dt.date(2026, 12, 28),
    dt.date(2027, 1, 1),
    dt.date(2027, 3, 26),
    dt.date(2027, 3, 29),
    dt.date(2027, 5, 3),
    dt.date(2027, 5, 31),
}
WAYS = ("email", "email", "text", "call", "email", "ring", "text", "email")
KINDS = ("ringfenced-job", "work-experience", "apprenticeship", "site-visit", "mentoring", "undecided", "work-trial")


def go_to(day: dt.date, hour: int = 9) -> None:
    """Move the database's clock to a local time, for the rest of the test's transaction."""
    at = dt.datetime.combine(day, dt.time(hour), tzinfo=LONDON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.clock_offset', ((%s::timestamptz - statement_timestamp())::text), true)", [at]
        )


def follow_up(day: dt.date | None = None) -> dict[str, int]:
    with factories.as_worker():
        return followup.follow_up(day)


def call_of(pledge, why=None):
    rows = CallTask.objects.filter(pledge=pledge, state="open")
    return (rows.filter(why=why) if why else rows).order_by("due_on").first()


def pledges_of(breakfast, first: dt.date) -> list[Pledge]:
    """73 pledges of 52 businesses: 50 on the day, the others four days later. Every sort of giver is among them."""
    found = KINDS_THERE()
    promises = []
    for n in range(73):
        way, business = WAYS[n % len(WAYS)], n % 52
        person = f"p{n}" if n % 3 else f"p{business}"  # a second pledge of a business is the same person's, or not
        email = "" if way == "ring" else f"{person}@business{business}.example"
        phone = f"07700 9{business:05d}"
        reach = Reach(email=email, phone=phone, way="call" if way == "ring" else way)
        promises.append(
            services.Promise(
                kind=found[n % len(found)],
                places=1 + n % 5,
                business=Business(f"Business {business}"),
                reach=reach,
                words=f"number {n}",
                by_month=month_after(first, 1 + n % 7) if n % 9 else None,
                publish_if_silent=(None, True, False, True)[n % 4],
            )
        )
    go_to(first, 8)
    made_now = services.make_pledges(event=breakfast, promises=promises[:50], source="sheet")
    go_to(first + dt.timedelta(days=4), 8)
    made_now += services.make_pledges(event=breakfast, promises=promises[50:], source="form")
    EmployerContact.objects.filter(pk=made_now[40].contact_id).update(reminders=False)
    return made_now


def KINDS_THERE():
    codes = set(made.PledgeKind.objects.values_list("code", flat=True))
    return [made.kind(code) for code in KINDS if code in codes]


def month_after(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


class Script:
    """What givers and officers do, by the pledge's number and the day of its count. Each is done at 2 in the
    afternoon.
    """

    def __init__(self, pledges, officer):
        self.pledges, self.officer = pledges, officer
        self.answered: dict[int, dt.date] = {}  # pledge -> the day of its first answer
        self.word: dict[int, dt.date] = {}  # employer -> the day a person first spoke to them
        self.called_back: dict[int, dt.date] = {}

    def act(self, today: dt.date) -> None:
        for n, pledge in enumerate(self.pledges):
            if pledge.followed_from <= today and pledge.pk not in self.answered:
                self._one(n, pledge, (today - pledge.followed_from).days, today)

    def _one(self, n, pledge, day, today):
        if n % 10 == 3 and day == 9:
            self._call_back(pledge, today)
        tap = {(0, 3): "on-track", (1, 14): "help", (2, 2): "later", (4, 30): "cannot", (8, 45): "on-track"}
        said = tap.get((n % 10, day))
        if said:
            until = month_after(today, 3) if said == "later" else None
            answers.answer(pledge=pledge, said=said, until=until)
            self.answered[pledge.pk] = today
        elif n % 10 == 6 and day == 9 and (task := call_of(pledge)):
            calls.close_call(task=task, by=self.officer, outcome="spoke", note="fine")
            self.answered[pledge.pk] = today
            self.word.setdefault(pledge.employer_id, today)

    def _call_back(self, pledge, today):
        employer = Employer.objects.get(pk=pledge.employer_id)
        if employer.state == "unchecked":
            made.called_back(employer, self.officer, on=today)
            self.called_back[employer.pk] = today
            self.word.setdefault(employer.pk, today)


def live_through(first: dt.date, days: int, *, missed=range(0), again=False):
    """Follow up every morning, and act in the afternoon. missed: days on which the job does not run. again: on every
    fourth day it runs twice."""
    with connection.cursor() as cursor:
        # Nothing here is committed, so the planner takes every table for empty, and scans it for each row of another.
        cursor.execute("SET LOCAL enable_seqscan = off")
    officer = factories.membership("coordinator").user
    go_to(first, 7)
    with scope(NOBODY):
        breakfast = made.event(owner=factories.user("Maggie Thorne"))
        pledges = pledges_of(breakfast, first)
        script = Script(pledges, officer)
        for day in range(days + 1):
            today = first + dt.timedelta(days=day)
            go_to(today)
            if day not in missed:
                follow_up()
                if again and day % 4 == 0:
                    follow_up()
            go_to(today, 14)
            script.act(today)
    return script
