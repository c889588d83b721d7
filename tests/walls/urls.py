"""Addresses of the wall tests, and their policy."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from core.policy import PUBLIC, Route, join
from tests.walls import views

VIEWS = {
    "people": views.PeopleList.as_view(),
    "write/ok": views.write_then_ok,
    "write/raise": views.write_then_raise,
    "write/return-500": views.write_then_return_500,
    "write/raise-404": views.write_then_raise_404,
    "write/return-404": views.write_then_return_404,
    "drf/write": views.ApiWrite.as_view(),
    "drf/write/raise": views.ApiWriteThenRaise.as_view(),
    "stream": views.stream,
}
urlpatterns = [path(f"{address}/", csrf_exempt(view), name=address) for address, view in VIEWS.items()]
urlpatterns.append(path("undeclared/", views.write_then_ok, name="undeclared"))
POLICY = join([Route(name, PUBLIC, PUBLIC) for name in VIEWS])
