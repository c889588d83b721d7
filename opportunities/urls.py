"""Addresses of this room."""

from django.urls import path

from opportunities import api, board, desk, views

app_name = "opportunities"
urlpatterns = [
    path("opportunities/", views.list_opportunities, name="list-opportunities"),
    path("opportunities/<uuid:public_id>/", views.show_opportunity, name="show-opportunity"),
    path("board/", board.show_board, name="show-board"),
    path("desk/opportunities/", desk.list_desk, name="list-desk"),
    path("desk/opportunities/<uuid:public_id>/", desk.edit_opportunity, name="edit-opportunity"),
    path("desk/opportunities/<uuid:public_id>/move/", desk.move_opportunity, name="move-opportunity"),
    path("api/v1/opportunities/", api.OpportunityList.as_view(), name="api-list-opportunities"),
    path("api/v1/opportunities/<uuid:public_id>/", api.OpportunityPage.as_view(), name="api-show-opportunity"),
]
