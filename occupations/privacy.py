"""What this room's fields are, and how long they are kept."""

from core.privacy import declare

FIELDS = [
    declare("occupations.Occupation", none="number code title categories"),
    declare(
        "occupations.Slang", none="id words occupations said_at", personal={"said_by": "while the words are in use"}
    ),
    declare("occupations.Offered", none="id category month offered kept"),
]
