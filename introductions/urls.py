"""Addresses of this room."""

from django.urls import path

from introductions import views

app_name = "introductions"
urlpatterns = [path("adviser/", views.show_monday, name="show-monday")]
