"""Check-ins as people read them: the first lines of Monday's page, a start's own list, and each side's."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from core.clock import LONDON, FrNow, FrToday
from core.workdays import add_working_days
from introductions import staying
from introductions.models import CheckIn, Introduction, Start
from introductions.staying import TROUBLE, Answer, Side
from matching.overview import each_of
from pledges import stops

SILENT = dt.timedelta(days=7)  # then the worker is asked to say
HALF_A_DAY = dt.timedelta(hours=12)


@dataclass
class At:
    """What was said at one point of one start."""

    start: Start
    point: str
    rows: list[CheckIn] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(CheckIn.Point(self.point).label)

    @property
    def said(self) -> list[CheckIn]:
        return [row for row in self.rows if row.answer]

    @property
    def to_ring(self) -> list[CheckIn]:
        """Of a business that is not written to, and has not answered."""
        asked = [row for row in self.rows if row.side == Side.EMPLOYER and row.asked_at and not row.answer]
        return [row for row in asked if staying.way_of(row) is None]

    @property
    def differs(self) -> bool:
        """Whether one says that it goes well enough, and another that it does not."""
        return len({row.answer in TROUBLE for row in self.said}) > 1

    @property
    def left(self) -> bool:
        """Whether anybody says that they are not there any more."""
        return any(row.answer == Answer.LEFT for row in self.said)

    @property
    def waits(self) -> bool:
        """Whether it does not go well, and the worker has not taken all that was said in hand."""
        alarming = any({row.answer, row.first_answer} & {*TROUBLE} for row in self.said)
        return alarming and any(row.seen_at is None for row in self.said)

    @property
    def by(self) -> dt.date:
        """By when the worker talks to them."""
        return min(staying.talk_by(row) for row in self.said if row.seen_at is None)

    @property
    def trouble(self) -> str:
        """What waits, in a few words."""
        if self.left:
            return _("Not there any more?")
        return _("Two answers that differ") if self.differs else _("It's not going well")


def by_point(rows: Iterable[CheckIn]) -> list[At]:
    """In the order in which they come."""
    found: dict[tuple[int, str], At] = {}
    for row in rows:
        found.setdefault((row.start_id, row.point), At(row.start, row.point)).rows.append(row)
    return list(found.values())


def of_introduction(introduction: Introduction) -> list[At]:
    """All check-ins of what it led to, for its worker. One query."""
    rows = CheckIn.objects.filter(start__introduction=introduction)
    rows = rows.select_related("start__introduction", "start__opportunity__pledge__contact")
    return by_point(rows.order_by("due_on", "pk"))


def of_side(introduction: Introduction, side: str) -> list[CheckIn]:
    """One side's own check-ins, as far as they have been asked about or answered, and the next that is to come."""
    rows = CheckIn.objects.filter(start__introduction=introduction, side=side).select_related("start__introduction")
    found = list(rows.order_by("due_on", "pk"))
    asked = [row for row in found if row.answer or row.asked_at]
    coming = [row for row in found if row not in asked]
    last = asked[-1].due_on if asked else None
    ahead = [row for row in coming if last is None or row.due_on > last]
    return [*asked, *ahead[:1]] if found and not staying.is_over(found[0]) else [row for row in asked if row.answer]


def waits_for(person: YoungPerson) -> CheckIn | None:
    """What a young person is asked now and has not answered: the last that is due. One query."""
    rows = CheckIn.objects.filter(staying.going(), start__person=person, side=Side.YOUNG_PERSON, due_on__lte=FrToday())
    rows = rows.filter(start__introduction__employer__in=stops.hearing())
    last: CheckIn | None = (
        rows.select_related("start__introduction__employer", "start__opportunity").order_by("-due_on", "-pk").first()
    )
    return last if last is not None and not last.answer else None


# --- Monday's page ----------------------------------------------------------------------------------------------------


def _here(**more: str) -> QuerySet[CheckIn]:
    """Check-ins of the start of the outer query's row."""
    return CheckIn.objects.filter(start=OuterRef("start"), **{name: OuterRef(of) for name, of in more.items()})


def _lines(rows: QuerySet[CheckIn], **more: Any) -> ArraySubquery:
    return each_of(
        rows, pk="pk", public_id="start__introduction__public_id", point="point",
        kind="start__opportunity__kind__code", title="start__opportunity__title",
        employer="start__introduction__employer__name", **more,
    )  # fmt: skip


