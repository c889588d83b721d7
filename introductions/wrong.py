""" "Something is wrong": for anybody, for a young person signed in, for a worker, for a business.

Who speaks follows from how they came in, never from what they type. A GET changes nothing; a double tap is one concern.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import safety
from accounts.hats import Hat
from accounts.links import use
from accounts.models import Council, View, YoungPerson
from accounts.roles import YOUNG_PERSON, Role
from accounts.viewing import log_view
from core.clock import LONDON
from introductions import business
from introductions.concerns import councils_of, number_of, once_each, raise_concern, work_council
from introductions.home_views import Door
from introductions.models import Concern, Introduction
from introductions.wrong_forms import PlaceForm, WrongForm
from matching.shown import people_of
from matching.views import hat_of
from opportunities.models import Opportunity
from opportunities.views import NEVER_PUBLIC
from pledges.lifecycle import GIVER
from pledges.models import Employer

SALT = "introductions.wrong"
SHOWN_FOR = 24 * 60 * 60  # seconds in which the page after it may be loaded again
SaidBy = Concern.SaidBy
VISITOR = "visitor"


@dataclass(frozen=True)
class Speaker:
    """Who says it, what it is about, and whose numbers they see."""

    said_by: str
    role: str
    person: YoungPerson | None = None
    introduction: Introduction | None = None
    opportunity: Opportunity | None = None
    employer: Employer | None = None
    chosen: Council | None = None

    @property
    def work(self) -> Council | None:
        return work_council(self.opportunity)

    @property
    def asks_council(self) -> bool:
        """Whether nothing else says which council it reaches."""
        return self.person is None and self.work is None

    def councils(self) -> list[Council]:
        own = self.person.responsible_authority if self.person else None
        return [council for council in (own, self.work or self.chosen) if council is not None]


@csrf_exempt  # a visitor has no session to abuse, and a session's cookie stays away from another site's form (SameSite)
@require_http_methods(["GET", "HEAD", "POST"])
def say_wrong(request: HttpRequest) -> HttpResponse:
    """`/wrong/`: no account. `?o=`: the opportunity it is about; `?council=`: whose numbers to show."""
    hat: Hat | None = getattr(request, "hat", None)
    person = YoungPerson.objects.select_related("responsible_authority").filter(pk=hat.person).first() if hat else None
    met = _introduction(request, person) if person else None
    speaker = Speaker(
        said_by=SaidBy.YOUNG_PERSON if person else SaidBy.ANYBODY,
        role=YOUNG_PERSON if person else VISITOR,
        person=person,
        introduction=met,
        opportunity=met.opportunity if met else _opportunity(request),
        chosen=Council.objects.filter(gss_code=_plain(request.GET).get("council", ""), childrens_services=True).first(),
    )
    if request.method == "POST" and "find" in request.POST:
        place = PlaceForm(_plain(request.POST))
        if place.is_valid():
            return redirect(f"{request.path}?council={place.cleaned_data['postcode'].gss_code}")
        return _page(request, speaker, place=place)
    return answer(request, speaker)


def _plain(data: QueryDict) -> QueryDict:
    """Without the one character that no database keeps."""
    found = data.copy()
    for name, values in data.lists():
        found.setlist(name, [value.replace("\0", "") for value in values])
    return found


def _about(request: HttpRequest) -> UUID | None:
    """`?o=`: an opportunity."""
    try:
        return UUID(request.GET.get("o", ""))
    except ValueError:
        return None


def _opportunity(request: HttpRequest) -> Opportunity | None:
    wanted = _about(request)
    rows = Opportunity.objects.exclude(state__in=NEVER_PUBLIC)
    return rows.filter(public_id=wanted).first() if wanted else None


def _introduction(request: HttpRequest, person: YoungPerson) -> Introduction | None:
    """What they went for: of such an opportunity it is known whatever has become of it."""
    wanted = _about(request)
    rows = Introduction.objects.filter(person=person).select_related("opportunity").order_by("-pk")
    return rows.filter(opportunity__public_id=wanted).first() if wanted else None


@require_http_methods(["GET", "HEAD", "POST"])
def say_wrong_for(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/adviser/people/<person>/wrong/`: for one of the worker's own young people; anybody else is a 404.

    `?o=`: the opportunity of one of their introductions.
    """
    rows = people_of(hat_of(request).user).select_related("responsible_authority")
    person = rows.filter(public_id=public_id).first()
    if person is None:
        raise Http404
    log_view(hat_of(request), [person.pk], View.Page.PERSON)
    met = _introduction(request, person)
    speaker = Speaker(
        SaidBy.WORKER,
        hat_of(request).role,
        person=person,
        introduction=met,
        opportunity=met.opportunity if met else None,
    )
    return answer(request, speaker, back=reverse("matching:show-person", args=[public_id]), words_for="worker")


