"""A young person would like help again: until somebody has taken it up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ChildQuerySet, User, YoungPerson
from core.clock import FrNow
from core.querysets import ScopedManager, ScopedModel


class HelpAgain(ScopedModel):
    """One tap of theirs, and who took it up. No reason is asked."""

    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="help_again")
    asked_at = models.DateTimeField(db_default=FrNow())
    due_on = models.DateField()  # by when somebody gets in touch, as the young person was told
    taken_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "help_again"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(taken_at__isnull=True),
                name="help_again_one_open",
                violation_error_message=_("They have asked already."),
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="help_again_taken_by_somebody",
            ),
        ]
