"""Addresses of signing in, under the names that django-allauth looks for: they belong to no namespace."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/", views.sign_in, name="account_request_login_code"),
    path("sign-in/code/", views.type_code, name="account_confirm_login_code"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("sign-in/sign-up/", views.closed, name="account_signup"),
]
