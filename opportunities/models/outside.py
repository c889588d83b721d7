"""Those who meet opportunities from outside: other systems with a key, and readers who say what they think."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Council, Partnership, User
from core.clock import FrNow
from opportunities.models.opportunity import Opportunity
from pledges.models import Employer


class ApiKey(models.Model):
    """A key of a business's or a partner council's system. Only its hash is kept; the prefix finds it again."""

    employer = models.ForeignKey(Employer, null=True, on_delete=models.RESTRICT, related_name="api_keys")
    council = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    # Where the business's drafts go and whose officers answer for the key; without one it writes nothing.
    partnership = models.ForeignKey(Partnership, null=True, on_delete=models.RESTRICT, related_name="+")
    name = models.CharField(max_length=60)  # of the system that holds it
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64)  # SHA-256 of the whole key, which has 160 random bits
    scopes = models.JSONField(default=list)  # see opportunities.api.keys
    made_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    made_at = models.DateTimeField(db_default=FrNow())
    expires_on = models.DateField()
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    last_used_on = models.DateField(null=True)

    class Meta:
        db_table = "api_key"
        constraints = [
            models.CheckConstraint(
                condition=Q(employer__isnull=True, council__isnull=False)
                | Q(employer__isnull=False, council__isnull=True),
                name="api_key_of_one",
                violation_error_message=_("A key belongs to one business or to one council."),
            ),
        ]


class Feedback(models.Model):
    """What a reader of a public page said with one tap, and perhaps some words. Nothing says who it was."""

    path = models.CharField(max_length=120)  # of the page, without its query
    opportunity = models.ForeignKey(Opportunity, null=True, on_delete=models.CASCADE, related_name="+")
    useful = models.BooleanField()
    words = models.CharField(max_length=500, blank=True, default="")
    on = models.DateField()
    seen_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")
    seen_on = models.DateField(null=True)

    class Meta:
        db_table = "feedback"
        indexes = [models.Index(fields=["seen_on", "-id"], name="feedback_unseen")]


class Wording(models.Model):
    """One version of words that young people read; the newest of a key is shown. Never changed, never deleted."""

    key = models.CharField(max_length=80)  # see opportunities.words
    text = models.CharField(max_length=600)
    by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "wording"
        indexes = [models.Index(fields=["key", "-id"], name="wording_newest")]
