"""What search engines may know: the standing pages, and opportunities that are for everybody and whose business
agreed. All else is absent here and says `noindex` itself."""

import datetime as dt
import json
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from core.clock import LONDON
from opportunities import kinds
from opportunities.models import Opportunity

FULL_TIME = 35  # hours a week
STANDING = (
    *("core:show-home", "core:show-help", "core:show-privacy", "core:show-accessibility"),
    "opportunities:explain-embed",
)


def may_be_found(row: Opportunity) -> bool:
    """Whether search engines may keep the page of what is open."""
    return row.search_engines and row.kind.code in kinds.OPEN_TO_ALL


class Standing(Sitemap):  # type: ignore[type-arg]  # no generic when it runs
    """Pages that are always there."""

    def items(self) -> list[str]:
        return list(STANDING)

    def location(self, item: str) -> str:
        return reverse(item)


class Found(Sitemap):  # type: ignore[type-arg]
    """Opportunities that may be found."""

    limit = 5000

    def items(self) -> QuerySet[Opportunity]:
        rows = Opportunity.objects.filter(live=True, search_engines=True, kind__code__in=kinds.OPEN_TO_ALL)
        return rows.only("public_id").order_by("pk")

    def location(self, item: Opportunity) -> str:
        return reverse("opportunities:show-opportunity", args=[item.public_id])


@require_safe
def show_sitemap(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`."""
    return sitemap(request, {"standing": Standing(), "found": Found()}, template_name="sitemap.xml")


@require_safe
def show_robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`. What must not be kept says `noindex`; only what is no page at all is closed here."""
    lines = ["User-agent: *", "Disallow: /api/", f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def posting(row: Opportunity, url: str) -> dict[str, Any]:
    """The page's data for search engines: JobPosting of schema.org."""
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": row.title,
        "description": "".join(f"<p>{escape(part)}</p>" for part in row.summary.splitlines() if part.strip()),
        "identifier": {"@type": "PropertyValue", "name": "First Rung", "value": str(row.public_id)},
        "url": url,
        "datePosted": row.opened_on.isoformat() if row.opened_on else "",
        "employmentType": _employment(row),
        "hiringOrganization": {"@type": "Organization", "name": row.employer.name},
        "directApply": False,
        **_place(row),
    }
    if row.closes_on:
        found["validThrough"] = dt.datetime.combine(row.closes_on, dt.time(23, 59, 59), LONDON).isoformat()
    if row.pay_pence is not None:
        salary = {"@type": "QuantitativeValue", "value": row.pay_pence / 100, "unitText": "HOUR"}
        found["baseSalary"] = {"@type": "MonetaryAmount", "currency": "GBP", "value": salary}
    return found


def _employment(row: Opportunity) -> str:
    if row.lasts is not None:
        return "TEMPORARY"
    if row.hours_a_week is None:
        return "OTHER"
    return "FULL_TIME" if row.hours_a_week >= FULL_TIME else "PART_TIME"


def _place(row: Opportunity) -> dict[str, Any]:
    if row.remote:
        country = {"@type": "Country", "name": "GB"}
        return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": country}
    town = {"@type": "PostalAddress", "addressLocality": row.town, "addressCountry": "GB"}
    return {"jobLocation": {"@type": "Place", "address": town}}


ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}  # as django.utils.html.json_script


def data_block(found: dict[str, Any]) -> SafeString:
    """The element that holds it. A block of data runs nothing, so the content security policy lets it stand; no word
    in it can end it."""
    return SafeString(f'<script type="application/ld+json">{json.dumps(found).translate(ESCAPES)}</script>')
