"""A world in which every name, place and word is hostile, and a row of each purpose about it."""

import datetime as dt

from django.db.models import F

from accounts.models import Objection, Transfer, User, YoungPersonContact
from core import clock
from core.models import LifecycleLog
from introductions.models import CheckIn, Concern, HelpAgain, Introduction, Start
from matching.telling import PURPOSE as MATCH
from notifications.models import Outbox
from opportunities import by_business
from opportunities.models import Opportunity
from pledges.models import Ask, EmployerContact, FollowUp, Nudge, Pledge
from tests import factories
from tests.introductions import chain
from tests.matching import factories as matching
from tests.opportunities import factories as make

COUNCIL = "Nottinghamshire"
# What each field says, before what makes it hostile. A word that no template has.
FIELDS = (
    *("Qyoung", "Qlabel", "Qworker", "Qofficer"),
    *("Qemployer", "Qgiver", "Qadult", "Qtitle", "Qplace", "Qwords", "Qother"),
)
NASTY = {
    "plain": "",
    "care": "care leaver's personal adviser, looked after",
    "markup": "<b onclick=x>&amp;</b>{{ x }}{% now 'Y' %}",
    "marks": "\u202etxet\u2066\u200f",
    "lines": "\r\nBcc: all@evil.example\r\n\r\nRing 0900 1",
    "long": "x" * 200,
    "emoji": "🦊👩‍🔧",
    "link": "https://evil.example/win www.evil.example evil.example/now",
}
LIMITS = {"Qlabel": 40, "Qtitle": 80, "Qplace": 60}


def words(field: str, nasty: str) -> str:
    """What stands in a field."""
    return f"{field} {NASTY[nasty]}".strip()[: LIMITS.get(field, 80)]


