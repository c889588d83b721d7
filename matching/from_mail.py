"""What an adviser does about a match from the mail that told them of it, without a sign-in.

A mail is passed on, and read on a locked phone: the page says nothing of anybody, not even a label. It writes through
the verb of the adviser's own page, in the scope of that one young person, and never over what was said there.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.hats import in_force
from accounts.models import Membership, User, YoungPerson
from accounts.roles import SEES_YOUNG_PEOPLE, WORKERS
from core.clock import FrToday
from core.scope import Scope, scope
from matching import services, shown
from matching.mails import TAPS
from matching.marked import WHY
from matching.models import MatchAction
from matching.telling import PURPOSE
from notifications.digest_links import Over, Reader, opened
from notifications.models import Outbox
from opportunities.models import SearchRow

State = MatchAction.State
# Address -> (what is said, the page's question, its button).
SAYS: dict[str, tuple[str, Any, Any]] = {
    "talk": (State.SHARED, _("Will you talk to them about it?"), _("Yes, I'll talk to them")),
    "later": (State.LATER, _("Keep it for later?"), _("Yes, later")),
    "not-now": (State.NOT_NOW, _("Not now?"), _("Yes, not now")),
}
STANDS = {
    State.SHARED: _("It is marked as shared: you talk to them about it."),
    State.LATER: _("It is kept for later."),
    State.NOT_NOW: _("It is marked as not now. It comes back if it changes."),
}


class WhyForm(forms.Form):
    """Why not now. Words of one's own are for the page behind the sign-in."""

    reason = forms.ChoiceField(
        label=_("Why not now? The young person may read it."),
        choices=WHY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason"), "invalid_choice": _("Choose a reason")},
    )


@dataclass(frozen=True)
class Told:
    """The match that the mail told of, as it is now. `thing`: what is there for everybody to read."""

    person: YoungPerson
    thing: SearchRow
    said: MatchAction | None


@opened
def act_from_mail(request: HttpRequest, reader: Reader, item: int, said: str) -> HttpResponse:
    """`/k/<token>/match/<item>/<said>/`: one question and one button; afterwards, how it stands."""
    if said not in SAYS:
        raise Over
    verb, row = reader.item(item), _item(reader, item)
    state, question, button = SAYS[said]
    form = WhyForm(request.POST if request.method == "POST" else None) if state == State.NOT_NOW else None
    with scope(_of_one(reader.user, row)):
        told = _told(reader.user, row)
        if request.method == "POST" and told.said is None and (form is None or form.is_valid()):
            reader.use(verb)
            why = str(dict(WHY)[form.cleaned_data["reason"]]) if form else ""
            services.act_on_match(
                person=told.person, opportunity_id=told.thing.pk, by=reader.user, state=state, reason=why,
                only_new=True,
            )  # fmt: skip
            return redirect(request.path)
        context = {
            "question": question, "button": button, "form": form, "told": told, "row": row,
            "stands": STANDS[State(told.said.state)] if told.said else "",
            "done": told.said is not None and told.said.state == state,
            "others": [(f"../{code}/", words) for code, words in TAPS.items() if code != said],
        }  # fmt: skip
        return render(request, "matching/from_mail.html", context)


def _item(reader: Reader, pk: int) -> Outbox:
    """The held message of a match, in the councils for which the reader works with young people today."""
    working = [hat.council_id for hat in reader.hats if hat.role in WORKERS & SEES_YOUNG_PEOPLE and hat.council_id]
    with scope(Scope(councils=frozenset(working), actor=reader.user.pk)):
        row: Outbox | None = Outbox.objects.filter(pk=pk, recipient=reader.user, purpose=PURPOSE).first()
    if row is None:
        raise Over
    return row


def _of_one(user: User, row: Outbox) -> Scope:
    """One young person and nobody else, as a guest's scope."""
    return Scope(person=row.person_id, actor=user.pk)


def _told(user: User, row: Outbox) -> Told:
    """Raises Over when the young person is not theirs any more, or nobody can go for it. Whether its places are held
    is for pages behind a sign-in: here it would tell of a person."""
    person = their_own(user, row)
    open_still = Q(closes_on__isnull=True) | Q(closes_on__gte=FrToday())
    thing = SearchRow.objects.select_related("kind").filter(open_still, pk=row.cause_id or 0, live=True).first()
    if person is None or thing is None:
        raise Over
    return Told(person, thing, services.said_of(person.pk, thing.pk, thing.version))


def their_own(user: User, row: Outbox) -> YoungPerson | None:
    """The young person, while the reader is their worker or stands in for them, for that council. Apart, so that a
    test can show what happens without it."""
    hats = Membership.objects.filter(in_force(), user=user, role__in=WORKERS & SEES_YOUNG_PEOPLE)
    people = shown.people_of(user.pk).filter(responsible_authority__in=hats.values("council"))
    return people.filter(pk=row.person_id or 0).first()
