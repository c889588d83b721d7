"""What readers of public pages think: one tap in the footer, then some words if they like.

No cookie, no account, nothing of the reader: a row says which page, yes or no, and the day. Words with a way to reach
somebody are refused, because they would be kept. Too many in a minute are thanked like all others and not kept.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.cache import within
from core.policy import Route
from opportunities import wording
from opportunities.models import Feedback, Opportunity
from pledges.models import Event

SALT = "opportunities.feedback"
SAYS_MORE_FOR = 60 * 60  # seconds in which words may follow a tap
A_MINUTE, OF_A_PAGE = 300, 30  # kept at most: of all pages, of one
THANKS = "thanks"
LONGEST_PATH = 120
NO_PAGES = ("/useful/", "/wrong/", "/embed/", "/api/v1/", "/opportunities/feed/")
NAMES = frozenset({"public_id", "code"})  # what may stand in the address of a page: never the token of a link


class WordsForm(forms.Form):
    """Some words, if somebody likes."""

    words = forms.CharField(
        label=gettext_lazy("Would you like to say why?"),
        help_text=gettext_lazy("Leave out names, phone numbers and email addresses. We do not know who you are."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        error_messages={
            "required": gettext_lazy("Write some words, or go back to the page"),
            "max_length": gettext_lazy("Use 500 letters or fewer"),
        },
    )

    def clean_words(self) -> str:
        """Nobody may be reached by what is kept."""
        words = " ".join(str(self.cleaned_data["words"]).split())
        found = wording.contact_details(words)
        if found:
            raise forms.ValidationError(_("Take this out, please: %(found)s") % {"found": ", ".join(found)})
        return words


def page(request: HttpRequest) -> dict[str, Any]:
    """`asks_useful` for every template: the address of a public page that a visitor reads, "" for all others."""
    match = getattr(request, "resolver_match", None)
    asks = match is not None and getattr(request, "hat", None) is None and _is_a_page(request.path, match)
    return {"asks_useful": request.path if asks else ""}


def _is_a_page(path: str, match: ResolverMatch) -> bool:
    table: dict[str, Route] = import_string(settings.POLICY)
    route = table.get(match.view_name)
    return (
        route is not None
        and "*" in route.read
        and set(match.kwargs) <= NAMES
        and len(path) <= LONGEST_PATH
        and path.endswith("/")
        and not path.startswith(NO_PAGES)
    )


def note(path: str, *, useful: bool) -> Feedback | None:
    """Keep one tap. None when there is no such page, or when there were too many this minute."""
    if not (path.isascii() and path.isprintable()):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if not _is_a_page(path, match) or not _few(path):
        return None
    public_id: UUID | None = match.kwargs.get("public_id")
    row = Opportunity.objects.only("pk").filter(public_id=public_id).first() if public_id else None
    if (public_id and row is None) or not _known(match.kwargs.get("code")):
        return None
    return Feedback.objects.create(path=path, opportunity=row, useful=useful, on=clock.today())


def _known(code: str | None) -> bool:
    """Whether the address names no event, or one of ours as we write it: in any other, anybody may write anything."""
    return code is None or Event.objects.filter(code=code).exists()


def _few(path: str) -> bool:
    """Count one tap."""
    return within("feedback:", A_MINUTE, 60) and within(f"feedback:{path}", OF_A_PAGE, 60)


@csrf_exempt  # anonymous: there is no session to abuse
@require_POST
def say_useful(request: HttpRequest) -> HttpResponse:
    """`/useful/`: the tap. Whatever was sent, the answer is thanks."""
    answer = request.POST.get("useful")
    row = note(request.POST.get("page", ""), useful=answer == "yes") if answer in ("yes", "no") else None
    return redirect("opportunities:say-why", signing.dumps(row.pk, salt=SALT) if row else THANKS)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def say_why(request: HttpRequest, said: str) -> HttpResponse:
    """`/useful/<said>/`: thanks, and room for words until there are some."""
    row = None if said == THANKS else _of(said)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if row and request.method == "POST" and form.is_valid():
        Feedback.objects.filter(pk=row.pk, words="").update(words=form.cleaned_data["words"])
        return redirect("opportunities:say-why", said)
    return render(request, "opportunities/thanks.html", {"form": form, "row": row})


def _of(said: str) -> Feedback:
    try:
        pk = signing.loads(said, salt=SALT, max_age=SAYS_MORE_FOR)
    except signing.BadSignature:
        raise Http404 from None
    row = Feedback.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
