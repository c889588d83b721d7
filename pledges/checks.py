"""The checks before anything of a business is shown: the call-back, and one or two people by weight (domain,
section 5).

Nothing here can be walked round: migrations/0003_rules.py and 0007_employer_identity.py tie the state `checked` to a
passed check of what the business is now, in the database.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.scope import EVERYTHING, scope
from pledges.lifecycle import EMPLOYER
from pledges.models import Employer, EmployerCheck, Pledge, PledgeKind
from pledges.words import clean

Weight = PledgeKind.Weight
ORDER = {"": 0, str(Weight.LIGHT): 1, str(Weight.STANDARD): 2, str(Weight.FULL): 3}
ADULT = 18
RECHECK_DAYS = 60  # so long before its end a check is on the list to be done again


class CheckRefused(Exception):
    """The check cannot be written like this. Its text may be shown to people."""


def heavier(*weights: str) -> str:
    """The heaviest of some weights; "" when there is none."""
    return max(weights, key=lambda weight: ORDER[weight], default="")


def weight_for(kind: PledgeKind, *, min_age: int = ADULT) -> str:
    """The check that an opportunity of this kind needs: one-to-one, or open to people under 18, needs a full
    one.

    Kinds that are light by themselves (group visits, talks, kit) stay light: nobody is alone with a young
    person.
    """
    if kind.weight != Weight.LIGHT and (kind.one_to_one or min_age < ADULT):
        return str(Weight.FULL)
    return kind.weight


def weight_needed(employer: Employer) -> str:
    """The heaviest weight among the kinds of the employer's placeable pledges that have not ended; else
    light.
    """
    ended = (Pledge.State.WITHDRAWN, Pledge.State.LAPSED, Pledge.State.KEPT, Pledge.State.PARTLY_KEPT)
    pledges = Pledge.objects.filter(employer=employer, kind__becomes=PledgeKind.Becomes.PLACES)
    kinds = PledgeKind.objects.filter(pk__in=pledges.exclude(state__in=ended).values("kind")).order_by("pk")
    return heavier(str(Weight.LIGHT), *(weight_for(kind) for kind in kinds))


def good_for(employer: Employer, weight: str) -> bool:
    """Whether the check in force is heavy enough: a talk's light check does not open the door to a mentor."""
    checked = employer.state == Employer.Check.CHECKED and employer.checked_until is not None
    return bool(
        checked
        and employer.checked_until >= clock.today()  # type: ignore[operator]
        and ORDER[employer.checked_weight] >= ORDER[weight]
    )


def record_call_back(
    *,
    employer: Employer,
    by: User,
    on: dt.date,
    spoke_to: str,
    found_by: str,
    weight: str = "",
    charity_or_public: bool | None = None,
) -> EmployerCheck:
    """Begin a round of checks: `by` spoke to the business on a number or address found independently of the
    pledge.

    found_by: EmployerCheck.Found. weight: "" for what the pledges need; a lighter one is raised to that.
    charity_or_public: whether a register shows a charity, voluntary or public body (only these may take volunteers);
    None leaves what is known.
    Raises CheckRefused for a day to come or over a year ago, nobody spoken to, or an employer that is stopped.
    """
    _refuse_future(on)
    if on < clock.today() - dt.timedelta(days=365):
        raise CheckRefused(_("Enter a day in the last year. An older call is too old: ring them again."))
    spoke_to = clean(spoke_to)[:80]
    if not spoke_to:
        raise CheckRefused(_("Write who you spoke to: a name or a job."))
    if found_by not in EmployerCheck.Found.values:
        raise CheckRefused(_("Say how you found the number: in a register, on the website, or by meeting them."))
    with transaction.atomic():
        row = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
        _refuse_closed(row)
        if row.state == Employer.Check.UNCHECKED:
            EMPLOYER.move(row, "call_back", role=str(Role.COORDINATOR), on_behalf_of=by.pk)
        if row.lead_id is None:
            row.lead = employer.lead = by  # one name for every member council, until a coordinator gives it on
            row.save(update_fields=["lead"])
        if charity_or_public is not None:
            row.charity_or_public = employer.charity_or_public = charity_or_public
            row.save(update_fields=["charity_or_public"])
        employer.state = row.state
        said = {"weight": heavier(weight, weight_needed(row)), "called_by": by, "called_on": on}
        said |= {"spoke_to": spoke_to, "found_by": found_by}
        # The same call, sent by a second click, is the same round.
        same = row.checks.filter(first_by__isnull=True, pk__gt=row.checks_after, **said).order_by("-pk").first()
        return same or EmployerCheck.objects.create(employer=row, **said)


