"""The honest page of an event: open to anybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from pledges.honest import Score, score_of, sentence_of, snapshots_of
from pledges.models import Event
from pledges.words import clean


@require_safe
def show_promises(request: HttpRequest, code: str) -> HttpResponse:
    """Where the promises stand today, and how they stood on day 30, 90 and 365."""
    event = get_object_or_404(Event.objects.select_related("partnership"), code=clean(code).upper())
    score = score_of(event, today=clock.today())
    context = {
        "event": event,
        "score": score,
        "sentence": sentence_of(score),
        "stats": _stats(score),
        "snapshots": [
            {"day": each.day, "on": each.counted_on, "sentence": sentence_of(each.score, says_kept=each.says_kept)}
            for each in snapshots_of(event)
        ],
    }
    return render(request, "pledges/honest.html", context)


def _stats(score: Score) -> list[dict[str, Any]]:
    stats = [
        {"label": _("Promises"), "figure": score.pledged, "lead": True},
        {"label": _("Open or filled"), "figure": score.open},
        {"label": _("Waiting on the council"), "figure": score.waiting_council},
        {"label": _("Waiting on the business"), "figure": score.waiting_business},
    ]
    if score.waiting_training:
        stats.append({"label": _("Waiting on training"), "figure": score.waiting_training})
    return [*stats, {"label": _("Ended, with thanks"), "figure": score.ended}]
