"""Dated reference data: what can be promised, its words, the follow-up steps, risky phrases."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """One of the 25 National Careers Service job categories. `bit` is its place in matching masks and never changes."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    bit = models.SmallIntegerField(unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "category"
        constraints = [models.CheckConstraint(condition=Q(bit__gte=0, bit__lt=25), name="category_bit_in_word")]

    def __str__(self) -> str:
        return self.name


class PledgeKind(models.Model):
    """A kind of pledge (domain, section 5): what becomes of it, and how heavy the checks are."""

    class Becomes(models.TextChoices):
        PLACES = "places", _("Places people can go for")
        ASK = "ask", _("Support a worker can ask for")
        NEITHER = "neither", _("No young person at its end")

    class Weight(models.TextChoices):
        LIGHT = "light", _("Light")
        STANDARD = "standard", _("Standard")
        FULL = "full", _("Full")

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    becomes = models.CharField(max_length=8, choices=Becomes)
    weight = models.CharField(max_length=8, choices=Weight)
    one_to_one = models.BooleanField(default=False)
    bit = models.SmallIntegerField(unique=True, null=True)  # places only: its place in matching masks
    position = models.SmallIntegerField()
    aliases = models.JSONField(default=list)  # words a sheet may use, normalised
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "pledge_kind"
        constraints = [
            models.CheckConstraint(
                condition=Q(becomes="places", bit__gte=0, bit__lt=13) | Q(~Q(becomes="places"), bit__isnull=True),
                name="pledge_kind_places_have_a_bit",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CadenceStep(models.Model):
    """One step of the follow-up of a pledge (domain, section 5): on which day, who, what.

    day: from the pledge, or (counted_from `promise`) from the first of the promised month, where it is negative.
    who: the giver gets a message, the owner a call to make, the system acts by itself.
    """

    class CountedFrom(models.TextChoices):
        PLEDGE = "pledge", _("The day of the pledge")
        PROMISE = "promise", _("The first day of the promised month")

    class Who(models.TextChoices):
        GIVER = "giver", _("The giver")
        OWNER = "owner", _("The owner")
        SYSTEM = "system", _("First Rung")

    code = models.SlugField(max_length=20)
    day = models.SmallIntegerField()
    counted_from = models.CharField(max_length=8, choices=CountedFrom, default=CountedFrom.PLEDGE)
    who = models.CharField(max_length=8, choices=Who)
    what = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "cadence_step"
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="cadence_step_once")]

    def __str__(self) -> str:
        return self.code


class RiskyPhrase(models.Model):
    """Words that a person looks at before they go anywhere: "cash in hand", lodging with the job, contact me on."""

    code = models.SlugField(max_length=30, unique=True)
    pattern = models.CharField(max_length=400)  # a regular expression over words in small letters
    why = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "risky_phrase"

    def __str__(self) -> str:
        return self.code
