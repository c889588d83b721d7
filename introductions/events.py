"""What this room announces. Payload: id of the row, old and new state."""

from django.dispatch import Signal

interested = Signal()
asked = Signal()
answered = Signal()  # yes at 16 or 17, which their worker has to confirm
permitted = Signal()
introduced = Signal()
moved_on = Signal()  # a meeting, an interview, an offer or checks
started = Signal()
replied = Signal()  # one of a business's fixed replies, for the worker
ended = Signal()
frozen = Signal()
concern_raised = Signal()
help_asked = Signal()  # id of what was asked
checked_in = Signal()  # what one side said at a check-in; old and new are its answers
