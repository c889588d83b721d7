"""What a library warns of (a removal, a file left open) is seen in the test that does it, before it is an error."""

import warnings

import pytest


@pytest.mark.parametrize("category", [DeprecationWarning, ResourceWarning, UserWarning])
def test_a_warning_is_an_error(category):
    with pytest.raises(category, match="planted"):
        warnings.warn("planted", category, stacklevel=1)
