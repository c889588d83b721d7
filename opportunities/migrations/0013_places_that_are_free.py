"""Whether a place is left, beside what the public sees: taking the last place hides nothing any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0012_keys_of_a_partnership")]
    operations = [
        migrations.AddField("searchrow", "free", models.BooleanField(db_default=True)),
        # What was hidden because it was full is shown again by the nightly job; until then nobody is matched to it.
        migrations.RunSQL(
            "UPDATE opportunity_search s SET free = false FROM opportunity o"
            " WHERE o.id = s.opportunity_id AND o.places_held + o.places_started >= o.places",
            migrations.RunSQL.noop,
        ),
    ]
