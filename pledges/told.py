"""Which givers must have been thanked, for whoever holds causes against messages (notifications/causes.py)."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from notifications import causes
from notifications.models import Outbox
from pledges.models import EmployerContact, Pledge
from pledges.services import THANKS, THANKS_BY_TEXT


def _since(moment: dt.datetime) -> "QuerySet[Any, Any]":
    """Who left an email address with a pledge on the form. One thank-you is for all that they pledged together."""
    pledges = Pledge.objects.filter(source=Pledge.Source.FORM, held_back=Pledge.HeldBack.NO, made_at__gte=moment)
    lately = pledges.filter(contact=OuterRef("pk"))
    theirs = Pledge.objects.filter(contact=OuterRef(OuterRef("pk"))).values("pk")
    thanked = Exists(Outbox.objects.filter(purpose__in=(THANKS, THANKS_BY_TEXT), cause_id__in=theirs))
    found = EmployerContact.objects.exclude(email="").filter(Exists(lately)).annotate(told=thanked)
    return found


def register() -> None:
    """Called once, when the room is ready."""
    causes.register("givers", _("Somebody gave a pledge"), _since)
