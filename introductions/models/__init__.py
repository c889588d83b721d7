"""From "I'm interested" to week 52: introductions, permission, starts, check-ins, and what is wrong."""

from introductions.models.again import HelpAgain
from introductions.models.concern import Concern, ConcernNote
from introductions.models.introduction import Introduction, IntroductionQuerySet, Permission
from introductions.models.start import CheckIn, Readiness, Start

__all__ = [
    "CheckIn",
    "Concern",
    "ConcernNote",
    "HelpAgain",
    "Introduction",
    "IntroductionQuerySet",
    "Permission",
    "Readiness",
    "Start",
]
