"""Errors that a person can do something about."""


class ActionRefused(Exception):
    """The request was understood and is not possible now; nothing has changed.

    Attributes:
        message: One or two sentences for the person who tried: what happened and what to do.
        field: Name of the argument it is about, so that a form can say it there; empty when it is about none.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        """Keep the sentence that the person will read."""
        super().__init__(message)
        self.message = message
        self.field = field
