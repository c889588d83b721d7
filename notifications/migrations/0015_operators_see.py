"""What operators see by reference, and what a second person must confirm; how a provider knows a message."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("notifications", "0014_after_restore_and_indexes"),
    ]

    operations = [
        migrations.AddField("outboxpulse", "look", models.JSONField(db_default=[], default=list)),
        migrations.AddField("outboxorder", "waits", models.IntegerField(null=True)),
        migrations.AddField(
            "outboxorder",
            "confirmed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("outboxorder", "confirmed_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "outboxorder",
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("by")),
                name="outbox_order_second_person",
                violation_error_message="You asked for this yourself. A colleague has to confirm it.",
            ),
        ),
        migrations.AddField("outbox", "known_as", models.UUIDField(null=True)),
        migrations.AddField("providerreport", "known_as", models.UUIDField(null=True)),
        migrations.RemoveConstraint("providerreport", "outbox_report_once"),
        migrations.AddConstraint(
            "providerreport",
            models.UniqueConstraint(
                fields=["ref", "fate", "known_as"], nulls_distinct=False, name="outbox_report_once"
            ),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (confirmed_by_id, confirmed_at) ON outbox_order TO fr_web",
            "REVOKE UPDATE (confirmed_by_id, confirmed_at) ON outbox_order FROM fr_web",
        ),
    ]
