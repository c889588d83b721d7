"""Young people say what they would like on a shared tablet or their own phone, without a name, and hand over a code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempts import address_hash, network_of
from core.cache import within
from introductions.me.forms import DropInForm
from matching import drop_in

KEY, SENT = "drop_in", "drop_ins"  # where the session keeps the code until it is cleared, and how many were sent
MOST = 20  # from one session
NEARBY = 100  # a day, from one network address, which may be a whole drop-in centre: a script comes without a session
DAY = 24 * 60 * 60
OFTEN = gettext_lazy("This was done many times from here. Ask your adviser to help you.")
FULL = gettext_lazy("Very many codes are waiting just now. Ask your adviser to tick it with you.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """`/drop-in/`: tick what you would like; nothing of who you are is asked."""
    form = DropInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = request.session.get(SENT, 0)
        often = sent >= MOST or not _within_network(request)
        code = None if often else drop_in.keep(form.answers())
        if code is not None:
            request.session[KEY], request.session[SENT] = code, sent + 1
            return redirect("introductions:show-drop-in-code")
        form.add_error(None, str(OFTEN if often else FULL))
    return render(request, "introductions/drop_in.html", {"form": form})


def _within_network(request: HttpRequest) -> bool:
    return within(f"drop-in:{address_hash(network_of(request))}", NEARBY, DAY)


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
