"""The stamp of what an officer saw: whoever sends in or publishes does it to those words, not to newer ones."""

import hashlib
import json

from django.utils.translation import gettext as _

from core.lifecycle import MoveRefused
from opportunities.models import Opportunity

# What the machinery writes; everything else is somebody's words or choice.
LEFT_OUT = frozenset(
    {
        *("id", "public_id", "state", "live", "version", "made_at", "places_held", "places_started", "outcome"),
        *("submitted_by", "submitted_on", "approved_by", "approved_on", "opened_on", "still_open_on", "still_asked_on"),
        *("questions_done", "questions_to_check"),
    }
)


def stamp(row: Opportunity) -> str:
    """The same for the same words."""
    fields = [field for field in Opportunity._meta.concrete_fields if field.name not in LEFT_OUT]
    values = {field.name: field.value_to_string(row) for field in fields}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def check(row: Opportunity, seen: str | None) -> None:
    """Raises MoveRefused when the locked row is not what was seen. None: the caller is no page."""
    if seen is not None and seen != stamp(row):
        raise MoveRefused(_("Somebody has changed this since you opened the page. Nothing was done. Read it again."))
