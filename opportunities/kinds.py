"""What follows from the kind of an opportunity. Codes are those of the reference table of kinds (domain, section 5)."""

APPRENTICESHIPS = frozenset({"apprenticeship", "foundation-apprenticeship"})
# Work has to be paid at the legal floor unless there is a lawful reason; a course, a visit or a talk is no work.
WORK = APPRENTICESHIPS | {"ringfenced-job", "paid-internship", "work-experience", "work-trial", "volunteering"}
# Long enough for the rule that 16 and 17 year olds in work train beside it (20 hours or more, 8 weeks or more).
LASTING_WORK = frozenset({"ringfenced-job", "paid-internship"})
# A guaranteed interview is for a job that anybody may go for; everything else is kept for care leavers.
OPEN_TO_ALL = frozenset({"guaranteed-interview"})
# Hours a week say little about a day's visit or an hour's talk.
WITHOUT_HOURS = frozenset({"site-visit", "mock-interview", "guaranteed-interview", "mentoring"})
