"""JSON that comes in."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Parser(JSONParser):
    """One more way in which JSON cannot be read: brackets without end."""

    def parse(self, *args: Any, **more: Any) -> Any:
        try:
            return super().parse(*args, **more)
        except RecursionError:
            raise ParseError from None
