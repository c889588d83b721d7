"""From what people write to what we can use: numbers, months, ways to reach somebody, postcodes.

Each reader takes words (already cleaned) and gives a value, or raises Unclear with a sentence that says what
to do.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import postcodes
from core.telephones import figures_of
from pledges.models import EmployerContact
from pledges.words import key, quoted

NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
WORD_NUMBERS = {word: number for number, word in enumerate(NUMBERS.split(), start=1)}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTH_NUMBERS = {word: number for number, word in enumerate(MONTHS.split(), start=1)}
MOST_PLACES = 500
FIRST_DAY, LAST_DAY = 36_526, 73_050  # of this century, as spreadsheets number days
DAY_NOUGHT = dt.date(1899, 12, 30)
YES, NO = {"yes", "y", "true", "1", "ok", "agreed"}, {"no", "n", "false", "0"}


class Unclear(ValueError):
    """The words cannot be read. The text is a sentence for the person who wrote them."""


@dataclass(frozen=True)
class Reach:
    """A person at a business and how to reach them. At least one of `email` and `phone`."""

    name: str = ""
    job: str = ""
    email: str = ""
    phone: str = ""
    way: str = ""
    best_time: str = ""

    def with_a_way(self) -> "Reach":
        """The way asked for, or the one that is possible: an address is written to, a number is rung."""
        if self.way:
            return self
        Way = EmployerContact.Way
        return replace(self, way=Way.EMAIL if self.email else Way.CALL)


def read_places(text: str) -> int:
    """How many, from 1 to 500. Reads figures, "2.0" (as spreadsheets write 2), and the words one to twenty."""
    words = unicodedata.normalize("NFKC", text).strip().casefold()
    if not words:
        raise Unclear(_("Enter how many, like 2. A good guess is fine."))
    if words in WORD_NUMBERS:
        return WORD_NUMBERS[words]
    plain = words.replace(",", "")
    if re.fullmatch(r"[+-]?\d{1,9}(\.0{1,4})?", plain):
        number = int(float(plain))
    elif re.fullmatch(r"[+-]?\d+(\.\d+)?(e\+?\d+)?", plain):
        number = MOST_PLACES + 1 if "." not in plain or "e" in plain else 0
    else:
        raise Unclear(_no_number(text))
    if not 1 <= number <= MOST_PLACES:
        raise Unclear(_("Enter how many as a whole number from 1 to %(most)d.") % {"most": MOST_PLACES})
    return number


def guess_places(text: str) -> int | None:
    """The smallest number named in words like "two or so" or "3-4": what a person may have meant, to be asked."""
    words = "" if text.startswith("=") else key(text)
    named = [WORD_NUMBERS.get(word) or int(word) for word in words.split() if word in WORD_NUMBERS or word.isdecimal()]
    if "couple" in words.split():
        named.append(2)
    return min((number for number in named if 1 <= number <= MOST_PLACES), default=None)


def _no_number(text: str) -> str:
    said = _("Places must be a number, like 2. We cannot read %(words)s.") % {"words": quoted(text)}
    guess = guess_places(text)
    return said if guess is None else said + " " + _("If they mean %(n)d, write %(n)d.") % {"n": guess}


def read_month(text: str, *, today: dt.date) -> dt.date:
    """The first day of a month written as 2027-03, 03/2027, 15/03/2027, March 2027, Sept 27, 15 March or March (the
    next one), or as a spreadsheet numbers days (46447).

    Raises Unclear for anything else. Whether the month is over is asked elsewhere.
    """
    found = _month_in_figures(text) or _month_of_a_day_number(text) or _month_in_words(text, today)
    if found is None or not 2000 <= found[0] <= 2100 or not 1 <= found[1] <= 12:
        raise Unclear(
            _("Write a month and a year, like March 2027. We cannot read %(words)s.") % {"words": quoted(text)}
        )
    return dt.date(*found, 1)


def _month_in_figures(text: str) -> tuple[int, int] | None:
    """(year, month) of 2027-03, 2027-03-15, 2027-03-15 00:00:00, 03/2027 or 15/03/2027."""
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})([-/.]\d{1,2}([ T]00:00(:00)?)?)?", text):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(r"(?:\d{1,2}[-/.])?(\d{1,2})[-/.](\d{4}|\d{2})", text):
        return _year(found[2]), int(found[1])
    return None


def _month_of_a_day_number(text: str) -> tuple[int, int] | None:
    """(year, month) of 46447 or 46447.0: a spreadsheet's day whose cell was not shown as a date."""
    if not re.fullmatch(r"\d{5}(\.0)?", text) or not FIRST_DAY <= int(text[:5]) <= LAST_DAY:
        return None
    day = DAY_NOUGHT + dt.timedelta(days=int(text[:5]))
    return day.year, day.month


def may_be_a_day(text: str) -> bool:
    """Whether a month was written like Dec 27, which may be a day or a year."""
    return re.fullmatch(r"[a-z]+ \d\d|\d\d [a-z]+", key(text)) is not None


