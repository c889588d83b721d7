"""A coordinator has looked at the words of a pledge: from now on they may be used."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from pledges import events, ledger
from pledges.models import Pledge
from pledges.services import CORRECTED, Correction


class NothingToSee(Exception):
    """There are no words of this kind in the pledge. Its text may be shown to people."""


def mark_seen(*, pledge: Pledge, by: User) -> None:
    """Note who looked. The draft is filled as after a correction. Twice is once. Raises NothingToSee."""
    with transaction.atomic():
        ledger.lock([pledge.pk])
        row = Pledge.objects.get(pk=pledge.pk)
        if not row.phrases:
            raise NothingToSee(_("There is nothing in these words to look at."))
        if row.phrases_seen_by_id is None:
            row.phrases_seen_by = by
            row.save(update_fields=["phrases_seen_by"])
            same = Correction(**{name: getattr(row, name) for name in CORRECTED})
            events.pledge_corrected.send(sender=Pledge, id=row.pk, before=same)
    pledge.phrases_seen_by_id = row.phrases_seen_by_id
