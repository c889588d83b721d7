"""What RSS 2.0 (rssboard.org/rss-specification) and JSON Feed 1.1 (jsonfeed.org/version/1.1) ask of a feed, and what
Google asks of a JobPosting: functions that name what is wrong. An empty list is a pass."""

import datetime as dt
import json
import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
ATOM = "{http://www.w3.org/2005/Atom}"
OF_CHANNEL = {"title", "link", "description", "language", "lastBuildDate", "item", f"{ATOM}link", "category", "ttl"}
OF_ITEM = {"title", "link", "description", "guid", "pubDate", "category"}


def absolute(url: object) -> bool:
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def rss(text: bytes) -> list[str]:
    root = ElementTree.fromstring(text)
    channels = root.findall("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or len(channels) != 1:
        return ["not rss 2.0 with one channel"]
    channel = channels[0]
    found = [f"channel has no {name}" for name in ("title", "link", "description") if not channel.findtext(name)]
    found += [f"channel has {child.tag}" for child in channel if child.tag not in OF_CHANNEL]
    found += [] if absolute(channel.findtext("link")) else ["link of the channel is not absolute"]
    itself = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(itself) != 1 or not absolute(itself[0].get("href")):
        found.append("no atom:link to itself")
    built = channel.findtext("lastBuildDate")
    found += [] if built is None or _date_822(built) else [f"lastBuildDate {built}"]
    guids = [item.findtext("guid") for item in channel.findall("item")]
    found += [f"guid {guid} twice" for guid in set(guids) if guids.count(guid) > 1]
    return found + [problem for item in channel.findall("item") for problem in _rss_item(item)]


def _date_822(text: str) -> bool:
    if not RFC_822.fullmatch(text):
        return False
    return parsedate_to_datetime(text).strftime("%a") == text[:3]


def _rss_item(item: ElementTree.Element) -> list[str]:
    found = [f"item has {child.tag}" for child in item if child.tag not in OF_ITEM]
    if not item.findtext("title") and not item.findtext("description"):
        found.append("item has neither title nor description")
    if not absolute(item.findtext("link")):
        found.append("link of an item is not absolute")
    guid = item.find("guid")
    if guid is None or not guid.text:
        found.append("item has no guid")
    elif guid.get("isPermaLink", "true") == "true" and not absolute(guid.text):
        found.append("guid is called a permalink and is none")
    elif guid.get("isPermaLink", "true") not in ("true", "false"):
        found.append("isPermaLink")
    date = item.findtext("pubDate")
    return found + ([] if date is None or _date_822(date) else [f"pubDate {date}"])


FEED = {
    "version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "language": str,
    "items": list, "next_url": str, "expired": bool, "authors": list, "hubs": list, "icon": str, "favicon": str,
    "user_comment": str,
}  # fmt: skip
ITEM = {
    "id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str, "summary": str,
    "image": str, "date_published": str, "date_modified": str, "authors": list, "tags": list, "language": str,
    "attachments": list,
}  # fmt: skip


def json_feed(text: bytes) -> list[str]:
    feed = json.loads(text)
    found = _shape(feed, FEED)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("version")
    found += [f"feed has no {name}" for name in ("title", "items") if name not in feed]
    found += [f"{name} is not absolute" for name in ("home_page_url", "feed_url") if not absolute(feed.get(name))]
    items = feed.get("items", [])
    ids = [item.get("id") for item in items]
    found += [f"id {one} twice" for one in set(ids) if ids.count(one) > 1]
    return found + [problem for item in items for problem in _json_item(item)]


def _json_item(item: dict) -> list[str]:
    found = _shape(item, ITEM)
    if not item.get("id"):
        found.append("item has no id")
    if "content_text" not in item and "content_html" not in item:
        found.append("item has no content")
    if "url" in item and not absolute(item["url"]):
        found.append("url of an item is not absolute")
    for name in ("date_published", "date_modified"):
        if name in item and not _date_3339(item[name]):
            found.append(f"{name} {item[name]}")
    found += [] if all(isinstance(tag, str) for tag in item.get("tags", [])) else ["tags"]
    return found


def _shape(values: dict, wanted: dict) -> list[str]:
    return [
        f"{name} is not known or of the wrong type"
        for name, value in values.items()
        if not name.startswith("_") and not isinstance(value, wanted.get(name, ()))
    ]


def _date_3339(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text):
        return False
    return dt.datetime.fromisoformat(text).tzinfo is not None


EMPLOYMENT = {"FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER"}
UNITS = {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"}


def job_posting(found: dict) -> list[str]:
    """developers.google.com/search/docs/appearance/structured-data/job-posting, required and recommended."""
    wrong = [] if str(found.get("@context")).rstrip("/") == "https://schema.org" else ["@context"]
    wrong += [] if found.get("@type") == "JobPosting" else ["@type"]
    wrong += [name for name in ("title", "description") if not found.get(name)]
    wrong += [] if re.fullmatch(r"\d{4}-\d\d-\d\d.*", found.get("datePosted", "")) else ["datePosted"]
    wrong += [] if "validThrough" not in found or _date_3339(found["validThrough"]) else ["validThrough"]
    wrong += [] if found.get("employmentType") in EMPLOYMENT else ["employmentType"]
    organization = found.get("hiringOrganization", {})
    wrong += [] if organization.get("@type") == "Organization" and organization.get("name") else ["hiringOrganization"]
    wrong += [] if _job_place(found) else ["place"]
    salary = found.get("baseSalary")
    return wrong + ([] if salary is None or _salary(salary) else ["baseSalary"])


def _job_place(found: dict) -> bool:
    if found.get("jobLocationType") == "TELECOMMUTE":
        return bool(found.get("applicantLocationRequirements", {}).get("name"))
    address = found.get("jobLocation", {}).get("address", {})
    return (
        found.get("jobLocation", {}).get("@type") == "Place"
        and address.get("@type") == "PostalAddress"
        and bool(address.get("addressCountry"))
        and bool(address.get("addressLocality"))
    )


def _salary(salary: dict) -> bool:
    value = salary.get("value", {})
    return (
        salary.get("@type") == "MonetaryAmount"
        and salary.get("currency") == "GBP"
        and value.get("@type") == "QuantitativeValue"
        and isinstance(value.get("value"), int | float)
        and value.get("unitText") in UNITS
    )
