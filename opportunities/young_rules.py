"""The rules about age: 16 and 17 year olds in work, a youngest age and its reason, and how long things last.

Sources: domain, section 8; Working Time Regulations 1998, regulations 5A and 6A (young workers: 8 hours a day, 40 a
week, no work between 10 at night and 6 in the morning); Education and Skills Act 2008 (training beside the work);
Management of Health and Safety at Work Regulations 1999, regulation 19 (risk assessment); apprenticeship funding rules
(at least 8 months). The figures are dated rows (data/rule_figures.csv), read for the day on which it starts.
"""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opportunities import kinds
from opportunities.law import Law, Refusal, writer
from opportunities.models import Opportunity

ADULT = 18
YOUNGEST = 16
NIGHT = 8  # the bit of Opportunity.hours_mask
BREAKS = 60  # minutes of a long day that are no work
DAYS_IN = {"days": 1, "weeks": 7, "months": 30.4}


def young(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """What is refused while 16 and 17 year olds may come."""
    if row.min_age >= ADULT:
        return
    if row.hours_mask & NIGHT or at_night(row, law):
        yield _refusal(
            "young_nights",
            _("It has night hours, so it cannot be open to 16 and 17 year olds. Make it 18 and over."),
        )
    yield from _long_hours(row, law)
    if needs_training(row, law) and not row.training_beside:
        yield _refusal(
            "young_training",
            _("At 16 and 17 this much work needs training beside it. Say which course, or make it 18 and over."),
        )
    if row.kind.code in kinds.WORK and row.risk_assessment_on is None:
        yield _refusal(
            "young_risks",
            _(
                "16 and 17 year olds may come, so somebody has to see the risk assessment. Enter the day you saw it, or"
                " make it 18 and over."
            ),
        )


def _long_hours(row: Opportunity, law: Law) -> Iterator[Refusal]:
    week, day = law.figure("young_hours_a_week", row), law.figure("young_hours_a_day", row)
    if week is not None and (row.hours_a_week or 0) > week:
        words = _("At 16 and 17 the most is %(hours)d hours a week. Make it 18 and over.")
        yield _refusal("young_long_week", words % {"hours": week})
    if day is not None and minutes(row.day_starts, row.day_ends) > day * 60 + BREAKS:
        words = _(
            "At 16 and 17 the most is %(hours)d hours a day, and an hour for breaks. Make the day shorter, or 18 and"
            " over."
        )
        yield _refusal("young_long_day", words % {"hours": day})


def needs_training(row: Opportunity, law: Law) -> bool:
    """Whether somebody of 16 or 17 has to be in training beside this much work."""
    hours = law.figure("training_hours_a_week", row)
    if row.kind.code not in kinds.WORK - kinds.APPRENTICESHIPS or hours is None:
        return False
    return (row.hours_a_week or 0) >= hours and lasting(row, law)


def reason_for_age(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """A youngest age over 16 keeps people out, so it needs a reason."""
    if row.min_age > YOUNGEST and not row.min_age_reason:
        yield _refusal(
            "min_age_reason",
            _("It is open from %(age)d only. Choose the reason, or make the youngest age 16.") % {"age": row.min_age},
        )


def apprenticeship(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """Who trains, and how long it lasts."""
    if row.kind.code not in kinds.APPRENTICESHIPS:
        return
    if not row.training_beside and not row.provider_wanted:
        yield _refusal(
            "training_provider", _("Say which training provider it is with, or tick that you need help to find one.")
        )
    shortest = law.figure(f"apprenticeship_{row.lasts_unit}", row)
    if row.lasts is None:
        yield _refusal("length", _("Say how long the apprenticeship lasts."))
    elif shortest is not None and row.lasts < shortest:
        words = _("An apprenticeship lasts %(n)d %(unit)s or more. Make it longer.")
        yield _refusal("apprenticeship_short", words % {"n": shortest, "unit": row.get_lasts_unit_display()})


def unpaid_time(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """How long somebody may be there without pay."""
    reason = row.unpaid_reason
    if row.pay_pence is not None or reason is None or (reason.kinds and row.kind.code not in reason.kinds):
        return
    trial, longest = law.figure("unpaid_trial_days", row), law.figure(f"placement_{row.lasts_unit}", row)
    if row.kind.code == "work-trial" and trial is not None and _days(row) > trial:
        words = ngettext(
            "A trial without pay lasts one day at most. Enter 1 day, or enter the pay.",
            "A trial without pay lasts %(days)d days at most. Enter how many days, or enter the pay.",
            trial,
        )
        yield _refusal("trial_unpaid", words % {"days": trial})
    if reason.code == "course-placement" and longest is not None and (row.lasts is None or row.lasts > longest):
        yield _refusal(
            "placement_long", _("A placement that a course asks for lasts a year at most. Enter how long it is.")
        )


def at_night(row: Opportunity, law: Law) -> bool:
    """Whether a usual day reaches into the hours of the night."""
    starts, ends = row.day_starts, row.day_ends
    evening, morning = law.figure("young_night_starts", row), law.figure("young_night_ends", row)
    if starts is None or ends is None or evening is None or morning is None:
        return False
    return starts < dt.time(morning) or starts >= dt.time(evening) or ends > dt.time(evening) or ends <= starts


def minutes(starts: dt.time | None, ends: dt.time | None) -> int:
    """The length of a usual day; one that ends at or before its start goes on past midnight. 0 when not known."""
    if starts is None or ends is None:
        return 0
    return ((ends.hour - starts.hour) * 60 + ends.minute - starts.minute - 1) % (24 * 60) + 1


def lasting(row: Opportunity, law: Law) -> bool:
    """Eight weeks or more. Where nobody has said how long: a job, but no taster."""
    least = law.figure("training_days", row)
    if least is None:
        return False
    return row.kind.code in kinds.LASTING_WORK if row.lasts is None else _days(row) >= least


def _days(row: Opportunity) -> float:
    """How long it lasts; without end where nobody has said."""
    return float("inf") if row.lasts is None else row.lasts * DAYS_IN[row.lasts_unit]


def _refusal(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, writer())
