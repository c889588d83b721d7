"""The adviser's young people, what they would like, and what fits. A colleague's young person is a 404."""

import datetime as dt
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
from accounts.models import Council, User, View, YoungPerson
from accounts.roles import Role
from accounts.services import add_young_person, label_problem
from accounts.viewing import log_view
from core import clock
from core.idempotency import once
from matching import advice, drop_in, listing, marked, overview, reach, services, shown
from matching.forms import ActionForm, AddPersonForm, InterestsForm, said_before
from matching.marked import Marked
from matching.models import Interests, MatchAction
from matching.worth_knowing import add_notes
from opportunities.models import Opportunity

SHELVES = {"later": [MatchAction.State.LATER], "done": [MatchAction.State.SHARED, MatchAction.State.NOT_NOW]}
A_MOMENT = dt.timedelta(seconds=10)  # in which the matcher takes in what was changed
BEST = 3  # matches of each person on the page of all: the rest is on the person's own


def hat_of(request: HttpRequest) -> Hat:
    """The hat of a request that the policy let in."""
    hat: Hat = request.hat  # type: ignore[attr-defined]
    return hat


def user_of(request: HttpRequest) -> User:
    """Whoever is signed in."""
    assert isinstance(request.user, User)  # the policy lets nobody else in
    return request.user


def council_of(request: HttpRequest) -> Council:
    """The council whose hat is worn: the responsible authority of whoever is added."""
    council = hat_of(request).council
    assert council is not None  # every role that may be here belongs to one
    return Council.objects.get(pk=council)


def _mine(request: HttpRequest, public_id: UUID) -> YoungPerson:
    """One of the worker's own young people of today; anybody else is as unknown as a random id."""
    return get_object_or_404(shown.people_of(hat_of(request).user), public_id=public_id)


def _seen(request: HttpRequest, public_id: UUID) -> YoungPerson:
    """As `_mine`, for a page that shows them: it is written down who looked."""
    person = _mine(request, public_id)
    log_view(hat_of(request), [person.pk], View.Page.PERSON)
    return person


@require_GET
def list_matches(request: HttpRequest) -> HttpResponse:
    """`/adviser/matches/`: what is new for each of my young people; `?show=later` and `?show=done`: what I did."""
    people = list(shown.people_of(hat_of(request).user))
    words = {"": _("New"), "later": _("For later"), "done": _("Done")}
    show = request.GET.get("show", "")
    show = show if show in words else ""
    here = reverse("matching:list-matches")
    addresses = {code: f"{here}?show={code}" if code else here for code in words}
    tabs = [
        {"label": label, "url": addresses[code], "current": code == show, "count": None}
        for code, label in words.items()
    ]
    kept = marked.recall(request)
    context: dict[str, Any] = {
        "tabs": tabs, "show": show, "reasons": ActionForm.REASONS, "back": show or "matches",
        "here": addresses[show], "marked": kept,
    }  # fmt: skip
    if show:
        actions = shown.acted_on([person.pk for person in people], SHELVES[show])
        who = next((one.label for one in people if kept and one.pk == kept.person_id), "")
        context["actions"] = marked.place(actions, kept, who)
        seen = [action.person_id for action in actions]
    else:
        groups = shown.new_groups(people, best=BEST)
        add_notes(match for group in groups for match in group.matches)
        context["groups"] = shown.with_marked(groups, people, kept)
        seen = [group.person.pk for group in context["groups"]]
    log_view(hat_of(request), seen, View.Page.LIST)
    return render(request, "matching/matches.html", context)


@require_POST
def act_on_match(request: HttpRequest) -> HttpResponse:
    """Shared, later, not now with a reason, or take that back. Back to the page it was pressed on."""
    form = ActionForm(request.POST)
    if not form.is_valid() and {"person", "opportunity", "state"} & form.errors.keys():
        raise Http404
    said = form.cleaned_data
    person = _mine(request, said["person"])
    rows = Opportunity.objects.select_related("employer")
    opportunity = get_object_or_404(rows, public_id=said["opportunity"], row__isnull=False)
    by, error = user_of(request), ""
    if not form.is_valid():
        error = " ".join(str(words) for words in form.non_field_errors()) or _("Use 160 letters or fewer")
    elif said["state"] == ActionForm.TAKE_BACK:
        services.take_back(person=person, opportunity_id=opportunity.pk, by=by)
    else:
        services.act_on_match(
            person=person, opportunity_id=opportunity.pk, by=by, state=said["state"],
            reason=form.why() if said["state"] == ActionForm.NOT_NOW else "",
        )  # fmt: skip
    kept = Marked(
        person_id=person.pk, person=str(person.public_id), opportunity=str(opportunity.public_id),
        title=opportunity.title, state=said["state"], at=said.get("at") or 0, reason=said.get("reason") or "",
        error=error, employer=opportunity.employer.name, on=clock.today().isoformat(),
    )  # fmt: skip
    marked.remember(request, kept)
    return redirect(f"{page_of(said.get('back') or 'matches', person)}#m-{kept.person}-{kept.opportunity}")


