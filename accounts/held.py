"""What this room holds about a young person, for a copy and for an erasure."""

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import gone
from accounts.models import (
    AdviserLink,
    Hearing,
    Membership,
    Objection,
    SafeWord,
    Transfer,
    User,
    View,
    YoungPerson,
    YoungPersonContact,
)
from accounts.personal_data import Row, in_words, register_personal_data
from core.telephones import as_read


def register() -> None:
    """Called once, when the room is ready."""
    register_personal_data(YoungPerson, _("About you"), of="pk", export=_about, erase=_erase)
    register_personal_data(YoungPersonContact, _("Your name and how to reach you"))
    register_personal_data(Hearing, _("How you like to hear"))
    register_personal_data(SafeWord, _("The word that begins our messages"))
    register_personal_data(AdviserLink, _("Who supports you"))
    register_personal_data(
        Transfer, _("Moves to another council"), own_copy=Q(state=Transfer.State.ACCEPTED), own_without=("words", "why")
    )
    register_personal_data(
        View, _("Who looked"), erase=_cut_off, own_copy=~Q(page=View.Page.SAFETY), own_without=("viewer", "first_at"),
    )  # fmt: skip
    register_personal_data(Objection, _("What you objected to"))


def _about(person: YoungPerson) -> list[Row]:
    found = in_words(person)
    if person.user_id:
        email, phone = User.objects.values_list("email", "phone").get(pk=person.user_id)
        found[str(_("Signs in with"))] = " ".join(filter(None, [email, as_read(phone)]))
    return [found]


def _cut_off(person: int) -> int:
    """Who looked stays for six years, as what workers did. At whom, nobody can tell any more."""
    return int(View.objects.filter(person=person).update(person=None))


def _erase(person: int) -> int:
    row = YoungPerson.objects.values("user_id", "responsible_authority_id", "council_reference").get(pk=person)
    user: int | None = row["user_id"]
    gone.mark_gone(row["responsible_authority_id"], row["council_reference"])
    count: int = YoungPerson.objects.filter(pk=person).delete()[0]
    if user is not None and not Membership.objects.filter(user=user).exists():
        empty_sign_in(user)
    return count


def empty_sign_in(user: int) -> None:
    """Make it a sign-in that nobody can use or recognise: rows about what was done still point to it."""
    close_sign_in(user)
    User.objects.filter(pk=user).update(name="")


def close_sign_in(user: int) -> None:
    """Make it a sign-in that nobody can use. The name stays, for what was done under it."""
    EmailAddress.objects.filter(user_id=user).delete()
    User.objects.filter(pk=user).update(email=None, phone="", phone_at=None, is_active=False, last_login=None)
