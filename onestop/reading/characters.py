"""What may stand in typed text at all: control characters, zero-width marks, white space, full-width digits."""
import unicodedata

from onestop.reading import Unreadable

STRANGE = "Có ký tự lạ không đọc được. Xoá đi rồi gõ lại"
INVISIBLE_ONLY = "Ô này chỉ có ký tự không nhìn thấy được. Xoá đi rồi gõ lại"

# Zero width: left behind by copying from web pages and PDF files. Between two Khmer characters they mean
# something (word break, joining), elsewhere nothing.
ZERO_WIDTH = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
# Letters and marks by category, yet nothing is seen of them.
INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_FULL_WIDTH_DIGITS = {0xFF10 + digit: 0x30 + digit for digit in range(10)}


def ascii_digits(text: str) -> str:
    """Full-width digits, as some input methods type them, become 0-9; everything else stays."""
    return text.translate(_FULL_WIDTH_DIGITS)


def digits_only(text: str) -> bool:
    """True for one or more of 0-9; digits of other scripts do not count."""
    return text.isascii() and text.isdigit()


def is_khmer(character: str) -> bool:
    return "\u1780" <= character <= "\u17ff"


def is_unwanted(character: str) -> bool:
    """Control, direction, surrogate, private and never-a-character code points, and the sign of a broken decoding."""
    if character == "\ufffd":
        return True
    category = unicodedata.category(character)
    if category == "Cn":
        # Unassigned may only mean newer than this Python; non-characters are final.
        return 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE
    return category in {"Cc", "Cs", "Co"} or (category == "Cf" and character not in ZERO_WIDTH)


def drop_zero_width(text: str) -> str:
    """Zero-width characters stay only between Khmer characters."""
    if ZERO_WIDTH.isdisjoint(text):
        return text
    kept: list[str] = []
    pending = ""
    for character in text:
        if character in ZERO_WIDTH:
            # Of a run of them the first is enough.
            pending = pending or character
            continue
        if pending and pending in "\u200b\u200c\u200d" and kept and is_khmer(kept[-1]) and is_khmer(character):
            kept.append(pending)
        pending = ""
        kept.append(character)
    return "".join(kept)


def single_spaces(text: str) -> str:
    """Trimmed, every run of white space (no-break and wide spaces too) made one ordinary space."""
    return " ".join(text.split())


def tidy_line(text: str, *, absurd: int) -> str:
    """One line as it is stored: NFC, trimmed, single spaces, no control characters, no stray zero-width ones.

    White space at both ends is forgiven, tabs and line ends too; inside the line they are refused. Text longer
    than `absurd` characters is refused before any work is done on it. Raises Unreadable. "" when there was
    nothing but white space; invisible characters alone are refused.
    """
    text = text.strip(" \t\r\n")
    if len(text) > absurd:
        raise Unreadable(f"Nhiều nhất {absurd} ký tự (đang có {len(text)} ký tự)")
    if any(is_unwanted(character) for character in text):
        raise Unreadable(STRANGE)
    tidied = unicodedata.normalize("NFC", single_spaces(drop_zero_width(text)))
    if text and not _is_visible(tidied) and not text.isspace():
        raise Unreadable(INVISIBLE_ONLY)
    return tidied


def _is_visible(text: str) -> bool:
    return any(
        character != "\u2800" and character not in INVISIBLE_LETTERS and unicodedata.category(character)[0] in "LNPSC" for character in text
    )
