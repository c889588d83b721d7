"""Addresses of this room."""

from django.urls import path

from opportunities import ambassador, board, desk, desk_moves, desk_one, feedback, still_open_views, views, words_pages
from opportunities.api import describing, desk_keys, reading, writing
from opportunities.feeds import embed, engines, feeds

app_name = "opportunities"
urlpatterns = [
    path("opportunities/", views.list_opportunities, name="list-opportunities"),
    path("opportunities/<uuid:public_id>/", views.show_opportunity, name="show-opportunity"),
    path("k/<str:token>/still/open/", still_open_views.answer_still_open, name="answer-still-open"),
    path("opportunities/feed/rss/", feeds.show_rss, name="show-rss"),
    path("opportunities/feed/json/", feeds.show_json, name="show-json"),
    path("opportunities/embed/", embed.explain_embed, name="explain-embed"),
    path("embed/opportunities/", embed.show_embedded, name="show-embedded"),
    path("sitemap.xml", engines.show_sitemap, name="show-sitemap"),
    path("robots.txt", engines.show_robots, name="show-robots"),
    path("useful/", feedback.say_useful, name="say-useful"),
    path("useful/<str:said>/", feedback.say_why, name="say-why"),
    path("ambassador/", ambassador.list_feedback, name="list-feedback"),
    path("ambassador/seen/", ambassador.see_feedback, name="see-feedback"),
    path("ambassador/words/", words_pages.list_words, name="list-words"),
    path("ambassador/words/<str:key>/", words_pages.change_words, name="change-words"),
    path("board/", board.show_board, name="show-board"),
    path("desk/opportunities/", desk.list_desk, name="list-desk"),
    path("desk/opportunities/<uuid:public_id>/", desk_one.show_one, name="edit-opportunity"),
    path("desk/opportunities/<uuid:public_id>/move/", desk_moves.move_opportunity, name="move-opportunity"),
    path("desk/opportunities/<uuid:public_id>/preview/", desk_one.preview, name="preview-opportunity"),
    path("desk/opportunities/<uuid:public_id>/<slug:step>/", desk_one.answer_question, name="answer-question"),
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
