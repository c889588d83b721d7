"""Who hears that a young person objects, has an answer, or would like help again: neutral words, nobody's name."""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import objections
from accounts.apart import is_hidden, links_in_use
from accounts.cover import managers_of
from accounts.models import AdviserLink, Objection, User, YoungPerson
from introductions import concerns, news
from introductions.models import HelpAgain
from notifications import causes, registry
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows
from notifications.services import tell

OBJECTION, ANSWER = "objection", "objection_answer"
HELP, HELP_TEAM = "help_again", "help_again_team"


def tell_of_objection(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to an objection: those who lead the team of the responsible council."""
    _tell_managers(OBJECTION, id, Objection.objects.values_list("person_id", flat=True).get(pk=id))


def tell_of_objection_answered(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to an answer: the young person, if they have an account."""
    row = Objection.objects.select_related("person").get(pk=id)
    if row.person.user_id:
        tell(purpose=ANSWER, recipient=row.person.user_id, cause_id=id, person=row.person_id, version="answered")


def pass_to_lead(sender: type, id: int, by: User, role: str, **_facts: Any) -> None:
    """The reaction to somebody being kept apart: those who lead the team read nothing of them from now on, so what
    waits for their answer goes to a safeguarding lead, and the young person is told so."""
    _pass_on(YoungPerson.objects.get(pk=id), by=by, role=role)


def pass_to_lead_still(sender: type, id: int, by: User | None, **_facts: Any) -> None:
    """The reaction to a worker for somebody kept apart whom nobody worked with: those who lead the team saw them until
    now. A council's system names nobody: it counts as the worker's."""
    link = AdviserLink.objects.select_related("person", "worker").get(pk=id)
    if is_hidden(link.person):
        _pass_on(link.person, by=by or link.worker, role="")


def _pass_on(person: YoungPerson, *, by: User, role: str) -> None:
    for row in Objection.objects.filter(person=person, answered_at=None).order_by("pk"):
        concerns.pass_on(person=person, role=role, **row.words)
        objections.answer_objection(objection=row, words=concerns.who_reads(person), by=by, role=role)


def tell_of_help_asked(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to "I would like help again": their worker, else those who lead the team."""
    person = HelpAgain.objects.values_list("person_id", flat=True).get(pk=id)
    if links_in_use().filter(person=person).exists():
        tell(purpose=HELP, cause_id=id, person=person, version="asked")
    else:
        _tell_managers(HELP_TEAM, id, person)


def tell_next_worker(sender: type, id: int, **_facts: Any) -> None:
    """The reaction to another worker, of this council or of another: help that was asked before waits for them now."""
    person = sender.objects.values_list("person_id", flat=True).get(pk=id)  # type: ignore[attr-defined]
    waits = HelpAgain.objects.filter(person=person, taken_at=None).first()
    if waits is not None:
        tell(purpose=HELP, cause_id=waits.pk, person=person, version=f"{sender.__name__} {id}")


def _tell_managers(purpose: str, cause: int, person: int) -> None:
    council = YoungPerson.objects.values_list("responsible_authority_id", flat=True).get(pk=person)
    for manager in managers_of(council):
        tell(purpose=purpose, recipient=manager, cause_id=cause, person=person, version="new")


def _still_managers(rows: Rows, people: dict[int, int]) -> set[int]:
    """Rows whose recipients lead the team of the responsible council now. people: cause -> person."""
    councils = dict(
        YoungPerson.objects.filter(pk__in=people.values()).values_list("pk", "responsible_authority_id")
    )  # fmt: skip
    leading = {council: {user.pk for user in managers_of(council)} for council in set(councils.values())}
    return {
        row.pk
        for row in rows
        if (cause := row.cause_id or 0) in people and row.recipient_id in leading[councils[people[cause]]]
    }


def _objecting(rows: Rows) -> set[int]:
    waits = Objection.objects.filter(pk__in=[row.cause_id or 0 for row in rows], answered_at=None)
    return _still_managers(rows, dict(waits.values_list("pk", "person_id")))


def _answered(rows: Rows) -> set[int]:
    return {row.pk for row in rows if row.recipient and row.recipient.is_active}


def _waiting(rows: Rows) -> dict[int, int]:
    asked = HelpAgain.objects.filter(pk__in=[row.cause_id or 0 for row in rows], taken_at=None)
    return dict(asked.values_list("pk", "person_id"))


def _asking(rows: Rows) -> set[int]:
    """While it waits; of several rows about one asking the last, so that a new worker reads it once."""
    said = Outbox.objects.filter(purpose=HELP, cause_id__in=_waiting(rows)).order_by()
    last = set(said.values("cause_id").annotate(last=Max("pk")).values_list("last", flat=True))
    return {row.pk for row in rows if row.pk in last}


def _asking_team(rows: Rows) -> set[int]:
    return _still_managers(rows, _waiting(rows))


def _worker_address(row: Outbox) -> str:
    there = news.there_for(HelpAgain.objects.values_list("person_id", flat=True).get(pk=row.cause_id or 0))
    return (there.email or "") if there and there.is_active else ""


PAGES = {
    OBJECTION: "introductions:list-asked",
    ANSWER: "introductions:show-who",
    HELP: "introductions:show-monday",
    HELP_TEAM: "introductions:list-asked",
}
LINES = {
    OBJECTION: _lazy("A young person does not want something. They wait for your answer."),
    ANSWER: _lazy("You have an answer to what you said you do not want."),
    HELP: _lazy("A young person would like help again."),
    HELP_TEAM: _lazy("A young person who has no worker would like help again."),
}


def render(row: Outbox, items: Rows) -> Mail:
    """That something waits, and where to read it."""
    values = {"url": urljoin(settings.SITE_URL, reverse(PAGES[row.purpose]))}
    return Mail(_("Something is waiting for you"), render_to_string("introductions/asked.txt", values))


def objected_since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Who objected: those who lead the team must hear."""
    rows = Objection.objects.filter(made_at__gte=moment)
    found: QuerySet[Any, Any] = rows.annotate(told=causes.told_of(OBJECTION))
    return found


def asked_again_since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Who asked for help again: their worker must hear, or those who lead the team."""
    rows = HelpAgain.objects.filter(asked_at__gte=moment)
    found: QuerySet[Any, Any] = rows.annotate(told=causes.told_of(HELP, HELP_TEAM))
    return found


def register() -> None:
    """Called once, when the room is ready."""
    causes.register("objections", _lazy("A young person does not want something"), objected_since)
    causes.register("help again", _lazy("A young person would like help again"), asked_again_since)
    rules = (
        (OBJECTION, _objecting, registry.recipient_address),
        (ANSWER, _answered, registry.recipient_address),
        (HELP, _asking, _worker_address),
        (HELP_TEAM, _asking_team, registry.recipient_address),
    )
    for name, may, address in rules:
        line, page = registry.says(LINES[name]), PAGES[name]
        registry.register(Purpose(name, "email", may, render, address, on_unknown="resend", line=line, page=page))
