"""What a good match is worth, in one table, each figure with its reason.

Whole numbers only, so that Python, NumPy and PostgreSQL agree to the last digit. A weight is changed here and nowhere
else; the next pass over everything rewrites the scores. Nothing here knows a person's background: right to work,
health and parenting can rule a kind out (definition.py) but never move a score.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Weight:
    """points: added to the score. bit: its place in the mask of reasons. why: the reason for the figure."""

    points: int
    bit: int
    why: str

    @property
    def flag(self) -> int:
        """The bit as a mask."""
        return 1 << self.bit


INTEREST = Weight(250, 0, "They said they would like this work: it outweighs being near.")
OCCUPATION = Weight(
    150, 10, "The very work they named, not only work of its sort: more than any one thing but the wish."
)
FIRST_KIND = Weight(
    80, 1, "The only kind, or the one named first, is what they hope for most; a good second choice still shows."
)
VERY_NEAR = Weight(
    0, 2, "Within a quarter of how far they will go. Only explains: being near has its own sliding points."
)
NEAR = Weight(0, 3, "Within half of how far they will go. Only explains, as above.")
REMOTE = Weight(100, 4, "Done from home: as good as half way along their radius, neither the best nor the worst.")
RINGFENCED = Weight(100, 5, "Only care leavers may go for it, so the chance is far better.")
LIVING_WAGE = Weight(
    60, 6, "Pays the National Living Wage at any age: under 21 this is the difference between staying and leaving."
)
LOCAL = Weight(60, 7, "Made for this partnership's care leavers: the people behind it can be rung.")
READY = Weight(30, 8, "Starts within six weeks of the day they can start: little waiting, few second thoughts.")
OPEN = Weight(100, 9, "They said anything would do: a real wish, worth less than a named one.")

NEAR_POINTS = 200  # at their door; falls with the square of the distance to 0 at the edge of their radius
READY_DAYS = 45
TELL_FLOOR = 300  # a wish met and one more good thing, or no wish but near, local and ringfenced
TELL_BEST = 10  # of a person's list: what an adviser is told about
LIFTED = 5  # an opportunity on so few lists is told about even where ten others fit better: somebody should hear of it
KEEP = 50  # rows kept per person
TOLD_AT_LEAST, TOLD_PER_PLACE = 30, 3  # people told about one opportunity: enough for a choice, few enough for hope

ALL = {
    "interest": INTEREST,
    "occupation": OCCUPATION,
    "first_kind": FIRST_KIND,
    "very_near": VERY_NEAR,
    "near": NEAR,
    "remote": REMOTE,
    "ringfenced": RINGFENCED,
    "living_wage": LIVING_WAGE,
    "local": LOCAL,
    "ready": READY,
    "open": OPEN,
}
