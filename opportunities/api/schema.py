"""What the description of the API (OpenAPI) says beside what it reads from the code."""

from typing import Any

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core import problems
from opportunities import badges
from opportunities.api.throttle import A_MINUTE
from opportunities.finding import AGES
from opportunities.search import DISTANCES

ALWAYS = (400, 401, 404, 405, 406, 429)  # what any address may answer
LIMITS = (
    f"It comes at {A_MINUTE:,} requests a minute of one key or address, at {settings.API_WRITES_A_MINUTE} a minute that"
    f" write, and at {settings.API_DRAFTS_A_DAY} new drafts a day of one key."
)
KEYED = ("/drafts/", "/people/")
WORDS = {200: "Here it is", 201: "Made", 304: "You have it already"}


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. `type` leads to the page that explains the kind of problem."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    problems = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


def answers(of: type[serializers.BaseSerializer[Any]], good: int, *others: int) -> dict[Any, Any]:
    """The answers of one operation, by status."""
    found: dict[Any, Any] = {good: OpenApiResponse(of, WORDS[good])}
    for status in sorted({*others, *ALWAYS}):
        if status < 400:
            found[status] = OpenApiResponse(None, WORDS[status])
        else:
            kind = problems.kind_of(status)
            more = f" {LIMITS}" if status == 429 else ""
            found[(status, problems.MEDIA_TYPE)] = OpenApiResponse(
                ProblemSerializer, f"{kind.title}. {kind.help}{more}"
            )
    return found


def _query(name: str, words: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY, description=words, **more)


def _example(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


NEW_DRAFT = _example(
    "A site visit",
    {
        **{"kind": "site-visit", "places": 4, "title": "See our bakery", "category": "hospitality-and-food"},
        **{"summary": "Come for a morning and see how we bake.", "town": "Mansfield", "support": ["quiet-place"]},
    },
)
CHANGE = _example("Another title", {"title": "See our bakery at work"})
CLOSE = _example("What came between", {"why": "We are moving house"})
ID = OpenApiParameter("public_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The id, as we answered it")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag you have: 304 if it still holds"
)
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The ETag of what you read"
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Za-z0-9._:-]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Your own name for this request. Sent again with the same body, it gets the first answer again.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After", OpenApiTypes.INT, OpenApiParameter.HEADER, response=[429], description="Seconds to wait"
)
FILTERS = [
    _query("q", "Words, like kitchen"),
    _query("place", "A postcode, like NG18 1AB, or the name of a council"),
    _query("miles", "How far from the postcode", enum=[str(miles) for miles in DISTANCES]),
    _query("council", "All that lies in one council: its ONS code, like E10000024, or its name, like ashfield"),
    _query("kind", "Code of a kind; may stand more than once", many=True),
    _query("category", "Code of a category of work; may stand more than once", many=True),
    _query(
        "badge", "Code of a good thing that must hold; may stand more than once", many=True, enum=list(badges.BY_CODE)
    ),
    _query("age", "A band of ages: what asks for an older one is left out", enum=list(AGES)),
    _query("start", "Starts within so many months, or when it suits", enum=["1", "3"]),
    _query("remote", "1: what can be done from home, and nothing else", enum=["1"]),
    _query("sort", "nearest needs a postcode", enum=["nearest", "newest", "closing"]),
    _query("cursor", "From the link to the next page"),
    IF_NONE_MATCH,
]


class Schema(AutoSchema):
    """Who may call an operation, from the policy: anybody, or a key. And what any answer may carry."""

    def get_override_parameters(self) -> list[Any]:
        """Every address may ask to wait."""
        return [RETRY_AFTER]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """With or without a key to read, with one to write."""
        return [{"key": []}] if any(part in self.path for part in KEYED) else [{}, {"key": []}]
