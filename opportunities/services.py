"""The verbs of opportunities: the only code that writes them. `refresh_live` is in opportunities/live.py."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, Sum, When
from django.utils.translation import gettext as _

from accounts.models import Partnership, User
from core import clock
from core.lifecycle import MoveRefused
from core.scope import current
from opportunities import drafts, questions, words
from opportunities import seen as seen_words
from opportunities.events import opportunity_changed, opportunity_closed, opportunity_published
from opportunities.lifecycle import LIFECYCLE
from opportunities.live import refresh_live
from opportunities.models import Opportunity
from opportunities.refusals import Law, Refusal, Refused, refusals
from opportunities.workplace import place_of
from pledges import ledger as pledge_ledger
from pledges import phrases
from pledges import services as pledges
from pledges.call_tasks import drop_call
from pledges.models import CallTask, Pledge, PledgeKind

__all__ = ["Refusal", "Refused", "refresh_live", "refusals"]

# What a person may write. `postcode` is turned into the sector, its middle and the council it lies in.
WRITABLE = {
    *("title", "summary", "bring", "not_needed", "category", "occupation", "places", "remote", "postcode", "town"),
    *("hours_a_week", "hours_mask", "day_starts", "day_ends", "lasts", "lasts_unit", "starts_on", "closes_on"),
    *("pay_pence", "unpaid_reason", "paid_weekly", "travel_paid", "guaranteed_interview", "meet_first"),
    *("named_contact", "support_mask", "needs_mask", "no_experience", "no_qualifications", "min_age"),
    *("min_age_reason", "risk_assessment_on", "training_beside", "provider_wanted", "audience"),
    *("go_by", "own_link", "own_words", "search_engines"),
}
OPEN = ("draft", "submitted", "published", "paused")  # it may still be gone for, now or later
USED = Sum(Case(When(state__in=OPEN, then=F("places")), default=F("places_held") + F("places_started")))
NOT_MATERIAL = frozenset(
    {"places", "closes_on", "search_engines", "risk_assessment_on", "min_age_reason", "occupation"}
)  # no reason to show somebody again what they said no to


# --- drafts -----------------------------------------------------------------------------------------------------------


def draft_from_pledge(*, pledge_id: int) -> Opportunity | None:
    """The draft of a pledge whose kind becomes places: made now, or the one that is there. None for other kinds."""
    return draft_from_pledges(pledge_ids=[pledge_id]).get(pledge_id)


def draft_from_pledges(*, pledge_ids: Sequence[int]) -> dict[int, Opportunity]:
    """The same of many: pledge id -> draft. Queries grow with the places they lie in, not with the pledges."""
    with transaction.atomic():
        pledge_ledger.lock(pledge_ids)
        of_these = Opportunity.objects.filter(pledge__in=pledge_ids)
        there = {row.pledge_id: row for row in of_these.filter(state__in=OPEN).order_by("-pk")}
        used = dict(of_these.order_by().values("pledge").annotate(used=USED).values_list("pledge", "used"))
        rows = Pledge.objects.filter(pk__in=pledge_ids, kind__becomes=PledgeKind.Becomes.PLACES, held_back="")
        new = [
            pledge
            for pledge in rows.select_related("kind", "category", "employer__sector").order_by("pk")
            if pledge.pk not in there and pledge.places > used.get(pledge.pk, 0)
        ]
        said = words.now() if new else {}
        places = {postcode: place_of(postcode) for postcode in {pledge.postcode for pledge in new}}
        made = Opportunity.objects.bulk_create(
            Opportunity(
                pledge=pledge, employer_id=pledge.employer_id, kind=pledge.kind, partnership_id=pledge.partnership_id,
                **{
                    **_first_values(pledge, places[pledge.postcode], said),
                    "places": pledge.places - used.get(pledge.pk, 0),
                },
            )
            for pledge in new
        )  # fmt: skip
        return there | {row.pledge_id: row for row in made}


def first_values(pledge: Pledge) -> dict[str, Any]:
    """What a draft says before anybody has written in it: all of it follows from the pledge."""
    return _first_values(pledge, place_of(pledge.postcode), words.now())


def _first_values(pledge: Pledge, place: dict[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    category = pledge.category or pledge.employer.sector
    return {
        "category": category,
        "title": drafts.title(
            kind=pledge.kind.code,
            kind_name=pledge.kind.name,
            category=category.name if category else None,
            employer=pledge.employer.name,
        ),
        **drafts.first_words(
            kind=pledge.kind.code,
            category=category.code if category else None,
            words=phrases.usable_words(pledge),
            said=said,
        ),
        "places": pledge.places,
        **{**place, "town": pledge.town or place["town"]},
    }


def react_to_pledges(sender: Any, *, ids: Sequence[int], **_more: Any) -> None:
    """Reaction to pledges.events.pledges_made."""
    draft_from_pledges(pledge_ids=ids)


def react_to_pledge(sender: Any, *, id: int, **_more: Any) -> None:
    """Reaction to pledges.events.pledge_reopened."""
    draft_from_pledge(pledge_id=id)


def complete(*, opportunity: Opportunity, by: User | None, done: int = 0, **values: Any) -> Opportunity:
    """Write into a draft. Values: those of WRITABLE; pay in pence an hour; `postcode` as typed. done: the mask of the
    question that was answered. by: an officer; None when it is the business, whose words an officer has to check.

    Raises MoveRefused when it is no draft any more, ValidationError for a value that cannot be, TypeError for a name
    that may not be written.
    """
    with transaction.atomic():
        row = locked(opportunity)
        if row.state != Opportunity.State.DRAFT:
            raise MoveRefused(_("This is not a draft any more. Ask for it to be sent back first."))
        _write(row, values)
        row.questions_done |= done
        touched = done | questions.mask_of(values)
        row.questions_to_check = row.questions_to_check & ~done if by else row.questions_to_check | touched
        row.save(update_fields=["questions_done", "questions_to_check"])
    return _copy(row, opportunity)


def add_another(*, opportunity: Opportunity, places: int, by: User) -> Opportunity:
    """Split a draft: a second one of the same pledge takes `places` of its places. ValueError when too many."""
    with transaction.atomic():
        row = locked(opportunity)
        if row.state != Opportunity.State.DRAFT or not 0 < places < row.places:
            raise ValueError("only a draft is split, and both parts keep a place")
        Opportunity.objects.filter(pk=row.pk).update(places=row.places - places)
        values = {name: getattr(row, name) for name in copied_fields()}
        return Opportunity.objects.create(**{**values, "places": places})


def copied_fields() -> list[str]:
    left_out = seen_words.LEFT_OUT | {"places"}
    return [field.name for field in Opportunity._meta.concrete_fields if field.name not in left_out]


# --- from draft to live -----------------------------------------------------------------------------------------------


def submit(*, opportunity: Opportunity, by: User, role: str, seen: str | None = None) -> None:
    """Send a complete draft to a second person. seen: the stamp of what `by` read (opportunities/seen.py). Raises
    Refused with what is missing, MoveRefused for no draft or for words nobody saw."""
    with transaction.atomic():
        row = locked(opportunity)
        seen_words.check(row, seen)
        _refuse(refusals(row))
        _refuse(_too_many(row))
        changes = {
            "submitted_by": by,
            "submitted_on": clock.today(),
            "partnership_id": row.partnership_id or row.pledge.partnership_id,
        }
        _move(row, "submit", by=by, role=role, changes=changes)
        pledges.mark_shaped(pledge_id=row.pledge_id)
    _copy(row, opportunity)


def send_back(*, opportunity: Opportunity, by: User, role: str, why: str) -> None:
    """Back to a draft, with the reason the writer reads."""
    _simple_move(opportunity, "send_back", by=by, role=role, why=why)


def approve(*, opportunity: Opportunity, by: User, role: str, seen: str | None = None) -> None:
    """Publish, as the second person; seen as for `submit`. Raises Refused: something is in the way, or this is the
    person who sent it in; MoveRefused."""
    with transaction.atomic():
        row = locked(opportunity)
        seen_words.check(row, seen)
        law = Law.load()
        _refuse(own_submission(row, by) + refusals(row, law) + _too_many(row))
        changes = {"approved_by": by, "approved_on": law.today, "opened_on": law.today}
        _move(row, "approve", by=by, role=role, changes=changes)
        refresh_live([row.pk])
        pledges.mark_live(pledge_id=row.pledge_id)
        opportunity_published.send(sender=Opportunity, id=row.pk, old="submitted", new="published")
    _copy(row, opportunity)


def own_submission(opportunity: Opportunity, by: User) -> list[Refusal]:
    """The refusal a person meets who would approve what they sent in themselves."""
    if opportunity.submitted_by_id != by.pk:
        return []
    return [
        Refusal(
            "second_person",
            _(
                "You sent this in, so somebody else has to approve it. A coordinator or an economic development"
                " officer of any member council may."
            ),
            _("A second person"),
        )
    ]


def change(*, opportunity: Opportunity, by: User, role: str, **values: Any) -> None:
    """Change what is published, under the same rules. A material change grows `version`: people who said "not now" may
    see it again. Raises Refused, MoveRefused, ValidationError."""
    with transaction.atomic():
        row = locked(opportunity)
        before = {field: getattr(row, field) for field in _written_fields(values)}
        _write(row, values, save=False)
        _refuse(refusals(row))
        changes = {name: getattr(row, name) for name in before if getattr(row, name) != before[name]}
        if not changes:
            return
        if changes.keys() - NOT_MATERIAL:
            changes["version"] = row.version + 1
        if "closes_on" in changes:
            changes["still_open_on"] = clock.today()  # it was spoken of today
        _move(row, "change", by=by, role=role, why=", ".join(sorted(changes)), changes=changes)
        refresh_live([row.pk])
        opportunity_changed.send(sender=Opportunity, id=row.pk, old="published", new="published")
    _copy(row, opportunity)


def pause(*, opportunity: Opportunity, by: User, role: str, why: str) -> None:
    """Hide what is published, for a while."""
    with transaction.atomic():
        row = _simple_move(opportunity, "pause", by=by, role=role, why=why)
        refresh_live([row.pk])
        opportunity_changed.send(sender=Opportunity, id=row.pk, old="published", new="paused")
    _copy(row, opportunity)


def resume(*, opportunity: Opportunity, by: User, role: str) -> None:
    """Show again what was paused. Raises Refused when a rule no longer holds (a past start, an old check)."""
    with transaction.atomic():
        row = locked(opportunity)
        _refuse(refusals(row))
        _move(row, "resume", by=by, role=role, changes={"still_open_on": clock.today()})
        answered(row)
        refresh_live([row.pk])
        opportunity_published.send(sender=Opportunity, id=row.pk, old="paused", new="published")
    _copy(row, opportunity)


def answered(row: Opportunity) -> None:
    """Nobody need ring any more whether it is still open, unless another of the pledge waits for that."""
    others = Opportunity.objects.filter(pledge=row.pledge_id).exclude(pk=row.pk)
    unsaid = Q(still_open_on__isnull=True) | Q(still_open_on__lt=F("still_asked_on"))
    asked = Q(state=Opportunity.State.PUBLISHED, still_asked_on__isnull=False) & unsaid
    if not others.filter(Q(state=Opportunity.State.PAUSED) | asked).exists():
        drop_call(pledge=row.pledge, why=CallTask.Why.STILL_OPEN)


def close(*, opportunity: Opportunity, by: User, role: str, why: str, outcome: str = "") -> None:
    """End it for good. outcome: what became of it (Opportunity.Outcome), "" when nobody was asked."""
    with transaction.atomic():
        old = opportunity.state
        row = _simple_move(opportunity, "close", by=by, role=role, why=why, changes={"outcome": outcome})
        refresh_live([row.pk])
        opportunity_closed.send(sender=Opportunity, id=row.pk, old=old, new="closed")
        if not Opportunity.objects.filter(pledge=row.pledge_id, state__in=OPEN).exists():
            pledge_ledger.settle(pledge_id=row.pledge_id)
    _copy(row, opportunity)


def withdraw(*, opportunity: Opportunity, by: User, role: str, why: str) -> None:
    """Give up a draft, with the reason."""
    _simple_move(opportunity, "withdraw", by=by, role=role, why=why)


# --- businesses --------------------------------------------------------------------------------------------


def react_to_employer(sender: Any, *, id: int, **_more: Any) -> None:
    """Reaction to employer_checked and employer_stopped: shows or hides everything of the business."""
    refresh_live(Opportunity.objects.filter(employer_id=id).values_list("pk", flat=True))


# --- how it is done ---------------------------------------------------------------------------------------------------


def locked(opportunity: Opportunity) -> Opportunity:
    """The row as it is now, locked. Its business and its pledge first: everybody takes them in this order."""
    pledge_ledger.lock([opportunity.pledge_id])
    rows = Opportunity.objects.select_for_update(of=("self",))
    return rows.select_related("pledge", "employer", "kind", "category", "unpaid_reason").get(pk=opportunity.pk)


def _refuse(found: list[Refusal]) -> None:
    if found:
        raise Refused(found)


def _move(
    row: Opportunity, name: str, *, by: User, role: str, why: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    actor = current().actor
    behalf = None if actor == by.pk else by.pk  # background work writes down for whom it did it
    LIFECYCLE.move(row, name, role=role, why=why, on_behalf_of=behalf, changes=changes)


def _simple_move(
    opportunity: Opportunity, name: str, *, by: User, role: str, why: str, changes: Mapping[str, Any] | None = None
) -> Opportunity:
    with transaction.atomic():
        row = locked(opportunity)
        # A row that is not published cannot be live, not even for the length of a statement.
        _move(row, name, by=by, role=role, why=why, changes={**(changes or {}), "live": False})
    return _copy(row, opportunity)


def _copy(row: Opportunity, to: Opportunity) -> Opportunity:
    """Give the caller's object the values written."""
    for field in Opportunity._meta.concrete_fields:
        setattr(to, field.attname, getattr(row, field.attname))
    return to


