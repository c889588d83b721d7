"""How is it going? One question, one tap: behind a signed link, on a young person's own pages, and the worker's page.

Behind a link the address is the right to answer this one question. It may have been passed on, so the page says nothing
of who or where; a GET changes nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import joining, safety
from accounts.links import find_link, use
from accounts.models import SignedLink, View, YoungPersonContact
from accounts.roles import YOUNG_PERSON
from accounts.viewing import log_view
from core import clock
from core.lifecycle import MoveRefused
from core.scope import Scope, scope
from introductions import staying, staying_lists, staying_messages, wrong
from introductions.models import CheckIn, Concern, Start
from introductions.staying import TROUBLE, Answer, Side
from introductions.staying_forms import BusinessMoreForm, MoreForm, SayForm
from introductions.staying_messages import ANSWER, BUSINESS_LINK, BY_TEXT, OWN_LINK
from matching.shown import people_of
from matching.views import hat_of
from pledges.contacts import acting
from pledges.lifecycle import GIVER
from pledges.views.answers import tell_nobody


@dataclass(frozen=True)
class Turn:
    """One side at its check-in, and how it came in: link is None for whoever is signed in."""

    row: CheckIn
    here: str
    wrong: str
    link: SignedLink | None = None

    @property
    def own(self) -> bool:
        return self.row.side == Side.YOUNG_PERSON

    def use(self) -> None:
        """Notes the use of a link; one that went to their number shows that it is in use. 404 when the link has ended
        since the page was opened."""
        if self.link is None:
            return
        if not use(self.link, f"{ANSWER}{self.row.pk}"):
            raise Http404
        if BY_TEXT in self.link.verbs:
            joining.wake_number(person=self.row.start.person_id, since=self.link.made_at)


# --- behind a link ----------------------------------------------------------------------------------------------------

Inner = Callable[[HttpRequest, Turn], HttpResponse]


def linked(view: Inner) -> Callable[..., HttpResponse]:
    """For `/k/<token>/how/...`: the link says who, and of them the page may see this one row."""

    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        link, who = _who(token)
        with scope(who):
            row = _row(link)
            here, bad = (reverse(f"introductions:{name}", args=[token]) for name in ("answer-how", "say-how-wrong"))
            return view(request, Turn(row, here, bad, link))

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(tell_nobody(inner))))


def _who(token: str) -> tuple[SignedLink, Scope]:
    link = find_link(token, OWN_LINK)
    if link is not None:
        return link, Scope(person=link.object_id)
    link = find_link(token, BUSINESS_LINK)
    giver = acting().filter(pk=link.object_id).first() if link else None
    if link is None or giver is None:
        raise Http404
    return link, Scope(employer=giver.employer_id)


def _row(link: SignedLink) -> CheckIn:
    """What it may answer, of somebody who is supported. The walls show each side its own."""
    ids = [verb.removeprefix(ANSWER) for verb in link.verbs if verb.startswith(ANSWER)]
    rows = CheckIn.objects.filter(pk__in=ids)
    if link.purpose == OWN_LINK:
        rows = rows.filter(start__person__ended_on=None)
    row: CheckIn = get_object_or_404(
        rows.select_related("start__introduction__employer", "start__opportunity__pledge__contact__employer")
    )
    return row


@linked
def answer_how(request: HttpRequest, turn: Turn) -> HttpResponse:
    """`/k/<token>/how/`: one question; after an answer the same page says what was said and what comes next."""
    return _page(request, turn)


@linked
def say_how_wrong(request: HttpRequest, turn: Turn) -> HttpResponse:
    """`/k/<token>/how/wrong/`: it reaches the right leads without anybody having to say who or where they are."""
    start = turn.row.start
    if request.method == "POST":
        turn.use()
    if turn.own:
        speaker = wrong.Speaker(
            Concern.SaidBy.YOUNG_PERSON, YOUNG_PERSON, person=start.person, introduction=start.introduction
        )
        return wrong.answer(request, speaker, back=turn.here)
    speaker = wrong.Speaker(
        Concern.SaidBy.EMPLOYER, GIVER, introduction=start.introduction, opportunity=start.opportunity,
        employer=start.introduction.employer,
    )  # fmt: skip
    return wrong.answer(request, speaker, back=turn.here, words_for="business", token=False)


# --- their own page ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def answer_own_how(request: HttpRequest, public_id: UUID, point: str) -> HttpResponse:
    """`/me/introductions/<id>/how/<point>/`: the same for whoever is here as themselves."""
    rows = CheckIn.objects.filter(side=Side.YOUNG_PERSON, start__person=hat_of(request).person)
    rows = rows.select_related("start__introduction", "start__opportunity__pledge__contact__employer")
    row: CheckIn = get_object_or_404(rows, start__introduction__public_id=public_id, point=point)
    bad = f"{reverse('introductions:say-wrong')}?o={row.start.opportunity.public_id}"
    return _page(request, Turn(row, request.path, bad))


# --- the page ---------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, turn: Turn) -> HttpResponse:
    row, posted = turn.row, request.POST if request.method == "POST" else None
    said = posted.get("said", "") if posted is not None else ""
    form = _form(turn, posted if posted is not None and not said else None)
    if said and said not in Answer.values:
        raise Http404
    if posted is not None and (said or form.is_valid()):
        turn.use()
        with suppress(MoveRefused):  # the page says how it stands
            _take(row, said, form)
        return redirect(turn.here)
    context = {
        **_stands(row), "turn": turn, "row": row, "form": form, "taps": Answer.choices,
    }  # fmt: skip
    if not turn.own:
        met = row.start.introduction
        context |= {"reference": met.reference, "check_ins": staying_lists.of_side(met, Side.EMPLOYER)}
    return render(request, "introductions/how.html", context)


def _take(row: CheckIn, said: str, form: forms.Form) -> None:
    if said:
        staying.say(check_in=row, answer=said)
    else:
        more = form.cleaned_data
        staying.add_words(check_in=row, words=more["words"], wants_talk=bool(more.get("tell")))


def _form(turn: Turn, posted: Any) -> forms.Form:
    first = {"words": (turn.row.words or {}).get("words", "")} if turn.link is None else None
    form = (MoreForm if turn.own else BusinessMoreForm)(posted, initial=first)
    if "tell" in form.fields and turn.row.answer not in TROUBLE:
        del form.fields["tell"]
    return form


def _stands(row: CheckIn) -> dict[str, Any]:
    """Whether there is a question; after trouble, by when somebody talks to them and whom they can ring now."""
    over, early = staying.is_over(row), row.due_on > clock.today()
    bad = row.answer in TROUBLE and not over
    own = row.side == Side.YOUNG_PERSON
    council = row.start.person.responsible_authority if bad and own else None
    return {
        "over": over, "early": early and not row.answer, "bad": bad, "by": staying.talk_by(row),
        "numbers": safety.numbers_of([council] if council else []),
        "wrote": bool(row.words),
    }  # fmt: skip


# --- the worker's page ------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_how(request: HttpRequest, public_id: UUID, point: str) -> HttpResponse:
    """`/adviser/introductions/<introduction>/how/<point>/`: what each side said, a link to send, "I'm on it", and what
    the worker was told. A POST does what its `do` says."""
    hat = hat_of(request)
    rows = Start.objects.filter(person__in=people_of(hat.user)).select_related(
        "person", "introduction__employer", "opportunity"
    )
    start: Start = get_object_or_404(rows, introduction__public_id=public_id)
    at = next((at for at in staying_lists.of_introduction(start.introduction) if at.point == point), None)
    if at is None:
        raise Http404
    log_view(hat, [start.person_id], View.Page.INTRODUCTION)
    form, context = SayForm(), {}
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "say":
        form = SayForm(request.POST)
    if (do == "say" and form.is_valid()) or do == "hand":
        _do(request, start, point, form)
        return redirect("introductions:show-introduction", public_id=public_id)
    own = next((row for row in at.rows if row.side == Side.YOUNG_PERSON), None)
    can_send = own is not None and not staying.is_over(own) and own.due_on <= clock.today()
    if do == "link" and own is not None and can_send:
        context = _link(request, own, hat.name)
    context |= {
        "start": start, "person": start.person, "row": start.introduction, "at": at, "form": form,
        "can_send": can_send, "days": staying_messages.DAYS,
    }  # fmt: skip
    return render(request, "introductions/worker_how.html", context)


def _do(request: HttpRequest, start: Start, point: str, form: SayForm) -> None:
    try:
        if form.is_bound:
            staying.say_for(start=start, point=point, **form.cleaned_data)
        else:
            staying.take_in_hand(start=start, point=point)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved."))


def _link(request: HttpRequest, row: CheckIn, name: str) -> dict[str, Any]:
    """A link made now, and an `sms:` address that opens the worker's own phone with neutral words."""
    link = request.build_absolute_uri(staying_messages.own_link(row))
    contact = YoungPersonContact.objects.filter(person=row.start.person).first()
    phone = str(contact.details.get("phone", "")) if contact else ""
    said = {"name": name.split(" ")[0], "link": link}
    words = _("Hi, it's %(name)s. How is it going? One tap is enough: %(link)s") % said
    return {"link": link, "text": f"sms:{quote(phone.replace(' ', ''))}?&body={quote(words)}"}