def page_of(back: str, person: YoungPerson) -> str:
    """The page a match was marked on."""
    here = reverse("matching:list-matches")
    if back == "person":
        return reverse("matching:show-person", args=[person.public_id])
    if back == "monday":
        return here.removesuffix("matches/")
    return f"{here}?show={back}" if back in SHELVES else here


@require_GET
def list_people(request: HttpRequest) -> HttpResponse:
    """`/adviser/people/`: my young people; for a team manager the team's, to read."""
    hat = hat_of(request)
    manager = hat.role == Role.TEAM_MANAGER
    people = shown.of_team(hat.team) if manager else shown.people_of(hat.user)
    table = listing.table(overview.known(people), links=not manager)
    log_view(hat, table["people"], View.Page.LIST)
    return render(request, "matching/people.html", {"manager": manager, "stats": listing.stats(table), **table})


@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest) -> HttpResponse:
    """`/adviser/people/new/`: a young person and what they would like, in 30 seconds."""
    if drop_in.is_wanted(request):
        return render(request, "matching/add_person.html", {"form": drop_in.taken_over(request, AddPersonForm)})
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
            messages.success(request, _("%(label)s is on your list.") % {"label": label})
            return redirect("matching:show-person", public_id=public_id)
    elif problem := _label_problem(request, form):
        form.add_error("label", problem)
    return render(request, "matching/add_person.html", {"form": form})


def _label_problem(request: HttpRequest, form: AddPersonForm) -> str:
    """That the label is taken, said with all else that is wrong. A form without mistakes is asked under a lock."""
    label = getattr(form, "cleaned_data", {}).get("label")
    return label_problem(user_of(request).pk, label) if label else ""


def _add(request: HttpRequest, form: AddPersonForm) -> str:
    """The person's public id. The same page sent by a second click (its token with it) adds nobody."""
    by, said = user_of(request), form.cleaned_data

    def add() -> str:
        person = add_young_person(
            by=by, council=council_of(request), label=said["label"],
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
    person = _seen(request, public_id)
    interests = Interests.objects.filter(pk=person.pk).first()
    matches = shown.matches_of([person.pk]).get(person.pk, [])
    add_notes(matches)
    kept = marked.recall(request)
    kept = kept if kept and kept.person_id == person.pk else None
    just_changed = interests is not None and clock.now() - interests.changed_at < A_MOMENT
    context = {
        "person": person,
        "facts": listing.facts(person, interests),
        "reach": reach.broken([person]).get(person.pk, ""),
        "matches": marked.place(matches, kept),
        "marked": kept,
        "list_follows": bool(matches) and just_changed,
        "advice": advice.advise(person.pk) if interests and not matches else None,
        "reasons": ActionForm.REASONS,
        "back": "person",
        "several": [(one, "") for one in marked.recall_several(request)],
        "ticks": len(matches) > 1,
        "here": reverse("matching:show-person", args=[person.public_id]),
        "count": ngettext("%(number)s thing fits", "%(number)s things fit", len(matches)) % {"number": len(matches)},
        "why": listing.why_not(person, request.GET.get("why", "")) if interests else None,
        "asked": request.GET.get("why", ""),
    }
    return render(request, "matching/person.html", context)


@require_POST
def say_it_works(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/reach/`: the worker has asked them whether their number or address works."""
    person = _mine(request, public_id)
    reach.works(person)
    messages.success(request, _("Saved. We send their messages there."))
    return redirect("matching:show-person", public_id=person.public_id)


@require_http_methods(["GET", "POST"])
def edit_interests(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/interests/`: change what they would like."""
    person = _seen(request, public_id)
    interests = Interests.objects.filter(pk=person.pk).first()
    first = said_before(interests, services.RADIUS_M[Interests.Travel(interests.travel)]) if interests else None
    if drop_in.is_wanted(request):
        form = drop_in.taken_over(request, InterestsForm, initial=first)
        return render(request, "matching/edit_interests.html", {"form": form, "person": person})
    form = InterestsForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        services.record_interests(person=person, by=user_of(request), **form.values())
        messages.success(request, _("Saved."))
        if form.goes_on:
            return redirect(f"{request.path}#own-words")
        return redirect("matching:show-person", public_id=person.public_id)
    return render(request, "matching/edit_interests.html", {"form": form, "person": person})
