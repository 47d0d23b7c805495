"""What a text message can hold: the alphabet of GSM-7, at most 160 characters of it.

One letter outside that alphabet (every Vietnamese accent is one) makes the whole message UCS-2, of
which only 70 characters fit, so accents are taken off after rendering. Pure.
"""

import unicodedata

SMS_LENGTH = 160
# Where the link goes when the message is sent; it opens the dossier and is therefore kept nowhere.
LINK = "{link}"
# GSM 03.38, basic set without its accented letters, of which Vietnamese needs none.
_BASIC = frozenset("@£$¥\n\r_ !\"#¤%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "₫": "d"})


class NotSms(ValueError):
    """A text that would be cut, split or sent at a higher price; a fault of ours, never of a citizen."""


def plain(text: str) -> str:
    """The text in letters of GSM-7: "Đã nhận hồ sơ" → "Da nhan ho so". What has no such letter is left out."""
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
    letters = (character for character in decomposed if not unicodedata.combining(character))
    return " ".join("".join(character if character in _BASIC else " " for character in letters).split())


def check_sms(text: str, link: str = "") -> str:
    """The text itself, once it is sure to go as one message with the link put in. Raises NotSms."""
    whole = with_link(text, link)  # the mark itself is no letter of GSM-7
    if not set(whole) <= _BASIC:
        raise NotSms("a text message holds a letter outside GSM-7")
    if len(whole) > SMS_LENGTH:
        raise NotSms(f"a text message of {len(whole)} characters")
    return text


def with_link(text: str, link: str) -> str:
    return text.replace(LINK, link)


def mask_recipient(recipient: str) -> str:
    """For lists: "•••••••123", "s•••@vidu.vn"; "" for none."""
    name, at, host = recipient.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    return f"{'•' * max(len(recipient) - 3, 0)}{recipient[-3:]}"
