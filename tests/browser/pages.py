"""A browser that walks the product as somebody and looks at every kind of page once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="NOT RUN: no Chromium on this machine")

FILES = (".pdf", ".svg", ".ics", ".json")  # no pages: a browser may save them instead of showing them


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


def sign_in(page: Page, address: str, role: str) -> None:
    """Press the first demonstration person of a role, as a newcomer would."""
    page.goto(f"{address}sign-in/")
    with page.expect_navigation():
        page.locator(f'[data-role="{role}"] button').first.click()


def kind_of_page(url: str) -> str:
    """The URL name behind an address; "" for what is not a page of ours."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def walk(page: Page, start: str, limit: int = 60) -> Iterator[str]:
    """Visit one page of every kind that can be reached by links from `start`; yields its address while it is open."""
    host, waiting, seen = urlsplit(start).netloc, [start], set()
    while waiting and len(seen) < limit:
        url = waiting.pop(0)
        kind = kind_of_page(url)
        if not kind or kind in seen or url.endswith(FILES):
            continue
        seen.add(kind)
        answer = page.goto(url)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield url
        for link in page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)"):
            if urlsplit(link).netloc == host:
                waiting.append(link.partition("#")[0])
