"""The six questions of a draft: what each asks, and which refusals it puts right."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opportunities.models import Opportunity
from opportunities.refusals import Refusal


@dataclass(frozen=True)
class Question:
    """One page. `bit`: its place in Opportunity.questions_done, which is stored. `mends`: codes of refusals."""

    code: str
    bit: int
    title: str | Promise
    fields: tuple[str, ...]
    mends: frozenset[str]

    @property
    def mask(self) -> int:
        """The question as a mask of its own."""
        return 1 << self.bit


QUESTIONS = (
    Question(
        "work", 0, gettext_lazy("What is it, and what would they do?"),
        ("title", "summary", "category", "occupation", "bring", "not_needed"),
        frozenset({"title", "summary", "category", "review"}),
    ),
    Question(
        "place", 1, gettext_lazy("Where and when is it?"),
        ("remote", "postcode", "town", "hours_a_week", "hours_mask", "day_starts", "day_ends", "starts_on", "lasts",
         "lasts_unit"),
        frozenset({"place", "hours", "start_past", "young_nights", "young_long_week", "young_long_day", "length",
                   "apprenticeship_short", "trial_unpaid", "placement_long"}),
    ),
    Question(
        "pay", 2, gettext_lazy("What do they pay and promise?"),
        ("pay", "unpaid_reason", "paid_weekly", "travel_paid", "guaranteed_interview", "meet_first", "named_contact"),
        frozenset({"pay", "pay_below_floor", "unpaid_reason", "volunteering_business"}),
    ),
    Question(
        "people", 3, gettext_lazy("Who may go for it?"),
        ("places", "min_age", "min_age_reason", "risk_assessment_on", "training_beside", "provider_wanted",
         "needs_mask", "no_experience", "no_qualifications", "audience"),
        frozenset({"too_many_places", "min_age_reason", "young_training", "young_risks", "training_provider"}),
    ),
    Question("support", 4, gettext_lazy("What support do they offer?"), ("support_mask",), frozenset()),
    Question(
        "way", 5, gettext_lazy("How do people go for it?"),
        ("go_by", "own_link", "own_words", "closes_on", "search_engines"),
        frozenset({"closing_past", "own_link", "own_words"}),
    ),
)  # fmt: skip
# What the form asks for by another name.
FIELDS = {"pay_pence": "pay", **dict.fromkeys(("sector", "easting", "northing", "authority"), "postcode")}
BY_CODE = {question.code: question for question in QUESTIONS}
# Put right elsewhere: on the page of the business, by a partnership, or by another person.
ELSEWHERE = frozenset(
    {"partnership", "phrases", "employer_stopped", "employer_unchecked", "employer_check_old", "employer_check_light",
     "second_person"}
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How far one question is. kind: of its badge."""

    question: Question
    label: str
    kind: str
    missing: tuple[Refusal, ...]


def standings(row: Opportunity, missing: Iterable[Refusal]) -> list[Standing]:
    """All six in order, for the desk: what the business wrote is done when an officer has saved it."""
    waits = row.state in (Opportunity.State.DRAFT, Opportunity.State.SUBMITTED)
    return of(row, missing, QUESTIONS, row.questions_to_check if waits else 0)


def of(row: Opportunity, missing: Iterable[Refusal], asked: Iterable[Question], to_check: int = 0) -> list[Standing]:
    """Those that are asked, in order. to_check: a mask of questions."""
    missing = list(missing)
    return [
        _standing(row, each, tuple(found for found in missing if found.code in each.mends), to_check) for each in asked
    ]


def mask_of(names: Iterable[str]) -> int:
    """The questions that ask for these fields of an opportunity."""
    asked = {FIELDS.get(name, name) for name in names}
    return sum(question.mask for question in QUESTIONS if asked & set(question.fields))


def _standing(row: Opportunity, question: Question, missing: tuple[Refusal, ...], to_check: int) -> Standing:
    if missing:
        return Standing(question, _("To do"), "now", missing)
    if to_check & question.mask:
        return Standing(question, _("From the business: check it"), "info", ())
    if row.state == Opportunity.State.DRAFT and not row.questions_done & question.mask:
        return Standing(question, _("From the pledge: check it"), "info", ())
    return Standing(question, _("Done"), "good", ())
