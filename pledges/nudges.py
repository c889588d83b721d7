"""What givers are sent after the thank-you: reminders, last words, and texts for those who asked for texts.

A text says nothing about anybody: no business, no place, no name, and not what it is for. Its link does.
"""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db.models import F, OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import channels
from notifications.models import Outbox
from notifications.registry import Mail, Purpose, Rows, Text
from pledges.cadence import DRAFT, PROMISE, WRITE
from pledges.messages import address, link_to, may_receive
from pledges.models import Answer, EmployerContact, FollowUp, Nudge, Pledge, PledgeKind
from pledges.services import THANKS_BY_TEXT
from pledges.situations import GONE

NUDGE, NUDGE_BY_TEXT = "pledge_nudge", "pledge_nudge_text"
CLOSING, CLOSING_BY_TEXT = "pledge_closing", "pledge_closing_text"
Way = EmployerContact.Way
STILL_OPEN, STILL_OPEN_BY_TEXT = "still_open", "still_open_text"  # sent by the room of opportunities
ORDER = (DRAFT, WRITE, PROMISE)  # of several steps that were missed, the message is about the last of these


def by_way(contact: EmployerContact, text: str, mail: str) -> str | None:
    """The purpose that this person reads, of two for the same message. None for who can only be rung."""
    if contact.way == Way.TEXT and contact.phone:
        return text if channels.can_text() else None
    return mail if contact.email else None


def way_of(contact: EmployerContact) -> str | None:
    """The purpose by which this person is reminded. None for who can only be rung, or where no text can be sent."""
    return by_way(contact, NUDGE_BY_TEXT, NUDGE)


def closing_way_of(contact: EmployerContact) -> str | None:
    """The purpose by which this person gets a last word."""
    return by_way(contact, CLOSING_BY_TEXT, CLOSING)


# --- reminders ----------------------------------------------------------------------------------------------


def may_be_nudged(rows: Rows) -> set[int]:
    """Asked again at hand-over: a reply, a stop or a wish for no reminders since then ends the reminder."""
    since = Q(made_at__date__gte=OuterRef("pledge__followed_from"))
    said = Answer.objects.filter(since, pledge=OuterRef("pledge")).exclude(said=Answer.Said.CANNOT)
    open_still = FollowUp.objects.filter(
        nudge__in=[row.cause_id for row in rows],
        nudge__contact__reminders=True,
        pledge__state__in=[Pledge.State.NOTED, Pledge.State.CONFIRMED],
        pledge__held_back="",
    ).exclude(pledge__employer__state__in=GONE)
    open_still = open_still.annotate(said=Subquery(said.values("said")[:1])).filter(said__isnull=True)
    nudges = set(open_still.values_list("nudge_id", flat=True))
    return {row.pk for row in rows if row.cause_id in nudges}


def _nudge(row: Outbox) -> Nudge:
    return Nudge.objects.select_related("contact").get(pk=row.cause_id or 0)


def nudge_address(row: Outbox) -> str:
    """Where this person reads mail now."""
    return _nudge(row).contact.email


def nudge_phone(row: Outbox) -> str:
    """Where this person reads texts now."""
    return _nudge(row).contact.phone


def _about(nudge: Nudge) -> list[tuple[Pledge, str]]:
    """The pledges a reminder is about, each with the last of its steps."""
    found: dict[int, list[str]] = defaultdict(list)
    for pledge_id, step in nudge.steps.order_by("pk").values_list("pledge_id", "step"):
        found[pledge_id].append(step)
    rows = Pledge.objects.filter(pk__in=found).select_related("kind", "employer", "owner").order_by("pk")
    return [(row, max(found[row.pk], key=ORDER.index)) for row in rows]


def answer_links(token_path: str) -> list[tuple[str, str]]:
    """(words, path) of the four answers behind a pledge's link."""
    token = token_path.rstrip("/").rpartition("/")[2]
    return [(str(label), reverse("pledges:answer-link", args=[token, said])) for said, label in FOUR]


FOUR = [(said.value, said.label) for said in Answer.Said if said != Answer.Said.SPOKE]


