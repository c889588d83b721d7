"""The rules about age: 16 and 17 year olds in work, a youngest age and its reason, and how long things last.

Sources: domain, section 8; Working Time Regulations 1998, regulations 5A and 6A (young workers: 8 hours a day, 40 a
week, no work between 10 at night and 6 in the morning); Education and Skills Act 2008 (training beside the work);
Management of Health and Safety at Work Regulations 1999, regulation 19 (risk assessment); apprenticeship funding rules
(at least 8 months).
"""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from opportunities import kinds
from opportunities.law import Law, Refusal, writer
from opportunities.models import Opportunity

ADULT = 18
YOUNGEST = 16
NIGHT = 8  # the bit of Opportunity.hours_mask
NIGHT_STARTS, NIGHT_ENDS = dt.time(22), dt.time(6)
LONG_WEEK, LONG_DAY = 40, 8  # hours at 16 and 17
TRAINING_FROM = 20  # hours a week
DAYS_IN = {"days": 1, "weeks": 7, "months": 30.4}
SHORTEST_APPRENTICESHIP = {"days": 243, "weeks": 35, "months": 8}  # each of them is 8 months
YEAR = {"days": 366, "weeks": 52, "months": 12}


def young(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """What is refused while 16 and 17 year olds may come."""
    if row.min_age >= ADULT:
        return
    if row.hours_mask & NIGHT or at_night(row.day_starts, row.day_ends):
        yield _refusal(
            "young_nights",
            _("It has night hours, so it cannot be open to 16 and 17 year olds. Make it 18 and over."),
        )
    hours = row.hours_a_week or 0
    if hours > LONG_WEEK:
        yield _refusal("young_long_week", _("At 16 and 17 the most is 40 hours a week. Make it 18 and over."))
    if minutes(row.day_starts, row.day_ends) > (LONG_DAY + 1) * 60:
        yield _refusal(
            "young_long_day",
            _("At 16 and 17 the most is 8 hours a day, and an hour for breaks. Make the day shorter, or 18 and over."),
        )
    work = row.kind.code in kinds.WORK - kinds.APPRENTICESHIPS and hours >= TRAINING_FROM and lasting(row)
    if work and not row.training_beside:
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
    if row.lasts is None:
        yield _refusal("length", _("Say how long the apprenticeship lasts."))
    elif row.lasts < SHORTEST_APPRENTICESHIP[row.lasts_unit]:
        yield _refusal("apprenticeship_short", _("An apprenticeship lasts 8 months or more. Make it longer."))


def unpaid_time(row: Opportunity, law: Law) -> Iterator[Refusal]:
    """How long somebody may be there without pay."""
    reason = row.unpaid_reason
    if row.pay_pence is not None or reason is None or (reason.kinds and row.kind.code not in reason.kinds):
        return
    if row.kind.code == "work-trial" and (row.lasts, row.lasts_unit) != (1, "days"):
        yield _refusal(
            "trial_unpaid",
            _("A trial without pay lasts one day at most. Enter 1 day, or enter the pay."),
        )
    if reason.code == "course-placement" and (row.lasts is None or row.lasts > YEAR[row.lasts_unit]):
        yield _refusal(
            "placement_long", _("A placement that a course asks for lasts a year at most. Enter how long it is.")
        )


def at_night(starts: dt.time | None, ends: dt.time | None) -> bool:
    """Whether a usual day reaches into the hours from 10 at night to 6 in the morning."""
    if starts is None or ends is None:
        return False
    return starts < NIGHT_ENDS or starts >= NIGHT_STARTS or ends > NIGHT_STARTS or ends <= starts


def minutes(starts: dt.time | None, ends: dt.time | None) -> int:
    """The length of a usual day; one that ends at or before its start goes on past midnight. 0 when not known."""
    if starts is None or ends is None:
        return 0
    return ((ends.hour - starts.hour) * 60 + ends.minute - starts.minute - 1) % (24 * 60) + 1


def lasting(row: Opportunity) -> bool:
    """Eight weeks or more. Where nobody has said how long: a job, but no taster."""
    if row.lasts is None:
        return row.kind.code in kinds.LASTING_WORK
    return row.lasts * DAYS_IN[row.lasts_unit] >= 8 * 7


def _refusal(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, writer())
