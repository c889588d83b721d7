"""Every process is killed without warning while the main job runs: it finishes, nobody is told twice, nobody missed."""

import json

import pytest

from config.processes import PROCESSES
from tests.faults.instance import Instance
from tests.main_job.product import assert_all_told_once, start_demo

pytestmark = [pytest.mark.battery]
NAMES = ["postgres", "valkey", *(process.name for process in PROCESSES)]


@pytest.mark.parametrize("turn", [0, 4])
def test_kill_each_process_in_turn_during_the_main_job(turn, prepared, tmp_path):
    """One kill after each line the demonstration prints; `turn` decides who meets which step."""
    victims = NAMES[turn:] + NAMES[:turn]
    killed = []
    with Instance(tmp_path, like=prepared) as instance:
        instance.wait_until_ready()
        process = start_demo(instance, tmp_path / "answer.json")
        told = []
        with process.stdout as lines:
            for line in lines:
                told.append(line)
                if victims:
                    name = victims.pop(0)
                    instance.wait_until(lambda name=name: instance.pid(name))  # one may be down with one killed before
                    killed.append((name, instance.kill(name)))
        assert process.wait(300) == 0, "".join(told)[-6000:]
        assert [name for name, _ in killed] == NAMES[turn:] + NAMES[:turn]
        assert_all_told_once(json.loads((tmp_path / "answer.json").read_text()))
