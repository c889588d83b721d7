"""What a browser asks of pages is on pages, and costs no bytes on files."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.headers import OF_PAGES, HeadersMiddleware


def answer(path: str) -> HttpResponse:
    written = dict.fromkeys(OF_PAGES, "x") | {"X-Content-Type-Options": "nosniff"}
    return HeadersMiddleware(lambda request: HttpResponse(headers=written))(RequestFactory().get(path))


@pytest.mark.parametrize(
    ("path", "kept"), [("/opportunities/", True), ("/k/abc/certificate.pdf", True), ("/static/css/a.css", False)]
)
def test_headers_of_pages_stand_on_pages_only(path, kept):
    headers = answer(path).headers
    assert all((name in headers) is kept for name in OF_PAGES) and "X-Content-Type-Options" in headers
