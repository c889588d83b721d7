"""What a test writes without asking for the database would stay, and fail whichever tests come after it."""

import pytest
from django.db import connection


def test_a_test_that_does_not_ask_has_no_database():
    with pytest.raises(RuntimeError, match="not allowed"), connection.cursor():
        pass
