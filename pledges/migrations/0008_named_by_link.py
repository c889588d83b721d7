"""People of a business who were named through a pledge's link: a colleague, or the giver at another address."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pledges", "0007_employer_identity")]

    operations = [
        migrations.AddField(
            model_name="employercontact",
            name="named_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="pledges.pledge"
            ),
        ),
        migrations.AddField(
            model_name="employercontact",
            name="replaces",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="pledges.employercontact"
            ),
        ),
    ]
