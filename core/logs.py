"""Logs hold no secrets: signed links, references of young people and query strings are masked in every line."""

import logging
import re

SECRET_PATH = re.compile(r"(/k/)[^/\s\"']+")
REFERENCE = re.compile(r"(/api/v1/people/).*?(?= HTTP/|\Z)", re.DOTALL)
QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*")


def mask(text: str) -> str:
    """`/k/TOKEN/` becomes `/k/***/`, whoever a council's system sends `***`, and a path's query string `?***`."""
    return QUERY.sub(r"\1?***", SECRET_PATH.sub(r"\1***", REFERENCE.sub(r"\1***", text)))


class MaskPaths(logging.Filter):
    """Masks the whole formatted message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
        return True
