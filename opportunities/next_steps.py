"""Who does what next with an opportunity, by when: one date and one name."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.models import LifecycleLog
from core.workdays import add_working_days
from opportunities.lifecycle import MODEL
from opportunities.models import Opportunity
from opportunities.still_open import ANSWER_WITHIN, ASK_AFTER
from pledges.answers import name_of

State = Opportunity.State


@dataclass(frozen=True)
class Next:
    """The next step. by: None where no day is set."""

    what: str
    who: str
    by: dt.date | None
    late: bool = False


def next_step(row: Opportunity, today: dt.date) -> Next | None:
    """None for what has ended. The row comes with its pledge's owner and its business's lead."""
    who = name_of(row.pledge)
    if row.state == State.DRAFT:
        return Next(_("Answer the questions and send it in"), who, add_working_days(_day(row.made_at), 1))
    if row.state == State.SUBMITTED:
        return Next(_("A second person looks and publishes it"), second_person(row), due(row), is_late(row, today))
    if row.state in (State.PUBLISHED, State.PAUSED) and all_begun(row):
        return Next(close_it(), who, None)
    if row.state == State.PUBLISHED and row.closes_on:
        return Next(_("Make it open longer, or let it end"), who, row.closes_on, row.closes_on < today)
    if row.state == State.PUBLISHED:
        return Next(_("Ask whether it is still open"), who, _last_word(row) + ASK_AFTER)
    if row.state == State.PAUSED:
        return Next(_("Show it again, or close it"), who, _day(_paused_at(row)) + ANSWER_WITHIN)
    return None


def all_begun(row: Opportunity) -> bool:
    """Whether nobody else can come: it stays public until an officer closes it, so that nobody can tell who began."""
    return row.places_started >= row.places


def close_it() -> str:
    """What is to be done then, and when not."""
    return _("All its places have begun. Close it, but not on the day somebody starts")


def second_person(row: Opportunity) -> str:
    """The owner of the pledge or the lead of the business, whoever did not send it in."""
    for user in (row.pledge.owner, row.pledge.employer.lead):
        if isinstance(user, User) and user.pk != row.submitted_by_id:
            return user.name
    return _("Another officer who may publish")


def due(row: Opportunity) -> dt.date | None:
    """When the second person should have looked: one working day after it was sent in."""
    return add_working_days(row.submitted_on, 1) if row.submitted_on else None


def is_late(row: Opportunity, today: dt.date) -> bool:
    """Whether the second person's day is over."""
    day = due(row)
    return day is not None and day < today


def _paused_at(row: Opportunity) -> dt.datetime:
    log = LifecycleLog.objects.filter(model=MODEL, object_id=row.pk, move="pause").order_by("pk").last()
    return log.at if log else row.made_at


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.LONDON).date()


def _last_word(row: Opportunity) -> dt.date:
    days = [day for day in (row.opened_on, row.still_open_on) if day]
    return max(days)
