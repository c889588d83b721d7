"""Who people are and what they may see: users and their hats, councils, young people and their workers."""

from accounts.models.care import Cover, Objection, Transfer, View
from accounts.models.councils import Council, Partnership, Team
from accounts.models.hearing import Hearing, SafeWord
from accounts.models.people import AdviserLink, ChildQuerySet, YoungPerson, YoungPersonContact
from accounts.models.safety import Acceptance, GoneReference, SafetyNumbers
from accounts.models.users import Membership, SignedLink, SignInAttempt, User

__all__ = [
    "Acceptance",
    "AdviserLink",
    "ChildQuerySet",
    "Council",
    "Cover",
    "GoneReference",
    "Hearing",
    "Membership",
    "Objection",
    "Partnership",
    "SafeWord",
    "SafetyNumbers",
    "SignInAttempt",
    "SignedLink",
    "Team",
    "Transfer",
    "User",
    "View",
    "YoungPerson",
    "YoungPersonContact",
]
