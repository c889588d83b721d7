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


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "pin" %}"""
    return look.icon(name)


@register.simple_tag
def scene(name: str) -> SafeString:
    """{% scene "young" %}"""
    return look.scene(name)


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
