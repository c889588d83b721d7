from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of the counts also holds what the filters for badges, ages and starts ask for."""

    dependencies = [("opportunities", "0009_rules_of_age")]

    operations = [
        migrations.RemoveIndex("searchrow", "opportunity_search_counts"),
        migrations.AddIndex(
            "searchrow",
            models.Index(
                fields=["remote", "kind", "category", "closes_on"],
                include=["badges", "min_age", "starts_on"],
                condition=models.Q(live=True),
                name="opportunity_search_facets",
            ),
        ),
    ]
