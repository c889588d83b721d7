"""One more reason for a call: nobody has said whether something is still open."""

from django.db import migrations, models

WHY = [
    ("no-answer", "They have not answered yet"),
    ("first-word", "Nobody has spoken to them yet"),
    ("senior", "Ask somebody more senior there"),
    ("help", "They asked for help"),
    ("write", "They asked us to write it"),
    ("ring-me", "They asked to be rung"),
    ("later", "They asked to be rung again now"),
    ("promise", "The promised month is near"),
    ("silence", "They agreed that the simple version may be published"),
    ("no-reminders", "They asked for no reminders"),
    ("offer-again", "It closed and nobody has started"),
    ("still-open", "Nobody has said whether it is still open"),
]


class Migration(migrations.Migration):
    dependencies = [("pledges", "0009_email_without_a_hyphen")]
    operations = [migrations.AlterField("calltask", "why", models.CharField(choices=WHY, max_length=12))]
