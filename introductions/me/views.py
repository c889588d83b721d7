"""A young person's own pages: what fits, what they went for, and their yes or no. Another's is a 404."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import hearing
from accounts.models import User, YoungPerson
from accounts.roles import YOUNG_PERSON
from core import clock
from core.lifecycle import MoveRefused
from introductions import ages, fine, help_again, meeting_file, replies, services, starting, staying_lists, wording
from introductions.lifecycle import INTRODUCTION
from introductions.me import codes, prompts, telling
from introductions.me.forms import OwnInterestsForm
from introductions.models import Introduction, Permission
from matching import reach, shown
from matching import services as matching
from matching.forms import said_before
from matching.models import Interests
from matching.views import hat_of
from opportunities.models import Opportunity
from opportunities.views import NEVER_PUBLIC, is_open

FIRST, FIRST_PLAIN = 5, 3  # matches on the first page


def own(request: HttpRequest) -> YoungPerson:
    """Who is here as themselves."""
    return get_object_or_404(YoungPerson, pk=hat_of(request).person)


def user_of(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)  # the policy lets nobody else in
    return request.user


def _mine(request: HttpRequest, public_id: UUID) -> Introduction:
    rows = Introduction.objects.select_related("opportunity__kind", "employer", "person", "start")
    found: Introduction = get_object_or_404(rows, public_id=public_id, person=hat_of(request).person)
    return found


def _fitting(person: YoungPerson) -> list[shown.Shown]:
    """Matches that they have done nothing about."""
    gone_for = Introduction.objects.filter(person=person).values_list("opportunity_id", flat=True)
    done = set(gone_for)
    found = shown.matches_of([person.pk], you=True).get(person.pk, [])
    return [match for match in found if match.opportunity_id not in done and not _refused(match)]


def _refused(match: shown.Shown) -> bool:
    return match.action is not None and match.action.state == "not_now" and not match.is_new


@require_safe
def show_me(request: HttpRequest) -> HttpResponse:
    """`/me/`: the next thing first, then what fits."""
    person, hat = own(request), hat_of(request)
    told = telling.of_person(person)
    matches, first = _fitting(person), FIRST_PLAIN if person.plain else FIRST
    context = {
        "name": hat.name,
        "first": [each for each in told if each.question],
        "going": [each for each in told if not each.question and not each.over],
        "check_in": staying_lists.waits_for(person),
        "matches": matches[:first],
        "more": len(matches) > first,
        "said": Interests.objects.filter(pk=person.pk).exists(),
        "who": telling.helper_of(person),
        "today": clock.today(),
        "help": help_again.waiting(person),
        "broken": reach.broken_for_oneself(person),
        "hears_nothing": hearing.is_off(person, hearing.MATCHES),
    }
    return render(request, "introductions/me.html", context)


@require_safe
def list_fitting(request: HttpRequest) -> HttpResponse:
    """`/me/matches/`: all that fits me, with why."""
    return render(request, "introductions/me_matches.html", {"matches": _fitting(own(request))})


@require_safe
def offer_interest(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/opportunities/<id>/interested/`: a button for whoever is here as themselves, else a code for their worker."""
    row = _public(public_id)
    if not is_open(row, clock.today()):
        return redirect("opportunities:show-opportunity", public_id=public_id)
    hat = getattr(request, "hat", None)
    context = {
        "opportunity": row,
        "code": codes.code_of(row),
        "oneself": hat is not None and hat.person is not None,
        "sign_in": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "introductions/interested.html", context)


def _public(public_id: UUID | str) -> Opportunity:
    rows = Opportunity.objects.select_related("employer", "kind").exclude(state__in=NEVER_PUBLIC)
    found: Opportunity = get_object_or_404(rows.filter(row__isnull=False), public_id=public_id)
    return found


def _posted(request: HttpRequest) -> Opportunity:
    """The opportunity that a button was pressed for."""
    try:
        return _public(UUID(request.POST.get("opportunity", "")))
    except ValueError:
        return _public(UUID(int=0))


@require_POST
def say_interested(request: HttpRequest) -> HttpResponse:
    """`/me/interested/`: one tap; the answer is the page that says what comes next."""
    try:
        row = services.say_interested(
            person=own(request), opportunity=_posted(request), said_by=Introduction.SaidBy.SELF, role=YOUNG_PERSON
        )
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect("introductions:show-me")
    return redirect("introductions:show-own", public_id=row.public_id)


