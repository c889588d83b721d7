"""The joined policy: every route and every task of every room, third-party routes included."""

import accounts.policy
import core.routes
import introductions.policy
import matching.policy
import notifications.policy
import occupations.policy
import opportunities.policy
import pledges.policy
from core.policy import join

ROOMS = (
    core.routes,
    accounts.policy,
    notifications.policy,
    pledges.policy,
    occupations.policy,
    opportunities.policy,
    matching.policy,
    introductions.policy,
)
POLICY = join(*(room.ROUTES for room in ROOMS))
TASKS: list[str] = [task for room in ROOMS for task in room.TASKS]
TASKS += ["config.tasks.tick", "config.tasks.tick_matching"]
