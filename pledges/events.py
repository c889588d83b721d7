"""What this room announces. Payload: id; with a move also old and new."""

from django.dispatch import Signal

pledge_made = Signal()  # id; sent once, when the pledge has a partnership
employer_checked = Signal()  # id, old, new
employer_stopped = Signal()  # id, old, new
employer_unchecked = Signal()  # id, old, new
employers_merged = Signal()  # id of the one that stays, gone: id of the one that was joined to it
