"""The one exception of this room."""


class Refused(Exception):
    """A file that is not taken; the message is the whole sentence, for a clerk, without a final full stop."""
