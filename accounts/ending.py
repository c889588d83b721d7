"""The end of support. From that day on no message goes to a young person, or to anybody about them."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import User, YoungPerson
from accounts.roles import Role
from accounts.services import end_link
from accounts.transfers import take_back_all
from core import clock
from core.lifecycle import SYSTEM, MoveRefused
from core.models import LifecycleLog

WHY = YoungPerson.Ending


@transaction.atomic
def end_support(*, person: YoungPerson, why: str, by: User | None, role: str) -> bool:
    """End the support of somebody today, and their worker's with it. Announces support_ended; False when it had ended.

    why: of age, asked for, or died, which only a team manager records. role: the hat that `by` wears, or SYSTEM.
    Call it in a scope that sees the person. Raises MoveRefused.
    """
    if why == WHY.DIED and role != Role.TEAM_MANAGER:
        raise MoveRefused(_("Only a team manager can record this."))
    # FOR NO KEY UPDATE: the matcher may be writing rows that point to the person while we wait for it.
    row = YoungPerson.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if row.ended_on is not None:
        return False
    row.ended_on, row.ended_why = clock.today(), WHY(why)
    row.save(update_fields=["ended_on", "ended_why"])
    end_link(person=row, by=by)
    take_back_all(person=row.pk)
    LifecycleLog.objects.create(
        model="accounts.YoungPerson", object_id=row.pk, move="end_support", old="supported", new="ended",
        actor=by.pk if by else None, role=role or SYSTEM,
    )  # fmt: skip
    events.support_ended.send(sender=YoungPerson, id=row.pk, old="supported", new=str(row.ended_why))
    return True
