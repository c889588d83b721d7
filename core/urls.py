"""Addresses of this room."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("", views.show_home, name="show-home"),
    path("operator/components/", views.show_components, name="show-components"),
]
