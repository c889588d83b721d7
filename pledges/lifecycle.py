"""What may become of an event, an employer and a pledge, and who may move them (domain, section 5)."""

from accounts.roles import DESK, Role
from core.lifecycle import SYSTEM, Lifecycle, Move
from pledges import events
from pledges.models import Employer, Event, Pledge

GIVER = "giver"  # the holder of a pledge's signed link
COORDINATOR = frozenset({str(Role.COORDINATOR)})
OFFICERS = frozenset(str(role) for role in DESK)
_E, _P = Employer.Check, Pledge.State
OPEN = (_P.NOTED, _P.CONFIRMED, _P.SHAPED, _P.LIVE)

EVENT = Lifecycle(
    "pledges.Event",
    states=tuple(Event.State.values),
    moves=(
        Move("close", ("open",), "closed", COORDINATOR),
        Move("open", ("closed",), "open", COORDINATOR),
    ),
)

EMPLOYER = Lifecycle(
    "pledges.Employer",
    states=tuple(_E.values),
    moves=(
        Move("call_back", (_E.UNCHECKED,), _E.CALLED_BACK, COORDINATOR),
        Move("pass", (_E.CALLED_BACK, _E.CHECKED), _E.CHECKED, COORDINATOR, events.employer_checked),
        Move("expire", (_E.CHECKED,), _E.UNCHECKED, {SYSTEM}),
        Move(
            "stop",
            (_E.UNCHECKED, _E.CALLED_BACK, _E.CHECKED),
            _E.STOPPED,
            COORDINATOR,
            events.employer_stopped,
        ),
        Move("reopen", (_E.STOPPED,), _E.UNCHECKED, COORDINATOR),
    ),
)

PLEDGE = Lifecycle(
    "pledges.Pledge",
    states=tuple(_P.values),
    moves=(
        Move("confirm", (_P.NOTED,), _P.CONFIRMED, {*OFFICERS, GIVER}),
        Move("shape", (_P.NOTED, _P.CONFIRMED), _P.SHAPED, {SYSTEM}),
        Move("go_live", (_P.NOTED, _P.CONFIRMED, _P.SHAPED), _P.LIVE, {SYSTEM}),
        Move("keep", OPEN, _P.KEPT, {*COORDINATOR, SYSTEM}),
        Move("end", OPEN, _P.PARTLY_KEPT, {*COORDINATOR, SYSTEM}),
        Move("withdraw", OPEN, _P.WITHDRAWN, {*COORDINATOR, GIVER}),
        Move("lapse", (_P.NOTED, _P.CONFIRMED, _P.SHAPED), _P.LAPSED, {SYSTEM}),
        Move("reopen", (_P.WITHDRAWN, _P.LAPSED), _P.NOTED, {*COORDINATOR, GIVER}),
    ),
)
