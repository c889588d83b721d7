"""A young person takes over their own page: their worker's invitation, and the sign-in it leads to."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.links import make_link, revoke
from accounts.models import User, YoungPerson
from accounts.roles import YOUNG_PERSON
from core.models import LifecycleLog

JOIN = "join"  # the purpose of the link, and its one verb
JOINED = "accounts.YoungPerson"  # whose log says that somebody has taken it up
DAYS = 30


@transaction.atomic
def invite(*, person: YoungPerson) -> str:
    """The token of a new invitation; the one before ends. The caller has established that they are the worker."""
    revoke(JOIN, person.pk)
    return make_link(purpose=JOIN, object_id=person.pk, verbs=[JOIN], days=DAYS)


@transaction.atomic
def join(*, person: YoungPerson, name: str, email: str, phone: str = "") -> User:
    """Make their sign-in and end the invitation. Nothing changes for their worker.

    Call it in a scope that sees the person. Raises ValidationError in words when they have one already, or the address
    is somebody else's.
    """
    row: YoungPerson = YoungPerson.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if row.user_id is not None:
        raise ValidationError(_("You have an account already. Sign in with the email address you gave."), code="joined")
    try:
        with transaction.atomic():
            user = User.objects.make(name=name.strip(), email=email.strip().lower(), phone=phone.strip())
    except IntegrityError:
        sentence = _("Somebody already signs in with this email address. Use another one.")
        raise ValidationError({"email": sentence}) from None
    YoungPerson.objects.filter(pk=row.pk).update(user=user)
    revoke(JOIN, row.pk)
    LifecycleLog.objects.create(
        model=JOINED, object_id=row.pk, move=JOIN, old="", new="joined", actor=user.pk,
        role=YOUNG_PERSON,
    )  # fmt: skip
    return user
