"""An invented population for measuring the matcher."""

import datetime as dt
import random

from accounts.models import Council, Partnership, YoungPerson
from core import clock
from core.models import PostcodeSector
from matching.models import Interests
from occupations.table import occupations
from opportunities.models import Opportunity, SearchRow
from pledges.models import Category, Employer, EmployerContact, Pledge, PledgeKind

ENGLAND_PEOPLE, ENGLAND_TOWNS, ENGLAND_METRES = 100_000, 300, 480_000  # fewer people: a smaller square, as dense
BATCH = 2_000
AUDIENCES = ["responsible", "living", "either", "england", "england"]


class Population:
    """Seeded: the same figures give the same people and opportunities."""

    def __init__(self, *, people: int, opportunities: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.today = clock.today()
        self.towns = self._towns(min(1.0, people / ENGLAND_PEOPLE))
        self.kinds = list(PledgeKind.objects.filter(bit__isnull=False).order_by("bit"))
        self.categories = list(Category.objects.order_by("bit"))
        self.occupations = [each.number for each in occupations().values()]
        self.councils = list(Council.objects.filter(childrens_services=True).order_by("pk"))
        self.partnerships = list(Partnership.objects.order_by("pk").values_list("pk", flat=True))
        self._people(people)
        self.pledge = self._pledge()
        self.opportunities = self._opportunities(opportunities)

    def _towns(self, share: float) -> list[PostcodeSector]:
        """Clumps on the map; the first ones hold most people."""
        dice, side = self.dice, int(ENGLAND_METRES * share**0.5)
        towns = [
            PostcodeSector(
                code=f"Z{number // 10} {number % 10}",
                easting=150_000 + dice.randrange(side),
                northing=80_000 + dice.randrange(side),
                district_gss="E07000174",
            )
            for number in range(max(10, int(ENGLAND_TOWNS * share)))
        ]
        return PostcodeSector.objects.bulk_create(towns)

    def _town(self) -> PostcodeSector:
        return self.towns[int(len(self.towns) * self.dice.random() ** 2.5)]

    def _mask(self, most: int, of: int) -> int:
        """A few of `of` bits, the low ones more often."""
        return sum({1 << int(of * self.dice.random() ** 1.8) for _ in range(self.dice.randint(1, most))})

    def _people(self, count: int) -> None:
        for start in range(0, count, BATCH):
            people = YoungPerson.objects.bulk_create(
                [self._person() for _ in range(min(BATCH, count - start))],
            )
            Interests.objects.bulk_create([self._interests(person) for person in people])

    def _person(self) -> YoungPerson:
        dice, council = self.dice, self.dice.choice(self.councils)
        living = council if dice.random() < 0.8 else dice.choice(self.councils)
        born = dt.date(self.today.year - dice.randint(16, 24), dice.randint(1, 12), 1)
        return YoungPerson(
            label="bench",
            responsible_authority=council,
            living_authority=living,
            living_sector=self._town().code,
            birth_month=born,
        )

    def _interests(self, person: YoungPerson) -> Interests:
        dice = self.dice
        return Interests(
            person=person,
            kinds=self._mask(4, 13),
            first_kind=dice.randrange(13),
            categories=self._mask(4, 25),
            occupations=dice.sample(self.occupations, dice.randint(1, 5)) if dice.random() < 0.5 else None,
            open_to_anything=dice.random() < 0.08,
            hours=dice.choice([0, 0, 1, 3, 7]),
            has=dice.choice([0, 4, 6, 7, 31]),
            radius_m=dice.choice([4_828, 8_000, 16_093, 16_093, 32_187]),
            remote_ok=dice.random() < 0.45,
            earliest_start=self.today + dt.timedelta(dice.randint(0, 60)) if dice.random() < 0.3 else None,
        )

    def _pledge(self) -> Pledge:
        employer = Employer.objects.create(name="Bench", name_key="bench")
        contact = EmployerContact.objects.create(employer=employer, email="bench@example.org")
        return Pledge.objects.create(
            identity="bench", employer=employer, contact=contact, kind=self.kinds[0], places=1, source="form"
        )

    def _opportunities(self, count: int) -> list[int]:
        made: list[int] = []
        for start in range(0, count, BATCH):
            shells = Opportunity.objects.bulk_create(
                [
                    Opportunity(
                        pledge=self.pledge,
                        employer_id=self.pledge.employer_id,
                        kind=self.kinds[0],
                        title="bench",
                        summary="bench",
                        places=2,
                    )
                    for _ in range(min(BATCH, count - start))
                ]
            )
            SearchRow.objects.bulk_create([self._row(shell) for shell in shells])
            made += [shell.pk for shell in shells]
        return made

    def _row(self, shell: Opportunity) -> SearchRow:
        dice, town, kind = self.dice, self._town(), self.dice.choice(self.kinds)
        return SearchRow(
            opportunity=shell,
            live=True,
            kind=kind,
            kind_bit=kind.bit or 0,
            categories=self._mask(1, 25),
            occupation=dice.choice(self.occupations) if dice.random() < 0.7 else None,
            hours=dice.choice([1, 1, 1, 3, 6]),
            needs=dice.choice([0, 0, 0, 1, 4]),
            remote=dice.random() < 0.12,
            easting=town.easting + dice.randrange(-5_000, 5_000),
            northing=town.northing + dice.randrange(-5_000, 5_000),
            starts_on=self.today + dt.timedelta(dice.randint(7, 90)) if dice.random() < 0.5 else None,
            min_age=dice.choice([16, 16, 16, 18, 18, 21]),
            audience=dice.choice(AUDIENCES),
            partnership_id=dice.choice(self.partnerships),
            ringfenced=dice.random() < 0.7,
            pays_living_wage=dice.random() < 0.4,
            version=1,
            title="bench",
            employer_name="bench",
            town="bench",
        )
