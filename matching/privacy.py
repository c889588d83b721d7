"""What this room's fields are, and how long they are kept."""

from core.privacy import declare

WITH_PERSON = "with the young person: erased 12 months after the 25th birthday, or on request"

FIELDS = [
    declare(
        "matching.Interests",
        none="changed_at",
        personal=dict.fromkeys(
            [
                "person",
                "kinds",
                "first_kind",
                "categories",
                "ticked",
                "occupations",
                "open_to_anything",
                "hours",
                "has",
                "travel",
                "radius_m",
                "remote_ok",
                "earliest_start",
                "words",
                "changed_by",
                "easting",
                "northing",
                "born_on",
                "responsible_id",
                "living_id",
            ],
            WITH_PERSON,
        ),
        sensitive={"volunteering_only": WITH_PERSON, "told": WITH_PERSON},
    ),
    declare(
        "matching.Match",
        none="opportunity",
        personal=dict.fromkeys(["person", "score", "reasons", "distance_hm"], "until the next run of the matcher"),
    ),
    declare(
        "matching.MatchAction",
        none="id opportunity version",
        personal=dict.fromkeys(["person", "state", "reason", "by", "at"], WITH_PERSON),
    ),
    declare(
        "matching.MatchTold",
        none="opportunity version told_at",
        personal=dict.fromkeys(["person", "adviser"], WITH_PERSON),
    ),
    declare("matching.DropIn", none="id code", personal={"answers": "1 day", "made_at": "1 day"}),
    declare("matching.MatchState", none="id watermark runs full_pass_at repaired_rows"),
]
