"""The demonstration's people, all invented: three authorities, twelve advisers, 240 young people over real sectors.

`draw` gives plain data that depends on the day alone; demo/settling.py writes it. Sectors come from demo/sectors.csv:
the middle of every sector in the three counties and just over their borders (ONS Postcode Directory, OGL v3.0), worked
out as `load_postcodes` does, and put into the table while England is not loaded yet.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

from core import reference
from demo.wishes import WISHES, Wish

SECTORS = Path(__file__).parent / "sectors.csv"
SEED = 2026
PER_ADVISER, OUTSIDE = 20, 4  # a fifth live outside their responsible authority
# Places among each adviser's twenty.
UNDER_18, LIMITED, VOLUNTEERING, UNCHECKED = {5, 12, 17}, {2, 11}, {8}, {3, 7, 13, 16, 19}
NOTTINGHAMSHIRE = ("Ashfield", "Bassetlaw", "Broxtowe", "Gedling", "Mansfield", "Newark and Sherwood", "Rushcliffe")
DERBYSHIRE = (
    *("Amber Valley", "Bolsover", "Chesterfield", "Derbyshire Dales", "Erewash", "High Peak"),
    *("North East Derbyshire", "South Derbyshire"),
)
AUTHORITIES = {"Nottinghamshire": NOTTINGHAMSHIRE, "Nottingham": ("Nottingham",), "Derbyshire": DERBYSHIRE}
# Where people of an authority live who do not live in it.
NEIGHBOURS = {
    "Nottinghamshire": ("Nottingham", "Derbyshire", "Derby", "Leicester"),
    "Nottingham": ("Nottinghamshire", "Nottinghamshire", "Derbyshire", "Derby"),
    "Derbyshire": ("Nottinghamshire", "Nottingham", "Derby", "Nottinghamshire"),
}
# Postcode districts of the larger towns, where more of the people live: how many times as likely.
TOWNS = {
    **dict.fromkeys(("NG17", "NG18", "NG19"), 3),  # Sutton, Kirkby, Mansfield
    **dict.fromkeys(("NG24", "S80", "S81", "NG9", "NG10"), 2),  # Newark, Worksop, Beeston, Long Eaton
    **dict.fromkeys(("S40", "S41", "S43"), 3),  # Chesterfield, Staveley
    **dict.fromkeys(("DE7", "DE55", "NG16"), 2),  # Ilkeston, Alfreton, Eastwood
}
ADVISERS = {
    "Nottinghamshire": ("Priya Nair", "Tom Whitfield", "Gemma Oakes", "Leon Baptiste"),
    "Nottingham": ("Aisha Rahman", "Declan Moss", "Carol Pettifer", "Marcus Ellery"),
    "Derbyshire": ("Hannah Stoker", "Owen Frith", "Sunita Bains", "Paul Grantley"),
}
MANAGERS = {"Nottinghamshire": "Ruth Calloway", "Nottingham": "Femi Adeyemi", "Derbyshire": "Jan Holbrook"}
LEADS = {"Nottinghamshire": "Helen Marlow", "Nottingham": "Yusuf Karim", "Derbyshire": "Grace Tilling"}
# Whom to ring in the day and at night: numbers kept for drama, they belong to nobody.
NUMBERS = {
    "Nottinghamshire": ("0115 496 0110", "0115 496 0120"),
    "Nottingham": ("0115 496 0130", "0115 496 0140"),
    "Derbyshire": ("01632 960 110", "01632 960 120"),
}
DAY_HOURS = "Monday to Friday, 9am to 5pm"
# (role, name): officers of the Nottinghamshire partnership, and the operator.
OFFICERS = (
    ("coordinator", "Maggie Thorne"),
    ("coordinator", "Dev Kapoor"),
    ("support_officer", "Lisa Wragg"),
    ("economic_development", "Stuart Penn"),
    ("board_member", "Cllr Anne Fairley"),
    ("ambassador", "Tash Merrill"),
    ("operator", "Robin Ash"),
)
FIRST, LAST = (
    tuple(line.split())
    for line in (
        "Jordan Bailey Kai Tia Leah Aaron Megan Tyrese Zara Callum Ellie Mo Skye Reece Amber Dion Paige Nathan Chloe"
        " Layla Connor Jade Finn Shanice Owen Maya Luke Bethany Hamza Rosie Ethan Keira Jamal Poppy Dylan Freya Abdi",
        "Brook Carter Doyle Easton Farrow Gill Hart Irwin Jessop Kerr Lowe Marsh Nolan Orme Pike Quinn Reeve Shaw"
        " Upton Vickers Yates Bird Cole Dent Eyre Fox Grant Hale Ives Joyce King Lane Moss North Osman Page Rush",
    )
)
# (adviser, place among their twenty): young people who sign in themselves, the second of them under 18.
SIGN_IN = (("Priya Nair", 4), ("Priya Nair", 5), ("Priya Nair", 6))
EARLIEST = 240  # days for which everybody has been supported at least
NICKNAMES = ("Ash", "Bee", "Mo", "Red", "Kit", "Sunny", "Jaz", "Dizz")
DAYTIME, EVENING, WEEKEND, NIGHT = 1, 2, 4, 8


@dataclass(frozen=True)
class Sector:
    """A sector people live in."""

    code: str
    district: str  # GSS code
    weight: int


@dataclass(frozen=True)
class Person:
    """One invented young person, with what their adviser wrote down."""

    adviser: str
    authority: str
    label: str
    name: str
    phone: str
    birth_month: dt.date
    sector: str
    right_to_work: str
    right_to_work_until: dt.date | None
    since: dt.date
    wish: Wish
    travel: str
    hours: int
    needs: tuple[str, ...]
    remote_ok: bool
    earliest_start: dt.date | None


def draw(today: dt.date, districts: dict[str, str]) -> list[Person]:
    """The 240, the same for the same day. districts: short name of a council without districts -> its GSS code."""
    dice = Random(SEED)
    homes = _homes(districts)
    wishes = _shuffled(WISHES, dice)
    people: list[Person] = []
    for authority, advisers in ADVISERS.items():
        for adviser in advisers:
            labels: set[str] = set()
            for place in range(PER_ADVISER):
                lives_in = authority if place >= OUTSIDE else NEIGHBOURS[authority][place]
                sector = dice.choices(homes[lives_in], [home.weight for home in homes[lives_in]])[0]
                wish = wishes[len(people) % len(wishes)]
                people.append(_person(dice, today, adviser, authority, place, sector.code, wish, labels))
    return people


def _person(
    dice: Random, today: dt.date, adviser: str, authority: str, place: int, sector: str, wish: Wish, labels: set[str]
) -> Person:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    months = dice.randint(12 * 16 + 1, 12 * 18 - 1) if place in UNDER_18 else dice.randint(12 * 18 + 1, 12 * 25 - 1)
    adult = months >= 12 * 18
    travel = dice.choice(("walk", "bus", "bus", "bus", "car" if adult else "bus"))
    work, until = _right_to_work(dice, today, place)
    return Person(
        adviser=adviser,
        authority=authority,
        label=_label(dice, first, last, labels),
        name=f"{first} {last}",
        phone=f"07700 900{dice.randrange(1000):03}",  # numbers kept for drama: they belong to nobody
        birth_month=months_before(today, months),
        sector=sector,
        right_to_work=work,
        right_to_work_until=until,
        since=today - dt.timedelta(days=dice.randint(20, 600) + EARLIEST),
        wish=wish,
        travel=travel,
        hours=dice.choice((0, 0, DAYTIME, DAYTIME, DAYTIME | EVENING, DAYTIME | WEEKEND, EVENING | WEEKEND)),
        needs=_needs(dice, work, travel),
        remote_ok=dice.random() < 0.2,
        earliest_start=months_before(today, -dice.randint(1, 3)) if dice.random() < 0.15 else None,
    )


def _label(dice: Random, first: str, last: str, taken: set[str]) -> str:
    """Initials or a nickname that the adviser has not given to somebody else."""
    label = dice.choice(NICKNAMES) if dice.random() < 0.2 else f"{first[0]}.{last[0]}."
    while label in taken:
        label = f"{dice.choice(FIRST)[0]}.{dice.choice(LAST)[0]}."
    taken.add(label)
    return label


def _right_to_work(dice: Random, today: dt.date, place: int) -> tuple[str, dt.date | None]:
    """Of each twenty: two with a limit and a day, one volunteering only, five not yet checked."""
    if place in LIMITED:
        return "limited", today + dt.timedelta(days=dice.randint(50, 500))
    if place in VOLUNTEERING:
        return "volunteering", None
    return ("unchecked" if place in UNCHECKED else "confirmed"), None


def _needs(dice: Random, work: str, travel: str) -> tuple[str, ...]:
    """What the worker has ticked: codes of opportunities.needs."""
    held = ["right-to-work"] if work in ("confirmed", "limited") else []
    if travel == "car":
        held.append("driving-licence")
    chances = (("good-english", 0.85), ("dbs", 0.7), ("own-tools", 0.05))
    return tuple(held + [code for code, chance in chances if dice.random() < chance])


def _homes(districts: dict[str, str]) -> dict[str, list[Sector]]:
    """Authority -> sectors with real streets in one district, weighted by postcodes and town."""
    lies_in = {districts[name]: authority for authority, names in AUTHORITIES.items() for name in names}
    lies_in |= {districts[name]: name for name in ("Derby", "Leicester")}
    homes: dict[str, list[Sector]] = defaultdict(list)
    for row in reference.read_csv(SECTORS):
        authority = lies_in.get(row["district"])
        is_street = " " in row["code"] and int(row["points"]) >= 60  # not a mail centre's boxes
        if authority and is_street and row["spans"] == "1":
            weight = int(row["postcodes"]) * TOWNS.get(row["code"].split(" ")[0], 1)
            homes[authority].append(Sector(row["code"], row["district"], weight))
    return homes


def _shuffled(wishes: tuple[Wish, ...], dice: Random) -> list[Wish]:
    found = list(wishes)
    dice.shuffle(found)
    return found


def months_before(day: dt.date, months: int) -> dt.date:
    """The first of the month so many months before (after, when negative) the month of `day`."""
    count = day.year * 12 + day.month - 1 - months
    return dt.date(count // 12, count % 12 + 1, 1)


def address(name: str, place: str) -> str:
    """An e-mail address that cannot exist: name@place.example."""
    words = name.removeprefix("Cllr ").lower().split()
    return f"{'.'.join(words)}@{place.lower().replace(' ', '-')}.example"
