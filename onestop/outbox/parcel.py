"""What a back end gets."""

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Parcel:
    """What a back end gets: everything put in, nothing left to look up.

    `errand` is the same at every try. `link` and `phone` are for channels that show buttons.
    """

    errand: str
    channel: str
    to: str
    text: str
    title: str = ""
    html: str = ""
    link: str = ""
    phone: str = ""
