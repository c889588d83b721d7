"""What every stored field is, declared per room in `privacy.py` and checked by a test: a missing field is red.

FIELDS = [
    declare("accounts.User", none="id public_id is_active",
            personal={"email": "12 months after the last sign-in"}),
]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["none", "personal", "sensitive"]


@dataclass(frozen=True)
class Declared:
    """One model: field name -> (kind, how long it is kept)."""

    model: str
    fields: Mapping[str, tuple[Kind, str]]


def declare(
    model: str,
    *,
    none: str = "",
    personal: Mapping[str, str] | None = None,
    sensitive: Mapping[str, str] | None = None,
) -> Declared:
    """Name every field of `model` ("app.Model") once.

    none: space-separated fields that say nothing of a person; personal and sensitive: field -> retention in words.
    Raises ValueError when a field is named twice or a retention is empty.
    """
    fields: dict[str, tuple[Kind, str]] = {name: ("none", "") for name in none.split()}
    for kind, named in (("personal", personal or {}), ("sensitive", sensitive or {})):
        for name, keep in named.items():
            if name in fields or not keep:
                raise ValueError(f"{model}.{name} needs one declaration and a retention")
            fields[name] = (kind, keep)  # type: ignore[assignment]
    return Declared(model, fields)
