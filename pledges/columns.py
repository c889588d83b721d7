"""Which column of a sheet is which of our fields: by its heading's words, changeable by hand before it is applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.words import key

Columns = dict[str, int]  # our field -> column, counted from 0


@dataclass(frozen=True)
class Field:
    """One of our fields: its name, what people call it, and the headings it may have (normalised)."""

    name: str
    label: str | Promise
    headings: tuple[str, ...]
    required: bool = False


FIELDS = (
    Field(
        "business",
        gettext_lazy("Business"),
        ("business", "business name", "company", "company name", "employer", "organisation", "organization", "firm"),
        True,
    ),
    Field("name", gettext_lazy("Name"), ("name", "contact", "contact name", "your name", "full name", "who")),
    Field(
        "job",
        gettext_lazy("Their job"),
        ("contact role", "role", "job", "job title", "position", "contact job title"),
    ),
    Field(
        "email",
        gettext_lazy("Email"),
        ("email", "e mail", "email address", "e mail address", "contact email", "mail"),
    ),
    Field(
        "phone",
        gettext_lazy("Phone"),
        ("phone", "telephone", "tel", "mobile", "phone number", "telephone number", "mobile number", "contact number"),
    ),
    Field(
        "way", gettext_lazy("How to reach them"), ("reach me by", "contact by", "how to reach", "call text or email")
    ),
    Field("best_time", gettext_lazy("Best time"), ("best time", "best time to ring", "when to ring", "when")),
    Field(
        "postcode",
        gettext_lazy("Postcode of the workplace"),
        ("workplace postcode", "postcode", "post code", "postcode of the workplace"),
    ),
    Field("town", gettext_lazy("Town"), ("town", "city", "location", "town or city")),
    Field(
        "size", gettext_lazy("Employees"), ("employees", "size", "number of employees", "staff", "how many employees")
    ),
    Field("kind", gettext_lazy("Pledge"), ("pledge", "kind", "kind of pledge", "pledge type", "type", "offer"), True),
    Field(
        "places",
        gettext_lazy("How many"),
        ("how many", "places", "number", "number of places", "how many places", "quantity", "qty", "no"),
        True,
    ),
    Field(
        "category",
        gettext_lazy("Sector"),
        ("sector", "category", "industry", "job category", "interest", "area of work"),
    ),
    Field(
        "words",
        gettext_lazy("In their words"),
        ("in their words", "words", "details", "description", "notes", "what", "comments", "pledge details"),
    ),
    Field(
        "by_month",
        gettext_lazy("By which month"),
        ("by month", "month", "by", "by when", "by which month", "date", "deadline", "target month"),
    ),
    Field(
        "silent",
        gettext_lazy("Publish the simple version if silent?"),
        ("publish simple version if silent", "publish if silent", "silent", "ok to publish", "rule for silence"),
    ),
)
BY_NAME = {field.name: field for field in FIELDS}


def map_columns(header: Sequence[str], fields: Sequence[Field] = FIELDS) -> Columns:
    """Our field -> column, by the headings' words. Each column is used once, the first that fits wins."""
    heads = [key(heading) for heading in header]
    found = {field.name: heads.index(word) for field in fields for word in reversed(field.headings) if word in heads}
    once: Columns = {}
    for name, column in found.items():
        if column not in once.values():
            once[name] = column
    return once


def valid_columns(chosen: Mapping[str, int], header: Sequence[str]) -> Columns:
    """`chosen` without unknown fields and columns that are not there."""
    return {name: column for name, column in chosen.items() if name in BY_NAME and 0 <= column < len(header)}


def missing_columns(columns: Mapping[str, int]) -> list[str]:
    """A sentence for each thing a sheet must have and this one has not; empty when all is there."""
    found = [
        _("No column says “%(label)s”. It may be headed: %(headings)s.")
        % {"label": field.label, "headings": ", ".join(field.headings[:4])}
        for field in FIELDS
        if field.required and field.name not in columns
    ]
    if "email" not in columns and "phone" not in columns:
        found.append(_("No column says how to reach them. It may be headed: email, phone, mobile, contact number."))
    return found