def agree_first(
    *,
    check: EmployerCheck,
    by: User,
    on: dt.date,
    because: str,
    insurance_until: dt.date | None = None,
    visited_on: dt.date | None = None,
) -> EmployerCheck:
    """The first person answers "Would this do for my own child?" with yes, because. A light check passes with
    it.

    insurance_until: end of the employers' liability insurance, needed from standard on; visited_on: needed
    for full.
    """
    because = _answer(because)
    _refuse_future(on)
    if visited_on:
        _refuse_future(visited_on)
    with transaction.atomic():
        row = _locked(check)
        if row.first_by_id is not None:
            raise CheckRefused(_("The first person has answered already."))
        row.insurance_until, row.visited_on = (
            insurance_until or row.insurance_until,
            visited_on or row.visited_on,
        )
        _refuse_missing_papers(row, on)
        row.first_by, row.first_on, row.first_because = by, on, because
        if row.weight == Weight.LIGHT:
            row.passed_on = on
        row.save()
        return _pass_if_complete(row, by)


def agree_second(*, check: EmployerCheck, by: User, on: dt.date, because: str) -> EmployerCheck:
    """The second person answers. The check passes. Raises CheckRefused when it is the same person."""
    because = _answer(because)
    _refuse_future(on)
    with transaction.atomic():
        row = _locked(check)
        if row.first_by_id is None:
            raise CheckRefused(_("The first person has not answered yet."))
        if row.second_by_id is not None:
            raise CheckRefused(_("The second person has answered already."))
        if row.first_by_id == by.pk:
            raise CheckRefused(_("A second person must agree. Ask a colleague; any member council's officer may."))
        _refuse_missing_papers(row, on)
        row.second_by, row.second_on, row.second_because, row.passed_on = by, on, because, on
        row.save()
        return _pass_if_complete(row, by)


@dataclass(frozen=True)
class Agreed:
    """What became of one check in a batch. `sentence`: why not, "" when it passed."""

    check: EmployerCheck
    sentence: str = ""


def open_rounds() -> QuerySet[EmployerCheck]:
    """The check under way of each business: its newest that still counts and has not passed."""
    newer = EmployerCheck.objects.filter(employer=OuterRef("employer"), pk__gt=OuterRef("pk"))
    rows = EmployerCheck.objects.filter(~Exists(newer), passed_on__isnull=True, pk__gt=F("employer__checks_after"))
    return rows.filter(employer__state__in=[Employer.Check.CALLED_BACK, Employer.Check.CHECKED])


def waiting_for_second(by: User) -> QuerySet[EmployerCheck]:
    """Open rounds that the first person has agreed to, and that `by` may agree to as the second, the oldest first."""
    agreed_once = open_rounds().filter(first_by__isnull=False, second_by__isnull=True)
    return agreed_once.exclude(first_by=by).order_by("first_on", "pk")


def agree_batch(*, checks: Sequence[EmployerCheck], by: User, on: dt.date, because: str) -> list[Agreed]:
    """The second person agrees to several standard checks with one answer. Each stands or falls alone, in the order
    of their businesses. A full check is refused: it is agreed one by one.
    """
    because = _answer(because)
    return [_agree_one(check, by, on, because) for check in sorted(checks, key=lambda check: check.employer_id)]


def _agree_one(check: EmployerCheck, by: User, on: dt.date, because: str) -> Agreed:
    if check.weight != Weight.STANDARD:
        return Agreed(check, _("A full check is agreed one by one, on the page of the business."))
    try:
        with transaction.atomic():  # a savepoint of its own: one refusal takes nothing else back
            return Agreed(agree_second(check=check, by=by, on=on, because=because))
    except (CheckRefused, MoveRefused) as refused:
        return Agreed(check, str(refused))


