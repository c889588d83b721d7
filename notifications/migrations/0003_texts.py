"""Texts: a channel of their own, and kept in demonstrations like mails."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_walls"),
        ("notifications", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="outbox",
            name="outbox_has_recipient",
        ),
        migrations.AddField(
            model_name="keptmail",
            name="channel",
            field=models.CharField(
                choices=[("email", "E-mail"), ("text", "Text message"), ("digest", "In a digest")],
                default="email",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="keptmail",
            name="subject",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="outbox",
            name="channel",
            field=models.CharField(
                choices=[("email", "E-mail"), ("text", "Text message"), ("digest", "In a digest")], max_length=8
            ),
        ),
        migrations.AddConstraint(
            model_name="outbox",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recipient__isnull", False),
                    models.Q(("cause_id__isnull", False), ("channel__in", ["email", "text"])),
                    _connector="OR",
                ),
                name="outbox_has_recipient",
            ),
        ),
    ]
