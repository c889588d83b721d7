"""How a young person likes to read: plain pages, plain text, an interpreter. Their own choice, and nobody else's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.services import read_plainly
from introductions.me.forms import ReadingForm
from introductions.me.views import own
from matching.models import Interests
from matching.services import tell_worker


@require_http_methods(["GET", "HEAD", "POST"])
def choose_reading(request: HttpRequest) -> HttpResponse:
    """`/me/reading/`: an interpreter can be asked for once they have said what they would like."""
    person = own(request)
    interests = Interests.objects.filter(pk=person.pk).first()
    first = {"plain": person.plain, "interpreter": (interests.told or {}).get("interpreter", "") if interests else ""}
    form = ReadingForm(request.POST if request.method == "POST" else None, initial=first)
    if interests is None:
        del form.fields["interpreter"]
    if form.is_valid():
        said = form.cleaned_data
        read_plainly(person=person, plain=said["plain"])
        if interests is not None:
            tell_worker(person=person, interpreter=said["interpreter"])
        messages.success(request, _("Saved."))
        return redirect("introductions:choose-reading")
    return render(request, "introductions/me_reading.html", {"form": form})
