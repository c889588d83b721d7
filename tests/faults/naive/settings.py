"""An ordinary installation with the naive design."""

from config.settings.embedded import *  # noqa: F403
from config.settings.embedded import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.naive.apps.NaiveConfig"]
