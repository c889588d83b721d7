"""Every recurring job, with its local time in London. The relay and `tick` insert the due times and run what is due."""

import datetime as dt

from core.schedule import Job

JOBS = [
    Job("expire checks", "pledges.checks.expire_checks", at=dt.time(0, 1)),
    Job("live", "opportunities.live.refresh_all", at=dt.time(0, 5)),
    Job("event scores", "pledges.honest.score_events", at=dt.time(0, 20)),
    Job("asks not needed", "pledges.asks.cancel_forgotten", at=dt.time(0, 25)),
    Job("full match pass", "matching.services.full_pass", at=dt.time(2, 30), queue="matching"),
    Job("people kept no longer", "accounts.retention.keep_no_longer", at=dt.time(3, 10)),
    Job("introductions kept no longer", "introductions.retention.keep_no_longer", at=dt.time(3, 20)),
    Job("businesses kept no longer", "pledges.retention.keep_no_longer", at=dt.time(3, 25)),
    Job("tidy", "config.tidy.tidy", at=dt.time(3, 30)),
    Job("messages not heard of", "notifications.reports.ask_about_silent", at=dt.time(4, 0)),
    Job("digest", "notifications.digests.daily_digests", at=dt.time(8, 0)),
    Job("still fine", "introductions.fine.ask", at=dt.time(8, 30)),
    Job("meeting reminders", "introductions.reminders.remind", every=10),
    Job("what fits", "matching.own_news.tell", at=dt.time(16, 0)),
    Job("follow up", "pledges.followup.follow_up", at=dt.time(9, 0)),
    Job("still open", "opportunities.still_open.follow", at=dt.time(9, 15)),
    Job("support used", "pledges.ask_messages.tell_of_use", at=dt.time(9, 30)),
    Job("check-ins", "introductions.staying.ask_due", at=dt.time(9, 45)),
]
