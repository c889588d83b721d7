"""The tables of this room."""

from opportunities.models.law import Entitlement, PayFloor, RuleFigure, UnpaidReason
from opportunities.models.opportunity import Opportunity
from opportunities.models.outside import ApiKey, Feedback, Wording
from opportunities.models.row import SearchRow

__all__ = [
    "ApiKey",
    "Entitlement",
    "Feedback",
    "Opportunity",
    "PayFloor",
    "RuleFigure",
    "SearchRow",
    "UnpaidReason",
    "Wording",
]
