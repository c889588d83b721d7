"""Which of the six questions of a draft somebody has answered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0010_count_badges_and_ages")]
    operations = [
        migrations.AddField("opportunity", "questions_done", models.SmallIntegerField(default=0)),
    ]
