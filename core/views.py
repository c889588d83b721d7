"""The front door, and the gallery of components."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_home(request: HttpRequest) -> HttpResponse:
    """The front door: find something, make a pledge, sign in."""
    return render(request, "home.html")


def show_components(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "operator/components.html")
