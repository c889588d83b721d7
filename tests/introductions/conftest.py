"""Somebody with a page of their own."""

import pytest

from tests.introductions.test_me import own_account


@pytest.fixture
def kai():
    return own_account()
