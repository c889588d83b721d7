"""Addresses of a young person's own pages, and of what leads to them."""

from django.urls import path

from introductions import staying_pages
from introductions.me import around, asking, by_code, data, drop_in, hearing, joining, reading, signing, views

PATHS = [
    path("me/", views.show_me, name="show-me"),
    path("me/matches/", views.list_fitting, name="list-fitting"),
    path("me/interested/", views.say_interested, name="say-interested"),
    path("me/not-for-me/", views.say_not_for_me, name="say-not-for-me"),
    path("me/interests/", views.edit_own_interests, name="edit-own-interests"),
    path("me/reading/", reading.choose_reading, name="choose-reading"),
    path("me/hearing/", hearing.choose_hearing, name="choose-hearing"),
    path("me/introductions/", views.list_own, name="list-own"),
    path("me/introductions/<uuid:public_id>/", views.show_own, name="show-own"),
    path("me/introductions/<uuid:public_id>/how/<slug:point>/", staying_pages.answer_own_how, name="answer-own-how"),
    path("me/introductions/<uuid:public_id>/meeting.ics", views.show_own_file, name="show-own-file"),
    path("me/introductions/<uuid:public_id>/fine/", views.say_fine, name="say-fine"),
    path("me/introductions/<uuid:public_id>/answer/", views.answer_own, name="answer-own"),
    path("me/introductions/<uuid:public_id>/stop/", views.stop_own, name="stop-own"),
    path("me/ready/", around.show_ready, name="show-ready"),
    path("me/who/", around.show_who, name="show-who"),
    path("me/who/no/", asking.make_objection, name="make-objection"),
    path("drop-in/", drop_in.answer, name="drop-in"),
    path("drop-in/code/", drop_in.show_code, name="show-drop-in-code"),
    path("drop-in/clear/", drop_in.clear, name="clear-drop-in"),
    path("me/data/", data.show_data, name="show-data"),
    path("me/data/copy/", data.read_copy, name="read-copy"),
    path("me/data/copy.json", data.download_copy, name="download-copy"),
    path("me/data/delete/", data.delete_me, name="delete-me"),
    path("me/sign-in/", signing.change_number, name="change-number"),
    path("me/sign-in/code/", signing.prove_number, name="prove-number"),
    path("me/first-wage/", around.plan_first_wage, name="plan-first-wage"),
    path("me/help/", asking.ask_again, name="ask-again"),
    path("opportunities/<uuid:public_id>/interested/", views.offer_interest, name="offer-interest"),
    path("adviser/people/<uuid:public_id>/invite/", joining.invite_person, name="invite-person"),
    path("adviser/people/<uuid:public_id>/code/", by_code.take_code, name="take-code"),
    path("k/<str:token>/join/", joining.take_up_invitation, name="take-up-invitation"),
    path("k/<str:token>/join/code/", joining.confirm_joining, name="confirm-joining"),
]
