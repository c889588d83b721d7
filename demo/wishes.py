"""What the invented young people say they would like, as an adviser would type it, and what it means for matching.

Every line: the words; the job categories they stand for; the kinds of thing wanted, the one wanted most first. Empty
categories are "no preference", "anything" is a wish of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """One way of wanting something."""

    words: str
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    open_to_anything: bool = False


JOB, APPRENTICE, EXPERIENCE, TRIAL = "ringfenced-job", "apprenticeship", "work-experience", "work-trial"
INTERVIEW, VISIT, MENTOR, PRACTICE = "guaranteed-interview", "site-visit", "mentoring", "mock-interview"
VOLUNTEER, COURSE, INTERN = "volunteering", "skills-course", "paid-internship"
PRE, FOUNDATION = "pre-employment-course", "foundation-apprenticeship"

WISHES = (
    Wish("fixing cars", ("engineering-and-maintenance",), (APPRENTICE, JOB, TRIAL)),
    Wish("something with animals", ("animal-care",), (VOLUNTEER, EXPERIENCE, JOB)),
    Wish("not sure yet", (), (), open_to_anything=True),
    Wish("working in a kitchen, maybe being a chef", ("hospitality-and-food",), (APPRENTICE, JOB, EXPERIENCE)),
    Wish("building sites, wants to learn a trade", ("construction-and-trades",), (APPRENTICE, COURSE, TRIAL)),
    Wish("a shop job near home", ("retail-and-sales",), (JOB, TRIAL, INTERVIEW)),
    Wish("looking after little kids", ("teaching-and-education", "social-care"), (APPRENTICE, EXPERIENCE)),
    Wish("hair and nails", ("beauty-and-wellbeing",), (APPRENTICE, COURSE)),
    Wish("computers, good at games", ("computing-technology-and-digital",), (APPRENTICE, EXPERIENCE, INTERN)),
    Wish("anything near me", (), (), open_to_anything=True),
    Wish("wants to be outdoors, gardening or parks", ("environment-and-land",), (JOB, APPRENTICE, VOLUNTEER)),
    Wish("warehouse work, doesn't mind nights", ("delivery-and-storage",), (JOB, TRIAL)),
    Wish("care work like her nan did", ("social-care", "healthcare"), (JOB, APPRENTICE, EXPERIENCE)),
    Wish("an office job, good at organising", ("administration",), (APPRENTICE, JOB, EXPERIENCE)),
    Wish("music and filming", ("creative-and-media",), (EXPERIENCE, VISIT, MENTOR)),
    Wish("football coaching", ("sports-and-leisure",), (COURSE, VOLUNTEER, APPRENTICE)),
    Wish("driving vans, saving for lessons", ("delivery-and-storage", "transport"), (JOB, COURSE)),
    Wish("electrics or plumbing", ("construction-and-trades", "engineering-and-maintenance"), (APPRENTICE, TRIAL)),
    Wish("working in a hospital but not with blood", ("healthcare", "administration"), (JOB, EXPERIENCE)),
    Wish("wants some work experience, any kind", (), (EXPERIENCE, TRIAL, VISIT)),
    Wish("army or fire service", ("emergency-and-uniform-services",), (VISIT, MENTOR, EXPERIENCE)),
    Wish("painting and decorating", ("construction-and-trades",), (APPRENTICE, TRIAL, JOB)),
    Wish("café or bakery", ("hospitality-and-food", "retail-and-sales"), (JOB, EXPERIENCE, INTERVIEW)),
    Wish("cleaning jobs in the mornings", ("home-services",), (JOB,)),
    Wish("someone to talk to about what is out there", (), (MENTOR, VISIT, PRACTICE)),
    Wish("practice for interviews, gets nervous", (), (PRACTICE, MENTOR, EXPERIENCE)),
    Wish("making things in a factory", ("manufacturing",), (JOB, APPRENTICE, TRIAL)),
    Wish("good with numbers, bank or accounts", ("business-and-finance",), (APPRENTICE, INTERN)),
    Wish("helping people with housing or benefits", ("government-services", "social-care"), (INTERN, APPRENTICE)),
    Wish("dog walking or a kennels", ("animal-care",), (JOB, VOLUNTEER, EXPERIENCE)),
    Wish("teaching assistant", ("teaching-and-education",), (EXPERIENCE, APPRENTICE, VOLUNTEER)),
    Wish("science at college, labs", ("science-and-research",), (VISIT, EXPERIENCE, INTERN)),
    Wish("bar work or events at weekends", ("hospitality-and-food",), (JOB, INTERVIEW)),
    Wish("trains or buses, likes timetables", ("transport",), (APPRENTICE, JOB, VISIT)),
    Wish("wants a proper job with training", (), (APPRENTICE, JOB, FOUNDATION)),
    Wish("gym and fitness", ("sports-and-leisure", "beauty-and-wellbeing"), (COURSE, JOB)),
    Wish("websites and design", ("computing-technology-and-digital", "creative-and-media"), (INTERN, EXPERIENCE)),
    Wish("law, watched it on telly", ("law-and-legal",), (VISIT, EXPERIENCE, MENTOR)),
    Wish("hotel reception, likes talking to people", ("hospitality-and-food", "travel-and-tourism"), (JOB, APPRENTICE)),
    Wish("a course to get going again", (), (PRE, COURSE, EXPERIENCE)),
)
