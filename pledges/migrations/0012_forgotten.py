"""A person at a business may be forgotten: the row stays, without a name and without a way to reach them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0011_by_system"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="employercontact",
            name="employer_contact_reachable",
        ),
        migrations.AddField(
            model_name="employercontact",
            name="forgotten_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="employercontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("email", ""), _negated=True),
                    models.Q(("phone", ""), _negated=True),
                    ("forgotten_on__isnull", False),
                    _connector="OR",
                ),
                name="employer_contact_reachable",
                violation_error_message="Enter a phone number or an email address, so that we can reach you.",
            ),
        ),
    ]
