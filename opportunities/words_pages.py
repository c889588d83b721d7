"""The ambassador's pages of words: the list, and one entry with its history."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from opportunities import words
from opportunities.models import Wording
from opportunities.plain_english import score
from pledges.access import hat_of, user_of

HISTORY = 20


class ChangeForm(forms.Form):
    """Other words for one entry. Whether they will do is for `words.change` to say."""

    text = forms.CharField(
        label=gettext_lazy("The words as young people should read them"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the words, or go back to the first ones below")},
    )


@require_safe
def list_words(request: HttpRequest) -> HttpResponse:
    """`/ambassador/words/`: every entry as it is shown, by where it stands. One query of its own."""
    said, q = words.now(), request.GET.get("q", "").strip()
    groups: dict[str, list[Any]] = {}
    for one in words.ALL:
        text = words.say(one.key, said)
        if q.lower() in f"{text} {one.first}".lower():
            cell = {"text": text, "url": reverse("opportunities:change-words", args=[one.key])}
            groups.setdefault(str(one.group), []).append([cell, _("Changed") if one.key in said else _("First words")])
    columns = [{"label": _("Words")}, {"label": _("Since")}]
    return render(request, "opportunities/words.html", {"groups": groups, "columns": columns, "q": q})


@require_http_methods(["GET", "HEAD", "POST"])
def change_words(request: HttpRequest, key: str) -> HttpResponse:
    """`/ambassador/words/<key>/`: the words, their reading age and history; a post adds a version."""
    one = words.BY_KEY.get(key)
    if one is None:
        raise Http404
    shown = words.say(key, words.now())
    form = ChangeForm(request.POST if request.method == "POST" else None, initial={"text": shown})
    if request.method == "POST":
        if "first" in request.POST:
            words.change(key=key, text="", by=user_of(request))
            return redirect("opportunities:change-words", key)
        if form.is_valid() and _changed(form, key, request):
            return redirect("opportunities:change-words", key)
    context = {
        "form": form,
        "one": one,
        "shown": shown,
        "score": score(shown),
        "can_act": hat_of(request).role == Role.AMBASSADOR,
        "history": Wording.objects.filter(key=key).select_related("by").order_by("-pk")[:HISTORY],
    }
    return render(request, "opportunities/words_change.html", context)


def _changed(form: ChangeForm, key: str, request: HttpRequest) -> bool:
    try:
        words.change(key=key, text=form.cleaned_data["text"], by=user_of(request))
    except ValidationError as error:
        form.add_error("text", error)
        return False
    return True
