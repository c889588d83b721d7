"""What every request to the API passes: its key is looked up, its size is looked at, and whatever goes wrong inside
answers as problem+json."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from core import problems
from core.policy import API
from opportunities.api import keys

MOST_BYTES = 64 * 1024
OPEN_DATA = ("GET", "HEAD", "OPTIONS")
FROM_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",  # and so never with cookies
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Access-Control-Max-Age": "86400",
}


class ApiMiddleware:
    """Stands before the request's transaction: a key's last use is kept whatever becomes of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # `/api/` itself is a page for people.
        if not request.path_info.startswith(API) or request.path_info == API:
            return self.get_response(request)
        response = self._refusal(request) or self.get_response(request)
        if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(problems.MEDIA_TYPE):
            kind = problems.kind_of(response.status_code)
            response = problems.answer(kind.code)
        if request.method in OPEN_DATA:
            for name, value in FROM_ANYWHERE.items():
                response.headers[name] = value
        patch_vary_headers(response, ("Authorization",))
        return response

    @staticmethod
    def _refusal(request: HttpRequest) -> HttpResponse | None:
        request.user = AnonymousUser()
        request.hat = None  # type: ignore[attr-defined]
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS, POST, PUT, PATCH"})
        if _length(request) > MOST_BYTES:
            return problems.answer("too-big")
        header = request.headers.get("Authorization")
        if header is None:
            return None
        key = keys.find(header)
        if key is None:
            return problems.answer("key-needed", "This key is not one of ours, or no longer in force.")
        request.key, request.key_roles = key, key.roles  # type: ignore[attr-defined]
        return None


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def key_of(request: HttpRequest) -> keys.Key | None:
    """The key of a request that carries one in force."""
    found: keys.Key | None = getattr(request, "key", None)
    return found
