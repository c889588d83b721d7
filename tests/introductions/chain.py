"""An introduction in any state, reached by the verbs themselves. Written as fr_worker, over all councils."""

import datetime as dt

from core import clock
from core.lifecycle import SYSTEM
from introductions import services, starting
from introductions.lifecycle import INTRODUCTION
from introductions.models import Introduction, Permission, Start
from introductions.wording import words_for
from tests import factories
from tests.opportunities import factories as made

ADVISER = "adviser"
GROWN = dt.date(2000, 1, 1)
WALK = ("interested", "asked", "permitted", "introduced", "meeting", "interview", "offered", "checks")


def opportunity(places: int = 2, **more):
    return made.published(places=places, **more)


def person(worker=None, **more):
    return factories.young_person(worker=worker, **{"birth_month": GROWN, **more})


def interested(somebody=None, to=None, said_by="worker"):
    somebody, to = somebody or person(factories.adviser()), to or opportunity()
    return services.say_interested(person=somebody, opportunity=to, said_by=said_by, role=ADVISER)


def words(row, name="Robin", reach="through Dana, 0115 496 0000"):
    return words_for(row, name=name, reach=reach, who_knows="Only the kitchen manager")


def ask(row, by=None, **more) -> Permission:
    return services.ask(introduction=row, by=by or factories.user(), role=ADVISER, words=words(row, **more))


def step(row, to, worker):
    if to == "asked":
        ask(row, worker)
    elif to == "permitted":
        question = Permission.objects.get(introduction=row, answer="")
        services.answer(permission=question, yes=True, role=ADVISER, by=worker, in_person=True)
    elif to == "introduced":
        services.introduce(introduction=row, role=ADVISER, adult_name="Sam Hale")
    else:
        move = {"meeting": "meet", "interview": "interview", "offered": "offer", "checks": "check"}[to]
        services.move_on(introduction=row, move=move, role=ADVISER)


def walked(state: str, somebody=None, to=None) -> Introduction:
    """In a block as the worker (factories.as_worker): an introduction in `state`. Frozen and ended: from "asked"."""
    worker = factories.user()
    row = interested(somebody, to)
    last = {"started": "offered", "frozen": "asked", "ended": "asked"}.get(state, state)
    for each in WALK[1 : WALK.index(last) + 1]:
        step(row, each, worker)
    if state == "started":
        start(row)
    if state == "frozen":
        INTRODUCTION.move(row, "freeze", role=SYSTEM, changes={"frozen_from": "asked"})
    if state == "ended":
        services.end(introduction=row, move="decline", role=ADVISER, ending="young_person")
    row.refresh_from_db()
    return row


def start_facts(days: int = 0, **more) -> dict:
    """What a worker writes down of a start so many days from today."""
    day = clock.today() + dt.timedelta(days=days)
    return {"starts_on": day, "hours_a_week": 30, "pay_pence": 1400, "named_contact": "Sam Hale", **more}


def start(row, days: int = 0, **more) -> Start:
    """A first day so many days from today: from today or earlier on they are there."""
    by = factories.user()
    return starting.start(introduction=row, by=by, role=ADVISER, facts=start_facts(days, **more))
