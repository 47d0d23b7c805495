"""How typed and scanned text is read the Vietnamese way.

Pure functions: text in, a domain value out. Every reader answers bad text with `Unreadable`, whose only
argument is the sentence shown beside the field. The sentence never repeats what was typed, so it may be logged.
"""


class Unreadable(ValueError):
    """The text cannot be read; `str(error)` is the final sentence for the person who typed it."""


__all__ = ("Unreadable",)
