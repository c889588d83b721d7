"""The three database roles, and databases that grant the right things to them.

Roles are global to a server while migrations are per database, so roles are made here (by the launcher or
`manage.py setup_roles`) and never by a migration: two test databases migrating at once would collide.
"""

import psycopg
from psycopg import sql

OWNER, WEB, WORKER = "fr_owner", "fr_web", "fr_worker"
Connection = psycopg.Connection[tuple[object, ...]]


def make_roles(admin: Connection, *, for_tests: bool = False, password: str = "") -> None:
    """Make or correct the roles. `admin` is an autocommit connection of a superuser (or a CREATEROLE user).

    for_tests: the owner may make databases, and the web role may *become* the worker for a moment (factories write
    so). INHERIT FALSE is vital: a web role that inherits from fr_worker is also given fr_worker's `USING (true)`
    policies, and the second wall is gone without any error.
    password: for servers reached over TCP; over the embedded server's socket the folder is the lock.
    """
    have = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER, WEB, WORKER):
        verb = "ALTER" if role in have else "CREATE"
        admin.execute(f"{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS".encode())
        admin.execute(f"ALTER ROLE {role} SET timezone = 'UTC'".encode())  # else Django sends SET TIME ZONE each time
        if password:
            admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))
    if for_tests:
        admin.execute(f"ALTER ROLE {OWNER} CREATEDB".encode())
        admin.execute(f"GRANT {WORKER} TO {WEB} WITH INHERIT FALSE, SET TRUE".encode())
    else:
        admin.execute(f"REVOKE {WORKER} FROM {WEB}".encode())


def allow_clock_offset(admin: Connection) -> None:
    """Demo and test servers only: let the owner write `ALTER DATABASE ... SET app.clock_offset`.

    PostgreSQL lets anybody SET an unknown `app.*` setting for a session, but only a superuser, or a role with this
    grant, may store it for a database.
    """
    admin.execute(f'GRANT SET ON PARAMETER "app.clock_offset" TO {OWNER}'.encode())


def make_owned_database(admin: Connection, name: str) -> None:
    """Make an empty database for fr_owner as administrator, unless there is one. Autocommit connection needed."""
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        query = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
        admin.execute(query)
    with psycopg.connect(admin.info.dsn, dbname=name, password=admin.info.password, autocommit=True) as inside:
        grant_defaults(inside, for_role=OWNER)


def make_database(owner: Connection, name: str) -> None:
    """Make an empty database owned by the connected role, ready for `migrate`. Autocommit connection needed."""
    owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with psycopg.connect(owner.info.dsn, dbname=name, autocommit=True) as inside:
        grant_defaults(inside)


def grant_defaults(conn: Connection, *, for_role: str = "") -> None:
    """What every table made later by the owner grants. Default privileges belong to one database and one maker.

    TRUNCATE, REFERENCES and TRIGGER are left out on purpose: TRUNCATE is not subject to row-level security.
    """
    maker = f"FOR ROLE {for_role} " if for_role else ""
    for what in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
        conn.execute(f"ALTER DEFAULT PRIVILEGES {maker}GRANT {what} TO {WEB}, {WORKER}".encode())


def clone_database(owner: Connection, template: str, name: str) -> None:
    """Replace `name` by a fresh copy of `template`: tables, rows, policies, grants and default privileges."""
    drop_database(owner, name)
    owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(owner: Connection, name: str) -> None:
    """Plain, not WITH (FORCE): the owner may not end other roles' sessions. A plain DROP waits 5 s for them to go."""
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
