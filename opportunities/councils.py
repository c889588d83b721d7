"""A council as an address names it: the one reading for the API, the feeds and the embedded list."""

from dataclasses import dataclass

from django.utils.text import slugify

from accounts.models import Council


@dataclass(frozen=True)
class Named:
    """What was meant: its short name, and the ids of the council and of the districts in it."""

    name: str
    ids: tuple[int, ...]


def named(text: str) -> Named | None:
    """By the code of the Office for National Statistics, the short name or the whole one. None: we know no such. One
    query."""
    known = Council.objects.order_by("pk").values_list("pk", "gss_code", "short_name", "name", "county_id")
    rows, slug = list(known), slugify(text)
    here = {
        pk: short
        for pk, code, short, name, _county in rows
        if text.strip().upper() == code or (slug and slug in (slugify(short), slugify(name)))
    }
    if not here:
        return None
    ids = tuple(pk for pk, _code, _short, _name, county in rows if pk in here or county in here)
    return Named(next(iter(here.values())), ids)
