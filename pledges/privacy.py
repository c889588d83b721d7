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
    declare(
        "pledges.Event",
        none="id public_id code name place held_on partnership state made_at",
        personal={"owner": RECORD},
    ),
    declare(
        "pledges.Employer",
        none="id public_id name name_key domain sector size charity_or_public state checked_until checked_weight"
        " maybe_same_as made_at",
        personal={"lead": RECORD},
    ),
    declare(
        "pledges.EmployerContact",
        none="id employer made_at",
        personal=dict.fromkeys(["name", "job", "email", "phone", "way", "best_time"], BUSINESS),
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
        " publish_if_silent after_closing source state made_at",
        personal={"contact": BUSINESS, "words": BUSINESS, "owner": RECORD},
    ),
    declare(
        "pledges.SheetUpload",
        none="id public_id event name digest header mapping uploaded_at applied_at outcome",
        personal={"rows": "until it is applied, at most 30 days", "uploaded_by": RECORD},
    ),
    declare(
        "pledges.ToClearUp",
        none="id public_id identity event source row_number state pledge made_at",
        personal={
            "words": BUSINESS,
            "reasons": BUSINESS,
            "because": BUSINESS,
            "typed_by": RECORD,
            "owner": RECORD,
        },
    ),
]
