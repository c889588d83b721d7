#!/usr/bin/env python3
"""First Rung on one machine: `python3 dev.py run`, `test`, and the rest (`python3 dev.py help`).

Needs Python 3.11 or newer and nothing else. This file stays readable for much older Pythons, so that they can
say what is wrong; all the work is done in launcher/, with the standard library alone.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the point of this file
    sys.exit(
        "First Rung needs Python 3.11 or newer; this is Python %d.%d.\n"  # noqa: UP031
        "Install a newer one and start again with it, for example: python3.11 dev.py run" % sys.version_info[:2]
    )

from launcher.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
