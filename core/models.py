"""Tables of the small tools. None of them knows a person; none points to a higher room."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import FrNow


class Installation(models.Model):
    """One row, written when the database is made and never changed: is this a demonstration or the real thing?"""

    class Mode(models.TextChoices):
        DEMO = "demo", _("Demonstration")
        REAL = "real", _("Real")

    id = models.SmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(max_length=4, choices=Mode)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "installation"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row"),
            models.CheckConstraint(condition=Q(mode__in=["demo", "real"]), name="installation_mode_known"),
        ]


class LifecycleLog(models.Model):
    """One move of one row: who, on behalf of whom, when, why. Kept 6 years; never changed."""

    model = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    move = models.CharField(max_length=40)
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    actor = models.BigIntegerField(null=True)
    role = models.CharField(max_length=20)
    on_behalf_of = models.BigIntegerField(null=True)
    why = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "lifecycle_log"
        indexes = [models.Index(fields=["model", "object_id", "id"], name="lifecycle_log_object")]


class IdempotencyKey(models.Model):
    """What was answered to a request that may be sent again. Written in the verb's transaction."""

    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    made_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]


class Postcode(models.Model):
    """Every English postcode, live or ended: grid reference in metres and the district it lies in."""

    code = models.CharField(max_length=8, primary_key=True)  # "NG18 5ZZ"
    easting = models.IntegerField()
    northing = models.IntegerField()
    district_gss = models.CharField(max_length=9)

    class Meta:
        db_table = "postcode"


class PostcodeSector(models.Model):
    """A sector ("NG18 5") or a district of postcodes ("NG18"): its middle point, and where it lies."""

    code = models.CharField(max_length=6, primary_key=True)
    easting = models.IntegerField()
    northing = models.IntegerField()
    district_gss = models.CharField(max_length=9)  # where most of its postcodes lie
    spans = models.SmallIntegerField(default=1)  # how many districts it touches
    postcodes = models.IntegerField(default=1)

    class Meta:
        db_table = "postcode_sector"


class ReferenceLoad(models.Model):
    """Which version of a set of reference data is in force."""

    name = models.CharField(max_length=40, primary_key=True)
    version = models.CharField(max_length=80)
    source = models.CharField(max_length=200)
    rows = models.IntegerField()
    loaded_at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "reference_load"


class JobRun(models.Model):
    """One due time of one recurring job. Unique, so two beats or none make no difference."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    job = models.CharField(max_length=40)
    slot = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)  # counts only

    class Meta:
        db_table = "job_run"
        constraints = [
            models.UniqueConstraint(fields=["job", "slot"], name="job_run_once"),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False) | ~Q(state="done"), name="job_run_done_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["slot"], condition=~Q(state="done"), name="job_run_open")]


class Heartbeat(models.Model):
    """When a process last said that it is alive."""

    process = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(db_default=FrNow())

    class Meta:
        db_table = "heartbeat"

    def age(self, now: dt.datetime) -> dt.timedelta:
        """How long ago the process was last heard of."""
        return now - self.at
