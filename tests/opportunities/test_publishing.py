"""From draft to live: two people, one flag, one flat row."""

import pytest

from opportunities.models import SearchRow
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db


def test_a_published_opportunity_is_live_and_has_its_row():
    row = make.published()
    assert row.live and row.state == "published"
    assert SearchRow.objects.get(pk=row.pk).title == "Kitchen team member"
