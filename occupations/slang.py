"""Slang: what we ship, and what a coordinator has put in its place for this installation."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import FrNow
from occupations.meaning import LONGEST_SLANG, meaning
from occupations.models import LONGEST, MOST_MEANT, Slang
from occupations.table import Occupation, occupations, slang
from occupations.word_table import WORD


def own() -> dict[str, list[str]]:
    """Words -> codes, for those that coordinators have changed or added. One query."""
    return dict(Slang.objects.values_list("words", "occupations"))


def suggest(words: str) -> list[Occupation]:
    """What words may mean in this installation, best first, at most five; none when not sure. One query."""
    return [each.occupation for each in meaning(words, own())] if words.strip() else []


def all_of_it() -> dict[str, tuple[list[str], bool]]:
    """Words -> (codes, whether a coordinator said so), in the order of the words."""
    found = {words: (list(codes), False) for words, codes in slang().items()}
    found |= {words: (codes, True) for words, codes in own().items()}
    return dict(sorted(found.items()))


def say(*, words: str, codes: Iterable[str], by: User) -> Slang:
    """From now on these words stand for these occupations; for none: they mean nothing. Raises ValidationError with
    what to do about it."""
    found, chosen = WORD.findall(words.casefold().replace("’", "'")), list(dict.fromkeys(codes))
    if not found or len(found) > LONGEST_SLANG or len(" ".join(found)) > LONGEST:
        raise ValidationError(_("Enter one to three words, in letters and figures."))
    if len(chosen) > MOST_MEANT or set(chosen) - set(occupations()):
        raise ValidationError(_("Choose up to three kinds of work from the list."))
    values = {"occupations": chosen, "said_by": by, "said_at": FrNow()}
    return Slang.objects.update_or_create(words=" ".join(found), defaults=values)[0]


def take_back(*, words: str) -> bool:
    """Leave it to what we ship again. Returns whether there was anything to take back."""
    return bool(Slang.objects.filter(words=words).delete()[0])
