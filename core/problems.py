"""Errors of the API as problem+json (RFC 9457): a kind, a title, and a sentence that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/"  # the page that explains each kind, under its code
REALM = 'Bearer realm="First Rung"'


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its code (part of its address), status, title and what usually helps."""

    code: str
    status: int
    title: str
    help: str


KINDS = (
    Kind("bad-request", 400, "This cannot be read", "Send what the description of this address asks for."),
    Kind("wrong-values", 400, "Some values are wrong", "Put right what stands under problems, and send it again."),
    Kind("key-needed", 401, "A key is needed", "Send Authorization: Bearer and a key that is in force."),
    Kind("not-allowed", 403, "This key may not do that", "Ask the coordinator who made the key."),
    Kind("not-found", 404, "There is nothing here", "Check the address. It ends with a stroke."),
    Kind("wrong-method", 405, "This address does not do that", "Use one of the methods named under Allow."),
    Kind("not-json", 406, "We only answer in JSON", "Send Accept: application/json."),
    Kind("not-now", 409, "This cannot be done now", "Read the detail: it says who to ask."),
    Kind("over", 410, "This is over", "Take it off your list."),
    Kind("stale", 412, "It has changed since you read it", "Read it again, then send your change with its new ETag."),
    Kind("too-big", 413, "This is too much", "Send less than 64 KB."),
    Kind("send-json", 415, "We only read JSON", "Send Content-Type: application/json."),
    Kind("unknown-worker", 422, "We do not know this adviser", "Invite them first, or leave the adviser out."),
    Kind("other-body", 422, "This Idempotency-Key was used for something else", "Make a new one for a new request."),
    Kind("etag-needed", 428, "Say which version you change", "Send If-Match with the ETag of what you read."),
    Kind("too-many", 429, "Too many requests", "Wait as many seconds as Retry-After says."),
    Kind("our-mistake", 500, "Something went wrong on our side", "Try again later, with the same Idempotency-Key."),
)
BY_CODE = {kind.code: kind for kind in KINDS}
BY_STATUS = {kind.status: kind for kind in KINDS if kind.code != "wrong-values"}


def kind_of(status: int) -> Kind:
    """The kind that an answer with this status is, when nobody said more."""
    return BY_STATUS.get(status) or BY_STATUS[500 if status >= 500 else 400]


def body(kind: Kind, detail: str = "", problems: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """The members of one problem. problems: field -> sentences."""
    found: dict[str, Any] = {
        "type": f"{DOCS}#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.help,
    }
    return {**found, "problems": dict(problems)} if problems else found


def answer(code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> JsonResponse:
    """A problem as an answer of plain Django, for what happens before or around a view."""
    kind = BY_CODE[code]
    more = {"WWW-Authenticate": REALM} if kind.status == 401 else {}
    return JsonResponse(
        body(kind, detail), status=kind.status, content_type=MEDIA_TYPE, headers={**more, **(headers or {})}
    )
