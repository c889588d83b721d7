"""Who signs in, under which hats, and by which links."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.councils import Council, Partnership, Team
from accounts.roles import Role
from core import clock
from core.clock import FrNow


class UserManager(BaseUserManager["User"]):
    """Users are made by invitation; there is no superuser."""

    def make(self, *, name: str, email: str | None = None, phone: str = "") -> "User":
        """A user who signs in by code only."""
        user = self.model(name=name, email=email, phone=phone, phone_at=clock.now() if phone else None)
        user.set_unusable_password()
        user.save()
        return user


class User(AbstractBaseUser):
    """One person's sign-in. It says nothing of care."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001  (unique where there is one)
    # A young person's, who signs in by text: +447700900123. Nobody who works here has one.
    phone = models.CharField(max_length=20, blank=True, default="")
    phone_at = models.DateTimeField(null=True, blank=True)  # when it was last known to be theirs
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
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(phone=""),
                name="user_phone_once",
                violation_error_message=_("Somebody already signs in with this number."),
            ),
            models.CheckConstraint(
                condition=Q(phone="", phone_at=None) | Q(phone__regex=r"^\+447[0-9]{9}$", phone_at__isnull=False),
                name="user_phone_is_a_mobile",
                violation_error_message=_("Enter a mobile number that begins with 07."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


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
