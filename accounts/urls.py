"""Addresses of this room."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/as/<uuid:public_id>/", views.sign_in_as, name="sign-in-as"),
    path("go/", views.go_home, name="go-home"),
    path("hats/", views.choose_hat, name="choose-hat"),
]