@require_POST
def say_not_for_me(request: HttpRequest) -> HttpResponse:
    """`/me/not-for-me/`: off the list, with a reason for whoever wants to give one."""
    why = " ".join(request.POST.get("why", "").replace("\0", "").split())[:120]
    reason = _("Not for me: %(why)s") % {"why": why} if why else _("Not for me")
    matching.act_on_match(
        person=own(request), opportunity_id=_posted(request).pk, by=user_of(request), state="not_now", reason=reason
    )
    messages.success(request, _("It is off your list. It comes back if it changes."))
    return redirect("introductions:show-me")


@require_safe
def list_own(request: HttpRequest) -> HttpResponse:
    """`/me/introductions/`: what I went for."""
    return render(request, "introductions/me_list.html", {"all": telling.of_person(own(request))})


@require_safe
def show_own(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/me/introductions/<id>/`: where it is; the question with its exact words, where one waits."""
    row = _mine(request, public_id)
    told = telling.one(row)
    context: dict[str, Any] = {
        "told": told,
        "never": wording.never_asks(),
        "check_ins": staying_lists.of_side(row, "young_person"),
        "today": clock.today(),
        "prompts": prompts.prompts_for(row),
        "has_file": _has_file(row),
        "bring": replies.bring_of(row),
        "checks": fine.may_say(row),
    }
    if told.question:
        context |= {
            "words": told.question.words,
            "plainly": wording.plainly(),
            "confirms": ages.is_child(row.person, clock.today()),
        }
    return render(request, "introductions/me_one.html", context)


@require_safe
def show_own_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/me/introductions/<id>/meeting.ics`."""
    row = _mine(request, public_id)
    return meeting_file.answer_with(row if _has_file(row) else None)


def _has_file(row: Introduction) -> bool:
    return meeting_file.has_file(row) and not meeting_file.is_unseen(row)


@require_POST
def say_fine(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/me/introductions/<id>/fine/`: one tap, while checks are under way."""
    try:
        fine.say_fine(introduction=_mine(request, public_id), role=YOUNG_PERSON)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Thank you. We ask again in a week."))
    return redirect("introductions:show-own", public_id=public_id)


@require_POST
def answer_own(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/me/introductions/<id>/answer/`: `said` yes or no to `question`, the very words that were read."""
    row = _mine(request, public_id)
    number, said = request.POST.get("question", ""), request.POST.get("said", "")
    asked = Permission.objects.filter(introduction=row, pk=number).first() if _is_number(number) else None
    if asked is None or said not in ("yes", "no"):
        messages.error(request, _("The words have changed. Read them again, then say yes or no."))
        return redirect("introductions:show-own", public_id=public_id)
    try:
        services.answer(permission=asked, yes=said == "yes", role=YOUNG_PERSON, by=user_of(request))
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("introductions:show-own", public_id=public_id)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


@require_http_methods(["GET", "HEAD", "POST"])
def stop_own(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/me/introductions/<id>/stop/`: asks once, and a POST ends it. No reason is asked."""
    row = _mine(request, public_id)
    if request.method != "POST":
        return render(request, "introductions/me_stop.html", {"row": row, "known": services.is_known(row)})
    may = {move.name for move in INTRODUCTION.may(row.state, YOUNG_PERSON)}
    try:
        if "decline_start" in may:
            starting.decline(start=row.start)
        elif "withdraw" in may and row.permitted_at is not None:
            services.end(introduction=row, move="withdraw", role=YOUNG_PERSON, ending=Introduction.Ending.WITHDRAWN)
        else:
            services.end(introduction=row, move="decline", role=YOUNG_PERSON, ending=Introduction.Ending.YOUNG_PERSON)
    except MoveRefused:
        messages.error(request, _("This has moved on since you looked. See below where it is now."))
    return redirect("introductions:show-own", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_own_interests(request: HttpRequest) -> HttpResponse:
    """`/me/interests/`: what I would like. The matcher takes it in at once."""
    person = own(request)
    interests = Interests.objects.filter(pk=person.pk).first()
    first = said_before(interests, matching.RADIUS_M[Interests.Travel(interests.travel)]) if interests else {}
    first |= (interests.told or {}) if interests else {}
    form = OwnInterestsForm(request.POST or None, initial=first, plain=person.plain)
    if request.method == "POST" and form.is_valid():
        matching.record_interests(person=person, by=user_of(request), **form.values_keeping(interests))
        messages.success(request, _("Saved. In a moment your list shows what fits."))
        if form.goes_on:
            return redirect(f"{request.path}#own-words")
        return redirect("introductions:show-me")
    return render(request, "introductions/me_interests.html", {"form": form})
