"""What may become of events, invitations, employers, pledges and asks, and who may move them (domain, section 5)."""

from accounts.roles import DESK, WORKERS, Role
from core.lifecycle import SYSTEM, Lifecycle, Move
from pledges import events
from pledges.models import Ask, Employer, Event, Invitation, Pledge

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

_I = Invitation.State
INVITATION = Lifecycle(
    "pledges.Invitation",
    states=tuple(_I.values),
    moves=(
        Move("say_yes", (_I.INVITED, _I.NOT_COMING), _I.COMING, OFFICERS),
        Move("say_no", (_I.INVITED, _I.COMING), _I.NOT_COMING, OFFICERS),
        Move("come", (_I.INVITED, _I.COMING, _I.NOT_COMING), _I.CAME, OFFICERS),
        Move("undo", (_I.COMING, _I.NOT_COMING, _I.CAME), _I.INVITED, OFFICERS),
    ),
)

EMPLOYER = Lifecycle(
    "pledges.Employer",
    states=tuple(_E.values),
    moves=(
        Move("call_back", (_E.UNCHECKED,), _E.CALLED_BACK, COORDINATOR),
        Move("pass", (_E.CALLED_BACK, _E.CHECKED), _E.CHECKED, COORDINATOR, events.employer_checked),
        Move("expire", (_E.CHECKED,), _E.UNCHECKED, {SYSTEM}, events.employer_unchecked),
        # Another name, domain or number: what was checked is no longer what is there.
        Move("change", (_E.CALLED_BACK, _E.CHECKED), _E.UNCHECKED, COORDINATOR, events.employer_unchecked),
        Move("merge", (_E.UNCHECKED, _E.CALLED_BACK, _E.CHECKED), _E.MERGED, COORDINATOR),
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
        Move("agree_by_silence", (_P.NOTED,), _P.CONFIRMED, {SYSTEM}),
        Move("shape", (_P.NOTED, _P.CONFIRMED), _P.SHAPED, {SYSTEM}),
        Move("go_live", (_P.NOTED, _P.CONFIRMED, _P.SHAPED), _P.LIVE, {SYSTEM}),
        Move("keep", OPEN, _P.KEPT, {*COORDINATOR, SYSTEM}, events.pledge_ended),
        Move("end", OPEN, _P.PARTLY_KEPT, {*COORDINATOR, SYSTEM}, events.pledge_ended),
        # It closed and nobody has started: what next?
        Move("rest", (_P.LIVE,), _P.CONFIRMED, {SYSTEM}, events.pledge_rests),
        Move("withdraw", OPEN, _P.WITHDRAWN, {*COORDINATOR, GIVER}, events.pledge_ended),
        Move("lapse", (_P.NOTED, _P.CONFIRMED, _P.SHAPED), _P.LAPSED, {SYSTEM}, events.pledge_ended),
        Move("reopen", (_P.WITHDRAWN, _P.LAPSED), _P.NOTED, {*COORDINATOR, GIVER}, events.pledge_reopened),
    ),
)

_A = Ask.State
ASK = Lifecycle(
    "pledges.Ask",
    states=tuple(_A.values),
    moves=(
        Move("hand_over", (_A.ASKED,), _A.HANDED_OVER, {*OFFICERS, *map(str, WORKERS)}),
        Move("cancel", (_A.ASKED,), _A.CANCELLED, {*COORDINATOR, *map(str, WORKERS), SYSTEM}),
    ),
)