def to_talk() -> ArraySubquery:
    """Of a person (`OuterRef("pk")`): points where it does not go well, or two answers differ, and what was said is not
    in hand. Each by the first that was said. A kind of introductions.this_week."""
    said = _here(point="point").exclude(answer="")
    rows = CheckIn.objects.filter(staying.going(), start__person=OuterRef("pk"), seen_at=None).exclude(answer="")
    rows = rows.filter(Exists(said.filter(staying.ALARMING)))
    rows = rows.exclude(Exists(said.filter(seen_at=None, answered_at__lt=OuterRef("answered_at"))))
    bad = Exists(said.filter(answer__in=TROUBLE))
    return _lines(
        rows.order_by("answered_at"),
        answered="answered_at",
        left=Exists(said.filter(answer=Answer.LEFT)),
        differs=Case(When(bad, then=Exists(said.exclude(answer__in=TROUBLE))), default=Value(False)),
    )


def to_ask() -> ArraySubquery:
    """Of a person (`OuterRef("pk")`): where the worker is the one who asks, because nobody is written to, or a side has
    not answered for a week. The last point of each start, once."""
    silent = Q(asked_at__lt=FrNow() - SILENT + HALF_A_DAY)  # to the day, whatever the hour
    without = Q(side=Side.YOUNG_PERSON) & (Q(start__person__user=None) | Q(start__person__user__is_active=False))
    asks = Q(side=Side.WORKER) | without | silent
    rows = CheckIn.objects.filter(
        staying.going(), asks, start__person=OuterRef("pk"), answer="", asked_at__isnull=False
    )
    said = _here(point="point").exclude(answer="")
    rows = rows.exclude(Exists(said.filter(side=Side.WORKER)))
    rows = rows.exclude(Q(side=Side.WORKER) & Exists(said.filter(side=Side.YOUNG_PERSON)))  # from whoever knows
    rows = rows.exclude(Exists(_here().filter(asked_at__isnull=False, due_on__gt=OuterRef("due_on"))))
    return _lines(rows.order_by("start", "-side").distinct("start"), due="due_on")


def to_end() -> ArraySubquery:
    """Of a person (`OuterRef("pk")`): what was for a time that is over, and nobody has written down how it ended."""
    rows = Start.objects.exclude(state=Start.State.ENDED).alias(over=staying.over_on())
    rows = rows.filter(introduction__state=Introduction.State.STARTED, over__lt=FrToday(), person=OuterRef("pk"))
    return each_of(
        rows.order_by("starts_on", "pk"), pk="pk", public_id="introduction__public_id", kind="opportunity__kind__code",
        title="opportunity__title", employer="introduction__employer__name", until=staying.read_until(),
    )  # fmt: skip


def end(person: YoungPerson, row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """The line of what `to_end` found: by the day until which the business reads who it is."""
    by = dt.date.fromisoformat(row["until"])
    return {
        **_line(person, {**row, "point": CheckIn.Point.DAY_1}, by, today),
        "more": _("The time is over. By %(day)s") % {"day": date_format(by, "j F")},
        "label": _("Write how it ended"),
        "step_url": reverse("introductions:take-step", args=[row["public_id"], "end-start"]),
    }


def talk(person: YoungPerson, row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """The line of what `to_talk` found: introductions/monday_step.html."""
    by = add_working_days(dt.datetime.fromisoformat(row["answered"]).astimezone(LONDON).date(), 1)
    what = _("Two answers that differ") if row["differs"] else _("It's not going well")
    what = _("Not there any more?") if row["left"] else what
    said = {"point": CheckIn.Point(row["point"]).label, "what": what, "day": date_format(by, "j F")}
    return {
        **_line(person, row, by, today),
        "more": _("%(point)s: %(what)s. By %(day)s") % said,
        "label": _("Talk to them"),
    }


def ask(person: YoungPerson, row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """The line of what `to_ask` found."""
    by = dt.date.fromisoformat(row["due"]) + SILENT
    said = {"point": CheckIn.Point(row["point"]).label, "day": date_format(by, "j F")}
    return {**_line(person, row, by, today), "more": _("%(point)s. By %(day)s") % said, "label": _("Ask how it goes")}


def _line(person: YoungPerson, row: dict[str, Any], by: dt.date, today: dt.date) -> dict[str, Any]:
    return {
        "step": True,
        "due": by,
        "order": row["pk"],
        "kind": row["kind"],
        "title": person.label,
        "url": reverse("introductions:show-introduction", args=[row["public_id"]]),
        "text": _("%(title)s, %(employer)s") % row,
        "badge": _("Overdue") if by < today else "",
        "step_url": reverse("introductions:show-how", args=[row["public_id"], row["point"]]),
    }
