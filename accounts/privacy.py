"""What this room's fields are, and how long they are kept; also the tables of the libraries that serve it."""

from core.privacy import declare

WITH_PERSON = "with the young person: erased 12 months after the 25th birthday, or on request"
WITH_USER = "12 months after the last membership ended"
NUMBER = "6 months after it was last used to sign in or to answer, or with the young person"
AUDIT = "6 years after the membership ended"
VIEWS = "6 years, as the audit"
MEMBERSHIP = "user role council partnership employer_id team valid_from valid_to"

FIELDS = [
    declare(
        "accounts.User",
        none="id public_id password is_active made_at",  # the password is always an unusable one
        personal={"name": AUDIT, "email": WITH_USER, "last_login": WITH_USER, "phone": NUMBER, "phone_at": NUMBER},
    ),
    declare(
        "accounts.Council",
        none="id gss_code name short_name tier childrens_services dfe_code mail_domain county display_word valid_from"
        " valid_to"
        " source successors",
    ),
    declare("accounts.Partnership", none="id code name councils valid_from valid_to source"),
    declare("accounts.Team", none="id council name"),
    declare(
        "accounts.Membership",
        none="id",
        personal=dict.fromkeys(MEMBERSHIP.split(), AUDIT),
    ),
    declare(
        "accounts.YoungPerson",
        none="id public_id made_at",
        personal=dict.fromkeys(
            ["label", "living_sector", "living_authority", "birth_month", "user", "ended_on", "kept_apart", "plain"],
            WITH_PERSON,
        ),
        # That a council is responsible says that somebody was in care.
        sensitive=dict.fromkeys(
            ["responsible_authority", "council_reference", "right_to_work", "right_to_work_until", "ended_why"],
            WITH_PERSON,
        ),
    ),
    declare(
        "accounts.YoungPersonContact",
        none="changed_at",
        personal={"details": WITH_PERSON},
        sensitive={"person": WITH_PERSON},
    ),
    declare(
        "accounts.Hearing",
        personal=dict.fromkeys(["matches", "reminders"], WITH_PERSON),
        sensitive={"person": WITH_PERSON},
    ),
    declare("accounts.SafeWord", personal={"word": WITH_PERSON}, sensitive={"person": WITH_PERSON}),
    declare(
        "accounts.AdviserLink",
        none="id",
        personal=dict.fromkeys(["worker", "started_on", "ended_on", "until"], WITH_PERSON),
        sensitive={"person": WITH_PERSON},
    ),
    declare(
        "accounts.Cover",
        none="id council made_at",
        personal=dict.fromkeys(["worker", "stands_in", "first_day", "last_day", "made_by", "ended_at"], AUDIT),
    ),
    declare(
        "accounts.Transfer",
        none="id public_id state asked_at answer_by decided_at",
        personal=dict.fromkeys(["words", "why", "asked_by", "decided_by"], WITH_PERSON),
        sensitive=dict.fromkeys(["person", "from_council", "to_council"], WITH_PERSON),
    ),
    declare(
        "accounts.View",
        none="id",
        personal=dict.fromkeys(["viewer", "role", "council", "page", "on", "first_at"], VIEWS),
        sensitive={"person": VIEWS},
    ),
    declare(
        "accounts.Objection",
        none="id public_id made_at answer_by answered_at",
        personal=dict.fromkeys(["words", "answer", "answered_by"], WITH_PERSON),
        sensitive={"person": WITH_PERSON},
    ),
    # A keyed hash of a council's own reference: of nobody can be read from it who they were.
    declare("accounts.GoneReference", none="id council gone_on", personal={"digest": "10 years after they had gone"}),
    declare("accounts.SafetyNumbers", none="council day_phone day_hours night_phone changed_by changed_at"),
    declare(
        "accounts.Acceptance",
        none="id council paper version accepted_on recorded_at",
        personal={"accepted_by": AUDIT, "recorded_by": AUDIT},
    ),
    declare(
        "accounts.SignedLink",
        none="id token_hash purpose verbs made_at expires_at renew_days revoked_at used_at",
        personal={"object_id": "12 months after the link ended"},
    ),
    declare("accounts.SignInAttempt", none="id kind", personal={"address_hash": "1 day", "at": "1 day"}),
]

SESSION = "14 days after it was last used"
# Tables that libraries bring along, so that a subject access or an erasure forgets none of them.
THIRD_PARTY = [
    declare("sessions.Session", personal={"session_key": SESSION, "session_data": SESSION, "expire_date": SESSION}),
    declare("account.EmailAddress", personal=dict.fromkeys(["id", "user", "email", "verified", "primary"], WITH_USER)),
    declare(
        "account.EmailConfirmation",
        personal=dict.fromkeys(["id", "email_address", "created", "sent", "key"], WITH_USER),
    ),
    declare("auth.Permission", none="id name content_type codename"),  # unused: there are roles instead
    declare("auth.Group", none="id name permissions"),
    declare("contenttypes.ContentType", none="id app_label model"),
]
