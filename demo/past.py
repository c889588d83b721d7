"""Lives what had happened before (demo/earlier.py), day by day, by the verbs that people's pages use.

For each thing the clock of this transaction is set back to its moment, so that what the verbs write carries that day.
The messages of those days end unsent.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection

from accounts.models import User, YoungPerson
from accounts.roles import YOUNG_PERSON, Role
from accounts.services import make_member
from core import clock
from core.clock import LONDON
from core.lifecycle import SYSTEM
from core.scope import Scope, scope
from core.workdays import add_working_days, last_working_day
from demo import around
from demo.earlier import POSTS, STORIES, WALK, Firm, Post, Story
from introductions import services, starting, staying
from introductions.models import CheckIn, Introduction, Permission, Start
from introductions.wording import words_for
from notifications import lifecycle
from notifications.models import Outbox
from opportunities import services as opportunities
from opportunities import still_open
from opportunities.models import Opportunity, UnpaidReason
from pledges import checks
from pledges.contacts import approve_contact
from pledges.employers import Business
from pledges.models import Category, Pledge, PledgeKind
from pledges.reading import Reach
from pledges.services import make_pledge

ADVISER, COORDINATOR, BUSINESS = str(Role.ADVISER), str(Role.COORDINATOR), str(Role.EMPLOYER_MEMBER)
MOVES = {"meeting": "meet", "interview": "interview", "offered": "offer", "checks": "check"}
UNSENT = "before the demonstration"
SET_CLOCK = "SELECT set_config('app.clock_offset', (%s::timestamptz - statement_timestamp())::text, true)"


@dataclass
class Past:
    """people: (adviser, place among the twenty) -> the young person. named: everybody else, by name. What happened is
    put on `moments` and lived in the order of time by `live`."""

    today: dt.date
    people: Mapping[tuple[str, int], YoungPerson]
    named: Mapping[str, User]
    posts: dict[str, Opportunity] = field(default_factory=dict)
    rows: dict[tuple[str, int, str], Introduction] = field(default_factory=dict)
    moments: list[tuple[dt.datetime, User | None, Callable[[], object]]] = field(default_factory=list)

    def on(self, ago: int, who: User | None, what: Callable[[], object], *, hour: int = 10) -> None:
        """So many days ago, or on the working day before; in one hour: in the order in which it was put there."""
        self._at(last_working_day(self.today - dt.timedelta(days=ago)), who, what, hour)

    def _at(self, day: dt.date, who: User | None, what: Callable[[], object], hour: int) -> None:
        seconds = dt.timedelta(seconds=len(self.moments))
        self.moments.append((dt.datetime.combine(day, dt.time(hour), LONDON) + seconds, who, what))

    def live(self) -> None:
        """All of it, and the clock is as it was. Inside a transaction, as background work."""
        last = Outbox.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        now, bells = clock.now(), list(connection.run_on_commit)
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.clock_offset', true), '')")
            offset = cursor.fetchone()[0]
            for moment, who, what in sorted(self.moments, key=lambda each: each[0]):
                cursor.execute(SET_CLOCK, [min(moment, now)])
                with scope(Scope(everything=True, actor=who.pk if who else None)):
                    what()
            cursor.execute("SELECT set_config('app.clock_offset', %s, true)", [offset])
        for state in ("held", "due"):
            lifecycle.move(Outbox.objects.filter(pk__gt=last), state, "ended", reason=UNSENT)
        connection.run_on_commit = bells  # nothing of those days is left to be done

    # --- businesses -----------------------------------------------------------------------------------------------

    def open_posts(self) -> None:
        """Pledged, checked by two coordinators, and published."""
        for code, post in POSTS.items():
            self._open(code, post, self.named["Maggie Thorne"], self.named["Dev Kapoor"])

    def _open(self, code: str, post: Post, first: User, second: User) -> None:
        pledged: list[Pledge] = []
        self.on(post.since + 21, first, lambda: pledged.append(_pledge(post)))
        self.on(post.since + 14, first, lambda: self._check(post, pledged[0]))
        self.on(post.since, first, lambda: self._publish(code, pledged[0], second))
        self.on(12, None, lambda: still_open.say_open(opportunity=self.posts[code]))

    def _check(self, post: Post, pledge: Pledge) -> None:
        """Called back, visited, agreed by two; whoever speaks for the business signs in for themselves."""
        first, second, today = self.named["Maggie Thorne"], self.named["Dev Kapoor"], clock.today()
        if pledge.employer.state == "checked":
            return
        check = checks.record_call_back(
            employer=pledge.employer, by=first, on=today, spoke_to=post.firm.job, found_by=post.firm.found_by,
            weight=PledgeKind.Weight.FULL,
        )  # fmt: skip
        checks.agree_first(
            check=check, by=first, on=today, because="Open about hours and pay. I would send my own son.",
            insurance_until=today + dt.timedelta(days=364), visited_on=today,
        )  # fmt: skip
        checks.agree_second(check=check, by=second, on=today, because="Yes: read the papers, nothing odd.")
        approve_contact(contact=pledge.contact, by=first)
        make_member(
            by=first, name=f"{post.firm.person}, {post.firm.name}", email=post.firm.email, role=Role.EMPLOYER_MEMBER,
            employer_id=pledge.employer_id,
        )  # fmt: skip

    def _publish(self, code: str, pledge: Pledge, second: User) -> None:
        row, post, first = Opportunity.objects.get(pledge=pledge), POSTS[code], self.named["Maggie Thorne"]
        values = {"title": post.title, "summary": post.summary, **post.values}
        if post.values["min_age"] < 18:
            values["risk_assessment_on"] = clock.today()
        if "pay_pence" not in values:
            values["unpaid_reason"] = UnpaidReason.objects.get(code="watching")
        opportunities.complete(opportunity=row, by=first, **values)
        opportunities.submit(opportunity=row, by=first, role=COORDINATOR)
        opportunities.approve(opportunity=row, by=second, role=COORDINATOR)
        self.posts[code] = row

    # --- people ---------------------------------------------------------------------------------------------------

    def tell(self, story: Story) -> None:
        """Put all of one story on its days."""
        worker, person = self.named[story.adviser], self.people[story.adviser, story.place]
        for step, ago in steps_of(story):
            self.on(ago, worker, partial(self._step, story, person, worker, step, step == story.to))
        if story.to == "start":
            self._at(self.today - dt.timedelta(days=story.ago), None, lambda: _begin(self._row(story)), 7)
            for point, answer in story.said.items():
                self._hear(story, point, answer)
        if story.ended:
            ago, why = story.ended
            self.on(ago, worker, lambda: _end(self._row(story), why))

    def _row(self, story: Story) -> Introduction:
        """As it is now."""
        row = self.rows[story.adviser, story.place, story.post]
        row.refresh_from_db(fields=["state"])
        return row

    def _step(self, story: Story, person: YoungPerson, worker: User, step: str, last: bool) -> None:
        if step == "interested":
            self.rows[story.adviser, story.place, story.post] = _interested(person, self.posts[story.post])
            return
        row, firm = self.rows[story.adviser, story.place, story.post], POSTS[story.post].firm
        if step == "asked":
            services.ask(introduction=row, by=worker, role=ADVISER, words=_words(row, worker, firm))
        elif step in ("yes", "said yes"):
            _answer(row, worker, themselves=step == "said yes")
        elif step == "told":
            services.introduce(introduction=row, role=ADVISER, adult_name=firm.person)
        elif step == "start":
            starting.start(introduction=row, by=worker, role=ADVISER, facts=self._facts(story, firm))
        else:
            services.move_on(
                introduction=row, move=MOVES[step], role=BUSINESS if last and step == "offered" else ADVISER,
                **self._meeting(step, firm, last),
            )  # fmt: skip

    def _meeting(self, step: str, firm: Firm, last: bool) -> dict[str, Any]:
        """What goes with a move: where and when they meet, or by when the checks are back."""
        if step == "checks":
            return {"checks_by": add_working_days(clock.today(), 10), "bring": "Passport or birth certificate"}
        if step == "offered":
            return {}
        day = add_working_days(self.today if last else clock.today(), 3)
        at = dt.datetime.combine(day, dt.time(14), LONDON)
        return {"meets_at": at, "meets_where": f"Front desk, {firm.street}, {firm.town}", "in_staffed_place": True}

    def _facts(self, story: Story, firm: Firm) -> dict[str, Any]:
        values = POSTS[story.post].values
        return {
            "starts_on": self.today - dt.timedelta(days=story.ago), "hours_a_week": values["hours_a_week"],
            "pay_pence": values.get("pay_pence"), "named_contact": firm.person, "buddy": "Ellie from the team",
            "fares_by": Start.Payer.EMPLOYER if values.get("travel_paid") else Start.Payer.COUNCIL,
            "kit_by": Start.Payer.EMPLOYER, "time_for_appointments": True,
        }  # fmt: skip

    def _hear(self, story: Story, point: str, answer: str) -> None:
        """Answered on its day."""
        side = CheckIn.Side.EMPLOYER if point.startswith("business ") else CheckIn.Side.YOUNG_PERSON
        when = CheckIn.Point(point.removeprefix("business "))
        if when in staying.ASKED_AT[CheckIn.Side.WORKER]:
            side = CheckIn.Side.WORKER
        day = self.today - dt.timedelta(days=story.ago - staying.AFTER[when])
        self._at(day, None, lambda: _say(self._row(story), when, side, answer), 17)


def steps_of(story: Story) -> list[tuple[str, int]]:
    """Each step with how many days ago it was: the last as told, the others before it in the usual rhythm."""
    walk = [step for step in WALK if step not in ("meeting", "interview") or step == story.to]
    if story.to == "said yes":
        return [("interested", story.ago + 2), ("asked", story.ago + 1), ("said yes", story.ago)]
    ago = story.ago + (WALK["start"] if story.to == "start" else 0)
    found: list[tuple[str, int]] = []
    for step in reversed(walk[: walk.index(story.to) + 1]):
        ago += WALK[step] if found else 0
        found.append((step, ago))
    return found[::-1]


def _pledge(post: Post) -> Pledge:
    firm = post.firm
    sector = Category.objects.get(code=firm.sector)
    return make_pledge(
        event=None, kind=PledgeKind.objects.get(code=post.kind), places=post.places,
        business=Business(name=firm.name, sector=sector), words=post.words, category=sector,
        reach=Reach(name=firm.person, job=firm.job, email=firm.email), postcode=firm.postcode, town=firm.town,
        source=Pledge.Source.FORM,
    )  # fmt: skip


def _interested(person: YoungPerson, post: Opportunity) -> Introduction:
    """By themselves when they have a page of their own, else written down by their worker."""
    said_by, role = ("self", YOUNG_PERSON) if person.user_id else ("worker", ADVISER)
    post.refresh_from_db()
    return services.say_interested(person=person, opportunity=post, said_by=said_by, role=role)


def _words(row: Introduction, worker: User, firm: Firm) -> Any:
    name = row.person.contact.details["name"].split(" ")[0]
    return words_for(
        row, name=name, reach=f"through {worker.name}, 0115 496 0150", who_knows=f"Only {firm.person}, {firm.job}"
    )


def _answer(row: Introduction, worker: User, *, themselves: bool) -> None:
    question = Permission.objects.select_related("introduction").get(introduction=row, answer="")
    if themselves:
        services.answer(permission=question, yes=True, role=YOUNG_PERSON, by=row.person.user)
    else:
        agreed = Permission.Agreed.COUNCIL
        services.answer(
            permission=question, yes=True, role=ADVISER, by=worker, in_person=True, agreed_role=agreed
        )  # fmt: skip


def _begin(row: Introduction) -> None:
    start = Start.objects.get(introduction=row)
    if start.state == Start.State.PLANNED and start.starts_on <= clock.today():
        starting.begin(start=start, role=SYSTEM)


def _say(row: Introduction, point: str, side: str, answer: str) -> None:
    if side == CheckIn.Side.WORKER:
        staying.say_for(start=Start.objects.get(introduction=row), point=point, answer=answer)
    else:
        staying.say(check_in=CheckIn.objects.get(start__introduction=row, point=point, side=side), answer=answer)


def _end(row: Introduction, why: str) -> None:
    """why: of a start, how it ended; "decline"; or "not_this_time" and the business's reason."""
    if row.state == Introduction.State.STARTED:
        start = Start.objects.get(introduction=row)
        starting.end(start=start, role=ADVISER, ending=why, on=clock.today())
        return
    move, _space, reason = why.partition(" ")
    ending = Introduction.Ending.NOT_THIS_TIME if reason else Introduction.Ending.YOUNG_PERSON
    services.end(introduction=row, move=move, role=BUSINESS if reason else ADVISER, ending=ending,
                 not_this_time=reason)  # fmt: skip


def live_before(past: Past) -> None:
    """What had happened until today."""
    past.open_posts()
    for story in STORIES:
        past.tell(story)
    around.tell(past)
    for ago in (40, 9, 0):
        past.on(ago, None, staying.ask_due, hour=20)
    past.live()
