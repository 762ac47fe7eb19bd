"""The root of everything this package raises on purpose."""


class SimError(Exception):
    """Something happened that a caller should hear of; the message says what, where, what to do."""
