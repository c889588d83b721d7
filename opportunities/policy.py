"""Who may use this room's addresses, and its background tasks."""

from accounts.roles import DESK, Role
from core.policy import NOBODY, PUBLIC, Route

KEY_WRITES = frozenset({"key:opportunities:write"})  # see opportunities/api/keys.py
APPROVERS = frozenset({Role.COORDINATOR, Role.ECONOMIC_DEVELOPMENT})
ROUTES = [
    Route("opportunities:list-opportunities", PUBLIC, NOBODY),
    Route("opportunities:show-opportunity", PUBLIC, NOBODY),
    Route("opportunities:show-rss", PUBLIC, NOBODY),
    Route("opportunities:show-json", PUBLIC, NOBODY),
    Route("opportunities:explain-embed", PUBLIC, NOBODY),
    Route("opportunities:show-embedded", PUBLIC, NOBODY),
    Route("opportunities:show-sitemap", PUBLIC, NOBODY),
    Route("opportunities:show-robots", PUBLIC, NOBODY),
    Route("opportunities:say-useful", NOBODY, PUBLIC),
    Route("opportunities:say-why", PUBLIC, PUBLIC),
    Route("opportunities:list-feedback", {Role.AMBASSADOR, Role.COORDINATOR}, NOBODY),
    Route("opportunities:see-feedback", NOBODY, {Role.AMBASSADOR}),
    Route("opportunities:list-words", {Role.AMBASSADOR, Role.COORDINATOR}, NOBODY),
    Route("opportunities:change-words", {Role.AMBASSADOR, Role.COORDINATOR}, {Role.AMBASSADOR}),
    Route("opportunities:show-board", {Role.BOARD_MEMBER}, NOBODY),
    # A signed link is its own right: the view answers 404 to one that is not in force.
    Route("opportunities:answer-still-open", PUBLIC, PUBLIC),
    Route("opportunities:list-desk", DESK, NOBODY),
    Route("opportunities:edit-opportunity", DESK, NOBODY),
    Route("opportunities:preview-opportunity", DESK, NOBODY),
    Route("opportunities:answer-question", DESK, DESK),
    Route("opportunities:move-opportunity", NOBODY, DESK),
    Route("opportunities:api-list-opportunities", PUBLIC, NOBODY),
    Route("opportunities:api-show-opportunity", PUBLIC, NOBODY),
    Route("opportunities:show-api", PUBLIC, NOBODY),
    Route("opportunities:api-show-schema", PUBLIC, NOBODY),
    Route("opportunities:api-make-draft", NOBODY, KEY_WRITES),
    Route("opportunities:api-change-draft", KEY_WRITES, KEY_WRITES),
    Route("opportunities:api-close-draft", NOBODY, KEY_WRITES),
    Route("opportunities:list-keys", APPROVERS, NOBODY),
    Route("opportunities:make-key", APPROVERS, APPROVERS),
    Route("opportunities:end-key", NOBODY, APPROVERS),
]
TASKS: list[str] = []

# Every field that the API answers, by serializer; a test compares. What is not named here leaves the house nowhere.
_DRAFT = (
    "title summary bring not_needed category places remote town hours_a_week hours day_starts day_ends lasts lasts_unit"
    " pay_pence_an_hour unpaid_reason paid_weekly travel_paid guaranteed_interview meet_first named_contact"
    " no_experience no_qualifications starts_on closes_on min_age min_age_reason needs support training_beside"
    " provider_wanted go_by own_link own_words search_engines"
)
API_FIELDS = {
    "OpportunitySerializer": "id title summary bring not_needed kind category employer town remote hours_a_week"
    " early_start lasts lasts_unit pay_pence_an_hour pay_a_week pay_rises unpaid_because starts_on closes_on opened_on"
    " min_age needs places travel_paid no_experience no_qualifications training_beside badges support support_says"
    " entitlements go_by own_link own_words",
    "OpportunityPageSerializer": "next results count kinds categories badges",
    "PayRiseSerializer": "from_age pence_an_hour_at_least",
    "EntitlementSerializer": "words valid_from valid_to source link",
    # To the business's own system only.
    "DraftSerializer": f"{_DRAFT} id state kind sector in_the_way",
    "InTheWaySerializer": "code sentence who",
    "ProblemSerializer": "type title status detail problems",
}
