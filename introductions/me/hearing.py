"""How a young person likes to hear: what we tell them, the word that begins it, and a way out of what comes back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import hearing
from accounts.hearing import Matches
from accounts.mail import can_text
from accounts.models import User, YoungPerson
from introductions.me.views import own, user_of
from matching import reach

PAGE = "introductions:choose-hearing"


class HearingForm(forms.Form):
    """How I like to hear. ways: those in which something can reach them."""

    alerts = forms.ChoiceField(
        label=gettext_lazy("When something new fits you"),
        help_text=gettext_lazy("We write only if you ask for it here. It stands on your page in any case."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the ways.")},
    )
    reminders = forms.BooleanField(
        label=gettext_lazy("Remind me before I meet somebody, and ask me how it goes"),
        help_text=gettext_lazy("If you switch this off, your adviser sees that it is off."),
        required=False,
    )
    word = forms.CharField(
        label=gettext_lazy("Your safe word"),
        help_text=gettext_lazy(
            "It begins every message from us, so that you know it is us. Choose a word that you remember. Leave it "
            "empty if you do not want one. Your adviser cannot see it."
        ),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, person: YoungPerson, ways: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(**more)
        self.person = person
        self.fields["alerts"].choices = ways  # type: ignore[attr-defined]

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        return hearing.check_word(self.person, word) if word else ""


def ways_to(user: User) -> list[tuple[str, Any]]:
    """How somebody can hear of what fits: by what they sign in with."""
    there = {Matches.PAGE: True, Matches.EMAIL: bool(user.email), Matches.TEXT: bool(user.phone) and can_text()}
    return [(way.value, way.label) for way in Matches if there[way]]


@sensitive_post_parameters("word")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_hearing(request: HttpRequest) -> HttpResponse:
    """`/me/hearing/`: a POST keeps the choices; with `works` it says that an address or number works after all."""
    person, user = own(request), user_of(request)
    if "works" in request.POST:
        reach.works(person)
        messages.success(request, _("Thank you. We try it again."))
        return redirect(PAGE)
    ways, chosen = ways_to(user), hearing.hearing_of(person)
    first = {
        "alerts": chosen.matches if chosen.matches in dict(ways) else Matches.PAGE,
        "reminders": chosen.reminders,
        "word": hearing.safe_word_of(person),
    }
    form = HearingForm(person, ways, data=request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        said = form.cleaned_data
        hearing.choose(person=person, matches=said["alerts"], reminders=said["reminders"], word=said["word"])
        messages.success(request, _("Saved."))
        return redirect(PAGE)
    status = 422 if form.is_bound else 200
    context = {"form": form, "broken": reach.broken_for_oneself(person)}
    return render(request, "introductions/me_hearing.html", context, status=status)
