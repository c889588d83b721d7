"""Before a meeting or an interview: a few things to think about, in plain words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from introductions.models import Introduction

S = Introduction.State


@dataclass(frozen=True)
class Prompts:
    """One list with its heading."""

    title: Any
    lines: tuple[Any, ...]


_AROUND = (
    Prompts(
        _("What to bring"),
        (_("Your phone, with power in it."), _("Pen and paper, if you like to write things down.")),
    ),
    Prompts(
        _("How to get there"),
        (
            _("Look up the way the day before. Plan to be there ten minutes early."),
            _("If the fare is a problem, tell your worker. They can help."),
            _("If you are late or ill, ring. That is fine, and it happens to all of us."),
        ),
    ),
    Prompts(
        _("Who comes with you"),
        (_("You may bring your worker. You only have to ask."), _("You never have to talk about your past.")),
    ),
)
_MEETING = Prompts(
    _("Think about this first"),
    (
        _("What would you like to know about the work?"),
        _("What do you like doing? It does not have to be a job."),
        _("What would help you on the first day?"),
    ),
)
_INTERVIEW = Prompts(
    _("They may ask you this"),
    (
        _("Why would you like to do this?"),
        _("What are you good at? Think of one time when you did it."),
        _("Tell us about a time when something was hard. What did you do?"),
        _("When can you work?"),
        _("What would you like to ask us?"),
    ),
)


def prompts_for(row: Introduction) -> tuple[Prompts, ...]:
    """What to think about before they meet; nothing in other states."""
    first = {str(S.MEETING): _MEETING, str(S.INTERVIEW): _INTERVIEW}.get(row.state)
    return (first, *_AROUND) if first else ()
