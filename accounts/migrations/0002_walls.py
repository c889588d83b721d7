"""The second wall. One definition (young_person) rules all; a move of council needs no rewrite of any child."""

from django.db import migrations

from core.policies import wall

# (SELECT app_...()) is worked out once per query; the bare call could be worked out once per row.
PERSON = "responsible_authority_id = ANY ((SELECT app_councils())::bigint[]) OR id = (SELECT app_person())"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_clock_and_scope"), ("accounts", "0001_initial")]
    operations = [
        wall("young_person", web=PERSON),
        wall("young_person_contact"),
        wall("adviser_link"),
    ]
