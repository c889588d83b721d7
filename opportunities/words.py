"""The fixed words of an opportunity's page, and those that a new draft begins with, which an ambassador may put better.
Every version is kept, with who wrote it and when; the newest is shown.

    said = words.now()                    one query; {} while all are the first ones
    words.say("need.dbs", said)           the words of a key as they are shown
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from opportunities import drafts, needs, support, wording
from opportunities.models import Wording

LONGEST = 300
HOLES = re.compile(r"%\(\w+\)[sd]")


@dataclass(frozen=True)
class Words:
    """One entry: where it stands, and its first words."""

    key: str
    group: str | Promise
    first: str | Promise


ASKS, GIVES, STEPS = (
    gettext_lazy("What you need"),
    gettext_lazy("What they do for you"),
    gettext_lazy("Do you like this?"),
)
# What a draft is written with, by the last part of the key. What is published already keeps its words.
DRAFTS = {
    "first": gettext_lazy("A new draft: what kind of thing it is"),
    "do": gettext_lazy("A new draft: what people often do there"),
    "bring": gettext_lazy("A new draft: what to bring"),
    "not_needed": gettext_lazy("A new draft: what you do not need"),
}
ON_PAGES = (
    Words("ask.age", ASKS, gettext_lazy("You are %(age)d or over")),
    *(Words(f"need.{need.code}", ASKS, need.asks) for need in needs.NEEDS),
    *(Words(f"support.{one.bit}", GIVES, one.says) for one in support.SUPPORT),
    Words("step.talk", STEPS, gettext_lazy("Talk to your personal adviser, or show them this page")),
    Words("step.talk.more", STEPS, gettext_lazy("Ask anything. You can still say no.")),
    Words("step.message", STEPS, gettext_lazy("You see the message first")),
    Words("step.message.more", STEPS, gettext_lazy("Nothing goes to the business until you say yes.")),
    Words("step.meet", STEPS, gettext_lazy("You meet the team")),
    Words("step.meet.more", STEPS, gettext_lazy("Your adviser can come with you.")),
)
OF_DRAFTS = tuple(Words(key, DRAFTS[key.rpartition(".")[2]], first) for key, first in sorted(drafts.defaults().items()))
ALL = (*ON_PAGES, *sorted(OF_DRAFTS, key=lambda one: list(DRAFTS).index(one.key.rpartition(".")[2])))
BY_KEY = {one.key: one for one in ALL}
STEP_KEYS = ("step.talk", "step.message", "step.meet")


def now() -> dict[str, str]:
    """Key -> words, for those that were changed. One query."""
    rows = Wording.objects.order_by("key", "-pk").distinct("key")
    return {key: text for key, text in rows.values_list("key", "text") if text}


def say(key: str, said: Mapping[str, str]) -> str:
    """The words of a key; its first ones unless `said` has others."""
    return said.get(key) or str(BY_KEY[key].first)


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
