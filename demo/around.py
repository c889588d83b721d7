"""What happened around the young people before the demonstration begins: a stop, things that were wrong, what young
people asked of those who lead the team, and who helps whom for a while."""

import datetime as dt
from typing import TYPE_CHECKING

from accounts import cover, guests, objections, transfers
from accounts.models import Council, Objection, User, YoungPerson
from accounts.roles import YOUNG_PERSON, Role
from core import clock
from core.workdays import add_working_days
from demo.earlier import KITCHEN, PRINT, PRIYA, TYRES
from demo.world import address
from introductions import concerns, help_again, replies, sweeping
from introductions.models import Concern
from pledges import checks
from pledges.models import Employer

if TYPE_CHECKING:
    from demo.past import Past

SaidBy, Urgency = Concern.SaidBy, Concern.Urgency


def tell(past: "Past") -> None:
    """Put all of it on its days."""
    _wrong(past)
    _stopped(past)
    _asked(past)
    _helped(past)
    past.on(1, None, lambda: replies.reply(
        introduction=past.rows[PRIYA, 14, KITCHEN], said="ring", role=Role.EMPLOYER_MEMBER
    ))  # fmt: skip


def _wrong(past: "Past") -> None:
    """One that is over, and one that nobody has looked at yet."""
    helen, priya = past.named["Helen Marlow"], past.named[PRIYA]
    said: list[Concern] = []

    def raise_old() -> None:
        said.append(concerns.raise_concern(
            said_by=SaidBy.WORKER, urgency=Urgency.SOON, role=Role.ADVISER, introduction=past.rows[PRIYA, 2, PRINT],
            words="The lift home with a colleague was not agreed with anybody. They felt uneasy.",
        ))  # fmt: skip

    def close() -> None:
        words = "Talked with the owner and with them. They come by bus now, and the fare is paid."
        concerns.close(concern=said[0], by=helen, words=words)

    past.on(50, priya, raise_old)
    past.on(49, helen, lambda: concerns.see(concern=said[0], by=helen))
    past.on(46, helen, close)
    young = past.people[PRIYA, 6]
    past.on(1, young.user, lambda: concerns.raise_concern(
        said_by=SaidBy.YOUNG_PERSON, urgency=Urgency.SOON, role=YOUNG_PERSON, introduction=past.rows[PRIYA, 6, KITCHEN],
        words="Somebody at work keeps asking where I live. I do not want to say.", reach="After 4, by text",
    ), hour=16)  # fmt: skip


def _stopped(past: "Past") -> None:
    """A business is stopped: whoever was about to go there is on hold, and the leads look at once."""
    maggie, helen = past.named["Maggie Thorne"], past.named["Helen Marlow"]

    def stop() -> None:
        business = Employer.objects.get(opportunities=past.posts[TYRES])
        checks.stop_employer(employer=business, by=maggie, why="The insurance certificate they sent is not theirs")

    def look() -> None:
        for row in Concern.objects.filter(said_by=SaidBy.STOP).order_by("pk"):
            concerns.see(concern=row, by=helen)
            concerns.note(concern=row, by=helen, words="Rang their adviser. They stay at home until we know more.")

    past.on(2, maggie, stop)
    past.on(2, None, sweeping.sweep, hour=11)
    past.on(2, helen, look, hour=12)


def _asked(past: "Past") -> None:
    """What young people do not want, one of them answered; and somebody who would like help again."""
    ruth = past.named["Ruth Calloway"]
    first, third = past.people[PRIYA, 4], past.people[PRIYA, 6]
    old: list[Objection] = []

    def object_to(person: YoungPerson, about: str, words: str) -> None:
        answer_by, by = add_working_days(clock.today(), 5), _self(person)
        old.append(objections.make_objection(person=person, about=about, words=words, answer_by=answer_by, by=by))

    past.on(
        34, third.user, lambda: object_to(third, "", "Please do not send me jobs with cars. I said no three times.")
    )
    past.on(32, ruth, lambda: objections.answer_objection(
        objection=old[0], by=ruth, role=Role.TEAM_MANAGER,
        words="Sorry about that. Priya has changed what you would like, so no more cars.",
    ))  # fmt: skip
    past.on(1, first.user, lambda: object_to(
        first, "", "Tom Whitfield used to live on our street. Please let somebody else stand in for Priya."
    ))  # fmt: skip
    past.on(1, third.user, lambda: help_again.ask_again(person=third, by=_self(third)))


def _self(person: YoungPerson) -> User:
    """The sign-in of somebody who has one."""
    assert person.user is not None
    return person.user


def _helped(past: "Past") -> None:
    """Somebody is away, two councils ask each other to take somebody over, and a worker of another council helps."""
    ruth, jan = past.named["Ruth Calloway"], past.named["Jan Holbrook"]
    council = {row.short_name: row for row in Council.objects.order_by("pk")}
    past.on(3, ruth, lambda: cover.stand_in(
        worker=past.named["Tom Whitfield"], colleague=past.named[PRIYA], council=council["Nottinghamshire"],
        first_day=clock.today(), last_day=past.today + dt.timedelta(days=11), by=ruth,
    ))  # fmt: skip
    past.on(2, jan, lambda: transfers.ask(
        person=past.people["Hannah Stoker", 0], to_council=council["Nottinghamshire"], by=jan,
        words="Lives in Worksop now and wants to stay. Ring Hannah Stoker, 01629 960 115.",
    ))  # fmt: skip
    past.on(2, ruth, lambda: transfers.ask(
        person=past.people["Leon Baptiste", 0], to_council=council["Nottingham"], by=ruth,
        words="Has a flat in the city. Ring Leon Baptiste, 0115 496 0150.",
    ))  # fmt: skip
    past.on(4, ruth, lambda: guests.let_in(
        person=past.people[PRIYA, 3], name="Ola Finch", email=address("Ola Finch", "derby"), council=council["Derby"],
        until=past.today + dt.timedelta(days=60), by=ruth,
    ))  # fmt: skip