def ending_soon() -> QuerySet[Employer]:
    """Businesses whose check ends within 60 days: to be checked again, the first to end first."""
    last = clock.today() + dt.timedelta(days=RECHECK_DAYS)
    return Employer.objects.filter(state=Employer.Check.CHECKED, checked_until__lte=last).order_by(
        "checked_until", "pk"
    )


def stop_employer(*, employer: Employer, by: User, why: str) -> None:
    """The stop switch: announces `employer_stopped`, whose reactions hide everything of the employer at once."""
    EMPLOYER.move(employer, "stop", role=str(Role.COORDINATOR), on_behalf_of=by.pk, why=_reason(why))


def reopen_employer(*, employer: Employer, by: User, why: str) -> None:
    """Take a stop back. Every check begins anew."""
    changes = {"checked_until": None, "checked_weight": ""}
    EMPLOYER.move(employer, "reopen", role=str(Role.COORDINATOR), on_behalf_of=by.pk, why=_reason(why), changes=changes)


def expire_checks() -> dict[str, int]:
    """The nightly job: employers whose check is over are unchecked again. May run at any time, twice without harm."""
    with scope(EVERYTHING):
        over = list(Employer.objects.filter(state="checked", checked_until__lt=clock.today()).order_by("pk"))
        for employer in over:
            EMPLOYER.move(employer, "expire", role=SYSTEM)
    return {"expired": len(over)}


def passed_until(on: dt.date) -> dt.date:
    """A check holds for a year (domain, section 5). One passed on 29 February ends on 28 February."""
    try:
        return on.replace(year=on.year + 1)
    except ValueError:
        return on.replace(year=on.year + 1, day=28)


def _pass_if_complete(check: EmployerCheck, by: User) -> EmployerCheck:
    """Move the employer when the check has passed. A check lighter than one still in force does not replace
    it.
    """
    if check.passed_on is None:
        return check
    employer = Employer.objects.get(pk=check.employer_id)
    if employer.state == Employer.Check.CHECKED and ORDER[employer.checked_weight] > ORDER[check.weight]:
        return check
    changes = {"checked_until": passed_until(check.passed_on), "checked_weight": check.weight}
    EMPLOYER.move(employer, "pass", role=str(Role.COORDINATOR), on_behalf_of=by.pk, changes=changes)
    return check


def _locked(check: EmployerCheck) -> EmployerCheck:
    """The check, locked, still open, of an employer that is not stopped."""
    row = EmployerCheck.objects.select_for_update(of=("self",)).select_related("employer").get(pk=check.pk)
    if row.passed_on is not None:
        raise CheckRefused(_("This check has passed already."))
    _refuse_closed(row.employer)
    if row.pk <= row.employer.checks_after:
        raise CheckRefused(_("The business has changed since this call. Ring it again."))
    return row


def _refuse_closed(employer: Employer) -> None:
    if employer.state == Employer.Check.STOPPED:
        raise CheckRefused(_("This business is stopped. Open it again first, with a reason."))
    if employer.state == Employer.Check.MERGED:
        raise CheckRefused(_("This business was joined to another. Check that one."))


def _refuse_missing_papers(check: EmployerCheck, on: dt.date) -> None:
    if check.weight == Weight.LIGHT:
        return
    if check.insurance_until is None:
        raise CheckRefused(_("Enter the day on which the employers' liability insurance ends."))
    if check.insurance_until < on:
        ended = date_format(check.insurance_until, "j F Y")
        raise CheckRefused(_("The insurance ended on %(day)s. Ask for the new certificate.") % {"day": ended})
    if check.weight == Weight.FULL and check.visited_on is None:
        raise CheckRefused(_("A full check needs a visit. Enter the day somebody went there."))


def _refuse_future(on: dt.date) -> None:
    if on > clock.today():
        raise CheckRefused(_("Enter a day that has been: today or before."))


def _answer(because: str) -> str:
    because = clean(because)[:200]
    if not because:
        raise CheckRefused(_("Say why this would do for your own child."))
    return because


def _reason(why: str) -> str:
    why = clean(why)[:200]
    if not why:
        raise CheckRefused(_("Say why, in a few words."))
    return why
