"""Which introductions a business knows: those of the pledges that this person gave, from the introduction on.

The young person said yes to those who would know, and a colleague is not among them: whoever gave the pledge reads the
page, nobody else of the business. What has begun they read until two weeks after its time is over, whether or not
anybody has written that down. Read in the business's own scope, so that both walls stand behind it.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Case, QuerySet, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import LONDON, FrToday
from core.scope import Scope, current, scope
from introductions import start_facts, staying
from introductions.home import SHOWN, Visitor
from introductions.lifecycle import KNOWN
from introductions.models import Introduction, Start
from introductions.services import is_checked
from pledges.contacts import may_act
from pledges.models import Pledge

S = Introduction.State
SEEN = (*KNOWN, S.STARTED)


def as_business(visitor: Visitor) -> AbstractContextManager[Scope]:
    """What this business may see, and no more."""
    return scope(Scope(employer=visitor.employer.pk, actor=current().actor))


def of_giver(visitor: Visitor) -> QuerySet[Introduction]:
    """Those that this visitor may read now; to be read inside `as_business`."""
    giver = visitor.contact
    if giver is None or not may_act(giver):
        return Introduction.objects.none()
    rows = Introduction.objects.filter(employer=visitor.employer, opportunity__pledge__contact=giver, state__in=SEEN)
    rows = rows.alias(until=staying.read_until("start__")).exclude(state=S.STARTED, until__lt=FrToday())
    found: QuerySet[Introduction] = rows.select_related("opportunity__kind", "employer", "start")
    return found


def listed(visitor: Visitor, pledges: Iterable[Pledge]) -> list[Introduction]:
    """For the business's own page, which has read `pledges`; who has started comes last. One query; none where no place
    is held or begun, or the business is not checked."""
    giver = visitor.contact
    mine = [pledge for pledge in pledges if giver is not None and pledge.contact_id == giver.pk]
    if not any(pledge.places_held + pledge.places_started for pledge in mine) or not is_checked(visitor.employer):
        return []
    with as_business(visitor):
        started = Case(When(state=S.STARTED, then=1), default=0)
        return list(of_giver(visitor).order_by(started, "due_on", "pk")[:SHOWN])


def stands(row: Introduction) -> str:
    """Where it stands, in words for the business."""
    said = {"when": when(row), "day": date_format(row.due_on, "l j F")}
    words: dict[str, str] = {
        S.INTRODUCED: _("Somebody would like to come. Please say what comes next by %(day)s."),
        S.MEETING: _("You meet on %(when)s."),
        S.INTERVIEW: _("The interview is on %(when)s."),
        S.OFFERED: _("You have offered it. Their worker goes through it with them by %(day)s."),
        S.CHECKS: _("Checks are under way."),
        S.STARTED: _("They have started. Thank you."),
    }
    if row.state == S.STARTED and row.start.state == Start.State.PLANNED:
        return _("They have a first day with you. Thank you.")
    if row.meets_at is None and row.state in (S.MEETING, S.INTERVIEW):
        return _("You meet. The day is not set yet.")
    return words[row.state] % said


def when(row: Introduction) -> str:
    """The day and the time of what comes next, in London."""
    return date_format(row.meets_at.astimezone(LONDON), "l j F, H:i") if row.meets_at else ""


def facts(row: Introduction) -> list[dict[str, Any]]:
    """For components/rows.html: what has been arranged so far; once they have started, what the start is."""
    if row.state == S.STARTED:
        return start_facts.rows(row.start, business=True)
    meets = row.state in (S.MEETING, S.INTERVIEW)
    found = [
        (_("When"), when(row) if meets else ""),
        (_("Where"), row.meets_where if meets else ""),
        (_("Checks back by"), date_format(row.checks_by, "l j F") if row.checks_by and row.state == S.CHECKS else ""),
        (_("To bring"), row.bring if row.state == S.CHECKS else ""),
    ]
    return [{"label": label, "value": value} for label, value in found if value]
