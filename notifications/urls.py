"""Addresses of this room."""

from django.urls import path

from notifications import callbacks, choosing, inbox, metrics, order_views, stopping, views

app_name = "notifications"
urlpatterns = [
    path("healthz", views.show_health, name="show-health"),
    path("readyz", views.show_readiness, name="show-readiness"),
    path("metrics", metrics.show_metrics, name="show-metrics"),
    path("callbacks/notify/", callbacks.take_from_notify, name="take-from-notify"),
    path("inbox/", inbox.show_inbox, name="show-inbox"),
    path("inbox/emails/", choosing.choose_digests, name="choose-digests"),
    path("k/<str:token>/emails/", stopping.stop_emails, name="stop-emails"),
    path("operator/messages/", views.list_messages, name="list-messages"),
    path("operator/messages/orders/", order_views.ask, name="ask"),
    path("operator/messages/orders/<uuid:public_id>/", order_views.show_order, name="show-order"),
    path("operator/messages/<uuid:public_id>/", views.show_kept_mail, name="show-kept-mail"),
    path("operator/messages/<uuid:public_id>/<int:number>/", views.show_attachment, name="show-attachment"),
]
