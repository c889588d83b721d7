"""How many young people would like what, and where: the only figure of them that everybody may see."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership
from pledges.models.kinds import Category, PledgeKind

FEWEST = 5  # people: fewer are never counted here


class Demand(models.Model):
    """Written by the matcher each night, whole; no row leads to anybody, and none is of fewer than five.

    place: a postcode district ("NG18"), for those who live within 8 miles of its middle; or a partnership, for those in
    the care of its councils. No category: any; no kind: any.
    """

    place = models.CharField(max_length=4, blank=True, default="")
    partnership = models.ForeignKey(Partnership, null=True, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.ForeignKey(PledgeKind, null=True, on_delete=models.CASCADE, related_name="+")
    people = models.IntegerField()

    class Meta:
        db_table = "demand"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "partnership", "category", "kind"], name="demand_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(people__gte=FEWEST),
                name="demand_suppressed",
                violation_error_message=_("Fewer than five people are not counted."),
            ),
            models.CheckConstraint(
                condition=Q(place="", partnership__isnull=False) | Q(~Q(place=""), partnership__isnull=True),
                name="demand_of_one_area",
                violation_error_message=_("Count for a place or for a partnership."),
            ),
        ]
