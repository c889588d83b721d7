"""Addresses of this room."""

from django.urls import path

from matching import (
    finding,
    from_mail,
    guests,
    many,
    people_api,
    people_keys,
    several,
    stop_news,
    team,
    transfers,
    views,
)

app_name = "matching"
urlpatterns = [
    path("adviser/matches/", views.list_matches, name="list-matches"),
    path("adviser/matches/act/", views.act_on_match, name="act-on-match"),
    path("k/<str:token>/match/<int:item>/<slug:said>/", from_mail.act_from_mail, name="act-from-mail"),
    path("k/<str:token>/news/stop/", stop_news.stop_news, name="stop-news"),
    path("adviser/matches/several/", several.act_on_several, name="act-on-several"),
    path("adviser/people/", views.list_people, name="list-people"),
    path("adviser/people/find/", finding.find_person, name="find-person"),
    path("adviser/people/new/", views.add_person, name="add-person"),
    path("adviser/people/several/", many.add_several, name="add-several"),
    path("adviser/sheet/", many.upload_people, name="upload-people"),
    path("adviser/people/<uuid:public_id>/", views.show_person, name="show-person"),
    path("adviser/people/<uuid:public_id>/reach/", views.say_it_works, name="say-it-works"),
    path("adviser/people/<uuid:public_id>/interests/", views.edit_interests, name="edit-interests"),
    path("adviser/people/<uuid:public_id>/adviser/", team.hand_over, name="hand-over"),
    path("adviser/people/<uuid:public_id>/apart/", team.keep_apart, name="keep-apart"),
    path("adviser/people/<uuid:public_id>/guest/", guests.let_in, name="let-guest-in"),
    path("adviser/people/<uuid:public_id>/transfer/", transfers.ask, name="ask-transfer"),
    path("adviser/transfers/<uuid:public_id>/", transfers.answer, name="answer-transfer"),
    path("adviser/transfers/<uuid:public_id>/take-back/", transfers.take_back, name="take-back-transfer"),
    path("adviser/people/<uuid:public_id>/end/", team.end, name="end-support"),
    path("adviser/team/", team.show_team, name="show-team"),
    path("adviser/team/keys/", people_keys.list_keys, name="list-people-keys"),
    path("adviser/team/keys/<int:number>/", people_keys.end_key, name="end-people-key"),
    path("adviser/team/cover/", team.arrange_cover, name="arrange-cover"),
    path("adviser/team/cover/<int:number>/", team.end_cover, name="end-cover"),
    path("api/v1/people/<str:reference>/", people_api.PersonPage.as_view(), name="api-send-person"),
]
