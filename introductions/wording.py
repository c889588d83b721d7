"""The exact words a business would get: what the young person reads before they say yes is sent to the letter."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import YoungPerson
from introductions.models import Introduction
from matching.models import Interests


@dataclass(frozen=True)
class Words:
    """text: all the business reads. name and reach: within it, kept apart for the calendar file and the reminder.
    who_knows: who inside the business will know, in words."""

    text: str
    name: str
    reach: str
    who_knows: str

    def kept(self) -> dict[str, str]:
        """As it is stored, encrypted."""
        return {"text": self.text, "name": self.name, "reach": self.reach, "who_knows": self.who_knows}


def words_for(introduction: Introduction, *, name: str, reach: str, who_knows: str, more: str = "") -> Words:
    """name: what they want to be called. reach: how the business gets in touch, in words ("through Dana Whitlock, 0115
    496 0000"). more: a sentence of their own. Nothing of address, background, health or status is ever in it."""
    post = introduction.opportunity.title
    sentences = [
        _("%(name)s would like to go for “%(post)s”.") % {"name": name, "post": post},
        more.strip(),
        _("Get in touch %(reach)s.") % {"reach": reach},
    ]
    return Words(" ".join(part for part in sentences if part), name, reach, who_knows)


def interpreter_for(person: YoungPerson) -> str:
    """The language in which they would like what they are asked to be explained; "" for none."""
    told = Interests.objects.filter(person=person).values_list("told", flat=True).first()
    return str((told or {}).get("interpreter", ""))


def plainly() -> list[str]:
    """What it reveals, said before the yes."""
    return [
        _("Coming through this service may tell the business that you have been in care."),
        _("We never tell them your address, your history, your health or anything about the law and you."),
        _("You can take your yes back at any time. Then we tell them to stop using it."),
    ]


def never_asks() -> list[str]:
    """The two lines on what a real employer never asks (domain, section 6)."""
    return [
        _("A real employer never asks you for money, for photos of yourself, or to keep your documents."),
        _("They never ask you to keep secrets, to take lifts alone or to stay the night. If anyone does, tell us."),
    ]
