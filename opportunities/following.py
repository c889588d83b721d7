"""How opportunities follow their pledge: what the giver corrects, takes back, or gives again."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.lifecycle import SYSTEM
from opportunities import drafts, lineage, words
from opportunities.events import opportunity_closed
from opportunities.lifecycle import LIFECYCLE
from opportunities.live import refresh_live
from opportunities.models import Opportunity
from opportunities.questions import mask_of
from opportunities.services import copied_fields, draft_from_pledge, first_values
from pledges import ledger
from pledges.models import Pledge
from pledges.services import Correction

State = Opportunity.State
# Written for one offer, not for the next.
DATES = {"starts_on": None, "closes_on": None, "risk_assessment_on": None}


def end_with_pledge(sender: Any, *, id: int, new: str, **_more: Any) -> None:
    """Reaction to pledges.events.pledge_ended: nothing of it is shown from now on, in the same transaction.

    What is public and has had all its places begun stays as it is: a page that goes on the day somebody starts tells
    of them. An officer closes it later.
    """
    why = _why(new)
    with transaction.atomic():
        ledger.lock([id])
        for row in _open_rows(id):
            shown = row.state in (State.PUBLISHED, State.PAUSED)
            if shown and stays_public(row, new):
                continue
            old = row.state
            LIFECYCLE.move(row, "close" if shown else "withdraw", role=SYSTEM, why=why, changes={"live": False})
            refresh_live([row.pk])
            if shown:
                opportunity_closed.send(sender=Opportunity, id=row.pk, old=old, new="closed")


def stays_public(row: Opportunity, new: str) -> bool:
    """Whether the pledge has ended only because everybody has begun."""
    return new == Pledge.State.KEPT and row.places_started >= row.places


def _why(new: str) -> str:
    return {
        Pledge.State.WITHDRAWN: _("The business took it back"),
        Pledge.State.LAPSED: _("The pledge has lapsed"),
        Pledge.State.KEPT: _("All places have begun"),
    }.get(Pledge.State(new), _("The pledge has ended"))


def _open_rows(pledge_id: int) -> list[Opportunity]:
    rows = Opportunity.objects.filter(pledge=pledge_id).exclude(state__in=[State.CLOSED, State.WITHDRAWN])
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def fill_from_pledge(sender: Any, *, id: int, before: Correction, **_more: Any) -> None:
    """Reaction to pledges.events.pledge_corrected: what nobody has written over follows the giver's new words.

    A field is untouched while it still says what followed from the pledge as it was. What waits for a second person
    goes back to a draft first: nobody approves what nobody sent in. Questions that somebody has saved and that the
    correction touches are to be checked again, even where the officer's own words stay.
    """
    with transaction.atomic():
        ledger.lock([id])
        pledge = Pledge.objects.select_related("kind", "employer__sector", "category").get(pk=id)
        rows = [row for row in _open_rows(id) if row.state in (State.DRAFT, State.SUBMITTED)]
        was, new = _as_it_was(pledge, before), first_values(pledge)
        # Words that somebody had to look at first stand in the draft or not, by whether they were looked at.
        old = [first_values(was), {**first_values(was), "summary": _without_words(was)}]
        touched = mask_of(name for name in new if new[name] != old[0][name])
        if len(rows) != 1:
            new.pop("places")  # an officer has shared them out
        for row in rows:
            changed = {
                name: value
                for name, value in new.items()
                if getattr(row, name) != value and any(getattr(row, name) == each[name] for each in old)
            }
            unread = row.state == State.SUBMITTED and touched & row.questions_done  # nobody publishes over a correction
            if changed or unread:
                _write(row, changed)
            to_check = row.questions_to_check | (touched & row.questions_done)
            Opportunity.objects.filter(pk=row.pk).update(questions_to_check=to_check)


def _without_words(pledge: Pledge) -> str:
    category = pledge.category or pledge.employer.sector
    code = category.code if category else None
    return drafts.first_words(kind=pledge.kind.code, category=code, words="", said=words.now())["summary"]


def _as_it_was(pledge: Pledge, before: Correction) -> Pledge:
    was = Pledge(kind=pledge.kind, employer=pledge.employer, town=pledge.town)
    for name, value in vars(before).items():
        setattr(was, name, value)
    return was


def _write(row: Opportunity, changed: dict[str, Any]) -> None:
    if row.state == State.SUBMITTED:
        LIFECYCLE.move(row, "send_back", role=SYSTEM, why=_("The business has changed its pledge"))
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))


def offer_again(sender: Any, *, id: int, **_more: Any) -> None:
    """Reaction to pledges.events.pledge_rests: a new draft that says what the last one said, without its dates."""
    with transaction.atomic():
        last = Opportunity.objects.filter(pledge=id, state=State.CLOSED).order_by("-pk").first()
        draft = draft_from_pledge(pledge_id=id)
        if draft is None or last is None:
            return
        words = {name: getattr(last, name) for name in copied_fields() if name not in ("pledge", "employer", "kind")}
        Opportunity.objects.filter(pk=draft.pk).update(**{**words, **DATES})
        lineage.log(old=last, new=draft, moves=lineage.AGAIN, role=SYSTEM)
