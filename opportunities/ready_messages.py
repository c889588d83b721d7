"""What the one officer whose next step it is hears when a business says that its draft is ready."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.hats import in_force
from accounts.models import Membership
from core.models import LifecycleLog
from notifications.models import Outbox
from notifications.registry import Kind, Mail, Mails, Purpose, Rows, Text
from opportunities import by_business
from opportunities.lifecycle import DRAFTERS, MODEL
from opportunities.models import Opportunity
from pledges.call_tasks import owner_of


def may_receive(rows: Rows) -> set[int]:
    """The ids of those rows whose draft still waits for its reader: the business has written nothing since, the draft
    was not sent in, and the reader is an officer and answers for it."""
    drafts = _drafts(rows)
    people = [row.recipient_id for row in rows]
    hats = Membership.objects.filter(in_force(), user__in=people, user__is_active=True, role__in=DRAFTERS)
    officers = set(hats.values_list("user", flat=True))
    return {
        row.pk
        for row in rows
        if (draft := drafts.get(row.cause_id or 0))
        and row.recipient_id in officers
        and row.recipient_id == owner_of(draft.pledge)
    }


def render(row: Outbox, items: Rows) -> Mail | Text:
    """The section of one mail."""
    return render_all([(row, items)])[0]


def render_all(mails: Mails) -> list[Mail | Text]:
    """A line for each: its kind and the way to it. Businesses, titles and places stay inside the product."""
    drafts = _drafts([item for _, items in mails for item in items])
    causes = [{item.cause_id for item in items} for _, items in mails]
    return [_section({said: draft for said, draft in drafts.items() if said in own}) for own in causes]


def _section(drafts: dict[int, Opportunity]) -> Mail:
    told = sorted({draft.pk: draft for draft in drafts.values()}.values(), key=lambda draft: draft.pk)
    subject = ngettext("%(number)d draft is ready", "%(number)d drafts are ready", len(told)) % {"number": len(told)}
    lines = [_("Businesses have written what they can. Check it, and send it in:")]
    lines += [f"- {draft.kind.name}: {_address('edit-opportunity', draft.public_id)}" for draft in told]
    return Mail(subject, "\n".join(lines))


def _address(name: str, *args: object) -> str:
    return urljoin(settings.SITE_URL, reverse(f"opportunities:{name}", args=args))


def _drafts(rows: Rows) -> dict[int, Opportunity]:
    """What was said to be ready (an id of the log) -> its draft, where that is the last word about it."""
    said = dict(
        LifecycleLog.objects.filter(model=MODEL, move=by_business.READY, pk__in=[row.cause_id for row in rows])
        .order_by("pk")
        .values_list("pk", "object_id")
    )
    last = {entry.pk for entry in by_business.last_words(said.values()).values()}
    found = Opportunity.objects.filter(pk__in=said.values(), state=Opportunity.State.DRAFT)
    drafts = {draft.pk: draft for draft in found.select_related("kind", "pledge__employer").order_by("pk")}
    return {pk: drafts[row] for pk, row in said.items() if pk in last and row in drafts}


KIND = Kind("drafts", _lazy("Drafts that businesses have finished"), DRAFTERS)
DRAFT_READY = Purpose(
    by_business.TELL_READY,
    "digest",
    may_receive,
    render,
    kind=KIND,
    page="opportunities:list-desk",
    render_all=render_all,
)
