"""The operators' page of messages, and two addresses for machines that watch over us."""

import base64
import datetime as dt
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import clock
from core.installation import is_demo
from core.models import Heartbeat, JobRun
from notifications import causes, counting, registry
from notifications.channels import can_text
from notifications.models import Circuit, KeptMail, Outbox, OutboxOrder

PLAIN = "text/plain; charset=utf-8"
PER_PAGE = 50
PROCESSES = {
    "relay": gettext_lazy("Relay"),
    "worker": gettext_lazy("Worker"),
    "sender": gettext_lazy("Sender"),
    "matcher": gettext_lazy("Matcher"),
    "beat": gettext_lazy("Beat"),
}
STATES = dict(Outbox.State.choices)


@require_safe
def show_health(request: HttpRequest) -> HttpResponse:
    """`/healthz`: this process answers, whether or not the database does (that is `/readyz`)."""
    return HttpResponse("ok", content_type=PLAIN)


@require_safe
def show_readiness(request: HttpRequest) -> HttpResponse:
    """`/readyz`: the database answers, messages leave in time, the relay is alive. 503 if not; no details."""
    try:
        ready = counting.is_ready()
    except Error:
        ready = False
    return HttpResponse("ready" if ready else "not ready", status=200 if ready else 503, content_type=PLAIN)


@require_safe
def list_messages(request: HttpRequest) -> HttpResponse:
    """`/operator/messages/`: what is where, how late, who is alive; in a demonstration also the mails themselves."""
    figures = counting.figures()
    context = {
        "figures": figures,
        "stats": _stats(figures),
        **_counts(figures),
        **_look(figures),
        "waiting": _waiting(),
        **_causes(figures),
        "alive": [
            {"label": PROCESSES.get(beat.process, beat.process), "value": _when(beat.at)}
            for beat in Heartbeat.objects.order_by("process")
        ],
        "circuits": [{"label": row.provider, "value": _circuit(row)} for row in Circuit.objects.order_by("pk")],
        "texts_refused": 0 if can_text() else _texts_that_died(figures),
        "job_columns": [{"label": _("Job")}, {"label": _("Due")}, {"label": _("State")}],
        "jobs": _open_jobs(),
        **_kept(request),
    }
    return render(request, "notifications/messages.html", context)


@require_safe
def show_kept_mail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """`/operator/messages/<id>/`: one mail of a demonstration, as it would have been sent."""
    if not is_demo():
        raise Http404
    return render(request, "notifications/kept_mail.html", {"mail": get_object_or_404(KeptMail, public_id=public_id)})


