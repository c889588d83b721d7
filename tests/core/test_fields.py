"""Encrypted values: unreadable in the row, the same when read, and never serialised."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured

from core.fields import EncryptedJSONField, decrypt, encrypt

VALUES = [{}, {"name": "Jordan"}, ["a", 1, None], "🏠 Ω", 0, "x" * 10_000]


@pytest.mark.parametrize("value", VALUES)
def test_what_goes_in_comes_out(value):
    kept = encrypt(value)
    assert decrypt(kept) == decrypt(memoryview(kept)) == value


def test_twice_is_not_alike():
    assert encrypt({"name": "Jordan"}) != encrypt({"name": "Jordan"})


def test_an_older_key_still_reads_and_the_newest_writes(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    kept = encrypt("x")
    settings.FIELD_KEYS = [new, old]
    assert decrypt(kept) == "x"
    written = encrypt("y")
    settings.FIELD_KEYS = [new]
    assert decrypt(written) == "y"
    with pytest.raises(InvalidToken):
        decrypt(kept)


def test_changed_by_one_byte_it_is_refused():
    kept = bytearray(encrypt("x"))
    kept[20] ^= 1
    with pytest.raises(InvalidToken):
        decrypt(bytes(kept))


def test_without_a_key_nothing_is_written(settings):
    settings.FIELD_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="FR_FIELD_KEYS"):
        encrypt("x")


def test_nothing_is_nothing_and_it_is_never_serialised():
    field = EncryptedJSONField()
    assert field.get_prep_value(None) is None and field.from_db_value(None, None, None) is None
    with pytest.raises(NotImplementedError):
        field.value_to_string(None)
