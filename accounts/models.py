"""Who people are and what they may see: users and their hats, councils, young people and their workers."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from core.clock import FrNow
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope


class UserManager(BaseUserManager["User"]):
    """Users are made by invitation; there is no superuser."""

    def make(self, *, name: str, email: str | None = None, phone: str = "") -> "User":
        """A user who signs in by code only."""
        user = self.model(name=name, email=email, phone=phone)
        user.set_unusable_password()
        user.save()
        return user


class User(AbstractBaseUser):
    """One person's sign-in. It says nothing of care."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001  (unique where there is one)
    phone = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(db_default=FrNow())

    objects = UserManager()
    USERNAME_FIELD = "public_id"  # what logs and __str__ may hold
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "user_account"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Somebody already signs in with this email address."),
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)


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


class Membership(models.Model):
    """One hat a user may wear. Read at sign-in, before any scope is known: no row-level security, nothing of care."""

    user = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role)
    council = models.ForeignKey(Council, null=True, blank=True, on_delete=models.RESTRICT)
    partnership = models.ForeignKey(Partnership, null=True, blank=True, on_delete=models.RESTRICT)
    # The employers' table lies in a lower room; its foreign key is added there.
    employer_id = models.BigIntegerField(null=True, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.RESTRICT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "membership"
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.OPERATOR, council=None, partnership=None, employer_id=None)
                | Q(
                    ~Q(role=Role.OPERATOR),
                    Q(council__isnull=False, partnership=None, employer_id=None)
                    | Q(council=None, partnership__isnull=False, employer_id=None)
                    | Q(council=None, partnership=None, employer_id__isnull=False),
                ),
                name="membership_of_exactly_one",
                violation_error_message=_("Choose one council, partnership or employer for this role."),
            ),
            models.CheckConstraint(
                condition=Q(employer_id__isnull=True, role__in=[r for r in Role.values if r != "employer_member"])
                | Q(employer_id__isnull=False, role="employer_member"),
                name="membership_employer_role",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]


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

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField(max_length=40)
    responsible_authority = models.ForeignKey(Council, on_delete=models.RESTRICT, related_name="+")
    living_sector = models.CharField(max_length=6)  # "NG18 5"
    living_authority = models.ForeignKey(Council, null=True, on_delete=models.RESTRICT, related_name="+")
    birth_month = models.DateField()  # the first day of the month
    right_to_work = models.CharField(max_length=12, choices=RightToWork, default=RightToWork.UNCHECKED)
    right_to_work_until = models.DateField(null=True, blank=True)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.RESTRICT, related_name="young_person")
    made_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(YoungPersonQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "young_person"
        constraints = [
            models.CheckConstraint(condition=Q(birth_month__day=1), name="young_person_birth_month_is_a_first"),
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
        """Links in force."""
        return self.filter(ended_on__isnull=True)


class AdviserLink(ScopedModel):
    """Which worker supports a young person, from when to when. One at a time."""

    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="adviser_links")
    worker = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="adviser_links")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = ScopedManager.from_queryset(AdviserLinkQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "adviser_link"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on__isnull=True),
                name="adviser_link_one_current",
                violation_error_message=_("This young person has a worker already. Hand over first."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="adviser_link_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["worker"], condition=Q(ended_on__isnull=True), name="adviser_link_worker")]


class SignedLink(models.Model):
    """A link that acts for somebody without a sign-in: only the hash of its 160 random bits is stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    verbs = models.JSONField(default=list)  # what a POST may do
    made_at = models.DateTimeField(db_default=FrNow())
    expires_at = models.DateTimeField()
    renew_days = models.SmallIntegerField(default=0)  # use extends the life by so many days
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signed_link"
        indexes = [models.Index(fields=["purpose", "object_id"], name="signed_link_object")]


class SignInAttempt(models.Model):
    """A code asked for or typed, by hash of the address: counted in the database, because caches may fail open."""

    address_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=6)  # asked | typed
    at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "sign_in_attempt"
        indexes = [models.Index(fields=["address_hash", "at"], name="sign_in_attempt_recent")]
