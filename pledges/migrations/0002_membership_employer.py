"""The foreign key that accounts could not name: it lies above this room."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pledges", "0001_initial"), ("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE membership ADD CONSTRAINT membership_employer_exists"
            " FOREIGN KEY (employer_id) REFERENCES employer (id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE membership DROP CONSTRAINT membership_employer_exists",
        )
    ]
