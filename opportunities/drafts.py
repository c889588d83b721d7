"""The first words of a draft, from the kind and the category of a pledge and from what the giver wrote.

Plain sentences (reading age 9 to 11) that a coordinator corrects; nothing here promises what the giver did not say.
"""

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
        gettext_lazy("A few days to see what the work is like and to try it."),
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


def summary(*, kind: str, words: str) -> str:
    """A first summary of at most 1,500 characters: the template's sentence, then the giver's own words."""
    first = str(TEMPLATES[kind][2]) if kind in TEMPLATES else ""
    own = " ".join(words.replace("\x00", "").split())
    if not own:
        return first
    return _("%(first)s They say: “%(words)s”") % {"first": first, "words": own[:1300]}
