"""The fixture of tests/conftest.py that turns round what nobody has put in order: who trusts that order is red."""

import pytest

from pledges.models import Category


@pytest.mark.django_db
def test_planted_rows_that_nobody_ordered_do_not_come_as_they_were_written():
    written = [row.pk for row in Category.objects.order_by("pk")]
    assert [row.pk for row in Category.objects.order_by("pk")] == written
    unordered = Category.objects.all()
    assert not unordered.ordered and [row.pk for row in unordered] != written
    assert list(unordered) == list(unordered)  # once read, it stays
