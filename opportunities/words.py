"""The words of the pages of opportunities, and those that a new draft begins with, which an ambassador may put better.
Every version is kept, with who wrote it and when; the newest is shown.

    said = words.now()                    one query a page; {} while all are the first ones
    words.say("need.dbs", said)           the words of a key as they are shown
    {% say "page.do" %}                   the same in a template whose context has `said` (load words)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from opportunities import drafts, wording, words_first
from opportunities.models import Wording

LONGEST = 300
HOLES = re.compile(r"%\(\w+\)[sd]")


@dataclass(frozen=True)
class Words:
    """One entry: where it stands, and its first words."""

    key: str
    group: str | Promise
    first: str | Promise


# What a draft is written with, by the last part of the key. What is published already keeps its words.
DRAFTS = {
    "first": gettext_lazy("A new draft: what kind of thing it is"),
    "do": gettext_lazy("A new draft: what people often do there"),
    "bring": gettext_lazy("A new draft: what to bring"),
    "not_needed": gettext_lazy("A new draft: what you do not need"),
}
ON_PAGES = tuple(Words(key, group, first) for group, entries in words_first.PAGES for key, first in entries.items())
OF_DRAFTS = tuple(Words(key, DRAFTS[key.rpartition(".")[2]], first) for key, first in sorted(drafts.defaults().items()))
ALL = (*ON_PAGES, *sorted(OF_DRAFTS, key=lambda one: list(DRAFTS).index(one.key.rpartition(".")[2])))
BY_KEY = {one.key: one for one in ALL}
STEP_KEYS = ("step.talk", "step.message", "step.meet")


def now() -> dict[str, str]:
    """Key -> words, for those that were changed. One query."""
    rows = Wording.objects.order_by("key", "-pk").distinct("key")
    return {key: text for key, text in rows.values_list("key", "text") if text}


def say(key: str, said: Mapping[str, str], **values: object) -> str:
    """The words of a key, its first ones unless `said` has others, with the values in their places."""
    words = said.get(key) or str(BY_KEY[key].first)
    return words % values if values else words


def count(key: str, said: Mapping[str, str], n: int) -> str:
    """The words for one, or for several."""
    return say(f"{key}.one" if n == 1 else f"{key}.many", said, n=n)


def steps(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """The way to an opportunity: (step, more of it)."""
    return [(say(key, said), say(f"{key}.more", said)) for key in STEP_KEYS]


def change(*, key: str, text: str, by: User) -> Wording:
    """Add a version. "" goes back to the first words. Raises ValidationError with what to do about it."""
    words = " ".join(text.split())
    first = str(BY_KEY[key].first)
    found = wording.contact_details(words)
    if found:
        raise ValidationError(_("Take this out, please: %(found)s") % {"found": ", ".join(found)})
    if "<" in words or ">" in words:
        raise ValidationError(_("Write plain words, without < and >."))
    holes = sorted(HOLES.findall(first))
    if words and (sorted(HOLES.findall(words)) != holes or words.count("%") != len(holes)):
        kept = ", ".join(holes)
        raise ValidationError(
            _("Keep this as it is, once: %(kept)s") % {"kept": kept} if holes else _("Write “per cent” for %.")
        )
    if len(words) > LONGEST:
        raise ValidationError(_("Use %(most)d letters or fewer.") % {"most": LONGEST})
    return Wording.objects.create(key=key, text=words, by=by)
