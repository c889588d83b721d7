"""What the fields of this room's tables are. (`core/privacy.py` is the mechanism.)"""

from core.privacy import declare

LOG = "6 years"

FIELDS = [
    declare("core.Installation", none="id mode made_at"),
    declare(
        "core.LifecycleLog",
        none="id model move old new role",
        personal=dict.fromkeys(["object_id", "actor", "on_behalf_of", "at", "why"], LOG),
    ),
    declare(
        "core.IdempotencyKey",
        none="id scope key made_at",
        personal={"body_hash": "7 days", "answer": "7 days"},
    ),
    declare("core.Postcode", none="code easting northing district_gss"),
    declare("core.PostcodeSector", none="code easting northing district_gss spans postcodes"),
    declare("core.ReferenceLoad", none="name version source rows loaded_at"),
    declare("core.JobRun", none="id job slot state lease_until attempts finished_at outcome"),
    declare("core.Heartbeat", none="process at"),
]
