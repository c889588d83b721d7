"""The first words of a draft, from the kind and the category of a pledge and from what the giver wrote.

Plain sentences (reading age 9 to 11) that a coordinator corrects; nothing here promises what the giver did not say.
What the work of each category is like, what to bring and what nobody needs stand in `data/first_words.csv`; a kind that
is no work (a visit, a talk, practice) has its own words for what to bring.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# kind -> (title with a category, title without one, first sentence)
TEMPLATES = {
    "ringfenced-job": (
        gettext_lazy("Job in %(category)s"),
        gettext_lazy("A job with %(employer)s"),
        gettext_lazy("A paid job with a contract. You learn as you go."),
    ),
    "apprenticeship": (
        gettext_lazy("Apprenticeship in %(category)s"),
        gettext_lazy("An apprenticeship with %(employer)s"),
        gettext_lazy("You work, you get paid and you train at the same time."),
    ),
    "foundation-apprenticeship": (
        gettext_lazy("Foundation apprenticeship in %(category)s"),
        gettext_lazy("A foundation apprenticeship with %(employer)s"),
        gettext_lazy("A first step: you work, you get paid and you learn the basics."),
    ),
    "pre-employment-course": (
        gettext_lazy("Get ready for work in %(category)s"),
        gettext_lazy("Get ready for work with %(employer)s"),
        gettext_lazy("A short course that gets you ready for a job."),
    ),
    "paid-internship": (
        gettext_lazy("Paid internship in %(category)s"),
        gettext_lazy("A paid internship with %(employer)s"),
        gettext_lazy("A few months of paid work. You find out if it suits you."),
    ),
    "work-experience": (
        gettext_lazy("Work experience in %(category)s"),
        gettext_lazy("Work experience with %(employer)s"),
        gettext_lazy("A few days to see what the work is like."),
    ),
    "work-trial": (
        gettext_lazy("Work trial in %(category)s"),
        gettext_lazy("A work trial with %(employer)s"),
        gettext_lazy("Try the job before you say yes to it."),
    ),
    "site-visit": (
        gettext_lazy("Visit: see %(category)s up close"),
        gettext_lazy("Visit %(employer)s"),
        gettext_lazy("Look round, meet the team and ask anything. Bring a friend or your adviser."),
    ),
    "guaranteed-interview": (
        gettext_lazy("Interview promised: %(category)s"),
        gettext_lazy("An interview with %(employer)s"),
        gettext_lazy("Meet the basic needs and you will get an interview."),
    ),
    "mock-interview": (
        gettext_lazy("Practise an interview: %(category)s"),
        gettext_lazy("Practise an interview with %(employer)s"),
        gettext_lazy("Practise with a real manager, or get help with your CV. Nothing is at stake."),
    ),
    "mentoring": (
        gettext_lazy("A mentor in %(category)s"),
        gettext_lazy("A mentor at %(employer)s"),
        gettext_lazy("One person who knows the work, to talk to about it and to ask."),
    ),
    "volunteering": (
        gettext_lazy("Volunteer in %(category)s"),
        gettext_lazy("Volunteer with %(employer)s"),
        gettext_lazy("Give some time, meet people and learn something new."),
    ),
    "skills-course": (
        gettext_lazy("Course or licence: %(category)s"),
        gettext_lazy("A course with %(employer)s"),
        gettext_lazy("A short course. You keep the certificate or licence."),
    ),
}


def title(*, kind: str, kind_name: str, category: str | None, employer: str) -> str:
    """A title of at most 80 characters."""
    with_category, without, _first = TEMPLATES.get(kind, (kind_name, kind_name, ""))
    words = str(with_category) if category else str(without)
    return (words % {"category": (category or "").lower(), "employer": employer})[:80]


# kind -> (what to bring, what nobody needs). Every other kind is work, and takes the words of its category.
OWN_WORDS = {
    "pre-employment-course": (gettext_lazy("Something to write with."), gettext_lazy("You do not need good grades.")),
    "site-visit": (
        gettext_lazy("Comfy shoes, and any questions you have."),
        gettext_lazy("You do not need to know yet what you want to do."),
    ),
    "guaranteed-interview": (
        gettext_lazy("Your CV, or a list of what you have done."),
        gettext_lazy("You do not need a perfect CV."),
    ),
    "mock-interview": (
        gettext_lazy("Your CV, if you have one."),
        gettext_lazy("You do not need to dress up. Nothing can go wrong."),
    ),
    "mentoring": (gettext_lazy("Just yourself."), gettext_lazy("You do not need a plan for your life.")),
    "skills-course": (gettext_lazy("Something to write with."), gettext_lazy("You do not need good grades.")),
}


@cache
def of_categories() -> dict[str, dict[str, str]]:
    """Category code -> `do`, `bring`, `not_needed`."""
    with (Path(__file__).parent / "data" / "first_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["category"]: row for row in csv.DictReader(file)}


def defaults() -> dict[str, str]:
    """Key -> first words, of all that a draft begins with: `kind.<code>.first`, `category.<code>.do` and so on."""
    found = {f"kind.{kind}.first": str(texts[2]) for kind, texts in TEMPLATES.items()}
    for kind, (bring, not_needed) in OWN_WORDS.items():
        found |= {f"kind.{kind}.bring": str(bring), f"kind.{kind}.not_needed": str(not_needed)}
    for category, row in of_categories().items():
        found |= {f"category.{category}.{part}": row[part] for part in ("do", "bring", "not_needed")}
    return found


def first_words(*, kind: str, category: str | None, words: str, said: Mapping[str, str]) -> dict[str, str]:
    """`summary` (at most 1,500 characters), `bring` and `not_needed` of a new draft.

    category: its code, None when nothing is known of it. words: the giver's own. said: what an ambassador has put
    better (opportunities.words.now).
    """
    texts = {**defaults(), **said}
    source = f"kind.{kind}" if kind in OWN_WORDS else f"category.{category}"
    do = "" if kind in OWN_WORDS else texts.get(f"{source}.do", "")
    return {
        "summary": _summary(texts.get(f"kind.{kind}.first", ""), do, words),
        "bring": texts.get(f"{source}.bring", ""),
        "not_needed": texts.get(f"{source}.not_needed", ""),
    }


def _summary(first: str, do: str, words: str) -> str:
    """The kind in a sentence, what the work is often like, then the giver's own words."""
    parts = [first] if first else []
    if do:
        parts.append(_("What people often do there: %(do)s") % {"do": do})
    own = " ".join(words.replace("\x00", "").split())
    if own:
        parts.append(_("They say: “%(words)s”") % {"words": own[:1000]})
    return " ".join(parts)
