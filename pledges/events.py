"""What this room announces. Payload: id (of many at once: ids); with a move also old and new."""

from django.dispatch import Signal

pledges_made = Signal()  # ids, in order; each once, when the pledge has a partnership and is not held back
pledge_corrected = Signal()  # id, before: the Correction that would put back what was there
pledge_ended = Signal()  # id, old, new: kept, partly kept, withdrawn or lapsed
pledge_reopened = Signal()  # id, old, new: taken up again after it had ended
pledge_rests = Signal()  # id, old, new: its opportunities have closed and nobody has started
employer_checked = Signal()  # id, old, new
employer_stopped = Signal()  # id, old, new
employer_unchecked = Signal()  # id, old, new
employers_merged = Signal()  # id of the one that stays, gone: id of the one that was joined to it
