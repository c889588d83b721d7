"""Young people say what they would like on a shared tablet or their own phone, without a name, and hand over a code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from introductions.me.forms import DropInForm
from matching import drop_in

KEY, SENT = "drop_in", "drop_ins"  # where the session keeps the code until it is cleared, and how many were sent
MOST = 20  # from one session


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """`/drop-in/`: tick what you would like; nothing of who you are is asked."""
    form = DropInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = request.session.get(SENT, 0)
        if sent < MOST:
            request.session[KEY], request.session[SENT] = drop_in.keep(form.answers()), sent + 1
            return redirect("introductions:show-drop-in-code")
        form.add_error(None, _("This was done many times from here. Ask your adviser to help you."))
    return render(request, "introductions/drop_in.html", {"form": form})


@never_cache
@require_safe
def show_code(request: HttpRequest) -> HttpResponse:
    """`/drop-in/code/`: six letters for their worker; gone from here once it is cleared."""
    code = request.session.get(KEY)
    if code is None:
        return redirect("introductions:drop-in")
    return render(request, "introductions/drop_in_code.html", {"code": code})


@never_cache
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """`/drop-in/clear/`: the next person finds an empty page. A visitor's whole session goes."""
    if request.user.is_authenticated:
        request.session.pop(KEY, None)
        request.session.pop(SENT, None)
    else:
        request.session.flush()
    found = redirect("introductions:drop-in")
    found["Clear-Site-Data"] = '"cache", "storage"'
    return found
