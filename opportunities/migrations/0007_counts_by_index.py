"""An index that holds all that the counts beside the filters of a search ask for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0006_newest_first")]
    operations = [
        migrations.AddIndex(
            "searchrow",
            models.Index(
                fields=["remote", "kind", "category", "closes_on"],
                condition=models.Q(("live", True)),
                name="opportunity_search_counts",
            ),
        ),
    ]
