"""The outbox, its drain, digests, channels, the relay and the operators' page."""
