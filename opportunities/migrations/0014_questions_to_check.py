"""Which of the six questions a business wrote since an officer saved them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0013_places_that_are_free")]
    operations = [
        migrations.AddField("opportunity", "questions_to_check", models.SmallIntegerField(default=0)),
    ]
