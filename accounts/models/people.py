"""Young people, how to reach them, and who supports them. Every table here is walled."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.councils import Council
from accounts.models.users import User
from core.clock import FrNow, FrToday
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope


class YoungPersonQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "YoungPersonQuerySet":
        return self.filter(Q(responsible_authority_id__in=scope.councils) | Q(pk=scope.person))


class YoungPerson(ScopedModel):
    """The root of the second wall: every other table of a person is visible through this one.

    `label` is the adviser's own short word for the person, never a full name; names and contacts are encrypted apart.
    The living area is a postcode sector and a council: the full postcode is not kept.
    """

    class RightToWork(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        LIMITED = "limited", _("Confirmed with limits")
        VOLUNTEERING = "volunteering", _("Volunteering only")
        UNCHECKED = "unchecked", _("Not yet checked")

    class Ending(models.TextChoices):
        AGE = "age", _("Support has ended")
        ASKED = "asked", _("They asked to be taken off")
        DIED = "died", _("They have died")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField(max_length=40)
    responsible_authority = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    living_sector = models.CharField(max_length=6)  # "NG18 5"
    living_authority = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    birth_month = models.DateField()  # the first day of the month
    right_to_work = models.CharField(max_length=12, choices=RightToWork, default=RightToWork.UNCHECKED)
    right_to_work_until = models.DateField(null=True, blank=True)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="young_person")
    # What the council itself calls them: the same reference sent twice is the same person.
    council_reference = models.CharField(max_length=40, blank=True, default="")
    # Works for the council: only their own worker sees them, team-mates do not.
    kept_apart = models.BooleanField(default=False)
    # Their own choice: pages without pictures and with less on them, and messages as plain text.
    plain = models.BooleanField(_("plain pages and messages"), default=False, db_default=False)
    ended_on = models.DateField(null=True, blank=True)  # from then on no message ever goes to or about them
    ended_why = models.CharField(max_length=10, choices=Ending, blank=True, default="")
    made_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(YoungPersonQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "young_person"
        constraints = [
            models.CheckConstraint(condition=Q(birth_month__day=1), name="young_person_birth_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_why="") | Q(Q(ended_on__isnull=False), ~Q(ended_why="")),
                name="young_person_ended_with_reason",
            ),
            models.UniqueConstraint(
                fields=["responsible_authority", "council_reference"],
                condition=~Q(council_reference=""),
                name="young_person_reference_once",
                violation_error_message=_("This council has somebody under that reference already."),
            ),
        ]
        indexes = [models.Index(fields=["responsible_authority"], name="young_person_authority")]


class ChildQuerySet(ScopedQuerySet):
    """Rows that belong to a young person through `person`."""

    def visible_to(self, scope: Scope) -> "ChildQuerySet":
        # A subquery, not a join: select_for_update() would otherwise lock the young person's row as well.
        return self.filter(person_id__in=YoungPerson.objects.values("pk"))


class YoungPersonContact(ScopedModel):
    """Name and ways to reach a young person, encrypted: {"name", "email", "phone"}."""

    person = models.OneToOneField(YoungPerson, primary_key=True, on_delete=models.RESTRICT, related_name="contact")
    details = EncryptedJSONField()
    changed_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "young_person_contact"


class AdviserLinkQuerySet(ChildQuerySet):
    def current(self) -> "AdviserLinkQuerySet":
        """Links in force of a young person's own worker. A guest's is not among them."""
        return self.filter(ended_on__isnull=True, until__isnull=True)

    def of_guests(self) -> "AdviserLinkQuerySet":
        """Links of guests whose last day has not passed."""
        return self.filter(ended_on__isnull=True, until__gte=FrToday())


class AdviserLink(ScopedModel):
    """Which worker supports a young person, from when to when. One at a time; beside them a guest, to a last day."""

    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="adviser_links")
    worker = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="adviser_links")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # a guest's last day; nobody else's

    objects = ScopedManager.from_queryset(AdviserLinkQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "adviser_link"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on__isnull=True, until__isnull=True),
                name="adviser_link_one_current",
                violation_error_message=_("This young person has a worker already. Hand over first."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="adviser_link_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("started_on")), name="adviser_link_guest_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["worker"], condition=Q(ended_on__isnull=True), name="adviser_link_worker")]
