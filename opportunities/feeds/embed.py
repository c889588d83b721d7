"""The list on somebody else's site: a page for an iframe, and the page that says how. No cookie is set or needed."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from opportunities.feeds.feeds import title
from opportunities.feeds.items import asked, listing


@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
@require_safe
def show_embedded(request: HttpRequest) -> HttpResponse:
    """`/embed/opportunities/`: the only page of ours that another site may frame. Its links open outside the frame."""
    found = listing(request)
    context = {"title": title(found), "cards": found.cards, "said": found.said}
    return render(request, "opportunities/embedded.html", context)


@require_safe
def explain_embed(request: HttpRequest) -> HttpResponse:
    """`/opportunities/embed/`: code to copy, for one council when one is named."""
    form = asked(request)
    good = form.is_valid()
    council = form.cleaned_data.get("place", "") if good else ""
    query = f"?{urlencode({'council': council})}" if council else ""
    names = {"frame": "show-embedded", "rss": "show-rss", "json": "show-json"}
    addresses = {
        what: request.build_absolute_uri(reverse(f"opportunities:{name}") + query) for what, name in names.items()
    }
    context = {"typed": request.GET.get("council", ""), "council": council, "unknown": not good, **addresses}
    return render(request, "opportunities/embed.html", context)
