"""No more digests, by the mail's own link: a button of the mail program (RFC 8058), or a page that asks first.

A mail program sends one POST with `List-Unsubscribe=One-Click`, without cookies, and follows no redirect. Whatever only
opens the address, as scanners do, changes nothing.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.scope import Scope, scope
from notifications import choices, registry
from notifications.digest_links import EMAILS, Over, Reader, opened

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@opened
def stop_emails(request: HttpRequest, reader: Reader) -> HttpResponse:
    """`/k/<token>/emails/`: all kinds of their digests wait on their page alone from now on."""
    kinds = {kind.code for hat in reader.hats for kind in registry.kinds_for(hat.role)}
    if not kinds:
        raise Over
    with scope(Scope(actor=reader.user.pk)):
        name, value = ONE_CLICK
        if request.method == "POST" and request.POST.get(name) == value:
            reader.use(EMAILS)
            choices.choose(user=reader.user, said=[(kind, choices.How.PAGE) for kind in sorted(kinds)])
        chosen = choices.choices_of(reader.user)
    stopped = all(chosen.get(kind) == choices.How.PAGE for kind in kinds)
    return render(request, "notifications/stop.html", {"stopped": stopped})
