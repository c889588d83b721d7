"""What the API can do: for programmes (OpenAPI 3.1), and for people on a page made from the same description."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import problems
from opportunities.api.reading import conditional


@cache
def description() -> dict[str, Any]:
    """The whole description: it follows from the code alone."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@extend_schema(exclude=True)
class Description(APIView):
    """The description as JSON."""

    def get(self, request: Request) -> Response:
        """With an ETag, like all that is read."""
        return conditional(request, description())


@require_safe
def show_docs(request: HttpRequest) -> HttpResponse:
    """`/api/`: every address, what it takes and answers, and every kind of problem."""
    told = description()
    context = {
        "operations": [_operation(path, method, found) for path, method, found in _operations(told)],
        "fields": [_fields(told, name) for name in ("Opportunity", "NewDraftRequest")],
        "kinds": problems.KINDS,
        "schema": "/api/v1/schema/",
    }
    return render(request, "opportunities/api_docs.html", context)


def _operations(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, found) for path, item in told["paths"].items() for method, found in item.items()]


def _operation(path: str, method: str, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found["operationId"].replace("_", "-"),
        "method": method.upper(),
        "path": path,
        "summary": found.get("summary", ""),
        "description": found.get("description", ""),
        "needs_key": {} not in found.get("security", [{}]),
        "parameters": [
            {"name": each["name"], "words": each.get("description", ""), "required": each.get("required", False)}
            for each in found.get("parameters", [])
        ],
        "answers": sorted(found["responses"]),
    }


def _fields(told: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of the fields of one schema."""
    schema = told["components"]["schemas"][name]
    return {
        "name": name,
        "rows": [
            {"name": field, "kind": _kind(about), "words": about.get("description", "")}
            for field, about in schema["properties"].items()
        ],
    }


def _kind(about: dict[str, Any]) -> str:
    kinds = about.get("type") or [part.get("type", "") for part in about.get("oneOf", about.get("anyOf", []))]
    named = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(dict.fromkeys(kind for kind in named if kind)) or "text"
