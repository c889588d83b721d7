"""What this room's fields are. Nothing here says anything of a young person; officers' names are in the audit trail."""

from core.privacy import declare

_AUDIT = "6 years after it ended"

FIELDS = [
    declare("opportunities.PayFloor", none="id band pence valid_from valid_to source"),
    declare("opportunities.RuleFigure", none="id code value valid_from valid_to source"),
    declare("opportunities.Entitlement", none="id code goes_to kinds words valid_from valid_to source link"),
    declare("opportunities.UnpaidReason", none="id code name kinds charity_or_public_only valid_from valid_to source"),
    declare(
        "opportunities.Opportunity",
        none="id public_id pledge employer kind category occupation title summary bring not_needed places places_held"
        " places_started remote sector town easting northing authority hours_a_week hours_mask day_starts"
        " day_ends lasts lasts_unit pay_pence unpaid_reason starts_on closes_on min_age min_age_reason"
        " risk_assessment_on needs_mask support_mask travel_paid no_experience no_qualifications"
        " paid_weekly guaranteed_interview meet_first named_contact training_beside provider_wanted go_by"
        " own_link own_words search_engines audience partnership questions_done questions_to_check version state"
        " live submitted_on approved_on opened_on still_open_on still_asked_on outcome made_at",
        personal={"submitted_by": _AUDIT, "approved_by": _AUDIT},
    ),
    declare(
        "opportunities.SearchRow",
        none="opportunity live free kind category kind_bit categories occupation hours needs remote easting northing"
        " authority starts_on closes_on opened_on min_age audience partnership_id ringfenced pays_living_wage badges"
        " version title employer_name town words",
    ),
    declare(
        "opportunities.ApiKey",
        none="id employer council partnership name prefix hash scopes made_at expires_on ended_on last_used_on",
        personal={"made_by": _AUDIT, "ended_by": _AUDIT},
    ),
    declare(
        "opportunities.Feedback",
        none="id path opportunity useful on seen_on",
        # Somebody may write about themselves, whatever the page says.
        personal={"words": "2 years", "seen_by": _AUDIT},
    ),
    declare("opportunities.Wording", none="id key text at", personal={"by": _AUDIT}),
]
