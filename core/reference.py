"""Reference data with dates: rooms register loaders, and `manage.py load_reference` runs them in the order registered.

    reference.register("councils", load_councils)      # in AppConfig.ready; rooms start in the order of the layers

A loader brings its tables to what its file says and returns how many rows the file has. It must be idempotent: a second
run changes nothing. Rows are never deleted: what is no longer in force gets a `valid_to`.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.db import transaction

Loader = Callable[[], int]
_loaders: dict[str, Loader] = {}


def register(name: str, loader: Loader) -> None:
    """Add a loader. Raises ValueError when another loader has the name."""
    if _loaders.get(name, loader) is not loader:
        raise ValueError(f"Reference data {name} is registered twice")
    _loaders[name] = loader


def load_all() -> Iterator[tuple[str, int]]:
    """Run every loader, each in its own transaction, and give its name and number of rows."""
    for name, loader in _loaders.items():
        with transaction.atomic():
            rows = loader()
        yield name, rows


def read_csv(path: Path) -> list[Mapping[str, str]]:
    """The rows of a UTF-8 file with a header; cells without the blanks around them."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [{key: (cell or "").strip() for key, cell in row.items()} for row in csv.DictReader(lines)]
