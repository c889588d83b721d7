"""A message about a young person is theirs; one about nobody (a thank-you, a sign-in code) belongs to no council."""

from django.db import migrations

from core.policies import of_a_person, wall


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls"), ("notifications", "0001_initial")]
    operations = [wall("outbox", web=f"person_id IS NULL OR {of_a_person('outbox')}")]
