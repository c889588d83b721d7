"""The two pages that belong to no room: the front door and the gallery of components."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import gallery


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """`/`: three doors. Asks the database nothing of its own."""
    return render(request, "home.html")


@require_safe
def show_components(request: HttpRequest) -> HttpResponse:
    """`/operator/components/`: every component in every state, to look at before making a new one."""
    return render(request, "operator/components.html", gallery.samples())
