"""A mail's HTML says what its text says, and does nothing that its text does not."""

import re
import uuid
from html.parser import HTMLParser

import pytest
from django.core import mail as django_mail

from notifications import as_html as making
from notifications.as_html import as_html
from notifications.channels import Smtp
from notifications.registry import Attachment, Mail

SITE = "https://rung.example"
DIGEST = f"""Hello,

3 new matches

Zed
- Job: Would like construction · Less than a mile away
  I'll talk to them: {SITE}/k/abc-_1/match/7/talk/
  Later: {SITE}/k/abc-_1/match/7/later/
- Visit: Is open to anything
{SITE}/adviser/matches/#p-1

Drafts: 4 more on your page. {SITE}/desk/?show=drafts&page=2

See everything on your page: {SITE}/go/
Two sentences. The second one has a colon: {SITE}/a/ and then {SITE}/b/.
"""


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


class Reading(HTMLParser):
    """What a mail program shows: the words without the brand, the links, and which elements there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags, self._stack = "", [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self._stack.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag in ("p", "li", "br"):
            self.words += "\n"

    def handle_endtag(self, tag):
        self._stack.pop()

    def handle_data(self, data):
        if not {"style", "title", "h1"} & set(self._stack):
            self.words += data


def words(text: str) -> list[str]:
    """The words, without addresses and colons."""
    return re.sub(r"https?://\S+|[:-]", " ", text).split()


def same(mail: Mail, html: str) -> None:
    shown = Reading(html)
    assert words(shown.words) == words(mail.text)
    assert shown.links == [each[0] for each in making.ADDRESS.finditer(mail.text)]


def test_text_and_html_say_the_same():
    mail = Mail("Subject", DIGEST)
    same(mail, as_html(mail))


def test_planted_a_line_is_lost(monkeypatch):
    linked = making.linked
    monkeypatch.setattr(making, "linked", lambda line: "" if line.startswith("Visit") else linked(line))
    mail = Mail("Subject", DIGEST)
    with pytest.raises(AssertionError):
        same(mail, as_html(mail))


def test_planted_a_link_leads_elsewhere():
    mail = Mail("Subject", DIGEST)
    with pytest.raises(AssertionError):
        same(mail, as_html(mail).replace("/later/", "/talk/"))


def test_words_before_an_address_are_the_link_and_lists_are_lists():
    html = as_html(Mail("Subject", DIGEST))
    assert f'<a href="{SITE}/k/abc-_1/match/7/later/">Later</a>' in html
    assert html.count("<ul>") == 1 and html.count("<li>") == 2
    assert f'<a href="{SITE}/desk/?show=drafts&amp;page=2">' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "javascript:alert(1)",
        f'{SITE}/"onclick="x',
        "https://evil.example/: click",
        "Click: https://evil.example/",
        "Click: https://rung.example.evil.example/",
        "Click: https://rung.example@evil.example/",
        "Click: https://[/",
        "</p></body></html><style>*{}</style>",
        "&lt;b&gt;",
        "- - <li>",
    ],
)
def test_what_somebody_typed_stays_words(hostile):
    html = as_html(Mail("Hello <b>", f"Hello, {hostile}\n\n{hostile}"))
    shown = Reading(html)
    plain = Reading(as_html(Mail("Hello", "Hello")))
    assert set(shown.tags) - {"a", "ul", "li", "br"} == set(plain.tags) - {"a"}
    assert [link for link in shown.links if not link.startswith(f"{SITE}/")] == []
    for lost in ("<script", "<img", "onclick=x", '"onclick="'):
        assert lost not in html


def test_planted_nothing_is_escaped(monkeypatch):
    from django.utils.safestring import mark_safe

    monkeypatch.setattr(making, "linked", mark_safe)
    with pytest.raises(AssertionError):
        test_what_somebody_typed_stays_words("<script>alert(1)</script>")


def test_nothing_is_fetched_and_nobody_is_followed():
    html = as_html(Mail("Subject", DIGEST))
    assert not re.search(r"<(img|link|script|iframe|object|form)|url\(|@import|@font-face|src=|style=", html)
    assert '<html lang="en-GB">' in html and "<title>Subject</title>" in html and "prefers-color-scheme:dark" in html
    assert len(html.encode()) < 5000


def test_smtp_sends_both_and_the_files_beside_them(worker):
    mail = Mail("Subject", "Words: https://rung.example/go/", (Attachment("a.ics", "text/calendar", b"BEGIN"),))
    Smtp().send(ref=uuid.UUID(int=7), to="ana@council.example", mail=mail)
    message = django_mail.outbox[0].message()
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]
    plain, html = (part.get_payload(decode=True).decode() for part in list(message.walk())[2:4])
    assert plain == mail.text and html == as_html(mail)
    assert message["List-Unsubscribe"] is None and message["List-Unsubscribe-Post"] is None
