"""The pages that belong to no room: the front door, what is said about the service, and the gallery of components."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import gallery


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """`/`: three doors. Asks the database nothing of its own."""
    return render(request, "home.html")


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """`/help/`: what to do next, for each who comes."""
    return render(request, "about/help.html")


@require_safe
def show_privacy(request: HttpRequest) -> HttpResponse:
    """`/privacy/`: who runs it, what is kept, and who sees it."""
    return render(request, "about/privacy.html")


@require_safe
def show_accessibility(request: HttpRequest) -> HttpResponse:
    """`/accessibility/`: what works, and what does not yet."""
    return render(request, "about/accessibility.html")


@require_safe
def show_components(request: HttpRequest) -> HttpResponse:
    """`/operator/components/`: every component in every state, to look at before making a new one."""
    return render(request, "operator/components.html", gallery.samples())
