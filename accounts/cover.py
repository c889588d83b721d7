"""Who supports whom today: one's own, and those of a colleague one stands in for. And how that changes hands."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import events
from accounts.hats import in_force
from accounts.models import AdviserLink, Council, Cover, Membership, User, YoungPerson
from accounts.models.people import AdviserLinkQuerySet
from accounts.roles import SEES_YOUNG_PEOPLE, WORKERS, Role
from accounts.services import assign_worker
from core import clock
from core.clock import FrToday
from core.lifecycle import MoveRefused
from core.models import LifecycleLog

OVERLAPS = gettext_lazy("Somebody stands in on some of these days already.")


def links_of(worker: int) -> AdviserLinkQuerySet:
    """The links of the young people whom a user works with today, as their worker or as a guest. No query of its own.

    Standing in opens a colleague's list from the first day to the last, both included: those of the council for which
    it was made, and never somebody kept apart, whom only their own worker sees.
    """
    away = Cover.objects.today().filter(
        stands_in=worker, worker=OuterRef("worker"), council=OuterRef("person__responsible_authority")
    )
    own = Q(worker_id=worker) | Q(Exists(away), person__kept_apart=False)
    as_guest = Q(worker_id=worker, until__gte=FrToday())
    links: AdviserLinkQuerySet = AdviserLink.objects.filter(ended_on__isnull=True)
    return links.filter(Q(own, until__isnull=True) | as_guest)


def workers_of(council: int) -> list[User]:
    """Who may support young people of a council today and sees them, by name."""
    hats = in_force() & Q(council=council, role__in=WORKERS & SEES_YOUNG_PEOPLE)
    return _wearing(hats)


def managers_of(council: int) -> list[User]:
    """The team managers of a council."""
    return _wearing(in_force() & Q(council=council, role=Role.TEAM_MANAGER))


def _wearing(hats: Q) -> list[User]:
    wearing = Membership.objects.filter(hats).values("user")
    return list(User.objects.filter(pk__in=wearing, is_active=True).order_by("name", "pk"))


def cover_of(link: AdviserLink) -> Cover | None:
    """By what a colleague sees the young person of a link today; nothing where they are kept apart. One query.

    link: loaded with its person. It is the same rule as that of links_of, from the other side.
    """
    if link.person.kept_apart:
        return None
    rows = _working().filter(worker=link.worker_id, council=link.person.responsible_authority_id)
    return rows.select_related("stands_in").first()


def _working() -> QuerySet[Cover]:
    """The covers of today under which somebody really sees a list: they still work with young people there."""
    hats = Membership.objects.filter(
        in_force(), user=OuterRef("stands_in"), council=OuterRef("council"), role__in=WORKERS & SEES_YOUNG_PEOPLE
    )
    return Cover.objects.today().filter(Exists(hats), stands_in__is_active=True)


def stand_ins() -> dict[tuple[int, int], int]:
    """Who stands in today: (worker, council) -> colleague. One query."""
    rows = _working().values_list("worker_id", "council_id", "stands_in_id")
    return {(worker, council): colleague for worker, council, colleague in rows}


def supporters_of(people: Iterable[int]) -> set[tuple[int, int]]:
    """(young person, worker) of each one's own worker and of whoever stands in for that worker today. Two queries."""
    links = AdviserLink.objects.current().filter(person_id__in=people)
    rows = list(links.values_list("person_id", "worker_id", "person__responsible_authority_id", "person__kept_apart"))
    away = stand_ins()
    standing_in = {
        (person, away[worker, council])
        for person, worker, council, apart in rows
        if not apart and (worker, council) in away
    }
    return {(person, worker) for person, worker, _council, _apart in rows} | standing_in


@transaction.atomic
def stand_in(
    *, worker: User, colleague: User, council: Council, first_day: dt.date, last_day: dt.date, by: User
) -> Cover:
    """Let `colleague` see and work with the young people of `worker` from the first day to the last.

    Announces cover_made. Raises ValidationError in words: dates, another cover on some of the days, somebody who is no
    worker of the council.
    """
    if not {worker.pk, colleague.pk} <= {found.pk for found in workers_of(council.pk)}:
        raise ValidationError(_("Choose two people who work with young people for this council."))
    if last_day < first_day:  # said here: PostgreSQL cannot even make such a range
        raise ValidationError({"last_day": _("The last day cannot be before the first.")})
    made = Cover(
        worker=worker, stands_in=colleague, council=council, first_day=first_day, last_day=last_day, made_by=by
    )
    made.full_clean(exclude=["made_at"])
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:  # another cover was made at the same moment
        raise ValidationError(OVERLAPS) from None
    LifecycleLog.objects.create(
        model="accounts.Cover", object_id=made.pk, move="stand_in", old="", new="made", actor=by.pk, role=""
    )
    events.cover_made.send(sender=Cover, id=made.pk, old="", new="made")
    return made


@transaction.atomic
def end_cover(*, cover: Cover, by: User) -> None:
    """End a cover now: it opens nothing from this moment. The row stays, as what was seen under it does.

    Announces cover_ended. Raises MoveRefused when it was over already.
    """
    today = clock.today()
    row = Cover.objects.to_come().select_for_update(of=("self",)).filter(pk=cover.pk).first()
    if row is None:
        raise MoveRefused(_("It had ended already."))
    if row.first_day <= today:
        row.last_day = today
    row.ended_at = clock.now()
    row.save(update_fields=["last_day", "ended_at"])
    LifecycleLog.objects.create(
        model="accounts.Cover", object_id=row.pk, move="end", old="made", new="ended", actor=by.pk, role=""
    )
    events.cover_ended.send(sender=Cover, id=row.pk, old="made", new="ended")


@transaction.atomic
def hand_over(*, person: YoungPerson, worker: User, by: User | None) -> AdviserLink:
    """Give a young person another worker from today. Announces handed_over. The same worker again: no change.

    by: None for a council's own system.
    Raises ValidationError when the worker is none of the council's. Call it in a scope that sees the person.
    """
    before = AdviserLink.objects.current().filter(person=person).values_list("worker_id", flat=True).first()
    link = assign_worker(person=person, worker=worker, by=by)
    if before != worker.pk:
        events.handed_over.send(sender=AdviserLink, id=link.pk, old=str(before or ""), new=str(worker.pk), by=by)
    return link
