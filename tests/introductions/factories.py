"""Introductions for tests, brought as far as asked by the services' own verbs, in background work's scope."""

from accounts.models import User, YoungPerson
from introductions import services
from introductions.models import Introduction, Permission
from introductions.wording import Words, words_for
from opportunities.models import Opportunity
from tests import factories
from tests.opportunities import factories as make

WORKER = "adviser"


def words(of: Introduction, name: str = "Jo", reach: str = "through their worker") -> Words:
    return words_for(of, name=name, reach=reach, who_knows="Sam, who runs the kitchen")


def interested(
    person: YoungPerson | None = None,
    opportunity: Opportunity | None = None,
    *,
    worker: User | None = None,
    **more,
) -> Introduction:
    """Somebody of Nottinghamshire with a worker, and a published job, unless given. more: for the young person."""
    person = person or factories.young_person(worker=worker or factories.adviser(), **more)
    opportunity = opportunity or make.published()
    with factories.as_worker():
        return services.say_interested(
            person=person, opportunity=opportunity, said_by=Introduction.SaidBy.WORKER, role=WORKER
        )


def asked(row: Introduction | None = None, *, worker: User | None = None, **more) -> Introduction:
    worker = worker or factories.adviser()
    row = row or interested(worker=worker, **more)
    with factories.as_worker():
        services.ask(introduction=row, by=worker, role=WORKER, words=words(row))
        return fresh(row)


def permitted(
    row: Introduction | None = None, *, worker: User | None = None, agreed_role="council", **more
) -> Introduction:
    """Said yes to their worker; at 16 and 17 the worker confirms with `agreed_role`."""
    worker = worker or factories.adviser()
    row = row if row is not None and row.state == "asked" else asked(row, worker=worker, **more)
    with factories.as_worker():
        services.answer(
            permission=Permission.objects.get(introduction=row, answer=""),
            yes=True, role=WORKER, by=worker, in_person=True, agreed_role=agreed_role,
        )  # fmt: skip
        return fresh(row)


def introduced(row: Introduction | None = None, *, adult_name: str = "Sam Field", **more) -> Introduction:
    row = row if row is not None and row.state == "permitted" else permitted(row, **more)
    with factories.as_worker():
        services.introduce(introduction=row, role=WORKER, adult_name=adult_name)
        return fresh(row)


def offered(row: Introduction | None = None, **more) -> Introduction:
    row = row if row is not None and row.state == "introduced" else introduced(row, **more)
    with factories.as_worker():
        services.move_on(introduction=row, move="offer", role=WORKER)
        return fresh(row)


def fresh(row: Introduction) -> Introduction:
    """As it is now, with what belongs to it; call it inside a scope."""
    found: Introduction = Introduction.objects.select_related("person", "opportunity__kind", "employer").get(pk=row.pk)
    return found
