"""What is printed: an event's poster and table cards, and the thank-you certificate of a pledge."""

import io
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import papers
from pledges.models import Event, Pledge, PledgeKind

ON_THE_CARD = 12  # kinds printed as boxes to tick; the last is "Something else"
SIZES = ("a3", "a4")


def address_of(event: Event) -> str:
    """The whole address of the event's pledge form."""
    return str(settings.SITE_URL) + reverse("pledges:make-pledge-at", args=[event.code])


def short_address(event: Event) -> str:
    """The address as people type it: without the scheme and the last stroke."""
    return address_of(event).partition("://")[2].rstrip("/")


def code_of(event: Event) -> bytes:
    """The event's address as a QR code: an SVG picture without any style."""
    picture = io.BytesIO()
    segno.make(address_of(event), error="m").save(picture, kind="svg", scale=8, border=4, light="#fff", xmldecl=False)
    return picture.getvalue()


def poster(event: Event, size: str = "a3") -> bytes:
    """The poster as PDF/UA-1, A3 or A4."""
    words = {
        **_words(event),
        "size": size,
        "title": _("Poster: %(event)s") % {"event": event.name},
        "brand": event.partnership.name,
        "when": ", ".join(part for part in (date_format(event.held_on, "l j F Y"), event.place) if part),
        "steps": [
            _("Point your phone’s camera at the code."),
            _("Choose what you can promise."),
            _("Say how we can reach you. Done."),
        ],
        "or": _("Or type this into your browser:"),
    }
    return papers.pdf("poster", words)


def cards(event: Event) -> bytes:
    """One sheet for a table, as PDF/UA-1: a card that stands, and a card to tear off that is the form."""
    words = {
        **_words(event),
        "title": _("Table card: %(event)s") % {"event": event.name},
        "tear": _("Tear off here. Fold the upper part in the middle, and it stands."),
        "card": _card(event),
        "kinds": _kinds(),
    }
    return papers.pdf("cards", words)


def certificate(pledge: Pledge) -> bytes:
    """Thanks for the pledge itself, as PDF/UA-1. Nothing on it depends on what became of the pledge.

    Its date is the day of the pledge, so that it stays the same paper.
    """
    event = pledge.event
    day = date_format(pledge.made_at, "j F Y")
    at = _("Pledged on %(day)s") % {"day": day}
    if event is not None:
        at = _("Pledged at %(event)s, %(day)s") % {"event": event.name, "day": day}
    words = {
        "title": _("Thank you, %(business)s") % {"business": pledge.employer.name},
        "brand": "First Rung",
        "heading": _("Thank you to"),
        "business": pledge.employer.name,
        "pledged": _pledged(pledge),
        "at": at,
        "by": pledge.partnership.name if pledge.partnership else "",
    }
    return papers.pdf("certificate", words)


def _words(event: Event) -> dict[str, Any]:
    return {
        "name": event.name,
        "heading": _("Open a door."),
        "lead": _("Promise a job, a visit or some of your time to young people who were in care. It takes a minute."),
        "address": short_address(event),
        "code": {"svg": code_of(event).decode()},
        "text": _("Or text us: %(number)s") % {"number": event.text_to} if event.text_to else "",
    }


def _card(event: Event) -> dict[str, Any]:
    return {
        "heading": _("My pledge"),
        "hand": _("Give this card to anybody at the welcome desk. %(code)s") % {"code": event.code},
        "kind": _("I would like to promise (tick one or more)"),
        "many": _("How many?"),
        "business": _("Business"),
        "name": _("Your name"),
        "phone": _("Phone"),
        "email": _("Email"),
        "way": _("How should we reach you?"),
        "ways": [_("Text"), _("Call"), _("Email")],
        "time": _("Best time"),
        "times": [_("Any time"), _("Morning"), _("Afternoon"), _("After 5pm")],
        "show": _("Yes, you may show the name of my business on the screen and on the page of promises."),
        "next": _("We ring you before anything is shown to young people. %(name)s looks after this event.")
        % {"name": event.owner.name},
    }


def _kinds() -> list[str]:
    kinds = list(PledgeKind.objects.filter(valid_to__isnull=True).order_by("position"))
    return [kind.name for kind in [*kinds[: ON_THE_CARD - 1], *kinds[-1:]]]


def _pledged(pledge: Pledge) -> str:
    """What was promised, as part of a sentence that begins with the name of the business."""
    if pledge.kind.becomes != PledgeKind.Becomes.PLACES:
        return _("for the promise to young people who were in care: %(kind)s") % {"kind": pledge.kind.name}
    return ngettext(
        "for the promise of %(count)d place for young people who were in care: %(kind)s",
        "for the promise of %(count)d places for young people who were in care: %(kind)s",
        pledge.places,
    ) % {"count": pledge.places, "kind": pledge.kind.name}
