"""Rules for every template of the product, and the pages that belong to no room."""

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import RequestFactory
from django.test.signals import template_rendered
from fontTools.ttLib import TTFont

from core import look, views
from tests.look import pages
from tests.look.sheet import FIRST_VIEW_LIMIT, FONT_LIMIT, ROOT, SHEET, packed

FONT = ROOT / "static/fonts/first-rung-head.woff2"
ASKED_FOR_BY_DJANGO = {"403.html", "403_csrf.html", "404.html", "500.html", "400.html"}


def shadows(name: str) -> bool:
    """Whether it replaces a template of Django or of an installed package, which then asks for it."""
    for loader in get_template(name).template.engine.template_loaders:
        for inner in getattr(loader, "loaders", [loader]):
            places = [Path(origin.name) for origin in inner.get_template_sources(name)]
            if any(place.is_file() and not place.is_relative_to(pages.TEMPLATES) for place in places):
                return True
    return False


def test_a_title_says_error_once():
    """base.html says it before every title when the form has errors."""
    twice = re.compile(r"block title %}{% if form\.errors")
    assert [name for name, text in pages.sources().items() if twice.search(text)] == []
    assert twice.search('{% block title %}{% if form.errors %}{% translate "Error:" %} {% endif %}Find{% endblock %}')


def test_no_inline_style_or_script():
    found = {name: pages.inline(text) for name, text in pages.sources().items() if pages.inline(text)}
    assert found == {"notifications/mail.html": ["<style"]}  # no page: a mail program fetches no sheet


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        "javascript:x()",
    ],
)
def test_inline_style_or_script_is_caught(planted):
    assert len(pages.inline(planted)) == 1


def test_a_script_with_a_file_is_fine():
    assert pages.inline('<script src="{% static "js/exit.js" %}" defer></script>') == []


def test_every_template_is_used():
    texts = [*pages.sources().values(), *pages.code().values()]
    left = pages.unused(set(pages.sources()), texts)
    assert [name for name in left if name not in ASKED_FOR_BY_DJANGO and not shadows(name)] == []


def test_an_unused_template_is_caught():
    assert pages.unused({"nobody/asks.html", "base.html"}, list(pages.sources().values())) == ["nobody/asks.html"]
    assert shadows("django/forms/field.html")
    assert not shadows("base.html")


def test_every_drawing_that_is_named_exists():
    texts = {**pages.sources(), **pages.code()}
    assert sum(len(pages.drawings(text)) for text in texts.values()) > 40
    assert {name: pages.missing_drawings(text) for name, text in texts.items() if pages.missing_drawings(text)} == {}


@pytest.mark.parametrize(
    "planted", ['{% icon "unicorn" %}', '{"icon": "unicorn"}', 'icon_name="unicorn"', '{% scene "moon" %}']
)
def test_a_drawing_that_does_not_exist_is_caught(planted):
    assert len(pages.missing_drawings(planted)) == 1


def test_a_wrong_drawing_is_an_error_at_once():
    with pytest.raises(LookupError):
        look.icon("unicorn")
    with pytest.raises(LookupError):
        look.icon("../fonts/x")


def test_every_kind_has_an_icon_and_a_colour_of_the_sheet():
    for kind in look.KINDS.values():
        assert "<svg" in look.icon(kind.icon)
        assert not kind.colour or f".{kind.colour}{{--kind" in SHEET


def gallery() -> tuple[str, set[str]]:
    """The gallery page and the names of all templates that took part."""
    seen: set[str] = set()

    def note(template, **kwargs):
        seen.add(template.name or "")

    template_rendered.connect(note)
    try:
        html = views.show_components(RequestFactory().get("/operator/components/")).content.decode()
    finally:
        template_rendered.disconnect(note)
    return html, seen


def not_shown(seen: set[str]) -> set[str]:
    return {name for name in pages.sources() if name.startswith("components/")} - seen


def test_the_gallery_shows_every_component():
    _, seen = gallery()
    assert not_shown(seen) == set()


def test_a_component_left_out_of_the_gallery_is_caught(monkeypatch):
    page = get_template("operator/components.html")
    source = page.template.source.replace('{% include "components/tabs.html" with tabs=tabs only %}', "")
    assert source != page.template.source
    planted = page.backend.from_string(source)
    monkeypatch.setattr(views, "render", lambda request, name, context: HttpResponse(planted.render(context, request)))
    _, seen = gallery()
    assert not_shown(seen) == {"components/tabs.html"}


def test_the_gallery_is_sound_and_names_nothing_that_is_not_there(monkeypatch):
    engine = get_template("operator/components.html").template.engine
    monkeypatch.setattr(engine, "string_if_invalid", "!!%s!!")
    html, _ = gallery()
    assert re.findall(r"!!.*?!!", html) == []
    assert pages.faults(html) == []


@pytest.mark.parametrize("name", ["404.html", "403.html", "500.html"])
def test_error_pages_need_neither_request_nor_database(name):
    html = get_template(name).render()
    assert "<h1>" in html
    assert pages.faults(html) == []


def test_the_404_page_is_the_same_whatever_the_reason():
    page = get_template("404.html")
    never_was = page.render({"exception": "No such path", "request_path": "/nowhere/"})
    not_yours = page.render({"exception": "A young person of another council", "request_path": "/adviser/people/1/"})
    assert never_was == not_yours


def test_the_home_page_is_small_and_sound():
    html = views.show_home(RequestFactory().get("/")).content.decode()
    total = (
        packed(html) + packed(SHEET) + FONT.stat().st_size + packed((ROOT / "static/icons/favicon.svg").read_bytes())
    )
    assert total <= FIRST_VIEW_LIMIT
    assert pages.faults(html) == []
    assert all(f'href="{door}"' in html for door in ("/opportunities/", "/pledge/", "/sign-in/"))
    assert '<html lang="en-GB">' in html


@pytest.mark.parametrize(("mode", "shown"), [("demo", True), ("real", False)])
def test_the_demo_banner_shows_in_demo_mode_only(mode, shown):
    assert ("A demonstration." in get_template("404.html").render({"installation_mode": mode})) is shown


def test_the_signed_in_header_says_where_one_acts():
    html = get_template("base_app.html").render(
        {"hat": {"role_label": "Adviser", "where": "Northmoor"}, "menu": [("Inbox", "/adviser/", True)]}
    )
    assert "Adviser" in html
    assert '<a href="/adviser/" aria-current="page">Inbox</a>' in html


def test_the_heading_font_is_small_renamed_and_licensed():
    font = TTFont(FONT)
    assert FONT.stat().st_size <= FONT_LIMIT
    assert font["name"].getBestFamilyName() == "First Rung Head"
    assert set(map(ord, "AZaz09£‘’“”–… &")) <= set(font.getBestCmap())
    assert "SIL OPEN FONT LICENSE" in (ROOT / "static/fonts/OFL.txt").read_text(encoding="utf-8")
    assert 'url(../fonts/first-rung-head.woff2) format("woff2")' in SHEET
