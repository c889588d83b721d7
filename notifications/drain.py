"""From due to accepted. Any number of processes may drain at once, and each may be killed at any line.

Three transactions. A: claim (skip rows others hold; a lease by the database's clock; a new fence). B: check again who
may receive, write the mail, and commit `handing`. Then, and only then, the provider. C: record what it said. B and C
are of one mail, but the digests of one claim share B: what they have to look up is looked up once.
Each write names the state and the fence it expects; 0 rows changed means that the row is somebody else's by now.
A process that dies before B leaves `claimed`: due again. After B nobody can know: `unknown`, and the provider is asked.
While a provider's circuit is open (notifications/circuit.py) its messages are not claimed: they wait, and lose nothing.
"""

import datetime as dt
import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from core import alive, clock
from core.clock import FrNow
from core.scope import EVERYTHING, scope
from notifications import addresses, after_restore, channels, circuit, registry
from notifications.channels import Channel
from notifications.lifecycle import REPLAYED, SECOND_COPY, move
from notifications.models import Outbox
from notifications.preparing import DIGEST, Ending, Letter, Wait, prepare_all

log = logging.getLogger(__name__)

BATCH = 10
# Of many messages it is known at hand-over alone who reads them: from then on they stand under "What we told you".
READERS_SQL = """
UPDATE outbox SET recipient_id = reader.id
FROM unnest(%(ids)s::bigint[], %(ways)s::text[]) AS letter (id, way) CROSS JOIN LATERAL (
    SELECT id FROM user_account WHERE lower(email) = lower(letter.way)
    UNION ALL SELECT id FROM user_account WHERE phone = letter.way AND phone <> '') AS reader
WHERE outbox.id = letter.id AND outbox.recipient_id IS NULL
"""
CLAIM_LEASE = dt.timedelta(seconds=30)
DELAYS = tuple(dt.timedelta(seconds=seconds) for seconds in (10, 30, 60, 300, 900, 1800, 3600, 7200))
ATTEMPTS = 20
COPIES = 5  # of a message whose provider cannot be asked: so often it goes out again, and then a person looks
NOT_FOUND = 2  # a provider may be slow to know its own messages: only the second time is believed
GIVE_UP_ASKING = dt.timedelta(hours=24)
ASKING = 4  # the part of a round in which providers are asked, so that what is due goes out all the same
NEW_FENCE = F("fence") + 1


@dataclass(frozen=True)
class Claim:
    """A row, and the fence under which it is ours."""

    id: int
    fence: int
    channel: str = "email"
    purpose: str = ""
    ref: uuid.UUID | None = None
    attempts: int = 0


@contextmanager
def committed() -> Iterator[None]:
    """A transaction of its own over all councils. RuntimeError inside another one: then nothing would be committed."""
    with scope(EVERYTHING, durable=True):
        yield


def drain(*, seconds: float = 20, older_than: dt.timedelta = dt.timedelta(0)) -> Counter[str]:
    """Hand over what is due until nothing is left or the time is over. Returns what became of how many rows.

    older_than: leave younger rows to the workers whose bell is ringing now. Call it outside any transaction.
    """
    began = time.monotonic()
    ways = after_restore.asked_first({str(kind): channels.chosen(kind) for kind in channels.KINDS})
    counts = sweep(ways)
    counts += resolve(ways, began + seconds / ASKING)
    while time.monotonic() < began + seconds and (claims := claim_with_room(ways, older_than)):
        keep_until = time.monotonic() + CLAIM_LEASE.total_seconds() / 2
        waiting = shared(claims)
        while waiting and time.monotonic() <= keep_until:
            together = waiting.pop(0)
            counts.update(hand_over(together, ways[together[0].channel]))
        put_back([claim for together in waiting for claim in together], ways)
    return counts


def put_back(claims: Sequence[Claim], ways: Mapping[str, Channel]) -> None:
    """What was claimed and not begun before the lease runs out is due again at once: another may have it."""
    if claims:
        with committed():
            move(mine(*claims), "claimed", "due", fence=NEW_FENCE)
        for provider in {ways[claim.channel].name for claim in claims}:
            circuit.give_back(provider)


