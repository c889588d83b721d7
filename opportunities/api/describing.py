"""What the API can do: for programmes (OpenAPI 3.1), and for people on a page made from the same description."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
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
        "fields": [
            {**_fields(told, "Opportunity"), "title": _("An opportunity, as you read it")},
            {**_fields(told, "NewDraftRequest"), "title": _("A new draft, as you write it")},
            {**_fields(told, "PersonRequest"), "title": _("A young person, as a council sends them")},
        ],
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
        "description": _plain(found.get("description", "")),
        "needs_key": {} not in found.get("security", [{}]),
        "parameters": [
            {
                "name": each["name"],
                "words": each.get("description", ""),
                "codes": _codes(each["schema"]),
                "required": each.get("required", False),
            }
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
            {
                "name": field,
                "kind": _kind(about),
                "words": _plain(about.get("description", "").partition("\n\n* `")[0]),
                "codes": _codes(about),
            }
            for field, about in schema["properties"].items()
        ],
    }


def _plain(text: str) -> str:
    """Without the marks around code: a page shows them as they are."""
    return text.replace("`", "")


def _parts(about: dict[str, Any]) -> list[dict[str, Any]]:
    """What a schema is made of: itself, its choices, what a list holds; those that stand elsewhere are looked up."""
    found = [about, *(part for name in ("oneOf", "anyOf", "allOf") for part in about.get(name, []))]
    found += [about["items"]] if "items" in about else []
    named = description()["components"]["schemas"]
    return [named[part["$ref"].rpartition("/")[2]] if "$ref" in part else part for part in found]


def _codes(about: dict[str, Any]) -> list[str]:
    """The only values it takes, where there are such."""
    codes = [str(code) for part in _parts(about) for code in part.get("enum", []) if code not in ("", None)]
    return sorted(codes, key=int) if all(code.isdigit() for code in codes) else codes


def _kind(about: dict[str, Any]) -> str:
    """In words: a list is not called after what it holds."""
    parts = [about] if "items" in about else _parts(about)
    kinds = [kind for part in parts for kind in _named(part.get("type", []))]
    return " or ".join(dict.fromkeys(kinds)) or "text"


def _named(kind: str | list[str]) -> list[str]:
    return [kind] if isinstance(kind, str) else kind
