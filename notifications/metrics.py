"""Figures for machines that watch over us, in Prometheus' text format. Counts only: nothing of any person."""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import clock
from core.models import Heartbeat
from notifications import counting
from notifications.models import Circuit

TEXT = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[dict[str, str], float]


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics`: for whoever shows FR_METRICS_TOKEN, or asks from this machine where there is no token; else 404."""
    if not may_read(request):
        raise Http404
    return HttpResponse("".join(lines()), content_type=TEXT)


def may_read(request: HttpRequest) -> bool:
    """A proxy on this machine asks for others, and says so."""
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
    passed_on = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & {name.title() for name in request.headers}
    return request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and not passed_on


def lines() -> Iterator[str]:
    """All figures. Four queries."""
    now, figures = clock.now(), counting.figures()
    rows: Counter[tuple[str, str, str]] = Counter()
    for row in figures.counts:
        rows[row.purpose, row.channel, row.state] += row.rows
    named = ({"purpose": key[0], "channel": key[1], "state": key[2]} for key in sorted(rows))
    yield from metric("messages", "Messages there are", zip(named, (rows[key] for key in sorted(rows)), strict=True))
    late = (now - figures.oldest_due).total_seconds() if figures.oldest_due else 0
    yield from metric("oldest_due_seconds", "How long the oldest message waits", [({}, max(0.0, late))])
    yield from metric("unexplained", "Messages whose state does not follow; must be 0", [({}, figures.unexplained)])
    yield from metric("doubles", "Messages that a provider holds twice; must be 0", [({}, figures.doubles)])
    yield from metric("possible_copies", "Messages that may have come twice", [({}, figures.copies)])
    if pulse := figures.pulse:
        delays = (("hour", pulse.delay_hour), ("day", pulse.delay_day))
        known = [({"last": name}, value) for name, value in delays if value is not None]
        yield from metric("delay_p95_seconds", "From made to taken, for 95 of 100", known)
        untold = [({"cause": name}, without) for name, (_all, without) in sorted(pulse.causes.items())]
        yield from metric("untold", "What somebody must hear of, without a message; must be 0", untold)
        even = pulse.rows + pulse.deleted - pulse.made
        yield from metric("out_of_balance", "Messages there are, and deleted, less those made; must be 0", [({}, even)])
        yield from metric("counted_seconds", "Age of these counts", [({}, (now - pulse.counted_at).total_seconds())])
    waits = [({"provider": row.provider}, row.held or bool(row.open_since)) for row in Circuit.objects.order_by("pk")]
    yield from metric("circuit_open", "Whether messages wait for this provider", waits)
    beats = [({"process": row.process}, row.age(now).total_seconds()) for row in Heartbeat.objects.order_by("process")]
    yield from metric("heartbeat_seconds", "Since a process was last heard of", beats)


def metric(name: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    """The lines of one figure; labels hold names of ours only."""
    yield f"# HELP first_rung_{name} {meaning}.\n# TYPE first_rung_{name} gauge\n"
    for labels, value in samples:
        inside = ",".join(f'{key}="{word}"' for key, word in labels.items())
        yield f"first_rung_{name}{'{' + inside + '}' if inside else ''} {float(value):.15g}\n"
