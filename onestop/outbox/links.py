"""The address that a message's link leads to, made when it is sent."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string


def link_of(subject: str) -> str:
    """The address that opens the subject ("dossier:12") to its citizen; "" when there is none.

    Settings name one function for each kind of subject; it takes the number.
    """
    kind, _, number = subject.partition(":")
    path = settings.OUTBOX_LINKS.get(kind)
    if path is None or not number.isdigit():
        return ""
    return cast(Callable[[int], str], import_string(path))(int(number))
