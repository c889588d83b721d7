"""What somebody typed into the search, read kindly: a value that makes no sense is said so beside its field and filters
nothing. The same form serves the page and the API."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Council
from core.postcodes import SHAPE, Found, Plausible, Point, find_area, look_up, normalise
from opportunities import badges
from opportunities.search import CLOSING, DISTANCES, NEAREST, NEWEST, PAGE, Filters, Results
from opportunities.words import say

CODE = re.compile(r"[a-z0-9-]{1,40}")
MOST_CODES = 25
LAST_PAGE = 5_000  # an address can ask for any page; nobody reads further
LONGEST_WORDS = 100
KEPT = ("q", "kind", "category", "place", "miles", "age", "badge", "start", "sort", "remote")
AGES = {"16-17": 16, "18-20": 18, "21-25": 21}  # the bands by which pay goes as well; the youngest of each


class Codes(forms.MultipleChoiceField):
    """Ticked codes. One that nothing has simply finds nothing; one that cannot be a code is left out."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        codes = {str(code) for code in value or [] if CODE.fullmatch(str(code))}
        return sorted(codes)[:MOST_CODES]

    def valid_value(self, value: str) -> bool:
        return True


class SelectCodes(forms.Select):
    """A list to choose one from, that keeps several when an address has them. Much smaller than 25 boxes to tick."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name)


class Badges(Codes):
    """Ticked badges. What is no badge is left out."""

    def to_python(self, value: Any) -> list[str]:
        return [code for code in super().to_python(value) if code in badges.BY_CODE]


class OneOf(forms.ChoiceField):
    """One of a few; anything else counts as not said."""

    def clean(self, value: Any) -> str:
        return value if self.valid_value(value) else ""


class FindForm(forms.Form):
    """The filters. After the search, `offer` puts the counts beside the kinds, categories and badges.

    The names are those of the addresses, which people keep and send on, and of the API: never rename one.

    q         words
    place     a postcode, sector or district, or the name of a council
    miles     how far from a postcode: one of `search.DISTANCES`
    age       a band of `AGES`, or an age of 16 to 25, which becomes its band: no address keeps an age
    kind      code of a kind, several times
    category  code of a category, several times
    badge     code of a badge (`opportunities.badges`), several times: all of them hold
    start     within so many months, 1 or 3; what starts when it suits both counts
    sort      nearest, closing or newest
    remote    1: what is done from home
    page      from 1
    """

    mark_optional = False

    q = forms.CharField(
        label=gettext_lazy("Search"), help_text=gettext_lazy("Try a job or a business, like kitchen"), required=False
    )
    place = forms.CharField(
        label=gettext_lazy("Where?"), help_text=gettext_lazy("A postcode like NG18 1AB, or a council"), required=False
    )
    miles = OneOf(
        label=gettext_lazy("How far?"),
        choices=[
            ("", gettext_lazy("Any distance")),
            *((str(n), gettext_lazy("Up to %(n)d miles") % {"n": n}) for n in DISTANCES),
        ],
        required=False,
    )
    age = OneOf(
        label=gettext_lazy("How old are you?"),
        choices=[
            ("", gettext_lazy("I do not say")),
            ("16-17", gettext_lazy("16 or 17")),
            ("18-20", gettext_lazy("18 to 20")),
            ("21-25", gettext_lazy("21 to 25")),
        ],
        required=False,
    )
    kind = Codes(label=gettext_lazy("What kind?"), required=False)
    category = Codes(label=gettext_lazy("What work?"), required=False, widget=SelectCodes)
    badge = Badges(label=gettext_lazy("What matters to you?"), required=False)
    start = OneOf(
        label=gettext_lazy("When could you start?"),
        choices=[
            ("", gettext_lazy("Any time")),
            ("1", gettext_lazy("In the next month")),
            ("3", gettext_lazy("In the next 3 months")),
        ],
        required=False,
    )
    sort = OneOf(
        label=gettext_lazy("In which order?"),
        choices=[
            (NEAREST, gettext_lazy("Nearest first")),
            (NEWEST, gettext_lazy("Newest first")),
            (CLOSING, gettext_lazy("Closing soon first")),
        ],
        required=False,
    )

    remote = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        clean = QueryDict(mutable=True)
        for name, values in data.lists():
            clean.setlist(name, [str(value).replace("\x00", "")[:LONGEST_WORDS] for value in values[-MOST_CODES:]])
        age = str(clean.get("age") or "")
        clean["age"] = band_of(age)
        self.told_age = clean["age"] not in ("", age)
        super().__init__(clean, **kwargs)
        self.typed = clean
        self.area: dict[str, Any] = {}

    def clean_place(self) -> str:
        """A postcode, sector or postcode district gives a point, a council's name its area. At most two queries."""
        text = " ".join(str(self.cleaned_data["place"]).split())
        if not text:
            return text
        point = _point(text)
        if point is not None:
            self.area = {"point": point}
            return text
        named = Q(short_name__iexact=text) | Q(name__iexact=text)
        in_county = Q(county__short_name__iexact=text) | Q(county__name__iexact=text)
        councils = Council.objects.filter(named | in_county).order_by("pk").values_list("pk", flat=True)
        found = () if any(letter.isdigit() for letter in text) else tuple(councils)
        if not found:
            raise forms.ValidationError(
                _("We do not know this place. Enter a postcode, like NG18 1AB, or the name of a council.")
            )
        self.area = {"councils": found}
        return text

    def clean(self) -> dict[str, Any]:
        """A distance is from somewhere: a council is an area without a middle that anybody would mean."""
        clean = super().clean() or self.cleaned_data
        if not clean.get("miles") or "point" in self.area or "place" in self.errors:
            return clean
        words = _("To look up to %(miles)s miles away, enter a postcode, like NG18 1AB")
        if self.area:
            words = _("To look up to %(miles)s miles away, enter a postcode. Now you see all that is in %(place)s.")
        self.add_error("miles", words % {"miles": clean["miles"], "place": clean.get("place", "")})
        return clean

    def filters(self, size: int = PAGE) -> Filters:
        """What to search for. A field that was wrong filters nothing."""
        self.is_valid()
        clean = self.cleaned_data
        miles = int(clean["miles"]) if clean.get("miles") and "point" in self.area else None
        return Filters(
            kinds=tuple(clean.get("kind", ())),
            categories=tuple(clean.get("category", ())),
            words=clean.get("q", ""),
            miles=miles,
            remote=self.typed.get("remote") == "1",
            badges=badges.mask_of(clean.get("badge", ())),
            starts_by=int(clean["start"]) if clean.get("start") else None,
            age=AGES.get(clean.get("age", "")),
            sort=clean.get("sort") or NEAREST,
            page=page_number(self.typed.get("page")),
            size=size,
            **self.area,
        )

    def offer(self, found: Results, said: Mapping[str, str]) -> None:
        """Show these as what can be ticked, each with how many there would be. said: see opportunities.words."""
        for name, choices in (("kind", found.kinds), ("category", found.categories)):
            field = self.fields[name]
            assert isinstance(field, Codes)
            any_of_them: list[tuple[str, str]] = [("", _("Any work"))] if isinstance(field.widget, SelectCodes) else []
            offered = [(choice.code, f"{choice.name} ({choice.count})") for choice in choices]
            field.choices = any_of_them + offered
        ticked = self.cleaned_data.get("badge", ())
        held = [(one.code, f"{say(f'badge.{one.code}', said)} ({found.badges[one.mask]})") for one in badges.BADGES
                if found.badges[one.mask] or one.code in ticked]  # fmt: skip
        field = self.fields["badge"]
        assert isinstance(field, Codes)
        field.choices = held

    @property
    def first(self) -> list[forms.BoundField]:
        """What everybody is asked."""
        return [self[name] for name in ("q", "place", "miles", "age", "kind", "category", "sort", "remote")]

    @property
    def more(self) -> list[forms.BoundField]:
        """What stands under "More"."""
        return [self[name] for name in ("badge", "start") if name != "badge" or self.fields[name].choices]  # type: ignore[attr-defined]

    @property
    def more_on(self) -> bool:
        """Whether something under "More" is on, so that it stands open."""
        return bool(self.cleaned_data.get("badge") or self.cleaned_data.get("start"))

    def on(self, found: Results, said: Mapping[str, str]) -> list[tuple[str, str]]:
        """The filters that are on, in words, each with the address of the page without it."""
        clean = self.cleaned_data
        chips = [(f"“{clean['q']}”", self.without("q"))] if clean.get("q") else []
        if clean.get("place"):
            chips.append((self._place_words(), self.without("place", "miles")))
        if clean.get("age"):
            chips.append((_("Age %(age)s") % {"age": clean["age"].replace("-", " to ")}, self.without("age")))
        names: dict[str, dict[str, Any]] = {
            "kind": {choice.code: choice.name for choice in found.kinds},
            "category": {choice.code: choice.name for choice in found.categories},
            "badge": {one.code: say(f"badge.{one.code}", said) for one in badges.BADGES},
        }
        for name, known in names.items():
            chips += [(str(known.get(code, code)), self.without_one(name, code)) for code in clean.get(name, ())]
        if clean.get("start"):
            chips.append((str(dict(self.fields["start"].choices)[clean["start"]]), self.without("start")))  # type: ignore[attr-defined]
        return chips

    def _place_words(self) -> str:
        place, miles = self.cleaned_data["place"], self.cleaned_data.get("miles")
        if miles and "point" in self.area:
            return _("%(miles)s miles from %(place)s") % {"miles": miles, "place": place}
        return _("Near %(place)s") % {"place": place} if "point" in self.area else place

    def without(self, *names: str) -> str:
        """The address of this search without some of its fields."""
        return self.address({name: [] for name in names})

    def without_one(self, name: str, value: str) -> str:
        """The address of this search with one tick taken off."""
        return self.address({name: [code for code in self.typed.getlist(name) if code != value]})

    def address(self, changed: dict[str, list[str]]) -> str:
        """The query of this search, from "?", with some fields replaced. Starts on page 1."""
        values = {name: [value for value in self.typed.getlist(name) if value] for name in KEPT}
        pairs = [(name, value) for name, held in {**values, **changed}.items() for value in held]
        return f"?{urlencode(pairs)}"


def _point(text: str) -> Point | None:
    """The point of a postcode, sector or postcode district; None when it is none or nothing of it is known."""
    if not SHAPE.fullmatch(normalise(text)):
        area = find_area(text)
        return area.point if area else None
    found = look_up(text)
    if isinstance(found, Found | Plausible) and found.easting is not None and found.northing is not None:
        return Point(found.easting, found.northing)
    return None


def band_of(text: str) -> str:
    """The band of an age of 16 to 25, or a band as it is; "" for anything else, so that no address keeps it."""
    text = text.strip()
    if not re.fullmatch(r"1[6-9]|2[0-5]", text):
        return text if text in AGES else ""
    return [band for band, youngest in AGES.items() if youngest <= int(text)][-1]


def page_number(text: str | None) -> int:
    """The page asked for, 1 for what is no number."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 6:
        return 1
    return min(max(int(text), 1), LAST_PAGE)
