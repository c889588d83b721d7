"""Texts: a channel of their own, and kept in demonstrations like mails."""

from django.db import migrations, models
from django.db.models import Q

CHANNELS = [("email", "E-mail"), ("text", "Text message"), ("digest", "In a digest")]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_walls")]
    operations = [
        migrations.RemoveConstraint(model_name="outbox", name="outbox_has_recipient"),
        migrations.AddField(
            model_name="keptmail",
            name="channel",
            field=models.CharField(choices=CHANNELS, default="email", max_length=8),
        ),
        migrations.AlterField(
            model_name="keptmail", name="subject", field=models.CharField(blank=True, max_length=200)
        ),
        migrations.AlterField(
            model_name="outbox", name="channel", field=models.CharField(choices=CHANNELS, max_length=8)
        ),
        migrations.AddConstraint(
            model_name="outbox",
            constraint=models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(channel__in=["email", "text"], cause_id__isnull=False),
                name="outbox_has_recipient",
            ),
        ),
    ]