@require_http_methods(["GET", "HEAD", "POST"])
def say_home_wrong(request: HttpRequest, door: Door) -> HttpResponse:
    """`/employer/wrong/` and `/k/<token>/home/wrong/`. Open to a business that is stopped as well: it may know most."""
    role = GIVER if door.token else str(Role.EMPLOYER_MEMBER)
    speaker = Speaker(SaidBy.EMPLOYER, role, employer=door.visitor.employer)
    if request.method == "POST" and door.link is not None and not use(door.link):
        raise Http404
    return answer(request, speaker, back=door.url("show-home"), words_for="business", token=not door.token)


@require_http_methods(["GET", "HEAD", "POST"])
def say_known_wrong(request: HttpRequest, door: Door, reference: str) -> HttpResponse:
    """`.../introduction/<reference>/wrong/`: one introduction; or the business, where it cannot be read now."""
    row = business.find(door, reference)
    speaker = Speaker(
        SaidBy.EMPLOYER,
        GIVER if door.token else str(Role.EMPLOYER_MEMBER),
        introduction=row,
        opportunity=row.opportunity if row else None,
        employer=door.visitor.employer,
    )
    if request.method == "POST" and door.link is not None and not use(door.link):
        raise Http404
    back = door.url("show-known", reference)
    return answer(request, speaker, back=back, words_for="business", token=not door.token)


def answer(request: HttpRequest, speaker: Speaker, **more: Any) -> HttpResponse:
    """The page for this speaker; a POST keeps what was said. The caller has established that they may speak."""
    if request.method != "POST":
        return _page(request, speaker, **more)
    form = WrongForm(_plain(request.POST), asks_council=speaker.asks_council)
    if not form.is_valid():
        return _page(request, speaker, form=form, **more)
    said = once_each(
        scope="concern", key=form.cleaned_data["key"], body=_body(speaker, form), do=lambda: _raise(speaker, form)
    )
    return redirect("introductions:said-wrong", signing.dumps(said, salt=SALT))


def _body(speaker: Speaker, form: WrongForm) -> dict[str, Any]:
    """All that makes it this concern; only its digest is kept."""
    rows = (speaker.person, speaker.opportunity, speaker.employer, speaker.introduction)
    typed = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    return {**typed, "said_by": speaker.said_by, "about": [row.pk if row else None for row in rows]}


def _raise(speaker: Speaker, form: WrongForm) -> dict[str, Any]:
    """Keep it; what the page after it says: no word of what was said."""
    row = raise_concern(
        said_by=speaker.said_by, role=speaker.role, urgency=form.cleaned_data["urgency"],
        words=form.cleaned_data["words"], reach=form.cleaned_data["reach"], person=speaker.person,
        introduction=speaker.introduction, opportunity=speaker.opportunity, employer=speaker.employer,
        council=form.chosen(),
    )  # fmt: skip
    reached = councils_of(row)
    heard = safety.heard_at(reached)
    looks = next((pk for pk in reached if pk in heard), None)
    return {"n": number_of(row), "by": row.look_by.isoformat(), "u": row.urgency, "c": reached, "h": looks}


def _page(
    request: HttpRequest, speaker: Speaker, *, form: WrongForm | None = None, place: PlaceForm | None = None,
    back: str = "", words_for: str = "", token: bool = True,
) -> HttpResponse:  # fmt: skip
    form = form or WrongForm(council=speaker.chosen, asks_council=speaker.asks_council)
    reached = speaker.councils()
    if speaker.asks_council:
        heard = {council.pk for council in form.councils.values()} & {council.pk for council in reached}
    else:
        heard = safety.heard_at(council.pk for council in reached)
    context = {
        "form": place if place is not None and place.is_bound else form,
        "wrong": form,
        "place": (place or PlaceForm()) if speaker.asks_council and not words_for else None,
        "numbers": safety.numbers_of(reached),
        "unheard": reached[0].short_name if reached and not heard else "",
        "asks": not speaker.asks_council or bool(form.councils),
        "about": speaker.opportunity is not None,
        "person": speaker.person,
        "back": back,
        "words_for": words_for,
        "token": token and bool(words_for),
    }
    return render(request, "introductions/wrong.html", context)


@never_cache
@require_safe
def said_wrong(request: HttpRequest, said: str) -> HttpResponse:
    """`/wrong/<said>/`: thanks, a number and one date. 404 to an address that we did not write, or did so yesterday."""
    try:
        found = signing.loads(said, salt=SALT, max_age=SHOWN_FOR)
    except signing.BadSignature:
        raise Http404 from None
    councils = Council.objects.in_bulk(found["c"])
    context = {
        "number": found["n"],
        "by": dt.datetime.fromisoformat(found["by"]).astimezone(LONDON),
        "urgent": found["u"] == Concern.Urgency.NOW,
        "numbers": safety.numbers_of(councils[pk] for pk in found["c"]),
        "lead_of": councils[found["h"]].short_name if found["h"] else "",
    }
    return render(request, "introductions/wrong_said.html", context)