def render_nudge(row: Outbox, items: Rows) -> Mail:
    """One letter about all their pledges that wait for a word, each with its four answers."""
    lines = []
    for pledge, step in _about(_nudge(row)):
        path = link_to(pledge)
        answers = [(label, settings.SITE_URL + url) for label, url in answer_links(path)]
        write = settings.SITE_URL + reverse("pledges:answer-link", args=[path.strip("/").split("/")[1], "write"])
        drafted = pledge.kind.becomes == PledgeKind.Becomes.PLACES and pledge.partnership_id is not None
        lines.append(
            {"pledge": pledge, "step": step, "link": settings.SITE_URL + path, "answers": answers, "write": write}
            | {"drafted": drafted}
        )
    text = render_to_string("pledges/nudge.txt", {"lines": lines, "pledge": lines[0]["pledge"]})
    return Mail(_("How is your pledge going?"), text)


def _text(words: str, pledge: Pledge) -> Text:
    return Text(f"{words} {settings.SITE_URL}{link_to(pledge)}")


def text_nudge(row: Outbox, items: Rows) -> Text:
    """A question and one link. The page behind it has the four answers."""
    return _text(_("First Rung: how is your pledge going? One tap tells us:"), _about(_nudge(row))[0][0])


# --- last words, and thanks by text -------------------------------------------------------------------------


def may_be_closed(rows: Rows) -> set[int]:
    """As long as it has not been taken up again."""
    causes = [row.cause_id for row in rows if row.cause_id is not None]
    found = Pledge.objects.filter(pk__in=causes, state=Pledge.State.LAPSED).exclude(employer__state__in=GONE)
    still = set(found.values_list("pk", flat=True))
    return {row.pk for row in rows if row.cause_id in still}


def _pledge(row: Outbox) -> Pledge:
    return Pledge.objects.select_related("contact", "employer", "owner").get(pk=row.cause_id or 0)


def pledge_phone(row: Outbox) -> str:
    """The number the giver wrote down, as it is now."""
    return _pledge(row).contact.phone


def render_closing(row: Outbox, items: Rows) -> Mail:
    """Thanks, why it ended, and the way back: for all of this person's that lapsed on the same day."""
    pledge = _pledge(row)
    laps = FollowUp.objects.filter(step="lapse", pledge=pledge, counted_from=F("pledge__followed_from"))
    days = laps.values("done_on")
    same = Pledge.objects.filter(
        pk__in=FollowUp.objects.filter(step="lapse", done_on__in=days).values("pledge"),
        contact=pledge.contact_id,
        state=Pledge.State.LAPSED,
    )
    lines = [
        {"pledge": each, "link": settings.SITE_URL + link_to(each)}
        for each in same.select_related("kind").order_by("pk")
    ]
    text = render_to_string("pledges/nudge_closing.txt", {"lines": lines, "pledge": pledge})
    return Mail(_("Thank you for your pledge"), text)


def text_closing(row: Outbox, items: Rows) -> Text:
    """Thanks, and the way back."""
    return _text(_("First Rung: we let your pledge go, with thanks. Take it up again here:"), _pledge(row))


def text_thanks(row: Outbox, items: Rows) -> Text:
    """The thank-you of those who get texts."""
    return _text(_("First Rung: thank you for your pledge. See it or change it here:"), _pledge(row))


_DAYS = dt.timedelta(days=1)
PURPOSES = [
    Purpose(
        NUDGE, "email", may_be_nudged, render_nudge, nudge_address, expires_after=3 * _DAYS, on_unknown="end"
    ),  # perhaps none rather than two: one a week
    Purpose(NUDGE_BY_TEXT, "text", may_be_nudged, text_nudge, nudge_phone, expires_after=3 * _DAYS, on_unknown="end"),
    Purpose(CLOSING, "email", may_be_closed, render_closing, address, expires_after=7 * _DAYS, on_unknown="end"),
    Purpose(
        CLOSING_BY_TEXT, "text", may_be_closed, text_closing, pledge_phone, expires_after=7 * _DAYS, on_unknown="end"
    ),
    Purpose(
        THANKS_BY_TEXT, "text", may_receive, text_thanks, pledge_phone, expires_after=7 * _DAYS, on_unknown="resend"
    ),
]
