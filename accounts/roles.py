"""The roles a membership may carry (domain, section 1) and what follows from each for the scope of a session."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody may do while they wear the hat."""

    ADVISER = "adviser", _("Personal adviser")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    GUEST_ADVISER = "guest_adviser", _("Guest adviser")
    TEAM_MANAGER = "team_manager", _("Team manager")
    COORDINATOR = "coordinator", _("Coordinator")
    ECONOMIC_DEVELOPMENT = "economic_development", _("Economic development officer")
    SUPPORT_OFFICER = "support_officer", _("Support officer")
    BOARD_MEMBER = "board_member", _("Board member")
    AMBASSADOR = "ambassador", _("Ambassador")
    SAFEGUARDING_LEAD = "safeguarding_lead", _("Safeguarding lead")
    AUDITOR = "auditor", _("Data protection officer")
    EMPLOYER_MEMBER = "employer_member", _("Employer")
    OPERATOR = "operator", _("Operator")


WORKERS = frozenset({Role.ADVISER, Role.SOCIAL_WORKER, Role.GUEST_ADVISER})
# Only these hats see young people at all; every other hat has an empty scope over them.
SEES_YOUNG_PEOPLE = frozenset({Role.ADVISER, Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD})
DESK = frozenset({Role.COORDINATOR, Role.ECONOMIC_DEVELOPMENT, Role.SUPPORT_OFFICER})
YOUNG_PERSON = "young_person"  # being oneself: no membership says so, the person's own row does
