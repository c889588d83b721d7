"""What this room's fields are, and how long they are kept (domain, section 12)."""

from core.privacy import Declared, declare

KEPT = "2 years after it ended, or with the young person"
WITH_PERSON = "with the young person: erased 12 months after the 25th birthday, or on request"
EVIDENCE = "6 years after it was closed"

FIELDS: list[Declared] = [
    declare(
        "introductions.Introduction",
        none="id public_id reference opportunity employer holds_place in_staffed_place changed_at",
        personal=dict.fromkeys(
            [
                *("state", "said_by", "made_at", "due_on", "introduced_at", "meets_at", "meets_where", "adult_name"),
                *("offered_on", "checks_by", "bring", "still_fine_on", "frozen_from", "ended_at", "ending"),
                "not_this_time",
            ],
            KEPT,
        ),
        sensitive=dict.fromkeys(["person", "agreed", "permitted_at", "withdrawn_at"], KEPT),
    ),
    declare(
        "introductions.Permission",
        none="id introduction",
        personal=dict.fromkeys(
            [
                *("asked_by", "asked_at", "answer", "answered_at", "answered_by", "in_person", "interpreter_on"),
                *("confirmed_by", "confirmed_at", "agreed_role", "withdrawn_at"),
            ],
            KEPT,
        ),
        sensitive=dict.fromkeys(["person", "words"], KEPT),
    ),
    declare(
        "introductions.Start",
        none="id public_id introduction opportunity made_at",
        personal=dict.fromkeys(
            [
                *("state", "starts_on", "hours_a_week", "pay_pence", "named_contact", "buddy", "fares_by", "kit_by"),
                *("time_for_appointments", "ended_on", "ending", "made_by"),
            ],
            KEPT,
        ),
        sensitive={"person": KEPT},
    ),
    declare(
        "introductions.CheckIn",
        none="id start point side due_on asked_at seen_at",
        personal=dict.fromkeys(["answer", "answered_at", "first_answer"], KEPT),
        sensitive={"words": KEPT},
    ),
    declare(
        "introductions.Readiness",
        none="changed_at",
        personal=dict.fromkeys(["identity", "bank_account", "insurance_number", "phone", "first_wage_plan"], KEPT),
        sensitive={"person": KEPT},
    ),
    declare(
        "introductions.HelpAgain",
        none="id asked_at due_on taken_at",
        personal={"taken_by": WITH_PERSON},
        sensitive={"person": WITH_PERSON},
    ),
    declare(
        "introductions.Concern",
        none="id public_id opportunity employer state made_at look_by late_told_at seen_at closed_at",
        personal=dict.fromkeys(["said_by", "urgency", "seen_by", "closed_by", "work_council"], EVIDENCE),
        sensitive=dict.fromkeys(["person", "introduction", "responsible", "words"], EVIDENCE),
    ),
    declare(
        "introductions.ConcernNote",
        none="id at",
        personal={"by": EVIDENCE},
        sensitive={"concern": EVIDENCE, "words": EVIDENCE},
    ),
]
