"""check_matches: a process of its own that reads the tables, and sees what is wrong in them."""

import json

import pytest
from django.db import connection

from matching import services
from matching.models import Match
from tests import database
from tests import factories as everybody
from tests.matching import factories


def check() -> tuple[int, dict]:
    done = database.manage("check_matches", role="fr_worker", dbname=connection.settings_dict["NAME"], check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_what_the_matcher_wrote_is_equal_and_a_changed_row_is_not(as_fr_worker):
    factories.places()
    person = factories.person()
    rows = [factories.opportunity() for _ in range(3)]
    services.run_pending()
    assert check() == (0, {"pairs": 3, "equal": True, "missing": 0, "extra": 0, "different": 0})
    with everybody.as_worker():
        Match.objects.filter(opportunity_id=rows[0].pk).update(score=1)
        Match.objects.filter(opportunity_id=rows[1].pk).delete()
    factories.update(rows[2], live=False)
    code, found = check()
    assert (code, found) == (1, {"pairs": 2, "equal": False, "missing": 1, "extra": 1, "different": 1})
    assert person


@pytest.mark.django_db
def test_the_web_role_may_not_ask():
    done = database.manage("check_matches", role="fr_web", dbname=connection.settings_dict["NAME"], check=False)
    assert done.returncode and "NotTheWorker" in done.stderr
