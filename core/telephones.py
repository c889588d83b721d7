"""Telephone numbers as people write them, and one spelling to compare and keep."""

import re
import unicodedata


def figures_of(phone: str) -> str:
    """A number as it is compared: +44 1632 960123 and 01632 960123 are one."""
    figures = re.sub(r"[^\d+]", "", phone)
    return re.sub(r"^(\+|00)440?", "0", figures)


def is_mobile(phone: str) -> bool:
    """Whether texts can be sent to it: numbers that begin with 07 but not 070 or 076 (Ofcom's numbering plan)."""
    return re.match(r"07[1-57-9]", figures_of(phone)) is not None


def mobile(text: str) -> str:
    """A mobile number of the United Kingdom in its one spelling (E.164), +447700900123; "" for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"\+?[0-9\s().\-/]{10,30}", plain):
        return ""
    figures = re.sub(r"^(44)?(?=7[0-9]{9}$)", "0", figures_of(plain))
    return f"+44{figures[1:]}" if is_mobile(figures) and len(figures) == 11 else ""


def as_read(number: str) -> str:
    """A number of that spelling as people read it: 07700 900123."""
    return f"0{number[3:7]} {number[7:]}" if number else ""
