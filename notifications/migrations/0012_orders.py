"""What operators ask of the messages, and a provider that they hold back."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import core.clock


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("notifications", "0011_operators")]

    operations = [
        migrations.AddField("circuit", "held", models.BooleanField(db_default=False)),
        migrations.CreateModel(
            "OutboxOrder",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("explain", "Explain one message"),
                            ("replay", "Send one again"),
                            ("cancel", "Give one up"),
                            ("replay_all", "Send again all that ended dead, of one purpose"),
                            ("hold", "Hold back a provider"),
                            ("release", "Let a provider go on"),
                        ],
                        max_length=10,
                    ),
                ),
                ("ref", models.UUIDField(null=True)),
                ("purpose", models.CharField(blank=True, default="", max_length=30)),
                ("provider", models.CharField(blank=True, default="", max_length=10)),
                ("at", models.DateTimeField(db_default=core.clock.FrNow())),
                ("done_at", models.DateTimeField(null=True)),
                ("answer", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "outbox_order",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(action__in=["explain", "replay", "cancel"], ref__isnull=False)
                        | Q(action="replay_all") & ~Q(purpose="")
                        | Q(action__in=["hold", "release"]) & ~Q(provider=""),
                        name="outbox_order_says_of_what",
                    )
                ],
                "indexes": [models.Index(condition=Q(done_at__isnull=True), fields=["id"], name="outbox_order_open")],
            },
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON outbox_order FROM fr_web", "GRANT UPDATE, DELETE ON outbox_order TO fr_web"
        ),
    ]
