"""One young person and one opportunity, from "I'm interested" until a start or an end; and their permission."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ChildQuerySet, User, YoungPerson
from core.clock import FrNow
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope
from opportunities.models import Opportunity
from pledges.models import Employer


class IntroductionQuerySet(ScopedQuerySet):
    def visible_to(self, scope: Scope) -> "IntroductionQuerySet":
        # Never `employer_id=None`: that would be "is null", and a scope without a business sees none.
        theirs = Q(employer_id=scope.employer or 0, permitted_at__isnull=False, withdrawn_at__isnull=True)
        return self.filter(Q(person_id__in=YoungPerson.objects.values("pk")) | (theirs & ~Q(state="frozen")))


class Introduction(ScopedModel):
    """The chain between one person and one opportunity. The business reads it only from permission until withdrawal,
    and of it only `agreed`: exactly what the young person saw and said yes to."""

    class State(models.TextChoices):
        INTERESTED = "interested", _("Interested")
        ASKED = "asked", _("Waiting for a yes")
        PERMITTED = "permitted", _("Said yes")
        INTRODUCED = "introduced", _("The business knows")
        MEETING = "meeting", _("Meeting arranged")
        INTERVIEW = "interview", _("Interview arranged")
        OFFERED = "offered", _("Offered")
        CHECKS = "checks", _("Checks under way")
        STARTED = "started", _("Started")
        FROZEN = "frozen", _("On hold")
        ENDED = "ended", _("Ended")

    class SaidBy(models.TextChoices):
        SELF = "self", _("The young person")
        WORKER = "worker", _("Their worker, with them")
        CODE = "code", _("A code they showed or texted")

    class Ending(models.TextChoices):
        YOUNG_PERSON = "young_person", _("The young person decided not to")  # never asked why
        WITHDRAWN = "withdrawn", _("The young person took their yes back")
        NOT_THIS_TIME = "not_this_time", _("The business said not this time")
        NO_PLACE = "no_place", _("All places are taken")
        CLOSED = "closed", _("It closed before anybody decided")
        STOPPED = "stopped", _("We stopped working with the business")
        ENDED_SUPPORT = "support", _("Support has ended")
        LEFT = "left", _("What they started has come to an end")

    class NotThisTime(models.TextChoices):
        EXPERIENCE = "experience", _("We chose somebody with more practice in this work")
        HOURS = "hours", _("The hours do not fit")
        NEED = "need", _("Something the post needs was missing")
        PLACE_GONE = "place_gone", _("The place is no longer there")
        MISSED = "missed", _("We did not meet")
        LATER = "later", _("We would like to see them again later")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=8, unique=True)  # random; what is said aloud and written to businesses
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="introductions")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.RESTRICT, related_name="introductions")
    employer = models.ForeignKey(Employer, on_delete=models.RESTRICT, related_name="introductions")
    state = models.CharField(max_length=10, choices=State, default=State.INTERESTED)
    said_by = models.CharField(max_length=6, choices=SaidBy)
    made_at = models.DateTimeField(db_default=FrNow())
    due_on = models.DateField()  # the one date: by then somebody does the next thing, and the other side is told
    holds_place = models.BooleanField(default=False)  # counted in the opportunity's places_held
    agreed = EncryptedJSONField(null=True)  # {"text": ..., "name": ..., "reach": ...}; wiped when it ends
    permitted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    introduced_at = models.DateTimeField(null=True)
    meets_at = models.DateTimeField(null=True)  # the meeting or interview that comes next
    meets_where = models.CharField(max_length=200, blank=True, default="")
    in_staffed_place = models.BooleanField(default=False)  # the worker has seen to it
    adult_name = models.CharField(max_length=80, blank=True, default="")  # named adult, for one-to-one kinds
    offered_on = models.DateField(null=True)
    checks_by = models.DateField(null=True)  # when the checks should be back
    bring = models.CharField(max_length=200, blank=True, default="")
    still_fine_on = models.DateField(null=True)  # last asked and answered during checks
    frozen_from = models.CharField(max_length=10, choices=State, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=14, choices=Ending, blank=True, default="")
    not_this_time = models.CharField(max_length=12, choices=NotThisTime, blank=True, default="")
    changed_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(IntroductionQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "introduction"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "opportunity"],
                condition=~Q(state="ended"),
                name="introduction_once",
                violation_error_message=_("They are on the way to this already."),
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=["permitted", "introduced", "meeting", "interview", "offered", "checks", "started"]
                )
                | Q(permitted_at__isnull=False, withdrawn_at__isnull=True, agreed__isnull=False),
                name="introduction_needs_permission",
                violation_error_message=_("Nobody is introduced without a yes."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["introduced", "meeting", "interview", "offered", "checks"])
                | Q(holds_place=True, introduced_at__isnull=False),
                name="introduction_holds_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["interested", "asked", "permitted", "ended", "started"]) | Q(holds_place=False),
                name="introduction_place_given_back",
            ),
            models.CheckConstraint(
                condition=Q(Q(state="ended"), Q(ended_at__isnull=False), ~Q(ending=""), Q(agreed__isnull=True))
                | Q(~Q(state="ended"), Q(ended_at__isnull=True), Q(ending="")),
                name="introduction_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="frozen") ^ Q(frozen_from=""), name="introduction_frozen_from_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("permitted_at")),
                name="introduction_withdrawn_after_permission",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person"], name="introduction_person"),
            models.Index(fields=["employer"], condition=~Q(state="ended"), name="introduction_employer"),
            models.Index(fields=["opportunity"], condition=~Q(state="ended"), name="introduction_opportunity"),
            models.Index(fields=["due_on"], condition=~Q(state__in=["ended", "started"]), name="introduction_due"),
        ]


class Permission(ScopedModel):
    """One asking: the exact words, who inside would know, and the answer. Words never change afterwards (trigger)."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes, tell them")
        NO = "no", _("No")

    class Agreed(models.TextChoices):
        """At 16 and 17: in which role somebody agreed beside the young person (domain, section 6)."""

        PARENT = "parent", _("A parent")
        COUNCIL = "council", _("The council, which has parental responsibility")
        CARER = "carer", _("A carer to whom the council has given this decision")
        NOT_NEEDED = "not_needed", _("Nobody else has to: the young person decides alone")

    introduction = models.ForeignKey(Introduction, on_delete=models.RESTRICT, related_name="permissions")
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="permissions")
    words = EncryptedJSONField()  # {"text", "name", "reach", "who_knows"}: what the business would get
    asked_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(db_default=FrNow())
    answer = models.CharField(max_length=3, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")  # null: by link
    in_person = models.BooleanField(default=False)  # said to the worker, who wrote it down
    interpreter_on = models.DateField(null=True)  # explained with an interpreter on this day
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.RESTRICT, related_name="+")  # at 16 and 17
    confirmed_at = models.DateTimeField(null=True)
    agreed_role = models.CharField(max_length=10, choices=Agreed, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "permission"
        constraints = [
            models.UniqueConstraint(
                fields=["introduction"],
                condition=Q(answer=""),
                name="permission_one_open",
                violation_error_message=_("They have been asked already and have not answered yet."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | Q(~Q(answer=""), Q(answered_at__isnull=False)),
                name="permission_answered_at",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, agreed_role="")
                | Q(Q(confirmed_at__isnull=False, confirmed_by__isnull=False, answer="yes"), ~Q(agreed_role="")),
                name="permission_confirmed_with_role",
                violation_error_message=_("Say who agreed, and in which role."),
            ),
        ]
        indexes = [models.Index(fields=["person"], name="permission_person")]
