"""An address for each objection. No installation has one yet: until now nobody could make any."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_walls_of_care")]
    operations = [
        migrations.AddField(
            "objection", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
    ]
