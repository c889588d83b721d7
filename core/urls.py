"""Addresses of this room."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("", views.show_home, name="show-home"),
    path("help/", views.show_help, name="show-help"),
    path("privacy/", views.show_privacy, name="show-privacy"),
    path("accessibility/", views.show_accessibility, name="show-accessibility"),
    path("operator/components/", views.show_components, name="show-components"),
]