def _write(row: Opportunity, values: Mapping[str, Any], *, save: bool = True) -> None:
    unknown = set(values) - WRITABLE
    if unknown:
        raise TypeError(f"not to be written: {sorted(unknown)}")
    fields = _fields(values)
    for name, value in fields.items():
        setattr(row, name, value)
    if "places" in fields:
        _within_the_pledge(row)
    row.clean_fields(exclude=[field.name for field in Opportunity._meta.fields if field.name not in fields])
    if save:
        row.save(update_fields=list(fields))


def used_places(pledge: Pledge, *, but: int | None = None) -> int:
    """How many places of a pledge its opportunities offer, or have given away before they ended."""
    rows = Opportunity.objects.filter(pledge=pledge).exclude(pk=but or 0)
    return int(rows.aggregate(sum=USED)["sum"] or 0)


def _within_the_pledge(row: Opportunity) -> None:
    """The ledger of a pledge balances: its opportunities together offer no more places than were promised."""
    left = row.pledge.places - used_places(row.pledge, but=row.pk)
    if row.places > left:
        sentence = _("The business promised %(places)d in all, so the most here is %(left)d. Change the pledge first.")
        raise ValidationError({"places": sentence % {"places": row.pledge.places, "left": left}})


def _too_many(row: Opportunity) -> list[Refusal]:
    """The business may have lowered its promise since somebody wrote the draft."""
    try:
        _within_the_pledge(row)
    except ValidationError as wrong:
        return [Refusal("too_many_places", " ".join(wrong.messages), _("Whoever completes the draft"))]
    return []


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The model's fields that the values stand for."""
    fields = dict(values)
    if "postcode" in fields:
        place = place_of(fields.pop("postcode"))
        town = fields.get("town") or place.pop("town")
        fields.update(place)
        if town:
            fields["town"] = town
    return fields


def _written_fields(values: Mapping[str, Any]) -> list[str]:
    extra = ["sector", "easting", "northing", "authority", "town"] if "postcode" in values else []
    return [name for name in values if name != "postcode"] + [name for name in extra if name not in values]


def waiting_days(opportunity: Opportunity, today: dt.date) -> int:
    """How many days a submitted opportunity has waited for its second person."""
    return (today - opportunity.submitted_on).days if opportunity.submitted_on else 0


def partnerships_of(*, partnership: int | None, council: int | None) -> list[int]:
    """The partnerships an officer's hat acts for: its own, or those its council belongs to."""
    if partnership is not None:
        return [partnership]
    return list(Partnership.objects.filter(councils=council).order_by("pk").values_list("pk", flat=True))
