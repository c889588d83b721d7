"""Facts of this room. Payload: id of the opportunity, old and new: states, or "live" and "hidden" if only that turned,
or "free" and "full" for its last place, which the public is never told.

Announced after the flat row that search and matching read has been written, in the same transaction.
"""

from django.dispatch import Signal

opportunity_published = Signal()
opportunity_changed = Signal()
opportunity_closed = Signal()
