"""What this room's fields are. Nothing here says anything of a young person; officers' names are in the audit trail."""

from core.privacy import declare

_AUDIT = "6 years after it ended"

FIELDS = [
    declare("opportunities.PayFloor", none="id band pence valid_from valid_to source"),
    declare("opportunities.UnpaidReason", none="id code name kinds charity_or_public_only valid_from valid_to source"),
    declare(
        "opportunities.Opportunity",
        none="id public_id pledge employer kind category title summary places places_held places_started remote sector"
        " town easting northing authority hours_a_week hours_mask pay_pence unpaid_reason starts_on closes_on min_age"
        " needs_mask travel_paid no_experience no_qualifications training_beside audience partnership version state"
        " live submitted_on approved_on opened_on made_at",
        personal={"submitted_by": _AUDIT, "approved_by": _AUDIT},
    ),
    declare(
        "opportunities.SearchRow",
        none="opportunity live kind category kind_bit categories hours needs remote easting northing authority"
        " starts_on closes_on opened_on min_age audience partnership_id ringfenced pays_living_wage version title"
        " employer_name town words",
    ),
]
