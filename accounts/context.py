"""What every page's frame needs. No query: all of it was loaded before the request's transaction opened."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.menus import menu_for


def is_remembered(request: HttpRequest) -> bool:
    """Whether they asked to stay signed in on this phone (accounts.views.TypeCode)."""
    return request.session.get_expiry_age() > settings.SESSION_COOKIE_AGE


def page(request: HttpRequest) -> dict[str, Any]:
    """`hat`, `menu` and `installation_mode` for templates/base.html."""
    hat = getattr(request, "hat", None)
    menu = menu_for(hat, request.path, remembered=hat is not None and is_remembered(request))
    return {"hat": hat, "menu": menu, "installation_mode": settings.INSTALLATION_MODE}
