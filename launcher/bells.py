"""The broker rings bells. It never waits, tries again or carries what a table must remember.

One of the checks of `dev.py check` (`python -m launcher.bells`). Standard library only.
"""

import ast
import sys
from pathlib import Path

from config.processes import ROOMS

OPTIONS = "config/settings/base.py"  # how often the broker's client connects anew: 0
# Celery's ways to wait and to try again. A delay lives in a table (`not_before`), where no broker can lose it.
DELAYS = frozenset(
    {"countdown", "eta", "max_retries", "default_retry_delay", "autoretry_for", "retry", "retry_backoff"}
)
CALLS = frozenset({"retry", "delay", "send_task", "signature", "apply_async"})  # a bell rings with an expiry alone


def broker_delays(path: Path) -> list[str]:
    """Where one file lets Celery wait, try again, or carry more than the ring of a bell."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call | ast.Dict):
            continue
        named = _names(node)
        bad = sorted({name for name in named if name in DELAYS})
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if called in CALLS and not (called == "apply_async" and named == ["expires"] and not _by_place(node)):
            bad.append(f".{called}()")
        found += [f"{path}:{node.lineno} {name}" for name in bad]
    return found


def _names(node: ast.Call | ast.Dict) -> list[str]:
    """The names of a call's keywords (** for unknown ones), or a dictionary's keys that are words."""
    if isinstance(node, ast.Call):
        return [keyword.arg or "**" for keyword in node.keywords]
    return [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]


def _by_place(node: ast.Call | ast.Dict) -> bool:
    """Whether a call hands something on without a name."""
    return isinstance(node, ast.Call) and bool(node.args)


def delays_of(root: Path) -> list[str]:
    """The same of all rooms of a checkout."""
    paths = [path for room in (*ROOMS, "config") for path in sorted((root / room).rglob("*.py"))]
    found = [line for path in paths if "migrations" not in path.parts for line in broker_delays(path)]
    return [line for line in found if not (OPTIONS in line and line.endswith(" max_retries"))]


if __name__ == "__main__":
    sys.exit("\n".join(delays_of(Path())) or 0)
