"""Every recurring job, with its local time in London. The relay and `tick` insert the due times and run what is due."""

import datetime as dt

from core.schedule import Job

JOBS = [
    Job("tidy", "config.tidy.tidy", at=dt.time(3, 30)),
    Job("digest", "notifications.services.daily_digests", at=dt.time(8, 0)),
]
