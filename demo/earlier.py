"""What had happened before the demonstration begins: some businesses, what is open there, and how far people have come.

All invented. Days are counted back from the day on which the demonstration begins.
"""

from dataclasses import dataclass, field
from typing import Any

# What leads to a first day, and how many days it usually is until the next; most are offered it without an interview.
WALK = {
    **{"interested": 1, "asked": 1, "yes": 1, "told": 8, "meeting": 4, "interview": 3, "offered": 3, "checks": 9},
    "start": 7,
}  # fmt: skip
KITCHEN, CHEF, PRINT, GARDEN, TYRES, OFFICE = "kitchen", "chef", "print", "garden", "tyres", "office"
PRIYA = "Priya Nair"


@dataclass(frozen=True)
class Firm:
    """A business, and who speaks for it."""

    name: str
    person: str
    job: str
    sector: str
    postcode: str
    town: str
    street: str
    found_by: str

    @property
    def email(self) -> str:
        """An address that cannot exist."""
        return f"{self.person.split(' ')[0].lower()}@{self.name.lower().replace(' ', '-')}.example"


@dataclass(frozen=True)
class Post:
    """Something to go for. since: it is open for so many days."""

    firm: Firm
    kind: str
    places: int
    since: int
    words: str
    title: str
    summary: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One young person and one post. place: among the adviser's twenty. to: how far they have come, so many days `ago`;
    of a "start", the first day was so many days ago, and -4 is in four days. said: point of a check-in -> what the
    young person says, or with "business " before it what the business says. ended: (days ago, why).
    """

    adviser: str
    place: int
    post: str
    to: str
    ago: int
    said: dict[str, str] = field(default_factory=dict)
    ended: tuple[int, str] | None = None


COPPER_PAN = Firm(
    "Copper Pan Kitchens",
    "Sam Ellis",
    "manager",
    "hospitality-and-food",
    "NG18 5FT",
    "Mansfield",
    "14 Leeming Row",
    "met",
)
BIRCHOVER = Firm(
    "Birchover Print Works",
    "Nadia Frost",
    "owner",
    "manufacturing",
    "NG17 1AB",
    "Sutton",
    "Unit 3, Pressgate Yard",
    "register",
)
LARKFIELD = Firm(
    "Larkfield Garden Centre",
    "Colin Abbot",
    "manager",
    "environment-and-land",
    "NG24 2GF",
    "Newark",
    "Larkfield Lane",
    "website",
)
CROSSWAYS = Firm(
    "Crossways Tyres",
    "Vince Tarrant",
    "owner",
    "engineering-and-maintenance",
    "NG19 6AB",
    "Mansfield",
    "2 Crossways",
    "website",
)
RUSHMERE = Firm(
    "Rushmere Accounts",
    "Ingrid Vale",
    "office manager",
    "business-and-finance",
    "S40 1AB",
    "Chesterfield",
    "First floor, 9 Saltergate Court",
    "register",
)

JOB: dict[str, Any] = {
    "hours_a_week": 30, "pay_pence": 1350, "min_age": 18, "min_age_reason": "insurance", "named_contact": True,
    "travel_paid": True, "no_experience": True, "no_qualifications": True,
}  # fmt: skip
POSTS = {
    KITCHEN: Post(
        COPPER_PAN, "ringfenced-job", 12, 270, "Kitchen hands for our two cafés, we teach you everything",
        "Kitchen assistant", "Help to cook and serve in a busy, friendly kitchen. We teach you everything.",
        {**JOB, "bring": "Shoes that do not slip"},
    ),
    CHEF: Post(
        COPPER_PAN, "apprenticeship", 3, 120, "An apprentice chef at each café",
        "Apprentice chef", "Learn to be a chef in fifteen months, with a day at college every week.",
        {"hours_a_week": 35, "pay_pence": 1250, "min_age": 16, "lasts": 15, "lasts_unit": "months",
         "training_beside": "Mansfield catering course", "named_contact": True, "no_qualifications": True},
    ),
    PRINT: Post(
        BIRCHOVER, "ringfenced-job", 4, 260, "Two or three people for the finishing room",
        "Print finisher", "Fold, trim and pack what comes off the press. You learn each machine in turn.", JOB,
    ),
    GARDEN: Post(
        LARKFIELD, "work-experience", 4, 70, "Two weeks among the plants",
        "Two weeks at a garden centre", "See how plants are grown and sold, and who does what.",
        {"hours_a_week": 25, "min_age": 16, "lasts": 2, "lasts_unit": "weeks", "travel_paid": True,
         "meet_first": True},
    ),
    TYRES: Post(
        CROSSWAYS, "ringfenced-job", 2, 80, "Somebody who wants to learn to fit tyres",
        "Tyre fitter", "Change and balance tyres with the team in the workshop.", JOB,
    ),
    OFFICE: Post(
        RUSHMERE, "ringfenced-job", 3, 150, "Somebody for the front office",
        "Office assistant", "Answer the phone, open the post and keep the diary.", JOB,
    ),
}  # fmt: skip

STORIES = (
    # Whoever signs in as the first young person: a question, a meeting, and something that did not come about.
    Story(PRIYA, 4, PRINT, "asked", 1),
    Story(PRIYA, 4, KITCHEN, "meeting", 2),
    Story(PRIYA, 4, OFFICE, "interview", 30, ended=(26, "not_this_time hours")),
    # The second, who is 16 or 17: said yes, and their worker has to confirm it.
    Story(PRIYA, 5, GARDEN, "said yes", 1),
    # The third: four weeks at work.
    Story(PRIYA, 6, KITCHEN, "start", 30, {"day1": "good", "week1": "ok"}),
    # Before the business knows.
    Story(PRIYA, 9, KITCHEN, "interested", 1),
    Story(PRIYA, 7, CHEF, "interested", 6),
    Story(PRIYA, 10, KITCHEN, "yes", 1),
    # The business knows.
    Story(PRIYA, 14, KITCHEN, "told", 2),
    Story(PRIYA, 15, KITCHEN, "interview", 2),
    Story(PRIYA, 18, CHEF, "offered", 2),
    Story(PRIYA, 0, KITCHEN, "checks", 8),
    Story(PRIYA, 13, TYRES, "meeting", 4),
    # There, or about to be.
    Story(PRIYA, 17, CHEF, "start", -5),
    Story(PRIYA, 1, KITCHEN, "start", 1),
    Story(PRIYA, 16, PRINT, "start", 10, {"day1": "ok", "week1": "not_well"}),
    Story(PRIYA, 2, PRINT, "start", 92, {
        "day1": "good", "week1": "good", "week4": "good", "week13": "good", "business week4": "good"
    }),
    Story(PRIYA, 3, KITCHEN, "start", 210, {
        "day1": "good", "week1": "ok", "week4": "good", "week13": "good", "week26": "good",
        "business week4": "good", "business week13": "good",
    }),
    # Over.
    Story(PRIYA, 11, KITCHEN, "start", 140, {"day1": "good", "week1": "good", "week4": "ok"}, ended=(40, "better")),
    # With other advisers and councils.
    Story("Tom Whitfield", 6, KITCHEN, "start", 63, {"day1": "good", "week1": "good", "week4": "good"}),
    Story("Gemma Oakes", 6, PRINT, "interested", 2),
    Story("Leon Baptiste", 9, TYRES, "start", 25, {"day1": "good", "week1": "good"}),
    Story("Aisha Rahman", 6, KITCHEN, "asked", 2),
    Story("Aisha Rahman", 9, GARDEN, "start", 6, {"day1": "good"}),
    Story("Hannah Stoker", 6, OFFICE, "start", 31, {"day1": "good", "week1": "good", "week4": "good"}),
)  # fmt: skip