@require_safe
def show_attachment(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponse:
    """`/operator/messages/<id>/<number>/`: a file that would have gone with the mail, the first is 0."""
    if not is_demo():
        raise Http404
    files = get_object_or_404(KeptMail, public_id=public_id).attachments
    if number >= len(files):
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{files[number]["name"]}"'}
    return HttpResponse(base64.b64decode(files[number]["data"]), content_type=files[number]["kind"], headers=headers)


def _stats(figures: counting.Figures) -> list[dict[str, Any]]:
    """The figures that matter, the oldest message that waits first."""
    pulse = figures.pulse
    late, more = "0", _("Good: nothing waits.")
    if figures.oldest_due is not None:
        seconds = max(0, int((clock.now() - figures.oldest_due).total_seconds()))
        late, more = _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": seconds % 60}, ""
    return [
        {"label": _("The oldest waits for"), "figure": late, "more": more, "lead": True},
        _balance(figures),
        _delay(_("On their way, last hour"), pulse.delay_hour if pulse else None),
        _delay(_("On their way, last day"), pulse.delay_day if pulse else None),
        {
            "label": _("Not explained"),
            "figure": figures.unexplained,
            "more": _("Messages that went without their mail, or stayed behind. Must be 0."),
        },
        {
            "label": _("Not told"),
            "figure": figures.untold,
            "more": _("What somebody must hear of, and no message was made. Must be 0."),
        },
        {"label": _("Sent twice"), "figure": figures.doubles, "more": _("The provider holds two copies. Must be 0.")},
        {
            "label": _("Perhaps twice"),
            "figure": figures.copies,
            "more": _("A mail server that cannot be asked was given them again."),
        },
    ]


def _counts(figures: counting.Figures) -> dict[str, Any]:
    """The table of messages by purpose, channel, council and state."""
    labels = (_("Purpose"), _("Channel"), _("Council"), _("State"))
    rows = [
        [
            row.purpose.replace("_", " "),
            str(Outbox.Channel(row.channel).label),
            row.council.short_name if row.council else _("None"),
            str(STATES[row.state]),
            {"text": str(row.rows), "num": True},
        ]
        for row in figures.counts
    ]
    return {"columns": [*({"label": label} for label in labels), {"label": _("Messages"), "num": True}], "counts": rows}


def _look(figures: counting.Figures) -> dict[str, Any]:
    """What needs a look, each by its reference, which leads to the form that explains it."""
    found = figures.pulse.look if figures.pulse else []
    rows = [
        [
            {"text": ref, "url": f"{reverse('notifications:ask')}?ref={ref}"},
            purpose.replace("_", " "),
            str(STATES[state]),
            reason,
            _when(dt.datetime.fromisoformat(at)),
        ]
        for ref, purpose, state, reason, at in found
    ]
    labels = (_("Reference"), _("Purpose"), _("State"), _("Reason"), _("Last tried, or made"))
    return {"look_columns": [{"label": label} for label in labels], "look": rows}


def _waiting() -> list[dict[str, Any]]:
    """What colleagues asked for and a second person must confirm."""
    words = _("%(count)s messages: %(purpose)s. %(name)s asked for it on %(when)s.")
    orders = OutboxOrder.objects.filter(OutboxOrder.WAITING).select_related("by").order_by("pk")
    return [
        {
            "label": order.get_action_display(),
            "value": words
            % {
                "count": order.waits,
                "purpose": order.purpose.replace("_", " "),
                "name": order.by.name,
                "when": _when(order.at),
            },
            "url": reverse("notifications:show-order", args=[order.public_id]),
            "action": _("Look at it"),
        }
        for order in orders
    ]


def _causes(figures: counting.Figures) -> dict[str, Any]:
    """What somebody must hear of, held against the messages."""
    found = figures.pulse.causes if figures.pulse else {}
    rows = [
        [causes.label_of(name), {"text": str(number), "num": True}, {"text": str(untold), "num": True}]
        for name, (number, untold) in sorted(found.items())
    ]
    labels = (_("What somebody must hear of"), _("In 30 days"), _("Without a message"))
    columns = [{"label": label, "num": number > 0} for number, label in enumerate(labels)]
    return {"cause_columns": columns, "causes": rows}


def _circuit(row: Circuit) -> str:
    if row.held:
        return _("Its messages wait: an operator holds them back")
    if row.open_since is None:
        return _("Takes messages")
    words = _("Its messages wait since %(since)s; the next one tries it at %(next)s")
    return words % {"since": _when(row.open_since), "next": _when(row.probe_at) if row.probe_at else "-"}


def _balance(figures: counting.Figures) -> dict[str, Any]:
    """Messages made, held against those there are."""
    pulse = figures.pulse
    made, rows, deleted = (pulse.made, pulse.rows, pulse.deleted) if pulse else (0, 0, 0)
    sums = {"made": made, "rows": rows, "deleted": deleted}
    words = _("✓ %(made)s made = %(rows)s there + %(deleted)s deleted when their time was over")
    if not figures.is_even:
        words = _("✗ %(made)s made, but %(rows)s there + %(deleted)s deleted: messages are missing")
    return {"label": _("Messages made"), "figure": made, "more": words % sums}


def _delay(label: str, seconds: float | None) -> dict[str, Any]:
    figure = "-" if seconds is None else _("%(seconds).1f s") % {"seconds": seconds}
    return {"label": label, "figure": figure, "more": _("95 of 100 messages left at least as fast.")}


def _texts_that_died(figures: counting.Figures) -> int:
    """How many texts could not go because no provider of texts is set up."""
    texts = {name for name in registry.names() if registry.find(name).channel == "text"}
    return sum(row.rows for row in figures.counts if row.purpose in texts and row.state == Outbox.State.DEAD)


def _open_jobs() -> list[list[Any]]:
    """Jobs that are late, running or failed."""
    rows = JobRun.objects.exclude(state="done").order_by("-slot")[:20]
    return [[row.job, _when(row.slot), str(JobRun.State(row.state).label)] for row in rows]


def _kept(request: HttpRequest) -> dict[str, Any]:
    """The demonstration's mails, the newest first; nothing in a real installation."""
    if not is_demo():
        return {"demonstration": False}
    mails = KeptMail.objects.order_by("-pk").defer("body", "attachments")
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    columns = [{"label": _("Subject")}, {"label": _("To")}, {"label": _("Kept")}]
    rows = [
        [{"text": mail.subject or _("A text"), "url": _address(mail)}, mail.recipient, _when(mail.kept_at)]
        for mail in page
    ]
    return {"demonstration": True, "page": page, "mail_columns": columns, "mails": rows}


def _address(mail: KeptMail) -> str:
    return reverse("notifications:show-kept-mail", args=[mail.public_id])


def _when(at: Any) -> str:
    return date_format(localtime(at), "j F Y H:i:s")
