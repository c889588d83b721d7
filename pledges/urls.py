"""Addresses of this room."""

from django.urls import path

from pledges.views import answers, asks, calls, clearing, desk, employers, events, honest, links, public, sheets, wall

app_name = "pledges"
urlpatterns = [
    path("pledge/", public.make_pledge, name="make-pledge"),
    path("pledge/<str:code>/", public.make_pledge, name="make-pledge-at"),
    path("pledge/<str:code>/wall/", wall.show_wall, name="show-wall"),
    path("pledge/<str:code>/wall/now/", wall.show_wall_now, name="show-wall-now"),
    path("pledge/<str:code>/code.svg", wall.show_public_code, name="show-public-code"),
    path("pledge/<str:code>/promises/", honest.show_promises, name="show-promises"),
    path("k/<str:token>/", links.show_link, name="show-link"),
    path("k/<str:token>/change/", links.change_link, name="change-link"),
    path("k/<str:token>/answer/<slug:said>/", answers.answer_link, name="answer-link"),
    path("k/<str:token>/answered/", answers.answered_link, name="answered-link"),
    path("k/<str:token>/<slug:move>/", links.move_link, name="move-link"),
    path("adviser/support/", asks.list_support, name="list-support"),
    path("adviser/support/asks/", asks.list_asks, name="list-asks"),
    path("adviser/support/asks/<uuid:public_id>/<slug:move>/", asks.move_ask, name="move-ask"),
    path("adviser/support/<uuid:public_id>/", asks.ask_for, name="ask-for"),
    path("desk/asks/", asks.list_asks, name="list-asks-desk"),
    path("desk/asks/<uuid:public_id>/<slug:move>/", asks.move_ask, name="move-ask-desk"),
    path("desk/", desk.show_desk, name="show-desk"),
    path("desk/calls/", calls.list_calls, name="list-calls"),
    path("desk/calls/<uuid:public_id>/", calls.show_call, name="show-call"),
    path("desk/week/", calls.show_week, name="show-week"),
    path("desk/pledges/<uuid:public_id>/take/", desk.take_pledge, name="take-pledge"),
    path("desk/events/", events.list_events, name="list-events"),
    path("desk/events/new/", events.add_event, name="add-event"),
    path("desk/events/<str:code>/", events.show_event, name="show-event"),
    path("desk/events/<str:code>/code.svg", events.show_code, name="show-code"),
    path("desk/events/<str:code>/pledge/", events.type_pledge, name="type-pledge"),
    path("desk/events/<str:code>/sheet/", sheets.upload_sheet, name="upload-sheet"),
    path("desk/events/<str:code>/sheet/<uuid:public_id>/", sheets.preview_sheet, name="preview-sheet"),
    path("desk/events/<str:code>/<slug:move>/", events.move_event_now, name="move-event"),
    path("desk/clear-up/", clearing.list_to_clear_up, name="list-to-clear-up"),
    path("desk/clear-up/<uuid:public_id>/", clearing.show_to_clear_up, name="show-to-clear-up"),
    path("desk/employers/<uuid:public_id>/", employers.show_employer, name="show-employer"),
    path("desk/employers/<uuid:public_id>/<slug:step>/", employers.take_step, name="take-step"),
]
