"""Headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# What a browser asks of pages only: on a stylesheet, a font or an icon they are bytes that a cheap phone pays for.
OF_PAGES = ("Permissions-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy")


class HeadersMiddleware:
    """Turns off browser features we never use; pages behind a sign-in or a signed link are never stored by caches.

    The outermost: it sees what the others have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(settings.STATIC_URL):
            for name in OF_PAGES:
                response.headers.pop(name, None)
            return response
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if getattr(request, "hat", None) is not None or request.path.startswith("/k/"):
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        return response
