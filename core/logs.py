"""Logs hold no secrets: signed links and query strings are masked before a line is written."""

import logging
import re

SECRET_PATH = re.compile(r"(/k/)[^/\s\"']+")
QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*")


def mask(text: str) -> str:
    """`/k/TOKEN/` becomes `/k/***/`, and a path's query string becomes `?***`."""
    return QUERY.sub(r"\1?***", SECRET_PATH.sub(r"\1***", text))


class MaskPaths(logging.Filter):
    """Masks the whole formatted message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
        return True