def _month_in_words(text: str, today: dt.date) -> tuple[int, int] | None:
    """(year, month) of March 2027, Sept 27, 15 March 2027, Mar-27, 15 March or March. A figure that cannot be a year
    to come is a day."""
    parts = key(text).split()
    named = [MONTH_NUMBERS[part[:3]] for part in parts if part.isalpha() and part[:3] in MONTH_NUMBERS]
    figures = [part for part in parts if part.isdigit()]
    known = len(named) + len(figures)
    if len(named) != 1 or known != len([part for part in parts if part not in ("by", "in", "end", "of")]):
        return None
    if len(figures) == 1 and len(figures[0]) <= 2 and 1 <= int(figures[0]) <= 31 and _year(figures[0]) < today.year:
        figures = []
    if not figures:
        return today.year + (named[0] < today.month), named[0]
    return _year(figures[-1]), named[0]


def _year(figures: str) -> int:
    return int(figures) + (2000 if len(figures) == 2 else 0)


def add_months(first: dt.date, months: int) -> dt.date:
    """The first of the month so many months later."""
    years, month = divmod(first.month - 1 + months, 12)
    return dt.date(first.year + years, month + 1, 1)


def refuse_past(month: dt.date, *, earliest: dt.date) -> None:
    """Raises Unclear for a month before `earliest` (the first of a month)."""
    if month < earliest:
        said = {"month": date_format(month, "F Y"), "earliest": date_format(earliest, "F Y")}
        raise Unclear(_("%(month)s is over. Choose %(earliest)s or later.") % said)


def read_email(text: str) -> str:
    """An e-mail address with its domain in small letters."""
    address = text.strip().strip("<>").removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError:
        sentence = _("Enter an email address like jo@business.co.uk. We cannot read %(words)s.")
        raise Unclear(sentence % {"words": quoted(text)}) from None
    name, domain = address.rsplit("@", 1)
    return f"{name}@{domain.lower()}"


def read_phone(text: str) -> str:
    """A telephone number as written, in the figures of a telephone (０７ is 07). What a spreadsheet has done to it is
    undone: the first 0 or + eaten, .0 added, 4.47700900123E+11."""
    plain = _not_scientific(unicodedata.normalize("NFKC", text).strip())
    figures = re.sub(r"[\s().\-/]", "", plain.removesuffix(".0"))
    if re.fullmatch(r"[12378][0-9]{9}", figures):
        return f"0{figures}"
    if re.fullmatch(r"44[12378][0-9]{9}", figures):
        return f"+{figures}"
    if not re.fullmatch(r"0[0-9]{9,10}|(\+|00)[0-9]{8,15}", figures) or len(plain) > 30:
        sentence = _("Enter a phone number with its area code, like 01632 960123. We cannot read %(words)s.")
        raise Unclear(sentence % {"words": quoted(text)})
    return plain


def _not_scientific(text: str) -> str:
    """4.47700900123E+11 as 447700900123. Raises Unclear when figures are gone for good, as in 4.47E+11."""
    found = re.fullmatch(r"([0-9])\.?([0-9]*)[eE]\+?([0-9]{1,2})", text)
    if not found:
        return text
    if len(found[2]) != int(found[3]):
        sentence = _("A spreadsheet has cut this phone number short: %(words)s. Look it up and write it again.")
        raise Unclear(sentence % {"words": quoted(text)})
    return found[1] + found[2]


def read_reach(text: str) -> Reach:
    """An e-mail address or a telephone number from one box."""
    if not text:
        raise Unclear(_("Enter a phone number or an email address, so that we can reach you."))
    if "@" in text:
        return Reach(email=read_email(text))
    try:
        return Reach(phone=read_phone(text))
    except Unclear:
        raise Unclear(_("Enter a phone number, like 01632 960123, or an email address.")) from None


ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"\b0(?:[ ().\-]{0,2}\d){9,10}(?!\d)|\+(?:[ ().\-]{0,2}\d){10,13}(?!\d)")


def find_reach(text: str) -> Reach:
    """The only address and the only number in a text that was pasted; nothing where it has several."""
    emails = {found.lower() for found in ADDRESS.findall(text)}
    phones = {figures_of(found): found for found in NUMBER.findall(text)}
    return Reach(
        email=emails.pop() if len(emails) == 1 else "",
        phone=next(iter(phones.values())) if len(phones) == 1 else "",
    )


def read_way(text: str) -> str:
    """call, text or email from the words of a sheet; "" when it says nothing."""
    Way = EmployerContact.Way
    known = {
        Way.CALL: ("call", "phone", "ring", "call me", "telephone"),
        Way.TEXT: ("text", "sms", "text me"),
        Way.EMAIL: ("email", "e mail", "mail"),
    }
    return next((str(way) for way, words in known.items() if key(text) in words), "")


def refuse_impossible(reach: Reach) -> None:
    """Raises Unclear when somebody asks for a call and gave no number, or for an e-mail and gave no address."""
    Way = EmployerContact.Way
    if reach.way == Way.EMAIL and not reach.email:
        raise Unclear(_("Enter an email address, or choose call or text."))
    if reach.way in (Way.CALL, Way.TEXT) and not reach.phone:
        raise Unclear(_("Enter a phone number, or choose email."))


def read_postcode(text: str) -> str:
    """A postcode in its usual form. Raises Unclear when it has not the shape of one; an unknown one is
    accepted.
    """
    code = postcodes.normalise(text)
    if not postcodes.SHAPE.fullmatch(code):
        raise Unclear(_("Enter a whole postcode, like NG18 1AA. We cannot read %(words)s.") % {"words": quoted(text)})
    return code


def read_yes_no(text: str) -> bool | None:
    """True, False, or None when nothing or something else is said."""
    said = key(text)
    return True if said in YES else False if said in NO else None
