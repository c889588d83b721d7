"""Where GOV.UK Notify tells us what became of a message."""

import hmac
import json
import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import reports

LONGEST = 10_000  # bytes; theirs have a few hundred


@csrf_exempt  # they show a token of their own
@require_POST
def take_from_notify(request: HttpRequest) -> HttpResponse:
    """`/callbacks/notify/`: keep what they tell us, and settle it in the background. 404 without the token, 400 for
    what cannot be read; a reference or a word that we do not know is thanked for and left."""
    token = settings.NOTIFY["callback_token"]
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        raise Http404
    try:
        told = json.loads(request.read(LONGEST))
        ref, known_as, status = uuid.UUID(told["reference"] or ""), uuid.UUID(told["id"]), str(told["status"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    if status in reports.NOTIFY_FATES:
        reports.keep(ref, reports.NOTIFY_FATES[status], known_as)
    return HttpResponse(status=204)
