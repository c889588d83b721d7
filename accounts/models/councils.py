"""Councils, their partnerships and their teams."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Council(models.Model):
    """A council, with the dates between which it exists. Counties and unitaries employ personal advisers."""

    class Tier(models.TextChoices):
        COUNTY = "county", _("County")
        DISTRICT = "district", _("District")
        UNITARY = "unitary", _("Unitary")
        METROPOLITAN = "metropolitan", _("Metropolitan borough")
        LONDON = "london", _("London borough")

    gss_code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    tier = models.CharField(max_length=12, choices=Tier)
    childrens_services = models.BooleanField()
    dfe_code = models.CharField(max_length=3, blank=True, default="")
    mail_domain = models.CharField(max_length=80, blank=True, default="")  # what stands after the @ of its workers
    county = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="districts")
    display_word = models.CharField(max_length=30, default="care leaver")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "council"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="council_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(tier="district", county__isnull=False, childrens_services=False)
                | Q(~Q(tier="district"), county__isnull=True),
                name="council_district_has_county",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class Partnership(models.Model):
    """Several councils with one joint offer."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    councils = models.ManyToManyField(Council, related_name="partnerships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "partnership"

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A leaving-care team of one council."""

    council = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="teams")
    name = models.CharField(max_length=80)

    class Meta:
        db_table = "team"
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="team_name_once_per_council")]

    def __str__(self) -> str:
        return self.name
