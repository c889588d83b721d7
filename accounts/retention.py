"""What is kept no longer than it should be (domain, section 12). Each night; twice does no harm."""

import datetime as dt
import logging

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import joining
from accounts.ending import end_support
from accounts.held import close_sign_in, empty_sign_in
from accounts.models import Cover, GoneReference, Membership, SignedLink, User, View, YoungPerson
from accounts.personal_data import StillNeeded, erase_person
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.scope import EVERYTHING, scope

log = logging.getLogger(__name__)
OLDEST = 26  # years: 12 months after the 25th birthday
AUDIT = 6  # years
NUMBERS = dt.timedelta(days=182)  # after the last code, or answer, that came back from it
GONE = 10  # years, from 16 to 26: then whoever was meant is too old to be sent
LINKS = SIGN_INS = 1  # year after the link, or the last role, ended


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years earlier; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def last_birth_month(day: dt.date) -> dt.date:
    """The latest month of birth whose people are erased by `day`.

    Of a birthday the month is known: it counts as its last day, so that nobody is erased early.
    """
    this = years_before(day.replace(day=1), OLDEST)
    return (this - dt.timedelta(days=1)).replace(day=1)


def keep_no_longer() -> dict[str, int]:
    """Erase who is due: 12 months after the 25th birthday, or on request. And what was written down of workers longer
    than six years ago, sign-ins without a role, links that have ended, and old references under which nobody is.
    `waiting`: people about whom something is not over yet."""
    with scope(EVERYTHING):
        old = Q(birth_month__lte=last_birth_month(clock.today()))
        asked = Q(ended_why=YoungPerson.Ending.ASKED)
        due = list(YoungPerson.objects.filter(old | asked).order_by("pk"))
    counts = {"erased": 0, "waiting": 0}
    for person in due:
        counts["erased" if _erase(person) else "waiting"] += 1
    with scope(EVERYTHING):
        since = years_before(clock.today(), AUDIT)
        counts["views"] = View.objects.filter(on__lt=since).delete()[0]
        counts["covers"] = Cover.objects.filter(last_day__lt=since).delete()[0]
        last = years_before(clock.today(), GONE)
        counts["references"] = GoneReference.objects.filter(gone_on__lt=last).delete()[0]
    return {**counts, **_sign_ins(), **_numbers(), **_links()}


def _sign_ins() -> dict[str, int]:
    """Email and phone go first. The name stays as long as the roles: the list of who looked has to say who."""
    today = clock.today()
    closed = list(_without_role_since(years_before(today, SIGN_INS)).exclude(email=None, phone=""))
    for user in closed:
        close_sign_in(user.pk)
    emptied = list(_without_role_since(years_before(today, AUDIT)).exclude(name=""))
    for user in emptied:
        empty_sign_in(user.pk)
    old = Membership.objects.filter(valid_to__lt=years_before(today, AUDIT))
    return {"sign_ins": len(closed), "names": len(emptied), "roles": old.delete()[0]}


def _without_role_since(day: dt.date) -> QuerySet[User]:
    """Whose last role ended before that day."""
    roles = Membership.objects.filter(user=OuterRef("pk"))
    lately = roles.filter(Q(valid_to=None) | Q(valid_to__gte=day))
    return User.objects.filter(~Exists(lately), Exists(roles), young_person=None)


def _numbers() -> dict[str, int]:
    """Networks give a number that is not used to somebody else, who would then get the codes."""
    before = clock.now() - NUMBERS
    with scope(EVERYTHING):
        people = list(YoungPerson.objects.filter(user__phone_at__lt=before).order_by("pk"))
    gone = 0
    for person in people:
        with scope(EVERYTHING):
            gone += joining.forget_number(person=person, before=before)
    return {"numbers": gone}


def _links() -> dict[str, int]:
    since = clock.now() - dt.timedelta(days=365 * LINKS)
    old = SignedLink.objects.filter(Q(expires_at__lt=since) | Q(revoked_at__lt=since))
    return {"links": old.delete()[0]}


def _erase(person: YoungPerson) -> bool:
    """First the support ends, in a transaction of its own: what is still on the way is closed for it. One who cannot be
    erased tonight does not hold up the others."""
    try:
        with scope(EVERYTHING):
            end_support(person=person, why=YoungPerson.Ending.AGE, by=None, role=SYSTEM)
        erase_person(person=person.pk, by=None, why="retention")
    except StillNeeded:
        return False
    except (MoveRefused, DatabaseError) as error:
        log.error("young person %d was due and could not be erased: %s", person.pk, type(error).__name__)
        return False
    return True
