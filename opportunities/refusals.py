"""Why an opportunity may not go on yet: one sentence each, with a code and who does what about it.

Sources: domain, sections 5 (checks) and 8 (pay, ages). Reading the rules costs two queries (`Law.load`);
judging a row costs none when it comes from `for_judging`.
"""

import datetime as dt
from collections.abc import Callable, Iterator

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opportunities import kinds, shown, wording, young_rules
from opportunities.law import Law, Refusal, Refused, writer
from opportunities.models import Opportunity
from opportunities.pay import pounds
from pledges import checks, phrases, sites
from pledges.models import Employer, PledgeKind

__all__ = ["Law", "Refusal", "Refused", "advice", "for_judging", "pay_refusals", "refusals"]


def for_judging(rows: QuerySet[Opportunity]) -> QuerySet[Opportunity]:
    """The rows with all that the rules look at."""
    return rows.select_related("pledge", "employer", "kind", "category", "unpaid_reason")


def refusals(opportunity: Opportunity, law: Law | None = None) -> list[Refusal]:
    """Everything that stands between this row and young people, in the order in which a person would put it right."""
    law = law or Law.load()
    return [refusal for rule in RULES for refusal in rule(opportunity, law)]


def pay_refusals(opportunity: Opportunity, law: Law | None = None) -> list[Refusal]:
    """Of these what stands against its pay, or against having none, on the day it starts."""
    return [*_pay(opportunity, law or Law.load())]


def advice(opportunity: Opportunity, law: Law | None = None) -> list[str]:
    """What should be seen to, but stops nothing yet."""
    found = [*_rising_pay(opportunity, law or Law.load())]
    if opportunity.kind.code in kinds.APPRENTICESHIPS and not opportunity.training_beside:
        found.append(_("No training provider is named yet. Nobody can start before there is one."))
    postcode = opportunity.pledge.postcode
    if postcode and postcode not in sites.approved_postcodes(opportunity.employer):
        found.append(
            _("No coordinator has approved %(postcode)s as a site of this business yet.") % {"postcode": postcode}
        )
    return found


