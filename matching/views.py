"""The adviser's young people, what they would like, and what fits. A colleague's young person is a 404."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.hats import Hat
from accounts.models import Council, User, YoungPerson
from accounts.roles import Role
from accounts.services import add_young_person
from core.idempotency import once
from matching import listing, services, shown
from matching.forms import ActionForm, AddPersonForm, InterestsForm, said_before
from matching.models import Interests, MatchAction
from opportunities.models import Opportunity

BEST = 3  # matches of each person on the page of all: the rest is on the person's own


def hat_of(request: HttpRequest) -> Hat:
    """The hat of a request that the policy let in."""
    hat: Hat = request.hat  # type: ignore[attr-defined]
    return hat


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the policy lets nobody else in
    return request.user


def _council(request: HttpRequest) -> Council:
    """The council whose hat is worn: the responsible authority of whoever is added."""
    council = hat_of(request).council
    assert council is not None  # every role that may be here belongs to one
    return Council.objects.get(pk=council)


def _mine(request: HttpRequest, public_id: UUID) -> YoungPerson:
    """One of the worker's own young people of today; anybody else is as unknown as a random id."""
    return get_object_or_404(shown.people_of(hat_of(request).user), public_id=public_id)


@require_GET
def list_matches(request: HttpRequest) -> HttpResponse:
    """`/adviser/matches/`: what is new for each of my young people; `?show=later` and `?show=done`: what I did."""
    people = list(shown.people_of(hat_of(request).user))
    ids = [person.pk for person in people]
    show = request.GET.get("show", "")
    states = {"later": [MatchAction.State.LATER], "done": [MatchAction.State.SHARED, MatchAction.State.NOT_NOW]}
    words = {"": _("New"), "later": _("For later"), "done": _("Done")}
    here = reverse("matching:list-matches")
    tabs = [
        {"label": label, "url": f"{here}?show={code}" if code else here, "current": code == show, "count": None}
        for code, label in words.items()
    ]
    context: dict[str, Any] = {"tabs": tabs, "show": show, "reasons": ActionForm.REASONS, "back": "matches"}
    if show in states:
        context["actions"] = shown.acted_on(ids, states[show])
    else:
        context["groups"] = shown.new_groups(people, best=BEST)
    return render(request, "matching/matches.html", context)


@require_POST
def act_on_match(request: HttpRequest) -> HttpResponse:
    """Shared, later, not now with a reason, or take that back. Back to the page it was pressed on."""
    form = ActionForm(request.POST)
    if not form.is_valid() and {"person", "opportunity", "state"} & form.errors.keys():
        raise Http404
    said = form.cleaned_data
    person = _mine(request, said["person"])
    back = said.get("back") or "matches"
    if not form.is_valid():
        messages.error(
            request, " ".join(str(words) for words in form.non_field_errors()) or _("Use 160 letters or fewer.")
        )
        return redirect(_back_to(back, person))
    opportunity = get_object_or_404(Opportunity, public_id=said["opportunity"], row__isnull=False)
    by = _user(request)
    if said["state"] == ActionForm.TAKE_BACK:
        services.take_back(person=person, opportunity_id=opportunity.pk, by=by)
        messages.success(request, _("Taken back: it is among the new ones again."))
    else:
        services.act_on_match(
            person=person, opportunity_id=opportunity.pk, by=by, state=said["state"],
            reason=form.why() if said["state"] == ActionForm.NOT_NOW else "",
        )  # fmt: skip
        messages.success(request, _done(said["state"], person))
    return redirect(_back_to(back, person))


def _done(state: str, person: YoungPerson) -> str:
    words = {
        ActionForm.SHARED: _("Marked as shared: %(label)s"),
        ActionForm.LATER: _("Kept for later: %(label)s"),
        ActionForm.NOT_NOW: _("Not now: %(label)s. It comes back if it changes."),
    }
    return words[state] % {"label": person.label}


def _back_to(back: str, person: YoungPerson) -> str:
    if back == "person":
        return reverse("matching:show-person", args=[person.public_id])
    if back == "monday":
        return reverse("matching:list-matches").removesuffix("matches/")
    return f"{reverse('matching:list-matches')}#p-{person.public_id}"


@require_GET
def list_people(request: HttpRequest) -> HttpResponse:
    """`/adviser/people/`: my young people; for a team manager the team's, to read."""
    hat = hat_of(request)
    manager = hat.role == Role.TEAM_MANAGER
    people = shown.of_team(listing.team_of(hat)) if manager else shown.people_of(hat.user)
    return render(request, "matching/people.html", {"manager": manager, **listing.table(people, links=not manager)})


@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest) -> HttpResponse:
    """`/adviser/people/new/`: a young person and what they would like, in 30 seconds."""
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            public_id = _add(request, form)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                field = {"sector": "area"}.get(name, name)
                form.add_error(field if field in form.fields else None, sentences)
        else:
            label = form.cleaned_data["label"]
            messages.success(request, _("%(label)s is on your list. Matches appear in a moment.") % {"label": label})
            return redirect("matching:show-person", public_id=public_id)
    return render(request, "matching/add_person.html", {"form": form})


def _add(request: HttpRequest, form: AddPersonForm) -> str:
    """The person's public id. The same page sent by a second click (its token with it) adds nobody."""
    by, said = _user(request), form.cleaned_data

    def add() -> str:
        person = add_young_person(
            by=by, council=_council(request), label=said["label"],
            birth_month=said["birth_month"], sector=said["area"], worker=by,
        )  # fmt: skip
        services.record_interests(person=person, by=by, **form.values())
        return str(person.public_id)

    sent = salted_hmac("matching.add_person", request.POST.urlencode()).hexdigest()
    public_id, _again = once(scope=f"add-person:{by.pk}", key=sent, body={}, do=add)
    return str(public_id)


@require_GET
def show_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/`: what they would like and all that fits; `?why=<opportunity>`: why not that one."""
    person = _mine(request, public_id)
    interests = Interests.objects.filter(pk=person.pk).first()
    matches = shown.matches_of([person.pk]).get(person.pk, [])
    context = {
        "person": person,
        "facts": listing.facts(person, interests),
        "matches": matches,
        "reasons": ActionForm.REASONS,
        "back": "person",
        "count": ngettext("%(number)s thing fits", "%(number)s things fit", len(matches)) % {"number": len(matches)},
        "why": listing.why_not(person, request.GET.get("why", "")) if interests else None,
        "asked": request.GET.get("why", ""),
    }
    return render(request, "matching/person.html", context)


@require_http_methods(["GET", "POST"])
def edit_interests(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/interests/`: change what they would like."""
    person = _mine(request, public_id)
    interests = Interests.objects.filter(pk=person.pk).first()
    first = said_before(interests, services.RADIUS_M[Interests.Travel(interests.travel)]) if interests else None
    form = InterestsForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        services.record_interests(person=person, by=_user(request), **form.values())
        messages.success(request, _("Saved. Matches change in a moment."))
        return redirect("matching:show-person", public_id=person.public_id)
    return render(request, "matching/edit_interests.html", {"form": form, "person": person})
