"""The words of an ambassador in templates: {% load words %}, and `said` in the context (opportunities.words.now)."""

from django import template
from django.template import Context

from opportunities import words

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, key: str, **values: object) -> str:
    """{% say "own.link" host=own_way.host %}"""
    return words.say(key, context["said"], **values)
