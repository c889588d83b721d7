"""Facts of this room. Payload: id (of the young person), old, new."""

from django.dispatch import Signal

support_ended = Signal()  # new: why
