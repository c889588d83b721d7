"""The occupations as rows, slang that coordinators added, and how often offered occupations were kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import FrNow
from pledges.models import Category

LONGEST = 40  # letters of slang
MOST_MEANT = 3  # occupations that some words stand for


class Occupation(models.Model):
    """One kind of work. The words by which it is found stand in data/occupations.csv alone."""

    number = models.SmallIntegerField(primary_key=True)  # never used twice: it is stored beside people
    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    categories = models.IntegerField()  # mask of Category.bit

    class Meta:
        db_table = "occupation"
        constraints = [
            models.CheckConstraint(  # the matcher packs five of them into one number
                condition=Q(number__gte=1, number__lt=2048),
                name="occupation_number",
                violation_error_message=_("Number the kinds of work from 1 to 2047."),
            )
        ]


class Slang(models.Model):
    """What some words stand for here, in place of what we ship for them. No occupation: nothing."""

    words = models.CharField(max_length=LONGEST, unique=True)
    occupations = ArrayField(models.CharField(max_length=40), size=MOST_MEANT, default=list)  # codes
    said_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    said_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "slang"
        constraints = [
            models.CheckConstraint(
                condition=Q(words__regex=r"^[a-z0-9']+( [a-z0-9']+){0,2}$"),
                name="slang_words",
                violation_error_message=_("Enter one to three words, in letters and figures."),
            ),
            models.CheckConstraint(
                condition=Q(occupations__len__lte=MOST_MEANT),
                name="slang_meanings",
                violation_error_message=_("Choose up to three kinds of work."),
            ),
        ]


class Offered(models.Model):
    """How often occupations of one category were offered for somebody's words in a month, and how often kept. Never the
    words: a phrase can be a person."""

    category = models.ForeignKey(Category, on_delete=models.RESTRICT, related_name="+")
    month = models.DateField()  # its first day
    offered = models.IntegerField()
    kept = models.IntegerField()

    class Meta:
        db_table = "occupation_offered"
        constraints = [
            models.UniqueConstraint(fields=["category", "month"], name="occupation_offered_once"),
            models.CheckConstraint(
                condition=Q(kept__gte=0) & Q(kept__lte=F("offered")),
                name="occupation_offered_counts",
                violation_error_message=_("No more can be kept than were offered."),
            ),
        ]
