"""Addresses of this room."""

from django.urls import path

from occupations import views

app_name = "occupations"
urlpatterns = [
    path("desk/slang/", views.list_slang, name="list-slang"),
    path("desk/slang/change/", views.change_slang, name="change-slang"),
]
