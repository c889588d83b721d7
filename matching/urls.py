"""Addresses of this room."""

from django.urls import path

from matching import views

app_name = "matching"
urlpatterns = [
    path("adviser/matches/", views.list_matches, name="list-matches"),
    path("adviser/matches/act/", views.act_on_match, name="act-on-match"),
    path("adviser/people/", views.list_people, name="list-people"),
    path("adviser/people/new/", views.add_person, name="add-person"),
    path("adviser/people/<uuid:public_id>/", views.show_person, name="show-person"),
    path("adviser/people/<uuid:public_id>/interests/", views.edit_interests, name="edit-interests"),
]
