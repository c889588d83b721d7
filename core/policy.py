"""Who may do what, declared per room and enforced before any view is entered.

Each room's `policy.py` says:

    ROUTES = [
        Route("pledges:make-pledge", PUBLIC, PUBLIC),          # GET, POST
        Route("pledges:list-events", {"coordinator"}, set()),
    ]
    TASKS = ["notifications.drain"]

`config/policy.py` joins them. A route that nobody declared is denied (404), and a test walks every route.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core import problems

API = "/api/"  # below it no session counts, only keys; itself it is a page
PUBLIC = frozenset({"*"})  # anybody, signed in or not
SIGNED_IN = frozenset({"+"})  # anybody who is signed in, whatever the hat
NOBODY: frozenset[str] = frozenset()
READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Route:
    """One URL name, who may read it and who may act on it (POST, PUT, PATCH, DELETE)."""

    name: str
    read: Iterable[str] = field(default=NOBODY)
    act: Iterable[str] = field(default=NOBODY)

    def roles(self, method: str) -> frozenset[str]:
        """The roles allowed to use `method`."""
        return frozenset(self.read if method in READING else self.act)


def join(*rooms: Iterable[Route]) -> dict[str, Route]:
    """One table from all rooms. Two declarations of one name are a mistake."""
    table: dict[str, Route] = {}
    for route in (route for room in rooms for route in room):
        if route.name in table:
            raise ValueError(f"{route.name} is declared twice")
        table[route.name] = route
    return table


def allowed(roles: frozenset[str], *, signed_in: bool, role: str | None) -> bool:
    """Whether a person wearing `role` may pass."""
    return "*" in roles or ("+" in roles and signed_in) or (role is not None and role in roles)


def may_read(path: str, role: str) -> bool:
    """Whether somebody signed in who wears `role` may open an address of ours."""
    return allowed(_readers(path), signed_in=True, role=role)


def _readers(path: str) -> frozenset[str]:
    """The roles that may open an address; nobody where it is none of ours."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return NOBODY
    table: dict[str, Route] = import_string(settings.POLICY)
    return table[name].roles("GET") if name in table else NOBODY


class PolicyMiddleware:
    """Default deny. The wrong hat gets the 404 of an address that does not exist; a visitor is asked to sign in, and
    told so when a form was sent after the session had ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.table: dict[str, Route] = import_string(settings.POLICY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        route = self.table.get(match.view_name if match else "")
        if route is None:
            raise Http404
        roles = route.roles(request.method or "GET")
        if request.path_info.startswith(API) and request.path_info != API:
            return _of_a_key(request, route, roles, view)
        hat = getattr(request, "hat", None)
        signed_in = request.user.is_authenticated
        if allowed(roles, signed_in=signed_in, role=hat.role if hat else None):
            return None
        page = "" if signed_in or not roles else _page_behind_sign_in(request)
        if not page:
            raise Http404
        if request.method not in READING:
            messages.warning(request, _("You were signed out. Nothing was saved: sign in, then write it again."))
        return redirect(f"/sign-in/?{urlencode({'next': page})}")


def _page_behind_sign_in(request: HttpRequest) -> str:
    """What a visitor may see after signing in: the page asked for; for a form its own page, or the one it was sent
    from. "" where there is none."""
    if request.method in READING:
        return request.path
    came_from = urlsplit(request.headers.get("Referer", ""))
    pages = (request.path, came_from.path if came_from.netloc == request.get_host() else "")
    return next((path for path in pages if _readers(path) - PUBLIC), "")


def _of_a_key(request: HttpRequest, route: Route, roles: frozenset[str], view: Any) -> HttpResponse | None:
    """The decision in the API. A key wears the roles that its middleware found for it (`request.key_roles`); a session
    counts for nothing, so that no page of somebody else's can make a browser write."""
    if not roles:
        acts = "PUT" if hasattr(getattr(view, "view_class", None), "put") else "POST"
        allow = "GET, HEAD, OPTIONS" if frozenset(route.read) else f"{acts}, OPTIONS"
        return problems.answer("wrong-method", headers={"Allow": allow})
    held: frozenset[str] | None = getattr(request, "key_roles", None)
    if "*" in roles or (held and held & roles):
        return None
    return problems.answer("not-allowed" if held is not None else "key-needed")
