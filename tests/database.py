"""Databases for tests, all made as fr_owner: one template, and clones of it."""

import os
import subprocess
import sys
from contextlib import contextmanager

import dj_database_url
import psycopg
from django.db import connection

from core import roles

SERVER = dj_database_url.parse(os.environ.get("DATABASE_URL", "postgres:///postgres"))
HOST = SERVER.get("OPTIONS", {}).get("host", SERVER["HOST"])
LOGIN = {"host": HOST, "port": SERVER["PORT"] or None, "password": os.environ.get("FR_DB_PASSWORD") or None}
ADMIN = SERVER["USER"]


def owner(dbname: str = "postgres") -> psycopg.Connection:
    """A connection of fr_owner, outside Django's: for what the web role may not do."""
    return psycopg.connect(**LOGIN, user=roles.OWNER, dbname=dbname, autocommit=True)


def admin(dbname: str = "postgres") -> psycopg.Connection:
    """A connection of the administrator who made the roles."""
    return psycopg.connect(**LOGIN, user=ADMIN, dbname=dbname, autocommit=True)


def manage(*args: str, role: str, dbname: str, check: bool = True) -> subprocess.CompletedProcess:
    """manage.py in its own process under another role, as the launcher runs it."""
    url = f"postgres://{ADMIN}@/{dbname}?host={HOST}"
    env = {**os.environ, "FR_DB_ROLE": role, "DATABASE_URL": url}
    return subprocess.run([sys.executable, "manage.py", *args], env=env, check=check, capture_output=True, text=True)


def make_template(name: str) -> None:
    """Migrations and reference data, once per run."""
    with owner() as conn:
        roles.drop_database(conn, name)
        roles.make_database(conn, name)
    for command in (["migrate", "-v0"], ["load_reference"]):
        done = manage(*command, role=roles.OWNER, dbname=name, check=False)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(command)}: {done.stderr}")


def clone(template: str, name: str) -> None:
    with owner() as conn:
        roles.clone_database(conn, template, name)


def drop(name: str) -> None:
    with owner() as conn:
        roles.drop_database(conn, name)


@contextmanager
def point_django_at(**where):
    """Connect Django's default connection elsewhere (NAME, USER, HOST, PORT) for the length of a block."""
    before = {key: connection.settings_dict[key] for key in where}
    connection.close()
    connection.settings_dict.update(where)
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict.update(before)
