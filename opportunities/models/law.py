"""The law that opportunities are held against, as dated rows (domain, section 8)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PayFloor(models.Model):
    """The least pay by law, in pence an hour, from a date (domain, section 8)."""

    class Band(models.TextChoices):
        ADULT = "adult", _("21 and over (National Living Wage)")
        YOUNG_ADULT = "young_adult", _("18 to 20")
        UNDER_18 = "under_18", _("16 and 17")
        APPRENTICE = "apprentice", _("Apprentice under 19 or in the first year")
        REAL_LIVING = "real_living", _("Real Living Wage (voluntary)")

    band = models.CharField(max_length=12, choices=Band)
    pence = models.IntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "pay_floor"
        constraints = [models.UniqueConstraint(fields=["band", "valid_from"], name="pay_floor_once")]


class RuleFigure(models.Model):
    """A figure in a rule of age or length, from a date: hours, days, weeks, months, or an hour of the day, as its
    source says (domain, section 8). On a day without a row the rule asks for nothing."""

    code = models.SlugField(max_length=30)
    value = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "rule_figure"
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="rule_figure_once"),
            models.CheckConstraint(
                condition=~Q(code__in=["young_night_starts", "young_night_ends"]) | Q(value__gte=0, value__lte=23),
                name="rule_figure_hour_of_the_day",
            ),
        ]


class UnpaidReason(models.Model):
    """A lawful reason for unpaid work (domain, section 8)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    kinds = models.JSONField(default=list)  # codes of the kinds it can apply to; empty: any
    charity_or_public_only = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "unpaid_reason"

    def __str__(self) -> str:
        return self.name


class Entitlement(models.Model):
    """Money or help by law that goes with a kind of opportunity: shown as dated, "check before you rely on it"."""

    class For(models.TextChoices):
        YOUNG_PERSON = "young_person", _("The young person")
        EMPLOYER = "employer", _("The business")

    code = models.SlugField(max_length=40)
    goes_to = models.CharField(max_length=12, choices=For)
    kinds = models.JSONField(default=list)  # codes of the kinds it goes with
    words = models.CharField(max_length=300)  # plain sentences, as they are shown
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)
    link = models.URLField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "entitlement"
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="entitlement_once")]
