"""What the fields of this room are (core/privacy.py). Employers' people are persons too: their contact
details have a term.
"""

from core.privacy import declare

BUSINESS = "2 years after the employer's last pledge has ended"
RECORD = "6 years, as evidence of who checked"

FIELDS = [
    declare("pledges.Category", none="id code name bit valid_from valid_to source"),
    declare(
        "pledges.PledgeKind",
        none="id code name becomes weight one_to_one bit position aliases valid_from valid_to source",
    ),
    declare("pledges.Demand", none="id place partnership category kind people"),
    declare(
        "pledges.Event",
        none="id public_id code name place held_on partnership state text_to sponsor made_at",
        personal={"owner": RECORD, "speakers": BUSINESS},
    ),
    declare(
        "pledges.Employer",
        none="id public_id name name_key domain sector size charity_or_public company_number charity_number state"
        " checked_until checked_weight maybe_same_as merged_into checks_after made_at",
        personal={"lead": RECORD},
    ),
    declare("pledges.NotTheSame", none="id one other said_on", personal={"said_by": RECORD}),
    declare(
        "pledges.EmployerContact",
        none="id public_id employer named_by replaces approved_on forgotten_on made_at",
        personal={
            **dict.fromkeys(["name", "job", "email", "phone", "way", "best_time", "reminders"], BUSINESS),
            "approved_by": RECORD,
        },
    ),
    declare(
        "pledges.EmployerSite",
        none="id public_id employer name postcode town approved_on made_at",
        personal={"approved_by": RECORD},
    ),
    declare(
        "pledges.EmployerCheck",
        none="id employer weight called_on found_by insurance_until visited_on first_on second_on passed_on",
        personal=dict.fromkeys(
            ["called_by", "spoke_to", "first_by", "first_because", "second_by", "second_because"], RECORD
        ),
    ),
    declare(
        "pledges.Pledge",
        none="id public_id identity event partnership employer kind places category by_month postcode town"
        " publish_if_silent show_business available_until places_live places_held places_started resting phrases"
        " held_back followed_from after_closing source state made_at",
        personal={
            "contact": BUSINESS,
            "colleague": BUSINESS,
            "words": BUSINESS,
            "owner": RECORD,
            "phrases_seen_by": RECORD,
        },
    ),
    declare(
        "pledges.SheetUpload",
        none="id public_id event name digest header mapping uploaded_at applied_at outcome",
        personal={"rows": "until it is applied, at most 30 days", "uploaded_by": RECORD},
    ),
    declare(
        "pledges.ToClearUp",
        none="id public_id identity event partnership source row_number state pledge made_at",
        personal={
            "words": BUSINESS,
            "reasons": BUSINESS,
            "because": BUSINESS,
            "typed_by": RECORD,
            "owner": RECORD,
        },
    ),
    declare(
        "pledges.Invitation",
        none="id public_id event business name_key state made_at",
        personal={"email": BUSINESS},
    ),
    declare(
        "pledges.EventScore",
        none="id event day counted_on pledged open waiting_council waiting_business waiting_training kept ended",
    ),
    declare("pledges.CadenceStep", none="id code day counted_from who what valid_from valid_to source"),
    declare("pledges.RiskyPhrase", none="id code pattern why valid_from valid_to source"),
    declare("pledges.Nudge", none="id employer sent_on made_at", personal={"contact": BUSINESS}),
    declare(
        "pledges.Answer",
        none="id pledge said until made_at",
        personal={"words": BUSINESS, "typed_by": RECORD},
    ),
    declare(
        "pledges.CallTask",
        none="id public_id pledge why due_on state outcome done_at made_at",
        personal={"note": BUSINESS, "owner": RECORD, "done_by": RECORD},
    ),
    declare("pledges.FollowUp", none="id pledge step counted_from due_on done_on nudge call"),
    declare(
        "pledges.Ask",
        none="id public_id number pledge quantity needed_for hand_over_at needed_by council state handed_over_on"
        " told_month made_at",
        personal={"asked_by": RECORD},
    ),
]
