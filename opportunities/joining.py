"""Two businesses became one: their opportunities follow."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from opportunities.live import refresh_live
from opportunities.models import Opportunity
from pledges import checks
from pledges.merging import MergeRefused
from pledges.models import Employer

SHOWN = (Opportunity.State.PUBLISHED, Opportunity.State.PAUSED)


def react_to_merge(sender: Any, *, id: int, gone: int, **_more: Any) -> None:
    """Reaction to pledges.events.employers_merged: moves the rows, and shows or hides them, in the same transaction.

    What is published stays published only under a check that carries it: else the join is refused, and nothing moves.
    """
    keep = Employer.objects.get(pk=id)
    rows = Opportunity.objects.filter(employer_id=gone)
    for row in rows.filter(state=Opportunity.State.PUBLISHED).select_related("kind").order_by("pk"):
        if not checks.good_for(keep, checks.weight_for(row.kind, min_age=row.min_age)):
            sentence = _(
                "“%(title)s” is open, and the check of %(name)s does not carry it."
                " Check %(name)s first, or keep the other."
            )
            raise MergeRefused(sentence % {"title": row.title, "name": keep.name})
    moved = sorted(rows.values_list("pk", flat=True))
    # Another business is a change that counts: PostgreSQL asks for a new version.
    try:
        with transaction.atomic():
            rows.filter(state__in=SHOWN).update(employer_id=id, version=F("version") + 1)
    except IntegrityError:
        sentence = _("Something that is open at %(name)s breaks a rule of today. Put it right or close it first.")
        raise MergeRefused(sentence % {"name": Employer.objects.get(pk=gone).name})
    rows.update(employer_id=id)
    refresh_live(moved)
