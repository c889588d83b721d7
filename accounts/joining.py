"""A young person takes over their own page: their worker's invitation, and the sign-in it leads to."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import events, hats
from accounts.links import make_link, revoke
from accounts.models import User, YoungPerson
from accounts.roles import YOUNG_PERSON
from accounts.services import locked_person
from core import clock
from core.lifecycle import SYSTEM
from core.models import LifecycleLog

JOIN = "join"  # the purpose of the link, and its one verb
JOINED = "accounts.YoungPerson"  # whose log says that somebody has taken it up
CHANGED, SLEPT = "change_number", "forget_number"  # moves of that log
DAYS = 30


@transaction.atomic
def invite(*, person: YoungPerson) -> str:
    """The token of a new invitation; the one before ends. The caller has established that they are the worker."""
    revoke(JOIN, person.pk)
    return make_link(purpose=JOIN, object_id=person.pk, verbs=[JOIN], days=DAYS)


@transaction.atomic
def join(*, person: YoungPerson, name: str, email: str = "", phone: str = "") -> User:
    """Make their sign-in, by an email address or a mobile number (core.telephones.mobile), and end the invitation.
    Nothing changes for their worker. Whoever had a sign-in that was ended has the same one again, and no session of
    before.

    Call it in a scope that sees the person. Raises ValidationError in words when they have one already, or the address
    is somebody else's.
    """
    row = locked_person(person.pk)
    if signs_in(row):
        raise ValidationError(_("You have an account already. Sign in with what you gave then."), code="joined")
    user = row.user or User.objects.make(name=name.strip())
    user.name, user.email = name.strip(), email.strip().lower() or None
    user.set_unusable_password()  # each session carries a hash of it
    _save_with_number(user, phone)
    YoungPerson.objects.filter(pk=row.pk).update(user=user)
    revoke(JOIN, row.pk)
    _log(row, JOIN, "joined", actor=user.pk, role=YOUNG_PERSON)
    return user


def signs_in(person: YoungPerson) -> bool:
    """Whether a code to some address opens their page."""
    return person.user is not None and bool(person.user.email or person.user.phone)


@transaction.atomic
def change_number(*, person: YoungPerson, phone: str) -> User:
    """From now on codes go to this number, which has been proved, and to none before it. All their sessions end:
    django.contrib.auth.update_session_auth_hash keeps the caller's own.

    Call it in a scope that sees the person. Raises ValidationError when the number is somebody else's, when their
    sign-in has just been ended, and for somebody who works here as well.
    """
    row = locked_person(person.pk)
    user = row.user
    if user is None or not signs_in(row):
        raise ValidationError(_("Your sign-in has ended. Ask your adviser for a new link."), code="ended")
    if hats.memberships(user.pk):
        raise ValidationError(_("You also sign in for your work here, so your codes go to your email address alone."))
    user.set_unusable_password()
    _save_with_number(user, phone)
    _log(person, CHANGED, "joined", actor=user.pk, role=YOUNG_PERSON)
    events.sign_in_changed.send(sender=YoungPerson, id=person.pk)
    return user


@transaction.atomic
def end_sign_in(*, person: YoungPerson, by: int, role: str) -> None:
    """Their phone, number or mailbox may be somebody else's by now: it opens their page no more, from this moment. A
    new invitation does.

    by, role: of the worker. Call it in a scope that sees the person. Raises ValidationError for somebody who works
    here as well.
    """
    user = locked_person(person.pk).user
    if user is None:
        return
    if hats.memberships(user.pk):
        raise ValidationError(_("They also sign in for their work here. Ask whoever gave them that role."))
    EmailAddress.objects.filter(user=user).delete()
    user.email = None
    user.set_unusable_password()
    _save_with_number(user, "")
    _log(person, "end_sign_in", "ended", actor=by, role=role)


def wake_number(*, person: int, since: dt.datetime) -> None:
    """They answered by what was texted to their number at `since`: it is in use. Of one that was proved after that,
    this says nothing. Call it in a scope that sees the person."""
    User.objects.filter(young_person=person, phone_at__lte=since).update(phone_at=clock.now())


@transaction.atomic
def forget_number(*, person: YoungPerson, before: dt.datetime) -> bool:
    """Their number opens their page no more, unless it was in use since. Whether it went.

    Call it in a scope that sees the person.
    """
    locked_person(person.pk)
    sleeps = User.objects.filter(young_person=person.pk, phone_at__lt=before)
    if not sleeps.update(phone="", phone_at=None):
        return False
    _log(person, SLEPT, "ended", actor=None, role=SYSTEM)
    events.sign_in_changed.send(sender=YoungPerson, id=person.pk)
    return True


def number_slept(person: YoungPerson) -> bool:
    """Whether what happened last to how they sign in is that their number has gone. In a scope that sees the person."""
    lines = LifecycleLog.objects.filter(model=JOINED, object_id=person.pk, move__in=[JOIN, CHANGED, SLEPT])
    return lines.order_by("-pk").values_list("move", flat=True).first() == SLEPT


def _save_with_number(user: User, phone: str) -> None:
    user.phone, user.phone_at = phone, clock.now() if phone else None
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise ValidationError(
            _("Somebody already signs in with this number. Use another one.")
            if phone
            else _("Somebody already signs in with this email address. Use another one.")
        ) from None


def _log(person: YoungPerson, move: str, new: str, *, actor: int | None, role: str) -> None:
    LifecycleLog.objects.create(
        model=JOINED, object_id=person.pk, move=move, old="", new=new, actor=actor, role=role
    )  # fmt: skip
