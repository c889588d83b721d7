"""An index that ends a page of the newest early, in place of two that no search ever used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0005_live_needs_a_check")]
    operations = [
        migrations.RemoveIndex("searchrow", "opportunity_search_kind"),
        migrations.RemoveIndex("searchrow", "opportunity_search_category"),
        migrations.AddIndex(
            "searchrow",
            models.Index(
                fields=["remote", "-opened_on", "-opportunity"],
                condition=models.Q(("live", True)),
                name="opportunity_search_newest",
            ),
        ),
    ]
