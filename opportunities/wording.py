"""What may not stand in words that young people read: ways round the service, and phrases that go with exploitation.

Contact details let a stranger be reached without the adviser knowing. The phrases are those that the checks refuse
(domain, section 5: no accommodation with a job, no cash in hand); a person has to look at them, so they are named.
"""

import re

from pledges.words import clean

E_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}", re.I)
PHONE = re.compile(r"(?<![\d£.])(?:\+\s?\d|\(?0)[\d\s().-]{8,}\d")
ADDRESS = re.compile(r"https?://|\bwww\.|\bt\.me/|\bwa\.me/", re.I)
PHRASES = (
    "cash in hand",
    "cash-in-hand",
    "paid in cash",
    "off the books",
    "whatsapp",
    "whats app",
    "telegram",
    "snapchat",
    "live-in",
    "lodging",
    "room included",
    "room provided",
    "accommodation included",
    "accommodation provided",
    "bed and board",
    "keep it secret",
    "no questions asked",
)


def contact_details(words: str) -> list[str]:
    """Every phone number, e-mail address and web address in the words, as people see them."""
    seen = clean(words, lines=True)
    return [found.group().strip() for pattern in (E_MAIL, PHONE, ADDRESS) for found in pattern.finditer(seen)]


def risky_phrases(words: str) -> list[str]:
    """The refused phrases that stand in the words, whatever their capitals and spaces."""
    plain = clean(words).lower()
    return [phrase for phrase in PHRASES if phrase in plain]
