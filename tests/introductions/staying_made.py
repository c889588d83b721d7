"""Somebody who has a first day, and what is said of it."""

import datetime as dt
import itertools

from django.test import Client

from accounts.models import User
from introductions import staying, staying_messages
from introductions.models import CheckIn, Start
from notifications import preparing
from notifications.models import Outbox
from pledges.models import EmployerContact
from tests import factories
from tests.introductions import chain

_numbers = itertools.count(1)
NAMES = ("Zebedee", "Quill", "Kitchen porter", "Ravenshead", "Sam Hale", "NG19")
FIRST = dt.date(2026, 12, 7)  # a Monday
ALL = ("day1", "week1", "week4", "week13", "week26", "week52")
AFTER = dict(zip(ALL, (1, 7, 28, 91, 182, 364), strict=True))


def person(*, account=False, worker=None, name="Kai", **more):
    worker = worker or factories.adviser()
    if account:
        more["user"] = User.objects.make(name=name, email=f"own{next(_numbers)}@mail.example")
    return chain.person(worker, **more)


def started(somebody=None, to=None, on=FIRST, approved=True) -> Start:
    """Somebody who has a first day, and their check-ins; the giver is approved, unless told."""
    somebody = somebody or person()
    to = to or chain.opportunity()
    if approved:
        EmployerContact.objects.filter(pledges=to.pledge).update(approved_on=FIRST, approved_by=factories.user())
    with factories.as_worker():
        row = chain.walked("started", somebody, to)
        start = Start.objects.filter(introduction=row).first() or Start.objects.create(
            introduction=row, person=row.person, opportunity=row.opportunity, starts_on=on,
            named_contact="Sam Hale", made_by=factories.user(),
        )  # fmt: skip
        Start.objects.filter(pk=start.pk).update(starts_on=on, state="begun")
        return planned(start)


def planned(start) -> Start:
    """With its check-ins, as they follow from its first day now."""
    found = Start.objects.select_related("opportunity__kind", "opportunity__pledge__contact__employer", "introduction")
    start = found.select_related("person__user").get(pk=start.pk)
    staying.plan_check_ins(start)
    return start


def check_in(start, point="day1", side="young_person") -> CheckIn:
    with factories.as_worker():
        return CheckIn.objects.select_related("start__introduction", "start__person__user").get(
            start=start, point=point, side=side
        )


def say(start, answer, point="day1", side="young_person", words="") -> CheckIn:
    with factories.as_worker():
        row = CheckIn.objects.get(start=start, point=point, side=side)
        return staying.say(check_in=row, answer=answer, words=words)


def link_of(row: CheckIn) -> str:
    """The address that was sent to this side."""
    with factories.as_worker():
        if row.side == "young_person":
            return staying_messages.own_link(row)
        giver = row.start.opportunity.pledge.contact_id
        return staying_messages._link(staying_messages.BUSINESS_LINK, giver, row)


def letters(*, since: int = 0) -> list[tuple[str, str, str, str]]:
    """(purpose, to, subject, text) of what would be handed over now, the messages of check-ins alone."""
    with factories.as_worker():
        rows = Outbox.objects.filter(purpose__startswith="how_", pk__gt=since).order_by("pk")
        found = [(row.purpose, preparing.prepare(row)) for row in rows]
    return [
        (name, each.to, each.mail.subject, each.mail.text) for name, each in found if isinstance(each, preparing.Letter)
    ]


def last_message() -> int:
    with factories.as_worker():
        return Outbox.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def ask_due() -> dict[str, int]:
    with factories.as_worker():
        return {side: n for side, n in staying.ask_due().items() if n}


def text(path, client=None, status=200) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def tap(path, said, client=None) -> str:
    client = client or Client()
    answer = client.post(path, {"said": said})
    assert answer.status_code == 302
    return text(answer["Location"], client)


def saved(start, point="week4", side="young_person") -> tuple[str, str]:
    row = check_in(start, point, side)
    return row.answer, row.first_answer
