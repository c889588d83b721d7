"""One morning's pledges reach the right advisers, on a running installation, twice, and on other days."""

import pytest

from tests.faults.instance import Instance
from tests.main_job.product import assert_all_told_once, demo

pytestmark = [pytest.mark.battery]


def test_the_main_job(finished):
    _, answer = finished
    assert_all_told_once(answer)


def test_a_second_demo_adds_and_sends_nothing(finished, tmp_path):
    instance, first = finished
    second = demo(instance, tmp_path / "second.json")
    assert_all_told_once(second)
    same = ("employers", "pledges", "drafts", "live", "refused", "matches", "mails", "told")
    assert {name: second[name] for name in same} == {name: first[name] for name in same}
    assert second["added"] == 0 < first["added"]


@pytest.mark.parametrize("day", ["2027-03-31", "2026-12-28", "2028-02-29"])
def test_the_main_job_on_another_day(day, prepared, tmp_path):
    instance = Instance(tmp_path, like=prepared)
    instance.env["FR_DB_ROLE"] = "fr_owner"
    instance.manage("set_clock", day)
    del instance.env["FR_DB_ROLE"]
    answer = demo(instance, tmp_path / "answer.json")
    assert answer["today"] == day
    assert_all_told_once(answer)
