"""Facts of this room. Payload: id (of the young person), old, new."""

from django.dispatch import Signal

interests_changed = Signal()
