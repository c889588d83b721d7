"""Addresses of this room. A business's pages stand once behind a sign-in and once behind a signed link."""

from django.urls import path

from introductions import (
    asked,
    business,
    home_timeline,
    link_again,
    papers,
    safeguarding,
    timeline_views,
    views,
    worker,
    wrong,
)
from introductions import home_drafting as drafting
from introductions import home_views as home
from introductions import staying_pages as how
from introductions.me.urls import PATHS

app_name = "introductions"
urlpatterns = [
    path("adviser/", views.show_monday, name="show-monday"),
    path("adviser/people/<uuid:public_id>/wrong/", wrong.say_wrong_for, name="say-wrong-for"),
    path("adviser/people/<uuid:public_id>/timeline/", timeline_views.show_timeline, name="show-timeline"),
    path("me/timeline/", timeline_views.show_own_timeline, name="show-own-timeline"),
    path("adviser/people/<uuid:public_id>/introductions/", worker.list_introductions, name="list-introductions"),
    path("adviser/people/<uuid:public_id>/interested/<uuid:opportunity>/", worker.note_interest, name="note-interest"),
    path("adviser/people/<uuid:public_id>/help/", asked.take_up_help, name="take-up-help"),
    path("adviser/team/asked/", asked.list_asked, name="list-asked"),
    path("adviser/team/asked/<uuid:public_id>/", asked.answer_objection, name="answer-objection"),
    path("adviser/introductions/<uuid:public_id>/", worker.show_introduction, name="show-introduction"),
    path("adviser/introductions/<uuid:public_id>/meeting.ics", worker.show_file, name="show-introduction-file"),
    path("adviser/introductions/<uuid:public_id>/send-link/", link_again.send, name="send-link-again"),
    path("adviser/introductions/<uuid:public_id>/<slug:name>/", worker.take_step, name="take-step"),
    path("adviser/introductions/<uuid:public_id>/how/<slug:point>/", how.show_how, name="show-how"),
    path("k/<str:token>/how/", how.answer_how, name="answer-how"),
    path("k/<str:token>/how/wrong/", how.say_how_wrong, name="say-how-wrong"),
    path("safeguarding/", safeguarding.list_concerns, name="list-concerns"),
    path("safeguarding/numbers/", safeguarding.edit_numbers, name="edit-numbers"),
    path("safeguarding/papers/", papers.list_papers, name="list-papers"),
    path("safeguarding/papers/<slug:name>/", papers.accept_paper, name="accept-paper"),
    path("privacy/<slug:name>/", papers.show_notice, name="show-notice"),
    path("safeguarding/<uuid:public_id>/", safeguarding.show_concern, name="show-concern"),
    path("safeguarding/<uuid:public_id>/see/", safeguarding.see_concern, name="see-concern"),
    path("safeguarding/<uuid:public_id>/write/", safeguarding.write_concern, name="write-concern"),
    path("wrong/", wrong.say_wrong, name="say-wrong"),
    path("wrong/<str:said>/", wrong.said_wrong, name="said-wrong"),
    *PATHS,
]

HOME = (
    ("", home.show, "show-home"),
    ("drafts/<uuid:public_id>/", drafting.show_draft, "show-home-draft"),
    ("drafts/<uuid:public_id>/ready/", drafting.finish_draft, "finish-home-draft"),
    ("drafts/<uuid:public_id>/<slug:step>/", drafting.write_draft, "write-home-draft"),
    ("opportunities/<uuid:public_id>/", home_timeline.show_opportunity, "show-home-opportunity"),
    ("pledges/<uuid:public_id>/<slug:said>/", home.answer, "answer-home"),
    ("choices/", home.change_choices, "change-home-choices"),
    ("colleagues/", home.add_colleague, "add-home-colleague"),
    ("wrong/", wrong.say_home_wrong, "say-home-wrong"),
)
urlpatterns += [path(f"employer/{end}", home.signed_in(view), name=name) for end, view, name in HOME]
urlpatterns += [path(f"k/<str:token>/home/{end}", home.linked(view), name=f"{name}-link") for end, view, name in HOME]

KNOWN = (
    ("", business.show, "show-known"),
    ("reply/", business.reply, "reply-known"),
    ("meeting.ics", business.show_file, "show-known-file"),
    ("wrong/", wrong.say_known_wrong, "say-known-wrong"),
    ("<slug:said>/", business.answer, "answer-known"),
)
urlpatterns += [
    path(f"employer/introductions/<slug:reference>/{end}", business.by_sign_in(view), name=name)
    for end, view, name in KNOWN
]
urlpatterns += [
    path(f"k/<str:token>/introduction/<slug:reference>/{end}", business.linked(view), name=f"{name}-link")
    for end, view, name in KNOWN
]
