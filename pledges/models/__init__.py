"""Employers, events, what was promised and how it is followed up, by reason to change."""

from pledges.models.demand import Demand
from pledges.models.employers import Employer, EmployerCheck, EmployerContact, EmployerSite, NotTheSame
from pledges.models.events import Event, EventScore, Invitation
from pledges.models.following import Answer, CallTask, FollowUp, Nudge
from pledges.models.intake import SheetUpload, ToClearUp
from pledges.models.kinds import CadenceStep, Category, PledgeKind, RiskyPhrase
from pledges.models.pledges import Pledge
from pledges.models.support import Ask

__all__ = [
    "Answer",
    "Ask",
    "CadenceStep",
    "CallTask",
    "Category",
    "Demand",
    "Employer",
    "EmployerCheck",
    "EmployerContact",
    "EmployerSite",
    "Event",
    "EventScore",
    "FollowUp",
    "Invitation",
    "NotTheSame",
    "Nudge",
    "Pledge",
    "PledgeKind",
    "RiskyPhrase",
    "SheetUpload",
    "ToClearUp",
]
