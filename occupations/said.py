"""The part of somebody's own words that says what they would like.

wanted("Gardens, no kitchens. I was in care") -> "gardens , "
"""

import re

CLAUSES = re.compile(r"[.,;:!?\n]|\b(?:but|though)\b")
NOT_THAT = re.compile(  # but for "not sure" and the like, which say nothing of the work
    r"\b(?:no|not(?! sure)|never|nothing|hates?|without|can'?t(?! decide| choose| wait)|cannot|isn'?t|won't|wont"
    r"|(?:don'?t|doesn'?t|didn'?t)(?! mind| know))\b"
)
# Said of oneself, not of work.
OWN_PAST = re.compile(r"\b(?:in|into|leaving|left|foster|from|through) care\b|\bcare[ -](?:leavers?|experienced)\b")


def wanted(words: str) -> str:
    """The words in lower case, without the parts of the sentence that say "not", and without having been in care."""
    clauses = CLAUSES.split(words.casefold().replace("’", "'"))
    return OWN_PAST.sub(" ", " , ".join(clause for clause in clauses if not NOT_THAT.search(clause)))
