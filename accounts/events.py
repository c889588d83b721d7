"""Facts of this room. Payload: id (of the young person), old, new."""

from django.dispatch import Signal

support_ended = Signal()  # new: why
kept_apart = Signal()  # by: the user who decided it; role
sign_in_changed = Signal()  # their number is new, or has gone
handed_over = Signal()  # id of the link; old and new: the workers' ids; by: the user whose decision it is, or None
objected = Signal()  # id of the objection
objection_answered = Signal()  # id of the objection
cover_made = Signal()  # id of the cover
cover_ended = Signal()  # id of the cover
guest_let_in = Signal()  # id of the link
transfer_asked = Signal()  # id of the transfer, as of the two below
transfer_refused = Signal()
transferred = Signal()  # old and new: the workers' ids
