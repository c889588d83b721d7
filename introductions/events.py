"""What this room announces. Payload: id of the row, old and new state."""

from django.dispatch import Signal

interested = Signal()
asked = Signal()
permitted = Signal()
introduced = Signal()
moved_on = Signal()  # a meeting, an interview, an offer or checks
started = Signal()
ended = Signal()
concern_raised = Signal()
