"""Addresses, by actor. Rooms say their own; paths begin at the root, so that one room can serve several actors."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.sign_in_urls")),  # allauth's names, which have no namespace
    path("", include("notifications.urls")),
    path("", include("introductions.urls")),  # before the pledges: `k/<token>/home/` is no move of a pledge
    path("", include("pledges.urls")),
    path("", include("occupations.urls")),
    path("", include("opportunities.urls")),
    path("", include("matching.urls")),
]
