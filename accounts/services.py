"""The verbs of this room: one transaction each, and the only writers of its tables."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import gone, papers
from accounts.hats import in_force
from accounts.models import (
    AdviserLink,
    Council,
    Membership,
    Partnership,
    Team,
    User,
    YoungPerson,
    YoungPersonContact,
)
from accounts.places import authority_of_sector
from accounts.roles import WORKERS, Role
from core import clock
from core.lifecycle import SYSTEM
from core.models import LifecycleLog
from core.postcodes import find_sector

YOUNGEST, OLDEST = 16, 25  # years; care leavers are supported to their 26th birthday (domain, section 1)


@transaction.atomic
def add_young_person(
    *,
    by: User | None,
    council: Council,
    label: str,
    birth_month: dt.date,
    sector: str,
    living_authority: Council | None = None,
    right_to_work: str = YoungPerson.RightToWork.UNCHECKED,
    right_to_work_until: dt.date | None = None,
    worker: User | None = None,
    council_reference: str = "",
    name: str = "",
    email: str = "",
    phone: str = "",
) -> YoungPerson:
    """Add somebody the council owes support, from the facts an adviser has at hand.

    label: the worker's own short word, once among those they support. birth_month: any day of it. sector: "NG18 5",
    never a full postcode. living_authority: only where a sector spans two; otherwise it follows from the sector.
    council_reference: what the council calls them, which it gives once. name, email and phone are kept encrypted.
    Raises ValidationError with a sentence per field, for the council as long as it has not accepted the papers
    (accounts/papers.py), and for a reference under which nobody is any more (accounts/gone.py); IntegrityError when
    the reference is there already.
    """
    month = birth_month.replace(day=1)
    problems = _problems(council, label, month, sector)
    if gone.gone_of(council.pk, [council_reference]):
        problems["council_reference"] = str(gone.SENTENCE)
    if problems:
        raise ValidationError(problems)
    if worker is not None:
        _refuse_a_label_twice(worker.pk, label.strip())
    person = YoungPerson(
        label=label.strip(),
        responsible_authority=council,
        birth_month=month,
        living_sector=sector,
        living_authority=living_authority or authority_of_sector(sector),
        right_to_work=right_to_work,
        right_to_work_until=right_to_work_until,
        council_reference=council_reference,
    )
    person.save(force_insert=True)
    details = {key: text for key, text in (("name", name), ("email", email), ("phone", phone)) if text}
    if details:
        YoungPersonContact.objects.create(person=person, details=details)
    _log("accounts.YoungPerson", person.pk, "add", by=by, new="added")
    if worker is not None:
        assign_worker(person=person, worker=worker, by=by)
    return person


def _problems(council: Council, label: str, month: dt.date, sector: str) -> dict[str, str]:
    """What is wrong, by field, in sentences."""
    return council_problems(council) | fact_problems(label, month, find_sector(sector) is not None, clock.today())


def council_problems(council: Council) -> dict[str, str]:
    """Why nobody may be added for this council now, by field."""
    if not council.childrens_services:
        return {"council": _("Choose the county or city council that supports this young person.")}
    refused = papers.refusal(council)
    return {"council": refused} if refused else {}


def fact_problems(label: str, month: dt.date, sector_known: bool, day: dt.date) -> dict[str, str]:
    """What is wrong with the facts of somebody on `day`, by field, in sentences. No query."""
    found: dict[str, str] = {}
    if not label.strip():
        found["label"] = _("Enter your own short word for this young person, like their initials.")
    elif len(label.strip()) > 40:
        found["label"] = _("Use 40 letters or fewer.")
    if problem := age_problem(month, day):
        found["birth_month"] = problem
    if not sector_known:
        found["sector"] = _("Enter the first part of the postcode and the next number, like NG18 5.")
    return found


def _refuse_a_label_twice(worker: int, label: str, but: int | None = None) -> None:
    """No two of a worker's young people begin with the same label, in capitals or not.

    Checked here under a lock on the worker, not by PostgreSQL: the label and the worker stand in two tables, and a
    hand-over, which must never be refused, may bring two of one label together.
    """
    hold_workers([worker])
    if problem := label_problem(worker, label, but):
        raise ValidationError({"label": problem}, code="label_twice")


def hold_workers(workers: Iterable[int]) -> None:
    """Whoever gives one of these workers somebody new waits until the transaction ends."""
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(workers))
    list(rows.order_by("pk").values_list("pk"))


def label_problem(worker: int, label: str, but: int | None = None) -> str:
    """A sentence when one of a worker's young people has the label already, else nothing. but: whoever is being asked
    about."""
    mine = AdviserLink.objects.current().filter(worker_id=worker).values("person_id")
    if YoungPerson.objects.filter(pk__in=mine, label__iexact=label.strip()).exclude(pk=but).exists():
        return label_twice()
    return ""


def label_twice() -> str:
    """The sentence for a label that one of the worker's young people has already."""
    return _("You already have someone called that. Add a letter, so that you can tell them apart.")


def age_problem(birth_month: dt.date, day: dt.date) -> str:
    """A sentence when somebody born in the month is too young or too old on `day`, else nothing."""
    if YOUNGEST <= oldest_age(birth_month.replace(day=1), day) <= OLDEST + 1:
        return ""
    return _("Enter a month of birth that makes this person 16 to 25.")


def oldest_age(birth_month: dt.date, day: dt.date) -> int:
    """Whole years that somebody born on the first of the month has lived on `day`."""
    return day.year - birth_month.year - (day.month < birth_month.month)


