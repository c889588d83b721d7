"""The activity code of the yearly return on care leavers, proposed when somebody starts (domain, section 9).

Source: Department for Education, guide to the SSDA903 return, care leavers, activity: F is full time, P part time; 1
higher education, 2 other education, 4 an apprenticeship, 5 training or employment. Full time is 16 hours a week or
more. It is a proposal: whoever writes the return decides, and nothing is kept. What is done besides, and why somebody
is not in any of it (G4, G5, G6, 0), this software does not know and never proposes.
"""

import datetime as dt

from django.utils.translation import gettext as _

from introductions.models import Start
from opportunities.kinds import APPRENTICESHIPS
from opportunities.shown import number

FULL_TIME = 16  # hours a week
# A visit, a mentor or a trial of a few days changes nobody's activity; of volunteering the guide of the year decides.
FIGURES = {
    **dict.fromkeys(APPRENTICESHIPS, 4),
    "ringfenced-job": 5,
    "paid-internship": 5,
    "guaranteed-interview": 5,  # somebody starts in the job it was for
    "work-experience": 5,
    "pre-employment-course": 5,
    "skills-course": 2,
}


def eet_code(start: Start) -> str:
    """Like "F5"; "" where none is proposed: another kind, or the hours are not known."""
    figure = FIGURES.get(start.opportunity.kind.code)
    if figure is None or start.hours_a_week is None:
        return ""
    return f"{'F' if start.hours_a_week >= FULL_TIME else 'P'}{figure}"


def eet_line(start: Start, today: dt.date) -> str:
    """One line to copy into the case system; "" where no code is proposed, or it has ended."""
    code = eet_code(start)
    if not code or start.state == Start.State.ENDED or start.hours_a_week is None:
        return ""
    said = {
        "code": code, "day": start.starts_on.strftime("%d/%m/%Y"), "what": start.opportunity.title,
        "where": start.introduction.employer.name, "hours": number(start.hours_a_week),
    }  # fmt: skip
    if start.starts_on > today:
        return _("Planned: %(code)s from %(day)s. %(what)s, %(where)s, %(hours)s hours a week.") % said
    return _("%(code)s from %(day)s. %(what)s, %(where)s, %(hours)s hours a week.") % said
