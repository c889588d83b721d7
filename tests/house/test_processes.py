"""docker-compose.yml runs the process table of config/processes.py: one table, two ways to run it."""

import json
import re
import runpy
import urllib.request
from pathlib import Path

import pytest
from django.test import Client

from config.processes import BACKGROUND, LISTEN, PROCESSES, STEPS
from tests.rules.test_settings import variables

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"postgres", "valkey", "setup"}
COMPOSE = (ROOT / "docker-compose.yml").read_text()


def services(text: str) -> dict[str, str]:
    """The text of each service. The file keeps to one shape, so that no YAML reader is needed here."""
    inside = re.search(r"^services:\n(.*?)^volumes:", text, re.M | re.S)[1]
    parts = re.split(r"^  (\w+):\n", inside, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def command(service: str) -> list[str]:
    return json.loads(re.search(r"^    command: (\[.*\])$", service, re.M)[1])


def role(service: str) -> str:
    return re.search(r"FR_DB_ROLE: (\w+)", service)[1]


def differences(text: str) -> list[str]:
    """What docker-compose.yml says otherwise than the table; empty if nothing."""
    found = services(text)
    wrong = [f"{name}: in one of them only" for name in {p.name for p in PROCESSES} ^ (set(found) - SERVERS)]
    for process in PROCESSES:
        if process.name in found:
            service = found[process.name]
            expected = ["0.0.0.0:8000" if part == LISTEN else part for part in process.command]
            if command(service) != expected:
                wrong.append(f"{process.name}: another command")
            if role(service) != process.role:
                wrong.append(f"{process.name}: another role")
    steps = [step for step in (*STEPS, *BACKGROUND) if step.needs_database and not step.demo_only]
    lines = [f"FR_DB_ROLE={step.role} {' '.join(step.command)}" for step in steps]
    if re.findall(r"^ +(FR_DB_ROLE=.*)$", found["setup"], re.M) != lines:
        wrong.append("setup: other steps")
    return wrong


def test_compose_runs_the_table():
    assert differences(COMPOSE) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("FR_DB_ROLE: fr_web", "FR_DB_ROLE: fr_worker", "web: another role"),
        ('"matching", "-c", "1"', '"matching", "-c", "2"', "matcher: another command"),
        ("  relay:\n", "  relais:\n", "relay: in one of them only"),
        ("FR_DB_ROLE=fr_owner python manage.py migrate", "python manage.py migrate", "setup: other steps"),
    ],
)
def test_planted_difference_is_seen(old, new, complaint):
    assert old in COMPOSE
    assert complaint in differences(COMPOSE.replace(old, new))


def test_containers_have_time_to_finish():
    longest = max(process.grace for process in PROCESSES)
    assert int(re.search(r"stop_grace_period: (\d+)s", COMPOSE)[1]) >= longest


def test_the_servers_of_the_compose_file_keep_what_they_are_told():
    valkey = services(COMPOSE)["valkey"]
    assert "valkey/valkey:9" in valkey
    assert command(valkey)[1:] == [
        *("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")
    ]
    assert "image: postgres:18" in services(COMPOSE)["postgres"]


def test_one_matcher_and_one_web_role():
    assert [process.name for process in PROCESSES if process.scalable] == ["web", "worker", "sender"]
    assert {process.role for process in PROCESSES if process.name != "web"} == {"fr_worker"}


BARE = "r.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"


def asked_by_health(code: str, settings, monkeypatch, tmp_path) -> int:
    """What the site of a real installation answers to its container's health check."""
    asked = []
    monkeypatch.setattr(urllib.request, "urlopen", lambda request, timeout: asked.append(request))
    monkeypatch.setenv("FR_HOSTS", "rung.council.example,rung.example")
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["rung.council.example", "rung.example"], True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    (tmp_path / "health.py").write_text(code)
    runpy.run_path(str(tmp_path / "health.py"))
    headers = {} if isinstance(asked[0], str) else dict(asked[0].header_items())
    return Client().get("/healthz", headers={"host": "127.0.0.1:8000", **headers}).status_code


def test_the_site_answers_its_container_s_health_check(settings, monkeypatch, tmp_path):
    found = re.search(r'"-c", "(import .*)"\]$', services(COMPOSE)["web"], re.M)[1]
    assert asked_by_health(found, settings, monkeypatch, tmp_path) == 200


def test_planted_a_health_check_that_asks_as_nobody_does(settings, monkeypatch, tmp_path):
    assert asked_by_health(f"import urllib.request as r; {BARE}", settings, monkeypatch, tmp_path) == 400


# What an operator does not choose: the image says where state lies, and the site's address is in FR_SITE_URL.
CHOSEN_ELSEWHERE = {"FR_STATE_DIR", "PORT"}


def forgotten(text: str) -> set[str]:
    """Settings that the containers' programmes read and the compose file does not hand to them."""
    return variables() - set(re.findall(r"\b([A-Z_]+): ", text)) - CHOSEN_ELSEWHERE


def test_every_setting_reaches_the_containers():
    assert forgotten(COMPOSE) == set()
    assert "FR_STATE_DIR=" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["FR_FROM_EMAIL", "FR_SMTP_TLS", "FR_ASK_AFTER_SECONDS", "FR_DB_ROLE"])
def test_planted_setting_that_the_compose_file_forgets(name):
    assert forgotten(re.sub(rf"\b{name}: ", "", COMPOSE)) == {name}


def test_what_is_not_set_is_what_the_settings_say():
    """An empty word would be no number: the compose file repeats the defaults of config/settings/base.py."""
    base = (ROOT / "config/settings/base.py").read_text()
    ours = dict(re.findall(r'environ\.get\("(\w+)", "([^"]+)"\)', base))
    theirs = dict(re.findall(r"^  (\w+): \$\{\w+:-(.*)\}$", COMPOSE, re.M))
    same = {name for name in ours if name in theirs} - {"FR_EMAIL_CHANNEL", "FR_FROM_EMAIL"}  # production has its own
    assert len(same) > 6 and {name: ours[name] for name in same} == {name: theirs[name] for name in same}


def test_the_example_names_every_setting_that_the_compose_file_asks_for():
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE)) - {"PORT"}
    assert asked == set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M))
