"""The states of an opportunity and who may move it between them."""

from accounts.roles import DESK, Role
from core.lifecycle import SYSTEM, Lifecycle, Move
from pledges.lifecycle import GIVER

MODEL = "opportunities.Opportunity"
KEY = "key"  # a business's or council's own system: see by_key.py here and in matching
DRAFTERS = frozenset(DESK)  # may write a draft and send it in
APPROVERS = frozenset({Role.COORDINATOR, Role.ECONOMIC_DEVELOPMENT})  # may publish, and answer for what is published

LIFECYCLE = Lifecycle(
    MODEL,
    states=("draft", "submitted", "published", "paused", "closed", "withdrawn"),
    moves=(
        Move("submit", ("draft",), "submitted", DRAFTERS),
        Move("send_back", ("submitted",), "draft", {*APPROVERS, SYSTEM}),
        Move("approve", ("submitted",), "published", APPROVERS),
        Move("change", ("published",), "published", APPROVERS),
        Move("extend", ("published",), "published", APPROVERS),  # a later last day: no second person
        Move("say_open", ("published",), "published", {*APPROVERS, GIVER}),  # still open: nothing else changes
        Move("pause", ("published",), "paused", {*APPROVERS, SYSTEM}),
        Move("resume", ("paused",), "published", {*APPROVERS, GIVER}),
        Move("close", ("published", "paused"), "closed", {*APPROVERS, GIVER, SYSTEM}),
        Move("withdraw", ("draft", "submitted"), "withdrawn", {*APPROVERS, KEY, SYSTEM}),
    ),
)
