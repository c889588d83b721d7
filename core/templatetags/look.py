"""Template tags of the look. They are built in: no template needs to load them.

Tags: icon, scene, logo. Filters: kind_icon and kind_colour (of a kind's code), problems (of a form),
page_numbers (of a page of rows).
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.utils.safestring import SafeString

from core import forms, look

register = template.Library()


def _is_plain(context: template.Context) -> bool:
    """Whether the page goes to somebody who likes none of the drawings. An include with `only` keeps the request."""
    return getattr(getattr(context, "request", None), "plain", False)


@register.simple_tag(takes_context=True)
def icon(context: template.Context, name: str) -> SafeString:
    """{% icon "pin" %}"""
    return SafeString("") if _is_plain(context) else look.icon(name)


@register.simple_tag(takes_context=True)
def scene(context: template.Context, name: str) -> SafeString:
    """{% scene "young" %}"""
    return SafeString("") if _is_plain(context) else look.scene(name)


@register.simple_tag
def logo() -> SafeString:
    """{% logo %}"""
    return look.logo()


@register.filter
def kind_icon(code: str) -> str:
    """{% icon code|kind_icon %}"""
    return look.kind_look(code).icon


@register.filter
def kind_colour(code: str) -> str:
    """class="chip chip--kind {{ code|kind_colour }}" """
    return look.kind_look(code).colour


@register.filter
def problems(form: BaseForm) -> list[forms.Problem]:
    """{% for problem in form|problems %}: what is wrong, in the order of the page, and where."""
    return forms.problems(form)


@register.filter
def page_numbers(page: Page[Any]) -> Iterable[int | str]:
    """The numbers to show under a list: the ends, the neighbours, and dots for the rest."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
