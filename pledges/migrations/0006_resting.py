"""Whether a live pledge rests: nothing of it can be seen just now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pledges", "0005_follow_up_rules")]
    operations = [migrations.AddField("pledge", "resting", models.BooleanField(default=False))]
