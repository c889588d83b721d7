"""What a giver adds through their link: a detail at a time, another pledge, and whether their business is shown."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from pledges import ledger
from pledges.employers import Business, wait_for_twins
from pledges.models import Pledge, PledgeKind
from pledges.reading import Reach
from pledges.services import CORRECTED, Correction, Promise, correct_pledge, promise_pledge


def add_detail(*, pledge: Pledge, **detail: Any) -> None:
    """Change these of the correctable fields and leave the others as they are now, whatever the page had seen.

    Raises AlreadyOpen as `correct_pledge` does.
    """
    with transaction.atomic():
        ledger.lock([pledge.pk])
        row = Pledge.objects.select_related("category").get(pk=pledge.pk)
        as_it_is = Correction(**{name: getattr(row, name) for name in CORRECTED})
        correct_pledge(pledge=row, to=replace(as_it_is, **detail))


def agree_to_be_shown(*, pledge: Pledge, shown: bool) -> None:
    """Whether the wall and other pages of promises may name the business of this pledge. May change at any time."""
    Pledge.objects.filter(pk=pledge.pk).update(show_business=shown)


def pledge_again(*, pledge: Pledge, kind: PledgeKind, places: int) -> Pledge:
    """Another promise of the same person: business, contact, event, home and owner are those of `pledge`."""
    return _again(pledge, source=Pledge.Source.FORM, kind=kind, places=places)


def pledge_by_system(*, pledge: Pledge, kind: PledgeKind, places: int) -> Pledge:
    """Another promise of the business of `pledge`, made by its own system: reached in the same way, of no event."""
    return _again(pledge, source=Pledge.Source.API, kind=kind, places=places)


def _again(pledge: Pledge, *, source: Pledge.Source, kind: PledgeKind, places: int) -> Pledge:
    contact = pledge.contact
    reach = Reach(email=contact.email, phone=contact.phone, way=contact.way, best_time=contact.best_time)
    with transaction.atomic():
        wait_for_twins([(Business(pledge.employer.name), reach)])
        ledger.lock([pledge.pk])
        first = Pledge.objects.select_related("employer", "contact", "event__owner", "event__partnership", "owner").get(
            pk=pledge.pk
        )
        promise = Promise(
            kind=kind,
            places=places,
            business=Business(first.employer.name),
            reach=reach,
            postcode=first.postcode,
            town=first.town,
            show_business=first.show_business,
            occurrence=None,
            same_as=first,
        )
        event = first.event if source == Pledge.Source.FORM else None
        return promise_pledge(event=event, promise=promise, source=source)
