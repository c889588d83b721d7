"""One more way in which a pledge comes: made by the business's own system."""

from django.db import migrations, models

SOURCES = [
    ("form", "Pledge form"),
    ("sheet", "Sheet"),
    ("desk", "Typed in by an officer"),
    ("phone", "Told by phone"),
    ("contract", "Part of a contract"),
    ("forward", "Forwarded by an officer"),
    ("api", "By the business's own system"),
]


class Migration(migrations.Migration):
    dependencies = [("pledges", "0010_still_open")]
    operations = [
        migrations.AlterField("pledge", "source", models.CharField(choices=SOURCES, max_length=8)),
        migrations.AlterField("toclearup", "source", models.CharField(choices=SOURCES, max_length=8)),
    ]
