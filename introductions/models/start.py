"""The first day and what comes after: the start, its check-ins, and what should be ready before day one."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ChildQuerySet, User, YoungPerson
from core.clock import FrNow
from core.fields import EncryptedJSONField
from core.querysets import ScopedManager, ScopedModel, ScopedQuerySet
from core.scope import Scope
from introductions.models.introduction import Introduction
from opportunities.models import Opportunity


class StartQuerySet(ScopedQuerySet):
    """Whoever sees the introduction sees its start."""

    def visible_to(self, scope: Scope) -> "StartQuerySet":
        return self.filter(introduction_id__in=Introduction.objects.values("pk"))


class CheckInQuerySet(ScopedQuerySet):
    """A business and a young person read their own side only; whoever supports the young person reads all of it."""

    def visible_to(self, scope: Scope) -> "CheckInQuerySet":
        people = Q(start__person_id__in=YoungPerson.objects.values("pk"))
        if scope.person is not None:  # a guest adviser has the young person's scope as well, and is somebody else
            guest = ~Q(start__person__user=scope.actor) if scope.actor is not None else Q(pk__in=())
            people &= Q(side="young_person") | guest
        theirs = Q(side="employer", start__introduction__employer_id=scope.employer or 0)
        return self.filter(people | theirs & Q(start__introduction_id__in=Introduction.objects.values("pk")))


class Start(ScopedModel):
    """Somebody begins. Its facts come from the opportunity and may be put right until the day."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Has a first day")
        BEGUN = "begun", _("There")
        ENDED = "ended", _("Ended")

    class Ending(models.TextChoices):
        FINISHED = "finished", _("It was for a time, and the time is over")
        BETTER = "better", _("Moved on to something else")
        LEFT = "left", _("Left")
        LET_GO = "let_go", _("The business ended it")
        STOPPED = "stopped", _("We stopped working with the business")
        NEVER = "never", _("Never began")
        ENDED_SUPPORT = "support", _("Support has ended")  # nobody knows whether they are still there

    class Payer(models.TextChoices):
        EMPLOYER = "employer", _("The business")
        COUNCIL = "council", _("The council that supports them")
        PLEDGED = "pledged", _("Something pledged, asked for through their worker")
        NOBODY = "nobody", _("Not needed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    introduction = models.OneToOneField(Introduction, on_delete=models.RESTRICT, related_name="start")
    person = models.ForeignKey(YoungPerson, on_delete=models.RESTRICT, related_name="starts")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.RESTRICT, related_name="starts")
    state = models.CharField(max_length=7, choices=State, default=State.PLANNED)
    starts_on = models.DateField()
    hours_a_week = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    pay_pence = models.IntegerField(null=True, blank=True)  # an hour
    named_contact = models.CharField(max_length=80)  # at the business, before, during and after
    buddy = models.CharField(max_length=80, blank=True, default="")
    fares_by = models.CharField(max_length=8, choices=Payer, default=Payer.NOBODY)
    kit_by = models.CharField(max_length=8, choices=Payer, default=Payer.NOBODY)
    time_for_appointments = models.BooleanField(default=False)
    ended_on = models.DateField(null=True)
    ending = models.CharField(max_length=8, choices=Ending, blank=True, default="")
    made_by = models.ForeignKey(User, on_delete=models.RESTRICT, related_name="+")
    made_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(StartQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "start"
        constraints = [
            models.CheckConstraint(
                condition=Q(Q(state="ended"), Q(ended_on__isnull=False), ~Q(ending=""))
                | Q(~Q(state="ended"), Q(ended_on__isnull=True, ending="")),
                name="start_ended_with_reason",
                violation_error_message=_("Say when it ended and why."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")) | Q(ending="never"),
                name="start_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.CheckConstraint(
                condition=~Q(named_contact=""),
                name="start_has_a_named_contact",
                violation_error_message=_("Name the person at the business who looks out for them."),
            ),
            models.CheckConstraint(
                condition=(Q(hours_a_week__isnull=True) | Q(hours_a_week__gt=0, hours_a_week__lte=60))
                & (Q(pay_pence__isnull=True) | Q(pay_pence__gt=0)),
                name="start_figures_possible",
                violation_error_message=_("Enter hours from 1 to 60 a week, and pay above nothing."),
            ),
        ]
        indexes = [models.Index(fields=["person"], name="start_person")]


class CheckIn(ScopedModel):
    """One question to one side at one point after the first day. One row for each who may answer."""

    class Point(models.TextChoices):
        DAY_1 = "day1", _("Day 1")
        WEEK_1 = "week1", _("Week 1")
        WEEK_4 = "week4", _("Week 4")
        WEEK_13 = "week13", _("Week 13")
        WEEK_26 = "week26", _("Week 26")
        WEEK_52 = "week52", _("Week 52")

    class Side(models.TextChoices):
        YOUNG_PERSON = "young_person", _("The young person")
        EMPLOYER = "employer", _("The business")
        WORKER = "worker", _("Their worker")

    class Answer(models.TextChoices):
        GOOD = "good", _("It's going well")
        OK = "ok", _("It's all right")
        NOT_WELL = "not_well", _("It's not going well")
        LEFT = "left", _("Not there any more")

    start = models.ForeignKey(Start, on_delete=models.RESTRICT, related_name="check_ins")
    point = models.CharField(max_length=6, choices=Point)
    side = models.CharField(max_length=12, choices=Side)
    due_on = models.DateField()
    asked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    first_answer = models.CharField(
        max_length=8, choices=Answer, blank=True, default=""
    )  # when answered again otherwise: the first, or a trouble taken back
    words = EncryptedJSONField(null=True)  # {"words"}: for the worker, never for the other side
    seen_at = models.DateTimeField(null=True)  # the worker has taken "not well", or two answers that differ, in hand

    objects = ScopedManager.from_queryset(CheckInQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "check_in"
        constraints = [
            models.UniqueConstraint(fields=["start", "point", "side"], name="check_in_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | Q(~Q(answer=""), Q(answered_at__isnull=False)),
                name="check_in_answered_at",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(answer=""), name="check_in_due"),
        ]


class Readiness(ScopedModel):
    """What should be there before day one. Only the young person and their worker see it."""

    person = models.OneToOneField(YoungPerson, primary_key=True, on_delete=models.RESTRICT, related_name="readiness")
    identity = models.BooleanField(default=False)
    bank_account = models.BooleanField(default=False)
    insurance_number = models.BooleanField(default=False)  # National Insurance
    phone = models.BooleanField(default=False)
    first_wage_plan = models.BooleanField(default=False)  # money until the first wage has been talked about
    changed_at = models.DateTimeField(db_default=FrNow())

    objects = ScopedManager.from_queryset(ChildQuerySet)()

    class Meta(ScopedModel.Meta):
        db_table = "readiness"
