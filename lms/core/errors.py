"""Errors that a person can do something about."""


class ActionRefused(Exception):
    """The request was understood and is not possible now; nothing has changed.

    Attributes:
        message: One or two sentences for the person who tried: what happened and what to do.
    """

    def __init__(self, message: str) -> None:
        """Keep the sentence that the person will read."""
        super().__init__(message)
        self.message = message
