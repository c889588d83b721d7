"""How many young people would like what, and where: the only figure of them that leaves the walls."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership
from pledges.models.kinds import Category, PledgeKind

STEP = 5  # people: every figure is rounded down to a multiple, so fewer are never counted, and one more shows nothing


class Demand(models.Model):
    """Written by the matcher after each pass over everybody, whole; no row leads to anybody. `people` is rounded down
    to a multiple of five: "10" are 10 to 14, and fewer than five are no row.

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
                condition=Q(people__gte=STEP) & Q(Exact(Mod("people", STEP), 0)),
                name="demand_suppressed",
                violation_error_message=_("People are counted in fives."),
            ),
            models.CheckConstraint(
                condition=Q(place="", partnership__isnull=False) | Q(~Q(place=""), partnership__isnull=True),
                name="demand_of_one_area",
                violation_error_message=_("Count for a place or for a partnership."),
            ),
        ]
