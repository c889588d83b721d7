"""The broker rings bells. It never waits, tries again or carries what a table must remember."""

import pytest

from tests.rules.checks import broker_delays
from tests.rules.test_layers import ROOT, sources

BROKER_OPTIONS = "config/settings/base.py"  # how often its client connects anew: 0


def test_no_delay_lives_in_the_broker():
    found = [line for path in sources() for line in broker_delays(ROOT / path)]
    assert [line for line in found if not (BROKER_OPTIONS in line and line.endswith(" max_retries"))] == []


@pytest.mark.parametrize(
    "planted",
    [
        "task.apply_async(countdown=5)",
        "task.apply_async(eta=soon, expires=60)",
        "task.apply_async([7], expires=60)",
        "task.apply_async(**options)",
        "task.delay()",
        "self.retry()",
        "app.send_task('a', expires=60)",
        "shared_task(autoretry_for=(OSError,))",
        "@shared_task(max_retries=3)\ndef task(): pass",
        "@shared_task(name='a', retry_backoff=True)\ndef task(): pass",
        "beat = {'tick': {'options': {'countdown': 3}}}",
    ],
)
def test_planted_delay_is_found(planted, tmp_path):
    path = tmp_path / "planted.py"
    path.write_text(planted)
    assert broker_delays(path)


def test_a_bell_is_none(tmp_path):
    path = tmp_path / "bell.py"
    path.write_text("task.apply_async(expires=expires)\n@shared_task(name='a')\ndef task(): pass")
    assert broker_delays(path) == []
