"""What may become of an introduction, a start, a concern, and who may move it (domain, section 6)."""

from accounts.roles import WORKERS, YOUNG_PERSON, Role
from core.lifecycle import SYSTEM, Lifecycle, Move
from introductions import events
from introductions.models import Concern, Introduction, Start
from pledges.lifecycle import GIVER

_S, _T, _C = Introduction.State, Start.State, Concern.State
WORKER = frozenset(str(role) for role in WORKERS)
SELF = frozenset({YOUNG_PERSON})
BUSINESS = frozenset({str(Role.EMPLOYER_MEMBER), GIVER})
LEAD = frozenset({str(Role.SAFEGUARDING_LEAD)})

BEFORE = (_S.INTERESTED, _S.ASKED, _S.PERMITTED)  # the business knows nothing
KNOWN = (_S.INTRODUCED, _S.MEETING, _S.INTERVIEW, _S.OFFERED, _S.CHECKS)  # it does, and a place is held
OPEN = (*BEFORE, *KNOWN, _S.FROZEN)
ONGOING = (*OPEN, _S.STARTED)

INTRODUCTION = Lifecycle(
    "introductions.Introduction",
    states=tuple(_S.values),
    moves=(
        Move("ask", (_S.INTERESTED,), _S.ASKED, WORKER, events.asked),
        Move("ask_again", (_S.ASKED, _S.PERMITTED), _S.ASKED, WORKER, events.asked),  # other words
        Move("permit", (_S.ASKED,), _S.PERMITTED, {*SELF, *WORKER}, events.permitted),
        Move("introduce", (_S.PERMITTED,), _S.INTRODUCED, {*WORKER, SYSTEM}, events.introduced),
        Move("meet", (_S.INTRODUCED, _S.MEETING), _S.MEETING, {*BUSINESS, *WORKER}, events.moved_on),
        Move(
            "interview", (_S.INTRODUCED, _S.MEETING, _S.INTERVIEW), _S.INTERVIEW, {*BUSINESS, *WORKER}, events.moved_on
        ),
        Move("offer", (_S.INTRODUCED, _S.MEETING, _S.INTERVIEW), _S.OFFERED, {*BUSINESS, *WORKER}, events.moved_on),
        Move("check", (_S.OFFERED, _S.CHECKS), _S.CHECKS, {*BUSINESS, *WORKER}, events.moved_on),
        Move("start", (_S.OFFERED, _S.CHECKS), _S.STARTED, WORKER, events.started),
        Move("finish", (_S.STARTED,), _S.ENDED, {*WORKER, SYSTEM}, events.ended),  # with its start: starting.py
        Move("decline_start", (_S.STARTED,), _S.ENDED, SELF, events.ended),  # before the first day: no reason is asked
        Move("not_this_time", KNOWN, _S.ENDED, {*BUSINESS, *WORKER}, events.ended),
        Move("decline", OPEN, _S.ENDED, {*SELF, *WORKER}, events.ended),  # by the young person: no reason is asked
        Move("withdraw", (_S.PERMITTED, *KNOWN, _S.FROZEN), _S.ENDED, {*SELF, *WORKER}, events.ended),
        Move("fall_away", (*BEFORE, _S.FROZEN), _S.ENDED, {SYSTEM, *WORKER}, events.ended),  # closed, no place
        Move("freeze", (*BEFORE, *KNOWN), _S.FROZEN, {SYSTEM}, events.frozen),
        *(Move(f"thaw_{state}", (_S.FROZEN,), state, {SYSTEM}) for state in (*BEFORE, *KNOWN)),
        Move("end_support", (*OPEN, _S.STARTED), _S.ENDED, {SYSTEM}, events.ended),
    ),
)

START = Lifecycle(
    "introductions.Start",
    states=tuple(_T.values),
    moves=(
        Move("begin", (_T.PLANNED,), _T.BEGUN, {*WORKER, *SELF, SYSTEM}),
        Move("put_right", (_T.PLANNED, _T.BEGUN), _T.PLANNED, WORKER),  # another first day
        Move("end", (_T.PLANNED, _T.BEGUN), _T.ENDED, {*WORKER, SYSTEM}),
        Move("decline", (_T.PLANNED,), _T.ENDED, SELF),
    ),
)

CONCERN = Lifecycle(
    "introductions.Concern",
    states=tuple(_C.values),
    moves=(
        Move("see", (_C.NEW,), _C.SEEN, LEAD),
        Move("close", (_C.SEEN,), _C.CLOSED, LEAD),
        Move("reopen", (_C.CLOSED,), _C.SEEN, LEAD),
    ),
)
