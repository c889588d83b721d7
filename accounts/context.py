"""What every page's frame needs. No query: all of it was loaded before the request's transaction opened."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.menus import menu_for


def page(request: HttpRequest) -> dict[str, Any]:
    """`hat`, `menu` and `installation_mode` for templates/base.html."""
    hat = getattr(request, "hat", None)
    return {"hat": hat, "menu": menu_for(hat, request.path), "installation_mode": settings.INSTALLATION_MODE}
