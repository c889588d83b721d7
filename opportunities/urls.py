"""Addresses of this room."""

from django.urls import path

from opportunities import ambassador, board, desk, feedback, still_open_views, views
from opportunities.api import describing, desk_keys, reading, writing

app_name = "opportunities"
urlpatterns = [
    path("opportunities/", views.list_opportunities, name="list-opportunities"),
    path("opportunities/<uuid:public_id>/", views.show_opportunity, name="show-opportunity"),
    path("k/<str:token>/still/open/", still_open_views.answer_still_open, name="answer-still-open"),
    path("useful/", feedback.say_useful, name="say-useful"),
    path("useful/<str:said>/", feedback.say_why, name="say-why"),
    path("ambassador/", ambassador.list_feedback, name="list-feedback"),
    path("ambassador/seen/", ambassador.see_feedback, name="see-feedback"),
    path("board/", board.show_board, name="show-board"),
    path("desk/opportunities/", desk.list_desk, name="list-desk"),
    path("desk/opportunities/<uuid:public_id>/", desk.edit_opportunity, name="edit-opportunity"),
    path("desk/opportunities/<uuid:public_id>/move/", desk.move_opportunity, name="move-opportunity"),
    path("api/v1/opportunities/", reading.OpportunityList.as_view(), name="api-list-opportunities"),
    path("api/v1/opportunities/<uuid:public_id>/", reading.OpportunityPage.as_view(), name="api-show-opportunity"),
    path("api/", describing.show_docs, name="show-api"),
    path("api/v1/schema/", describing.Description.as_view(), name="api-show-schema"),
    path("api/v1/drafts/", writing.DraftList.as_view(), name="api-make-draft"),
    path("api/v1/drafts/<uuid:public_id>/", writing.DraftPage.as_view(), name="api-change-draft"),
    path("api/v1/drafts/<uuid:public_id>/close/", writing.DraftClose.as_view(), name="api-close-draft"),
    path("desk/api-keys/", desk_keys.list_keys, name="list-keys"),
    path("desk/api-keys/new/", desk_keys.make_key, name="make-key"),
    path("desk/api-keys/<int:number>/end/", desk_keys.end_key, name="end-key"),
]
