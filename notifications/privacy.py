"""What this room's fields are. Rows of the outbox hold ids, never text."""

from core.privacy import declare

_OUTBOX = "2 years after the message was accepted or ended"
_CHOICE = "as long as the sign-in is in use"

FIELDS = [
    declare(
        "notifications.Outbox",
        none="id ref purpose channel parent state reason not_before expires_at lease_until fence attempts asked"
        " made_at handed_at read_at known_as",
        personal={
            "dedupe_key": _OUTBOX,
            "recipient": _OUTBOX,
            "cause_id": _OUTBOX,
            "address_mark": _OUTBOX,
            "secret": "10 minutes, or until it is handed over",
        },
        sensitive={"person": _OUTBOX},
    ),
    declare("notifications.DigestChoice", none="id", personal=dict.fromkeys(("user", "kind", "how"), _CHOICE)),
    declare("notifications.DigestRun", none="id day made_on made_at"),
    declare("notifications.DigestRecipient", none="id run", personal=dict.fromkeys(("user", "mail"), _OUTBOX)),
    declare(
        "notifications.Unreachable",
        none="id failures stopped_at changed_at",
        personal={"mark": "until it works again, at most 2 years"},
    ),
    declare(
        "notifications.OutboxCount",
        none="id purpose state channel council rows oldest_due unexplained copies doubles counted_at",
    ),
    declare(
        "notifications.OutboxOrder",
        none="id public_id action ref purpose provider at done_at answer waits confirmed_at",
        personal=dict.fromkeys(("by", "confirmed_by"), "2 years after it was asked for"),
    ),
    declare("notifications.OutboxTally", none="id made deleted"),
    declare("notifications.OutboxPulse", none="id made deleted rows delay_hour delay_day counted_at causes look"),
    declare("notifications.Circuit", none="provider in_a_row recent open_since probe_at held ask_first_until"),
    declare("notifications.ProviderReport", none="id ref fate known_as told_at"),
    declare(
        "notifications.KeptMail",
        none="id public_id ref channel kept_at",
        personal={
            "recipient": "as long as the demonstration",
            "subject": "as long as the demonstration",
            "body": "as long as the demonstration",
            "attachments": "as long as the demonstration",
        },
    ),
]
