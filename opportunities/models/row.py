"""The flat row per opportunity that search and matching read."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from accounts.models import Council
from opportunities.models.opportunity import Opportunity
from pledges.models import Category, PledgeKind


class SearchRow(models.Model):
    """The flat row per opportunity: everything that search, browsing and matching read, and nothing else.

    Two more columns are kept by PostgreSQL: `point` (easting, northing), with a nearest-neighbour index, and `rev`
    (xid8), the transaction that last changed the row, by which the matcher finds what is new.
    """

    opportunity = models.OneToOneField(Opportunity, primary_key=True, on_delete=models.CASCADE, related_name="row")
    live = models.BooleanField()
    free = models.BooleanField(db_default=True)  # a place is left: for the matcher and workers, never in public
    kind = models.ForeignKey(PledgeKind, on_delete=models.RESTRICT, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.RESTRICT, related_name="+")
    kind_bit = models.SmallIntegerField()
    categories = models.IntegerField()  # mask of category bits, those of the occupation among them
    occupation = models.SmallIntegerField(null=True)  # its number
    hours = models.SmallIntegerField()  # mask
    needs = models.SmallIntegerField()  # mask
    remote = models.BooleanField()
    easting = models.IntegerField(null=True)
    northing = models.IntegerField(null=True)
    authority = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    starts_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    opened_on = models.DateField(null=True)
    min_age = models.SmallIntegerField()
    audience = models.CharField(max_length=12)
    partnership_id = models.BigIntegerField()
    ringfenced = models.BooleanField()
    pays_living_wage = models.BooleanField()  # the National Living Wage at any age
    badges = models.IntegerField(default=0)  # mask: see opportunities.badges
    version = models.SmallIntegerField()
    title = models.CharField(max_length=80)
    employer_name = models.CharField(max_length=120)
    town = models.CharField(max_length=60)
    words = SearchVectorField()

    class Meta:
        db_table = "opportunity_search"
        indexes = [
            GinIndex(fields=["words"], name="opportunity_search_words", fastupdate=False),
            models.Index(
                fields=["remote", "-opened_on", "-opportunity"],
                condition=Q(live=True),
                name="opportunity_search_newest",
            ),
            # All that the counts beside the filters ask for, so that they are read without the rows.
            models.Index(
                fields=["remote", "kind", "category", "closes_on"],
                include=["badges", "min_age", "starts_on"],
                condition=Q(live=True),
                name="opportunity_search_facets",
            ),
        ]
