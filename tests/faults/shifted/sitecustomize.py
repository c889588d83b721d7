"""Python imports this at its start where a storm put this folder on its path: the time of day is what the storm says.

The monotonic clock stays, as it does when somebody sets a machine's clock.
"""

import datetime as dt
import os
import threading
import time

import time_machine  # here and not in the thread: two threads that import at once may meet a half of a module

FILE = os.environ["FR_STORM_SHIFT"]


def follow() -> None:
    """Look at the file for ever, and move the clock when it changed."""
    now, moved = "0", None
    while True:
        time.sleep(0.5)
        try:
            with open(FILE) as file:
                told = file.read().strip()
        except OSError:
            continue
        if told != now:
            if moved:
                moved.stop()
            now, moved = told, None
            if told != "0":
                moved = time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=int(told)), tick=True)
                moved.start()


def begin() -> None:
    threading.Thread(target=follow, daemon=True).start()


begin()
os.register_at_fork(after_in_child=begin)
