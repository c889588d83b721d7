"""What somebody ticked on a shared tablet, until their worker types the code: nobody's name, a day at most, once.

Nothing here says whose it is. It becomes somebody's when their worker takes it over and saves it.
"""

import datetime as dt
import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.clock import FrNow
from matching.models import DropIn
from pledges.services import CODE_LETTERS

KEPT = dt.timedelta(days=1)
LENGTH = 6
MOST = 5_000  # that wait at once, in all of the installation; then nobody gets a code before one is taken or a day old


@transaction.atomic
def keep(answers: dict[str, Any]) -> str | None:
    """Keep the answers for a day and return their code. None while very many wait: no code makes room for another, so
    whoever floods this takes nobody's answers away."""
    forget_old()
    if DropIn.objects.count() >= MOST:
        return None
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(LENGTH))
        _row, made = DropIn.objects.get_or_create(code=code, defaults={"answers": answers})
        if made:
            return code


@transaction.atomic
def take(typed: str) -> dict[str, Any] | None:
    """The answers of a code as people type it; they are deleted here. None when there is no such code any more."""
    code = "".join(typed.split()).replace("-", "").upper()
    if len(code) != LENGTH or set(code) - set(CODE_LETTERS):
        return None
    row = DropIn.objects.select_for_update().filter(code=code, made_at__gt=FrNow() - KEPT).first()
    if row is None:
        return None
    answers: dict[str, Any] = row.answers
    row.delete()
    return answers


def forget_old() -> int:
    """Delete what nobody has taken over for a day; how many."""
    gone: int = DropIn.objects.filter(made_at__lte=FrNow() - KEPT).delete()[0]
    return gone


def is_wanted(request: HttpRequest) -> bool:
    """Whether the button beside the code was pressed."""
    return request.method == "POST" and "take" in request.POST


def taken_over(request: HttpRequest, form_class: type[Form], initial: dict[str, Any] | None = None) -> Form:
    """The worker's form with all they had typed, and the answers of the code in it. Nothing is saved yet. initial:
    what is stored."""
    answers = take(request.POST.get("drop_in", ""))
    data = request.POST.copy()
    if answers is None:
        messages.error(request, _("Nothing waits under that code. It works once, for a day. Check the six letters."))
    else:
        messages.success(request, _("Taken over. Look at it together, then save it."))
    for name, value in (answers or {}).items():
        data.setlist(name, _sent(value))
    form = form_class(data, initial=initial)
    form._errors = ErrorDict()  # type: ignore[attr-defined]  # it is not sent yet: nothing in it is wrong
    return form


def _sent(value: Any) -> list[str]:
    """An answer as a browser would send it."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return ["on"] if value is True else [] if value in (False, None, "") else [str(value)]