def _words(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if not row.title.strip():
        yield Refusal("title", _("Give it a title."), writer())
    if not row.summary.strip():
        yield Refusal("summary", _("Say in a few plain sentences what they would do."), writer())
    if row.category_id is None:
        yield Refusal("category", _("Choose what kind of work it is."), writer())


def _area(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if row.partnership_id is None and row.pledge.partnership_id is None:
        yield Refusal(
            "partnership", _("The pledge came from no known area. A partnership has to take it on."), _coordinator()
        )


def _review(row: Opportunity, law: Law) -> Iterator[Refusal]:
    words = " ".join([row.title, row.summary, row.town, row.training_beside, row.bring, row.not_needed, row.own_words])
    for found in wording.contact_details(words):
        yield Refusal(
            "review",
            _("Take “%(words)s” out of the text: people go for this through their adviser.") % {"words": found},
            _reviewer(),
        )
    for found in wording.risky_phrases(words):
        yield Refusal(
            "review",
            _("The text says “%(words)s”. Ask the business what it means, and write it without.") % {"words": found},
            _reviewer(),
        )


def _giver(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if phrases.waiting(row.pledge):
        yield Refusal(
            "phrases",
            _("The business wrote words that a coordinator has to look at first, on the page of the business."),
            _coordinator(),
        )


def _place(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if not row.remote and row.easting is None:
        yield Refusal("place", _("Enter the postcode of the place, or say that it can be done from home."), writer())


def _hours(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if row.hours_a_week is None and row.kind.code not in kinds.WITHOUT_HOURS:
        yield Refusal("hours", _("Enter how many hours a week."), writer())


def _pay(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if row.pay_pence is not None:
        yield from _below_floor(row, row.pay_pence, law)
    elif row.unpaid_reason is not None:
        yield from _unpaid(row, row.starts_on or law.today)
    elif row.kind.code in kinds.WORK:
        yield Refusal("pay", _("Enter the pay, or choose the lawful reason why it is unpaid."), writer())


def _below_floor(row: Opportunity, pence: int, law: Law) -> Iterator[Refusal]:
    day = row.starts_on or law.today
    floor = law.floors.lowest(kind=row.kind.code, min_age=row.min_age, day=day)
    if floor is not None and pence < floor.pence:
        sentence = _(
            "%(pay)s an hour is below the legal minimum: %(floor)s (%(band)s) from %(date)s. It has to be that or more."
        )
        values = {
            "pay": pounds(pence),
            "floor": pounds(floor.pence),
            "band": floor.get_band_display(),
            "date": date_format(floor.valid_from, "j F Y"),
        }
        yield Refusal("pay_below_floor", sentence % values, writer())


def _rising_pay(row: Opportunity, law: Law) -> Iterator[str]:
    """Older people are owed more than what is written, and the business has to know."""
    steps = law.floors.steps_of(row, law.today)
    if steps and row.pay_pence is not None:
        words = _(
            "The pay is %(pounds)s an hour for the youngest. %(steps)s Young people read this too. Ask whether the"
            " business knows."
        )
        yield words % {"pounds": pounds(row.pay_pence), "steps": shown.legal_steps(steps, {})}


def _unpaid(row: Opportunity, day: dt.date) -> Iterator[Refusal]:
    reason = row.unpaid_reason
    assert reason is not None
    if day < reason.valid_from:
        sentence = _("“%(reason)s” is a lawful reason from %(date)s only. Enter the pay, or choose another reason.")
        values = {"reason": reason.name, "date": date_format(reason.valid_from, "j F Y")}
        yield Refusal("unpaid_reason", sentence % values, writer())
    if reason.valid_to is not None and day > reason.valid_to:
        sentence = _("“%(reason)s” was a lawful reason until %(date)s. Enter the pay, or choose another reason.")
        values = {"reason": reason.name, "date": date_format(reason.valid_to, "j F Y")}
        yield Refusal("unpaid_reason", sentence % values, writer())
    if reason.kinds and row.kind.code not in reason.kinds:
        sentence = _("“%(reason)s” is no lawful reason for this kind (%(kind)s). Enter the pay.")
        yield Refusal("unpaid_reason", sentence % {"reason": reason.name, "kind": row.kind.name}, writer())
    elif reason.charity_or_public_only and not row.employer.charity_or_public:
        yield Refusal(
            "volunteering_business",
            _("Only a charity, voluntary or public body may take volunteers. A business has to pay."),
            writer(),
        )


def _dates(row: Opportunity, law: Law) -> Iterator[Refusal]:
    if row.starts_on and row.starts_on < law.today:
        yield Refusal("start_past", _("The start has passed. Ask the business for a new date."), writer())
    if row.closes_on and row.closes_on < law.today:
        yield Refusal("closing_past", _("The closing day has passed. Enter a later one."), writer())


def _way(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """How people go for it, when that is not through us."""
    if row.go_by != Opportunity.GoBy.OWN:
        return
    if not row.own_link:
        yield Refusal("own_link", _("Enter the link where people go for it, or choose to do it through us."), writer())
    if (row.kind.code in kinds.OPEN_TO_ALL or row.guaranteed_interview) and not row.own_words:
        yield Refusal(
            "own_words",
            _("Say which words somebody writes there, so that the business knows to give them the interview."),
            writer(),
        )


def _employer(row: Opportunity, law: Law) -> Iterator[Refusal]:
    employer = row.employer
    until = employer.checked_until
    if employer.state == Employer.Check.STOPPED:
        yield Refusal(
            "employer_stopped", _("This business has been stopped. Nothing of it can be published."), _coordinator()
        )
    elif employer.state == Employer.Check.UNCHECKED:
        yield Refusal(
            "employer_unchecked",
            _("Nobody has called the business back yet, on a number found without its help."),
            _coordinator(),
        )
    elif employer.state == Employer.Check.CALLED_BACK:
        yield Refusal(
            "employer_unchecked", _("The business was called back, and its check is not complete yet."), _checkers()
        )
    elif until is not None and until < law.today:
        yield Refusal(
            "employer_check_old", _("The check of this business is over a year old. Check it again."), _checkers()
        )
    elif checks.ORDER[employer.checked_weight] < checks.ORDER[checks.weight_for(row.kind, min_age=row.min_age)]:
        sentence = _("This needs a %(weight)s check of the business. The one it passed was lighter.")
        weight = PledgeKind.Weight(checks.weight_for(row.kind, min_age=row.min_age))
        if checks.ORDER[employer.checked_weight] >= checks.ORDER[checks.weight_for(row.kind, min_age=18)]:
            sentence = _(
                "16 and 17 year olds may come, so this needs a %(weight)s check of the business. The one it passed was"
                " lighter. Check it again, or make the youngest age 18."
            )
        yield Refusal("employer_check_light", sentence % {"weight": weight.label.lower()}, _checkers())


def _reviewer() -> str:
    return _("A coordinator looks at the words")


def _coordinator() -> str:
    return _("A coordinator")


def _checkers() -> str:
    return _("The people who check the business")


Rule = Callable[[Opportunity, Law], Iterator[Refusal]]
RULES: tuple[Rule, ...] = (
    *(
        _area,
        _words,
        _giver,
        _review,
        _place,
        _hours,
        _pay,
        young_rules.unpaid_time,
        _dates,
        young_rules.reason_for_age,
    ),
    *(young_rules.young, young_rules.apprenticeship, _way, _employer),
)
