"""How a young person likes to hear from us: their own choice, and nobody else's."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import ChildQuerySet, YoungPerson
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope


class Hearing(ScopedModel):
    """What they are told of. No row: nothing about what fits, and reminders of what they go for."""

    class Matches(models.TextChoices):
        PAGE = "page", _("Only on my page")
        EMAIL = "email", _("By email, once a week at most")
        TEXT = "text", _("By text, once a week at most")

    person = models.OneToOneField(YoungPerson, primary_key=True, on_delete=models.RESTRICT, related_name="hearing")
    matches = models.CharField(_("what fits"), max_length=5, choices=Matches, default=Matches.PAGE)
    reminders = models.BooleanField(_("reminders"), default=True)

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "young_person_hearing"
        constraints = [
            models.CheckConstraint(
                condition=Q(matches__in=["page", "email", "text"]),
                name="young_person_hearing_known",
                violation_error_message=_("Choose one of the ways."),
            )
        ]


class OwnQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "OwnQuerySet":
        return self.filter(person_id=scope.person)


class SafeWord(ScopedModel):
    """The word that begins every message to them. No worker reads it, so that nobody can write as if they were us."""

    person = models.OneToOneField(YoungPerson, primary_key=True, on_delete=models.RESTRICT, related_name="+")
    word = EncryptedJSONField(_("your safe word"))

    objects = ScopedManager.from_queryset(OwnQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "young_person_safe_word"
