"""How a young person likes to hear: what they are told of, and the word that begins every message to them."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Hearing, SafeWord, User, YoungPerson, YoungPersonContact

Matches = Hearing.Matches
REMINDERS, MATCHES = "reminders", "matches"  # what may be off: notifications.registry.Purpose.can_be_off
SHORTEST, LONGEST = 2, 20
# Parts of words that would say on a locked phone what nobody there needs to know.
SAYS_TOO_MUCH = ("care", "foster", "leaver", "advis", "council", "social", "kinship", "adopt", "looked")


def hearing_of(person: YoungPerson) -> Hearing:
    """What somebody has chosen, or what holds where they chose nothing (not saved)."""
    return Hearing.objects.filter(person=person).first() or Hearing(person=person)


def is_off(person: YoungPerson, what: str) -> bool:
    """Whether somebody has switched off what may be switched off."""
    found = hearing_of(person)
    return found.matches == Matches.PAGE if what == MATCHES else what == REMINDERS and not found.reminders


def safe_word_of(person: YoungPerson) -> str:
    """The word that begins every message to them, or "". In their own scope, or in the background."""
    return SafeWord.objects.filter(person=person).values_list("word", flat=True).first() or ""


def choose(*, person: YoungPerson, matches: str, reminders: bool, word: str) -> None:
    """Keep what somebody chose. word: one that check_word has let through; "" for none. Call it in their own scope."""
    Hearing.objects.update_or_create(person=person, defaults={"matches": matches, "reminders": reminders})
    if word:
        SafeWord.objects.update_or_create(person=person, defaults={"word": word})
    else:
        SafeWord.objects.filter(person=person).delete()


def check_word(person: YoungPerson, word: str) -> str:
    """The word as it is kept. ValidationError that says why not, without blame: others see it on a phone."""
    found = word.strip()
    if not re.fullmatch(rf"[A-Za-z]{{{SHORTEST},{LONGEST}}}", found):
        raise ValidationError(_("Choose one word of 2 to 20 letters, from A to Z. Texts can hold no others."))
    same = found.lower()
    if any(part in same for part in SAYS_TOO_MUCH):
        raise ValidationError(_("Choose a word that says nothing about you. Somebody else may see it on your phone."))
    if any(name in same for name in _names(person)):
        raise ValidationError(_("Choose another word, not a name. Somebody who knows you could guess it."))
    return found


def _names(person: YoungPerson) -> Iterable[str]:
    """What they are called, word by word, and their council. Names of two letters are too short to look for."""
    contact = YoungPersonContact.objects.filter(person=person).first()
    user: User | None = person.user
    said = [person.label, person.responsible_authority.short_name, user.name if user else ""]
    said.append(str(contact.details.get("name", "")) if contact else "")
    return {part for part in re.split(r"[\W\d_]+", " ".join(said).lower()) if len(part) > SHORTEST}