class World:
    """nasty: a key of NASTY. Call it as the worker."""

    def __init__(self, nasty: str) -> None:
        def said(field: str) -> str:
            return words(field, nasty)

        today = clock.today()
        self.worker = factories.adviser()
        self.officer = factories.membership("coordinator").user
        for user, field in ((self.worker, "Qworker"), (self.officer, "Qofficer")):
            User.objects.filter(pk=user.pk).update(name=said(field))
            user.refresh_from_db()
        employer = make.employer(said("Qemployer"))
        self.pledge = make.pledge(
            employer, owner=self.officer, words=said("Qwords"), town=said("Qplace"), by_month=_month()
        )
        self.contact = self.pledge.contact
        EmployerContact.objects.filter(pk=self.contact.pk).update(
            name=said("Qgiver"), job=said("Qgiver"), phone="07700 900111", approved_by=self.officer, approved_on=today
        )
        self.contact.refresh_from_db()
        offer = make.published(pledge=self.pledge)
        Opportunity.objects.filter(pk=offer.pk).update(
            version=F("version") + 1, title=said("Qtitle"), summary=said("Qwords"), town=said("Qplace")
        )
        self.user = User.objects.make(name=said("Qyoung"), email="own@mail.example", phone="+447700900123")
        self.person = chain.person(self.worker, label=said("Qlabel"), user=self.user)
        YoungPersonContact.objects.create(person=self.person, details={"name": said("Qyoung"), "phone": said("Qyoung")})
        self.row = chain.walked("started", self.person, offer)
        Introduction.objects.filter(pk=self.row.pk).update(
            meets_at=clock.now() + dt.timedelta(days=2), meets_where=said("Qplace"), adult_name=said("Qadult"),
            bring=said("Qwords"),
        )  # fmt: skip
        self._around(said, offer, today)
        self._of_business(said, offer, today)
        self._matches(said)

    def _around(self, said, offer, today) -> None:
        """What is told of the young person."""
        start = Start.objects.get(introduction=self.row)
        Start.objects.filter(pk=start.pk).update(named_contact=said("Qadult"), buddy=said("Qadult"))
        CheckIn.objects.filter(start=start).delete()
        sides = ("young_person", "employer", "worker")
        self.check_ins = {
            side: CheckIn.objects.create(
                start=start, point="week26", side=side, due_on=today, words={"words": said("Qwords")}
            )
            for side in sides
        }
        self.concern = Concern.objects.create(
            person=self.person, introduction=self.row, responsible=self.person.responsible_authority, opportunity=offer,
            employer=self.row.employer, said_by="young_person", urgency="today", words={"words": said("Qwords")},
            look_by=clock.now(),
        )  # fmt: skip
        self.objection = Objection.objects.create(person=self.person, words={"words": said("Qwords")}, answer_by=today)
        self.help = HelpAgain.objects.create(person=self.person, due_on=today)
        self.transfer = Transfer.objects.create(
            person=self.person, from_council=self.person.responsible_authority, words=said("Qwords"),
            to_council=factories.council("Derbyshire"), asked_by=self.worker, answer_by=today,
        )  # fmt: skip

    def _of_business(self, said, offer, today) -> None:
        """What a giver is told of a pledge."""
        draft = make.draft(pledge=make.pledge(self.pledge.employer, owner=self.officer), title=said("Qtitle"))
        by_business.say_ready(opportunity=draft)
        self.ready = LifecycleLog.objects.get(object_id=draft.pk, move="ready")
        self.nudge = Nudge.objects.create(employer=self.pledge.employer, contact=self.contact, sent_on=today)
        done = {"counted_from": today, "due_on": today, "done_on": today}
        for step, pledge in zip(("draft", "write", "promise"), self._three(said), strict=True):
            FollowUp.objects.create(pledge=pledge, step=step, nudge=self.nudge, **done)
        Opportunity.objects.filter(pk=offer.pk).update(still_asked_on=today, opened_on=today - dt.timedelta(days=60))
        self.wish = EmployerContact.objects.create(
            employer=self.pledge.employer, name=said("Qother"), email="other@evil.example", replaces=self.contact,
            named_by=self.pledge,
        )  # fmt: skip
        kit = make.pledge(self.pledge.employer, kind_code="kit", words=said("Qwords"))
        Pledge.objects.filter(pk=kit.pk).update(contact=self.contact)
        self.ask = Ask.objects.create(
            number="BCDFGH", pledge=kit, quantity=1, needed_for="start", hand_over_at=said("Qplace"), needed_by=today,
            asked_by=self.worker, council=self.person.responsible_authority,
        )  # fmt: skip
        self.lapsed = make.pledge(self.pledge.employer, words=said("Qwords"))
        Pledge.objects.filter(pk=self.lapsed.pk).update(contact=self.contact, state="lapsed", followed_from=today)
        FollowUp.objects.create(pledge=self.lapsed, step="lapse", **done)

    def _three(self, said) -> list[Pledge]:
        made = [make.pledge(self.pledge.employer, words=said("Qwords"), town=said("Qplace")) for _number in range(2)]
        return [self.pledge, *made]

    def _matches(self, said) -> None:
        """What the adviser's digest says of somebody else, so that an introduction takes nothing off the list."""
        matching.places()
        self.somebody = matching.person(worker=self.worker, label=said("Qlabel"), categories=1 << 5)
        of = matching.pledge()
        matching.opportunity(
            of=of, audience="england", categories=1 << 5, title=said("Qtitle"), employer_name=said("Qemployer"),
            town=said("Qplace"),
        )  # fmt: skip
        matching.run()
        self.items = list(Outbox.objects.filter(purpose=MATCH, person=self.somebody).order_by("pk"))

    def ready_items(self) -> list[Outbox]:
        """A draft that is ready, for the officer's digest."""
        return [Outbox(purpose=by_business.TELL_READY, recipient=self.officer, cause_id=self.ready.pk)]

    def about(self, purpose: str, what: str) -> Outbox:
        """A row of the purpose, not saved. what: an attribute of this world."""
        if what in ("match", "ready"):
            return Outbox(purpose=purpose, recipient=self.worker)
        cause = self.check_ins[what.removeprefix("how:")] if what.startswith("how:") else getattr(self, what)
        return Outbox(
            purpose=purpose, recipient=self.user, person=self.person, cause_id=cause.pk,
            dedupe_key=f"{purpose}:-:{cause.pk}:-:hours-asked",
            secret={"code": "123456", "to": "+447700900123"},
        )  # fmt: skip


def _month() -> dt.date:
    return (clock.today() + dt.timedelta(days=70)).replace(day=1)
