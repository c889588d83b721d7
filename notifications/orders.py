"""What operators ask of messages: the web writes the order down, and the relay carries it out over all councils.

Each move is written into the log of moves with the operator's name. A message that is sent again keeps its row and its
reference; unless it surely was not taken, its provider is asked first.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.clock import FrNow
from core.models import LifecycleLog
from notifications.drain import NEW_FENCE, committed, end
from notifications.lifecycle import REPLAYED, move
from notifications.models import Circuit, Outbox, OutboxOrder

Action = OutboxOrder.Action
AT_ONCE = 2000
MOST = 100  # of one order: beyond that a second person confirms it first
READY = ~OutboxOrder.WAITING
CAN_BE_GIVEN_UP = ("held", "due", "unknown", "dead")
SURELY_NOT_TAKEN = ("refused: ", "not taken: ", "not written: ")
CANCELLED = "cancelled by an operator"
MOMENTS = {
    "made_at": gettext_lazy("Made"),
    "not_before": gettext_lazy("Not before this, or asked about again then"),
    "handed_at": gettext_lazy("Handed over, or known to be taken"),
    "lease_until": gettext_lazy("In the hands of a process until then"),
    "expires_at": gettext_lazy("Not worth sending later than this"),
}


def confirm(order: OutboxOrder, by: int) -> None:
    """Let the relay do what waits for a second person. ValidationError when it is the first one; twice is once."""
    if order.is_waiting:
        order.confirmed_by_id, order.confirmed_at = by, clock.now()
        order.validate_constraints()
        waiting = OutboxOrder.objects.filter(OutboxOrder.WAITING, pk=order.pk)
        waiting.update(confirmed_by=by, confirmed_at=order.confirmed_at)


def carry_out() -> int:
    """Do what operators asked for and was not done. Background work only. Returns how many orders."""
    done = 0
    while _next():
        done += 1
    return done


def _next() -> bool:
    with committed():
        waiting = OutboxOrder.objects.filter(READY, done_at=None).select_for_update(skip_locked=True)
        order = waiting.order_by("pk").first()
        if order is None:
            return False
        answer = ACTIONS[Action(order.action)](order)
        if answer is not None:
            OutboxOrder.objects.filter(pk=order.pk).update(done_at=FrNow(), answer=answer)
    return True


def _one(order: OutboxOrder) -> Outbox | None:
    return Outbox.objects.filter(ref=order.ref).select_for_update(of=("self",)).first()


def _said(words: str, **more: Any) -> dict[str, Any]:
    return {"done": words, **more}


def may(row: Outbox) -> list[str]:
    """What can be done to it as it is now. What a mail carries goes with its mail."""
    can = {Action.REPLAY: row.state == Outbox.State.DEAD, Action.CANCEL: row.state in CAN_BE_GIVEN_UP}
    return [action.value for action, well in can.items() if well and not row.parent_id]


def explain(order: OutboxOrder) -> dict[str, Any]:
    """What happened to one message, and what can be done to it, without its text and without anybody's name."""
    row = _one(order)
    if row is None:
        return _said(_("No message has this reference."))
    moments = [(getattr(row, name), str(words)) for name, words in MOMENTS.items()]
    moved = LifecycleLog.objects.filter(model="notifications.Outbox", object_id=row.pk)
    moments += [(log.at, f"{log.old} → {log.new}: {log.move}") for log in moved]
    facts = {
        str(_("Purpose")): row.purpose.replace("_", " "),
        str(_("Channel")): str(Outbox.Channel(row.channel).label),
        str(_("State")): str(Outbox.State(row.state).label),
        str(_("Reason")): row.reason,
        str(_("Tried")): row.attempts,
        str(_("Claimed so many times")): row.fence,
        str(_("The provider did not know it")): row.asked,
        str(_("Carries")): row.items.count(),
    }
    told = [[at.isoformat(), words] for at, words in sorted(moments, key=lambda each: str(each[0])) if at]
    return _said(_("This is what is known of it."), facts=facts, moments=told, may=may(row))


def replay(order: OutboxOrder) -> dict[str, Any]:
    """Send one again that ended dead."""
    row = _one(order)
    if row is None:
        return _said(_("No message has this reference."))
    if Action.REPLAY not in may(row):
        return _said(_("Only a mail or text that ended dead is sent again. This one did not."))
    _again(row, order)
    return _said(_("It goes out again. Its provider is asked first; one that cannot be asked may send a second copy."))


def _again(row: Outbox, order: OutboxOrder) -> None:
    sure = row.reason.startswith(SURELY_NOT_TAKEN)
    new = "due" if sure else "unknown"
    changes = {"reason": "" if sure else REPLAYED, "not_before": FrNow(), "attempts": 0, "asked": 0, "fence": NEW_FENCE}
    asked_since = {"handed_at": None if sure else FrNow()}  # a silent provider is asked for a whole day again
    move(Outbox.objects.filter(pk=row.pk), "dead", new, **changes, **asked_since)
    move(Outbox.objects.filter(parent=row.pk), "dead", "held", reason="")
    _log(row, new, order)


def replay_all(order: OutboxOrder) -> dict[str, Any] | None:
    """Send again what ended dead of one purpose; None, and it waits, where that is too much for one person to decide.
    Never more than was confirmed, and the relay does nothing else meanwhile: of very many the oldest."""
    dead = Outbox.objects.filter(purpose=order.purpose, state="dead", parent=None)
    if order.waits is None and (number := dead.count()) > MOST:
        OutboxOrder.objects.filter(pk=order.pk).update(waits=min(number, AT_ONCE))
        return None
    rows = list(dead.order_by("pk").select_for_update(of=("self",))[: order.waits or MOST])
    for row in rows:
        _again(row, order)
    return _said(_("%(count)s go out again.") % {"count": len(rows)})


def cancel(order: OutboxOrder) -> dict[str, Any]:
    """Give one up, unless a process has it in its hands or it has left."""
    row = _one(order)
    if row is None:
        return _said(_("No message has this reference."))
    if Action.CANCEL not in may(row):
        return _said(_("It has left, is over, or is just being handed over: it cannot be given up now."))
    rows = Outbox.objects.filter(pk=row.pk)
    end(rows, row.state, "ended", reason=CANCELLED, fence=NEW_FENCE)
    move(Outbox.objects.filter(parent=row.pk), "dead", "ended", reason=CANCELLED)
    _log(row, "ended", order)
    return _said(_("It is given up."))


def _log(row: Outbox, new: str, order: OutboxOrder) -> None:
    LifecycleLog.objects.create(
        model="notifications.Outbox", object_id=row.pk, move=order.action, old=row.state, new=new,
        actor=order.by_id, role="operator",
    )  # fmt: skip


def hold(order: OutboxOrder) -> dict[str, Any]:
    """Hold a provider's circuit open until somebody releases it."""
    Circuit.objects.update_or_create(provider=order.provider, defaults={"held": True})
    return _said(_("Its messages wait until it is let go on."))


def release(order: OutboxOrder) -> dict[str, Any]:
    """Let a provider go on."""
    Circuit.objects.filter(provider=order.provider).update(held=False)
    return _said(_("Its messages go out again."))


ACTIONS = {
    Action.EXPLAIN: explain,
    Action.REPLAY: replay,
    Action.REPLAY_ALL: replay_all,
    Action.CANCEL: cancel,
    Action.HOLD: hold,
    Action.RELEASE: release,
}
