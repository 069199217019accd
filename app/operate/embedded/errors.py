"""The one error that this package raises."""


class EnginesError(Exception):
    """An engine cannot be started; the message says why and what to do."""