def shared(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Who goes with whom: digests of one channel together, all else alone, in the order of the claim.

    A process that dies leaves all of them unknown. A digest is sent again then; of what is not, no more than one may
    be lost, so it goes alone.
    """
    found: dict[Any, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.channel if claim.purpose == DIGEST else claim.id, []).append(claim)
    return list(found.values())


def sweep(ways: Mapping[str, Channel]) -> Counter[str]:
    """Take back what dead processes left, and end what is too old. Returns how many rows moved, by what happened."""
    over = Q(lease_until__lt=FrNow())
    rows = Outbox.objects.all
    with committed():
        Outbox.objects.filter(secret__isnull=False, expires_at__lte=FrNow()).update(secret=None)
        return Counter(
            back_to_due=move(rows().filter(over), "claimed", "due", fence=NEW_FENCE),
            became_unknown=sum(_unknown(rows().filter(over, channel=kind), way) for kind, way in ways.items()),
            expired=sum(
                move(rows().filter(expires_at__lte=FrNow(), parent__isnull=True), state, "ended", reason="expired")
                for state in ("held", "due")
            ),
        )


def _unknown(rows: "QuerySet[Outbox, Outbox]", way: Channel) -> int:
    return move(rows, "handing", "unknown", fence=NEW_FENCE, not_before=FrNow() + way.ask_after)


def skip_locked(rows: "QuerySet[Outbox, Outbox]") -> "QuerySet[Outbox, Outbox]":
    """The rows that nobody else is claiming, locked. Apart, so that a test can show what happens without it."""
    return rows.select_for_update(skip_locked=True, of=("self",))


def claim_with_room(ways: Mapping[str, Channel], older_than: dt.timedelta = dt.timedelta(0)) -> list[Claim]:
    """Take due rows of those channels whose providers take messages now."""
    claims = []
    for provider in sorted({way.name for way in ways.values()}):
        kinds = [kind for kind, way in ways.items() if way.name == provider]
        claims += claim(kinds, older_than, limit=circuit.room(provider, BATCH))
    return claims


def claim(kinds: Sequence[str], older_than: dt.timedelta = dt.timedelta(0), limit: int = BATCH) -> list[Claim]:
    """Take up to `limit` due rows of these channels for CLAIM_LEASE: codes first, then the oldest."""
    if not limit:
        return []
    with committed():
        due = Outbox.objects.filter(state="due", channel__in=kinds, not_before__lte=FrNow() - older_than)
        found = _first(due.filter(secret__isnull=False), limit)
        found += _first(due.filter(secret__isnull=True), limit - len(found))
        if found:
            move(
                Outbox.objects.filter(pk__in=[row.id for row in found]), "due", "claimed",
                lease_until=FrNow() + CLAIM_LEASE, fence=NEW_FENCE,
            )  # fmt: skip
    return found


def _first(due: "QuerySet[Outbox, Outbox]", limit: int) -> list[Claim]:
    if not limit:
        return []
    rows = skip_locked(due.order_by("not_before", "pk"))[:limit]
    columns = rows.values_list(
        "pk", "fence", "channel", "purpose", "ref", "attempts"
    )  # never a secret: it may not open
    return [Claim(pk, fence + 1, channel, purpose, ref, tried) for pk, fence, channel, purpose, ref, tried in columns]


def mine(*claims: Claim) -> "QuerySet[Outbox, Outbox]":
    """The claimed rows as long as nobody claimed them since."""
    ours = Q()
    for claim in claims:
        ours |= Q(pk=claim.id, fence=claim.fence)
    return Outbox.objects.filter(ours)


def hand_over(claims: Sequence[Claim], channel: Channel) -> list[str]:
    """Messages of one channel that are checked and fenced together, from claimed to their outcomes: a word for each.

    What the provider was not given in time is given back: it surely was not taken.
    """
    began = time.monotonic()
    letters = _write(claims, channel)
    said: list[str] = []
    taken = 0
    for claim in claims:
        letter = letters[claim.id]
        if isinstance(letter, str):
            circuit.give_back(channel.name)
            said.append(letter)
        elif frozen_since(began, channel):
            circuit.give_back(channel.name)
            said.append(give_back(claim))
        else:
            outcome, well = _offer(claim, channel, letter)
            said.append(outcome)
            taken = _count(channel.name, taken, well=well)
    if taken:
        circuit.record(channel.name, well=True, times=taken)
    return said


def _count(provider: str, taken: int, *, well: bool | None) -> int:
    """Write a failure down at once, after what went well before it: that is counted, and written in one. None says
    nothing of the provider."""
    if well is None:
        return taken
    if well:
        return taken + 1
    if taken:
        circuit.record(provider, well=True, times=taken)
    circuit.record(provider, well=False)
    return 0


def give_back(claim: Claim) -> str:
    """Fenced and not handed over: due again. "lost" when another may think by now that it was."""
    return _finish(claim, "handing", "due", not_before=FrNow(), attempts=F("attempts") - 1)


def _write(claims: Sequence[Claim], channel: Channel) -> dict[int, Letter | str]:
    """The letters under their fences, or the words for why the provider gets none now."""
    try:
        return _fence(claims, channel)
    except Exception as error:  # a purpose's own code failed: whatever it was that failed waits, the others go on
        if len(claims) > 1:
            return {pk: letter for claim in claims for pk, letter in _write([claim], channel).items()}
        log.exception("message %s could not be written", claims[0].ref)
        return {claims[0].id: _later(claims[0], "claimed", f"not written: {type(error).__name__}")}


def frozen_since(began: float, channel: Channel) -> bool:
    """Whether so much time passed that another may be handing the mail over by the time ours is out."""
    return time.monotonic() - began > channel.lease.total_seconds() / channels.BEGUN_BY


def _offer(claim: Claim, channel: Channel, letter: Letter) -> tuple[str, bool | None]:
    """Hand it to the provider and write down the outcome. Returns it, and whether the provider did its work."""
    alive.say_busy()
    try:
        channel.send(ref=letter.ref, to=letter.to, mail=letter.mail)
    except channels.NotTaken as error:
        known = isinstance(error, channels.PerhapsNobody) and claim.attempts  # and counted the first time
        return _later(claim, "handing", f"not taken: {error}", error.wait), None if known else False
    except channels.Refused as error:
        if isinstance(error, channels.NoSuchAddress):
            with committed():
                addresses.failed(addresses.mark_of(letter.to), gone=True)
        return _finish(claim, "handing", "dead", reason=f"refused: {error}"[:60]), True
    except Exception as error:
        log.warning("message %s: not known whether it was taken: %s", letter.ref, type(error).__name__)
        return _finish(claim, "handing", "unknown", not_before=FrNow() + channel.ask_after), False
    return _finish(claim, "handing", "accepted"), True


def _fence(claims: Sequence[Claim], channel: Channel) -> dict[int, Letter | str]:
    """Transaction B: the letters to hand over, or the words for why there are none. The rows are locked throughout."""
    by_id = {claim.id: claim for claim in claims}
    said: dict[int, Letter | str] = dict.fromkeys(by_id, "lost")
    with committed():
        ours = mine(*claims).filter(state="claimed").select_for_update(of=("self",)).order_by("pk")
        rows = list(ours.select_related("recipient").annotate(over=Q(expires_at__lte=FrNow())))
        answers = prepare_all(rows)
        said |= {row.pk: _stays(by_id[row.pk], row, answers[row.pk]) for row in rows}
        letters = {pk: letter for pk, letter in said.items() if isinstance(letter, Letter)}
        if letters:
            marks = [When(pk=pk, then=Value(addresses.mark_of(letter.to))) for pk, letter in letters.items()]
            move(
                mine(*(by_id[pk] for pk in letters)), "claimed", "handing",
                address_mark=Case(*marks, output_field=CharField()), lease_until=FrNow() + channel.lease,
                attempts=F("attempts") + 1, handed_at=FrNow(),
            )  # fmt: skip
            _note_readers({row.pk: letters[row.pk].to for row in rows if row.pk in letters and not row.recipient_id})
    return said


def _note_readers(ways: Mapping[int, str]) -> None:
    """Write down whose message it was, where they have a sign-in. One statement for any number."""
    if ways:
        with connection.cursor() as cursor:
            cursor.execute(READERS_SQL, {"ids": list(ways), "ways": list(ways.values())})


def _stays(claim: Claim, row: Outbox, letter: Letter | Ending | Wait) -> Letter | str:
    """The letter if it goes out; else what became of the row."""
    if isinstance(letter, Ending):
        _end(mine(claim), [claim.id], "claimed", "ended", reason=letter.reason)
        return "ended"
    if isinstance(letter, Wait):
        move(mine(claim), "claimed", "due", not_before=letter.until)
        return "waits"
    if row.channel != (way := registry.way_of(letter.mail)):
        move(mine(claim), "claimed", "due", channel=way)
        return "turned"  # to the other provider
    return letter


def end(rows: "QuerySet[Outbox, Outbox]", old: str, new: str, **changes: Any) -> int:
    """Move a mail to a state that decides for its items too (they are held until then)."""
    ids = list(rows.values_list("pk", flat=True))
    return _end(rows, ids, old, new, **changes)


def _end(rows: "QuerySet[Outbox, Outbox]", ids: Sequence[int], old: str, new: str, **changes: Any) -> int:
    moved = move(rows, old, new, **changes)
    if moved:
        followed = {key: value for key, value in changes.items() if key in ("reason", "handed_at")}
        move(Outbox.objects.filter(parent__in=ids), "held", new, **followed)
    return moved


def _finish(claim: Claim, old: str, new: str, **changes: Any) -> str:
    """Transaction C. Returns `new`, or "lost" when the row is somebody else's by now."""
    with committed():
        if new == "accepted":
            changes["handed_at"] = FrNow()
        if new in ("unknown", "due"):
            moved = move(mine(claim), old, new, **changes)
        else:
            moved = _end(mine(claim), [claim.id], old, new, **changes)
    return new if moved else "lost"


def _later(claim: Claim, old: str, why: str, asked: dt.timedelta | None = None) -> str:
    """Back to due after a random part of the next delay (full jitter), or dead when it was tried often enough.

    asked: what the provider wants us to wait at least.
    """
    with committed():
        found = mine(claim).values_list("attempts", flat=True).first()
    if found is None:
        return "lost"
    tried = found + (1 if old == "claimed" else 0)  # handing counted itself
    if tried >= ATTEMPTS:
        return _finish(claim, old, "dead", attempts=tried, reason=why[:60])
    wait = (asked or dt.timedelta(0)) + jitter(DELAYS[min(tried, len(DELAYS)) - 1])
    return _finish(claim, old, "due", attempts=tried, not_before=FrNow() + wait)


def jitter(delay: dt.timedelta) -> dt.timedelta:
    """A random part of it, so that what failed together does not come back together."""
    return delay * random.random()


def resolve(ways: Mapping[str, Channel], end_at: float) -> Counter[str]:
    """Find out about rows whose hand-over was cut off: ask the provider, or go by the purpose's rule."""
    counts: Counter[str] = Counter()
    asking = dict(ways)
    while asking and time.monotonic() < end_at and (claim := _claim_unknown(asking)):
        outcome = _resolve(claim, asking[claim.channel])
        counts[outcome] += 1
        if outcome == "silent":  # it does not answer: the others need not wait for it too
            silent = asking[claim.channel].name
            asking = {kind: way for kind, way in asking.items() if way.name != silent}
    return counts


def _claim_unknown(ways: Mapping[str, Channel]) -> Claim | None:
    """One unknown row of these channels, for us alone until it is time to ask again."""
    with committed():
        open_rows = Outbox.objects.filter(state="unknown", channel__in=list(ways), not_before__lte=FrNow())
        row = skip_locked(open_rows.order_by("not_before", "pk")).first()
        if row is None:
            return None
        again = FrNow() + ways[row.channel].ask_after
        Outbox.objects.filter(pk=row.pk).update(fence=NEW_FENCE, not_before=again)
        return Claim(row.pk, row.fence + 1, row.channel)


def _resolve(claim: Claim, channel: Channel) -> str:
    with committed():
        row = mine(claim).first()
        too_long = row is not None and row.handed_at is not None and row.handed_at + GIVE_UP_ASKING < clock.now()
    if row is None:
        return "lost"
    try:
        found = channel.find(row.ref)
    except Exception as error:
        log.warning("message %s: the provider could not be asked: %s", row.ref, type(error).__name__)
        return _finish(claim, "unknown", "dead", reason="provider silent") if too_long else "silent"
    if found is None:
        return _by_rule(claim, row)
    if found:
        return _finish(claim, "unknown", "accepted")
    if row.attempts >= ATTEMPTS:
        return _finish(claim, "unknown", "dead", reason="never taken")
    if row.asked + 1 < NOT_FOUND:
        with committed():
            return "unknown" if mine(claim).update(asked=F("asked") + 1) else "lost"
    return _finish(claim, "unknown", "due", not_before=FrNow(), asked=0)


def _by_rule(claim: Claim, row: Outbox) -> str:
    """The provider cannot be asked: what the purpose wants then. A server that takes each copy and never says so would
    be sent copies for ever: they come later and later, and only so many."""
    rule = registry.find(row.purpose).on_unknown
    if (rule == "resend" or row.reason == REPLAYED) and row.asked < COPIES:
        later = FrNow() + jitter(DELAYS[row.asked])
        return _finish(claim, "unknown", "due", not_before=later, asked=F("asked") + 1, reason=SECOND_COPY)
    return _finish(claim, "unknown", "ended" if rule == "end" else "dead", reason="not known if taken")
