"""Demonstration or real: written once, never changed, and both the settings and the database must agree."""

import pytest
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from core import installation
from core.models import Installation
from tests import database

pytestmark = pytest.mark.django_db


def test_the_mode_is_written_when_the_database_is_made():
    assert Installation.objects.get().mode == "demo" == installation.record()
    assert installation.is_demo()


CHANGE = "UPDATE installation SET mode = 'real'"


def test_the_database_refuses_a_change():
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CHANGE)


@pytest.mark.django_db(transaction=True)
def test_also_to_its_owner():
    with database.owner(connection.settings_dict["NAME"]) as owner, pytest.raises(Exception, match="never changes"):
        owner.execute(CHANGE)


def test_without_the_row_it_is_no_demonstration():
    Installation.objects.all().delete()
    assert not installation.is_demo()


def test_there_is_one_row():
    with pytest.raises(IntegrityError, match="installation_is_one_row"), transaction.atomic():
        Installation.objects.create(pk=2, mode="real")


def test_settings_that_say_otherwise_are_refused_with_a_sentence(settings):
    settings.INSTALLATION_MODE = "real"
    with pytest.raises(CommandError, match="made as “demo”"):
        installation.record()
    assert not installation.is_demo()


def test_a_mode_nobody_knows_is_refused(settings):
    settings.INSTALLATION_MODE = "x"
    with pytest.raises(CommandError):
        installation.record()
