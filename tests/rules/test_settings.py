"""Every environment variable is documented, and production refuses unsafe values."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z_]+)["']""")
SAFE = {
    "FR_SECRET_KEY": "s" * 60, "FR_FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "FR_HOSTS": "rung.example", "DATABASE_URL": "postgres:///x", "REDIS_URL": "redis://cache",
    "FR_MODE": "real", "FR_SMTP_HOST": "mail.example", "FR_FROM_EMAIL": "First Rung <rung@council.gov.uk>",
}  # fmt: skip


def variables() -> set[str]:
    files = [*ROOT.glob("config/**/*.py"), *ROOT.glob("core/**/*.py")]
    return {name for path in files for name in READ.findall(path.read_text())} - {"DJANGO_SETTINGS_MODULE"}


def test_every_variable_is_documented_and_nothing_else():
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.M)
    assert variables() - set(table) == set()


def start(**change: str) -> subprocess.CompletedProcess:
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        **SAFE,
        **change,
    }
    command = [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"]
    return subprocess.run(command, env=env, capture_output=True, text=True, cwd=ROOT)


def test_production_starts_with_safe_values():
    done = start(FR_SITE_URL="https://".ljust(47, "x"))
    assert done.returncode == 0, done.stderr


def test_a_sender_is_asked_for_where_a_mail_server_sends():
    notify = dict.fromkeys(("API_KEY", "EMAIL_TEMPLATE", "TEXT_TEMPLATE", "CALLBACK_TOKEN"), "x")
    notify = {f"FR_NOTIFY_{name}": value for name, value in notify.items()}
    done = start(FR_EMAIL_CHANNEL="notify", FR_FROM_EMAIL="", **notify)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"FR_SECRET_KEY": "short"}, "FR_SECRET_KEY"),
        ({"FR_FIELD_KEYS": ""}, "FR_FIELD_KEYS"),
        ({"FR_HOSTS": ""}, "FR_HOSTS"),
        ({"FR_MODE": "demo"}, "FR_MODE"),
        ({"FR_EMAIL_CHANNEL": "kept"}, "FR_EMAIL_CHANNEL"),
        ({"FR_SMTP_HOST": ""}, "FR_SMTP_HOST"),
        ({"FR_FROM_EMAIL": ""}, "FR_FROM_EMAIL"),
        ({"FR_FROM_EMAIL": "First Rung"}, "FR_FROM_EMAIL"),
        ({"FR_FROM_EMAIL": "First Rung <no-reply@council.Example>"}, "FR_FROM_EMAIL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"FR_SITE_URL": "https://".ljust(48, "x")}, "FR_SITE_URL"),
    ],
)
def test_production_refuses(change, says):
    done = start(**change)
    assert done.returncode and says in done.stderr