@transaction.atomic
def change_facts(*, person: YoungPerson, label: str, birth_month: dt.date, sector: str, by: User | None) -> bool:
    """Put right the facts somebody was added with (see add_young_person). False when they were so already.

    Raises ValidationError with a sentence per field. Call it in a scope that sees the person.
    """
    row = locked_person(person.pk)
    label, month = label.strip(), birth_month.replace(day=1)
    facts: dict[str, Any] = {"label": label, "birth_month": month, "living_sector": sector}
    if facts == {name: getattr(row, name) for name in facts}:
        return False
    if problems := _problems(row.responsible_authority, label, month, sector):
        raise ValidationError(problems)
    worker = AdviserLink.objects.current().filter(person=row).values_list("worker_id", flat=True).first()
    if worker is not None and row.label != label:
        _refuse_a_label_twice(worker, label, but=row.pk)
    if row.living_sector != sector:
        facts["living_authority"] = authority_of_sector(sector)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=[*facts])
    _log("accounts.YoungPerson", row.pk, "change_facts", by=by, old="supported", new="supported")
    return True


@transaction.atomic
def assign_worker(*, person: YoungPerson, worker: User, by: User | None, on: dt.date | None = None) -> AdviserLink:
    """Give a young person their worker from `on` (today), ending the link before it. The same worker again: no change.

    Raises ValidationError when the worker is no worker of the responsible authority, and when support has ended.
    """
    day = on or clock.today()
    row = locked_person(person.pk)  # two hand-overs at once wait
    if row.ended_on is not None:
        raise ValidationError({"worker": _("Support has ended, so nobody is given a worker.")}, code="ended")
    _refuse_a_stranger(worker, row)
    current: AdviserLink | None = AdviserLink.objects.current().filter(person_id=person.pk).first()
    if current is not None:
        if current.worker_id == worker.pk:
            return current
        _end(current, by=by, on=day)
    link: AdviserLink = AdviserLink.objects.create(person=person, worker=worker, started_on=day)
    _log("accounts.AdviserLink", link.pk, "assign", by=by, new="current")
    return link


@transaction.atomic
def end_link(*, person: YoungPerson, by: User | None, on: dt.date | None = None) -> bool:
    """End the worker's link on `on` (today), and those of guests. False when there is none."""
    rows = AdviserLink.objects.select_for_update(of=("self",)).filter(person_id=person.pk, ended_on=None)
    found = list(rows.order_by("pk"))
    for link in found:
        _end(link, by=by, on=on or clock.today())
    return bool(found)


def locked_person(pk: int) -> YoungPerson:
    """A young person, held until the transaction ends."""
    row: YoungPerson = YoungPerson.objects.select_for_update(of=("self",)).get(pk=pk)
    return row


def _end(link: AdviserLink, *, by: User | None, on: dt.date) -> None:
    link.ended_on = max(on, link.started_on)
    link.save(update_fields=["ended_on"])
    _log("accounts.AdviserLink", link.pk, "end", by=by, old="current", new="ended")


def _refuse_a_stranger(worker: User, person: YoungPerson) -> None:
    hats = Membership.objects.filter(in_force(), user=worker, role__in=WORKERS)
    if not hats.filter(council_id=person.responsible_authority_id).exists():
        raise ValidationError({"worker": stranger()}, code="stranger")


def stranger() -> str:
    """The sentence for a worker of another council."""
    return _("Choose a worker of the council that supports this young person.")


@transaction.atomic
def make_member(
    *,
    by: User | None,
    name: str,
    email: str,
    role: str,
    council: Council | None = None,
    partnership: Partnership | None = None,
    employer_id: int | None = None,
    team: Team | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> Membership:
    """Invite somebody: their sign-in, made if the address has none, and the hat. Asked twice, it is the same hat.

    Raises ValidationError in words when the role does not fit the place.
    """
    user = User.objects.filter(email__iexact=email).first() or User.objects.make(name=name, email=email.lower())
    where = {"council": council, "partnership": partnership, "employer_id": employer_id, "team": team}
    same = Membership.objects.filter(user=user, role=role, valid_to=valid_to, **where).first()
    if same is not None:
        return same
    member = Membership(user=user, role=Role(role), valid_from=valid_from or clock.today(), valid_to=valid_to, **where)
    member.full_clean()
    member.save()
    _log("accounts.Membership", member.pk, "invite", by=by, new="in force")
    return member


@transaction.atomic
def end_membership(*, membership: Membership, by: User | None, on: dt.date | None = None) -> None:
    """Take a hat away; `on` (today) is its last day."""
    membership.valid_to = max(on or clock.today(), membership.valid_from)
    membership.save(update_fields=["valid_to"])
    _log("accounts.Membership", membership.pk, "end", by=by, old="in force", new="ended")


def read_plainly(*, person: YoungPerson, plain: bool) -> None:
    """Their own choice: pages without pictures and with less on them, and messages as plain text."""
    YoungPerson.objects.filter(pk=person.pk).update(plain=plain)


def number_is_theirs(*, person: YoungPerson) -> None:
    """Their worker has asked them: the number they sign in with is still theirs. Nothing where they have none."""
    User.objects.filter(young_person=person).exclude(phone="").update(phone_at=clock.now())


def _log(model: str, row: int, move: str, *, by: User | None, new: str, old: str = "") -> None:
    logged(model, row, move, by=by, new=new, old=old).save()


def logged(model: str, row: int, move: str, *, by: User | None, new: str, old: str = "") -> LifecycleLog:
    """Who did it, when; to be saved. These rows have dates instead of states, so the lifecycle engine writes none."""
    who = {"actor": by.pk if by else None, "role": "" if by else SYSTEM}
    return LifecycleLog(model=model, object_id=row, move=move, old=old, new=new, **who)
