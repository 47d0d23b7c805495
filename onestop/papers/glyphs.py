"""Which letters our papers can print, and what stands in for the others.

Two families carry every paper: Liberation Serif (Latin, all Vietnamese letters) and Khmer
OS Siemreap. A character that neither has sends the layout engine through every font of the
machine, which can take seconds and gives a different picture on every machine; such
characters are therefore replaced before the layout sees them.
"""
import ctypes
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

FAMILIES = ("Liberation Serif", "Khmer OS Siemreap")
MISSING = "□"
"""Printed for a letter that no font of ours has: a visible hole is honest, a silent one is not."""

# Look-alikes that office software types without being asked, and what we print for them.
_ALIKE = {
    "\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u2212": "-", "\ufe58": "–", "\ufe63": "-", "\uff0d": "-",
    "\u2002": " ", "\u2003": " ", "\u2004": " ", "\u2005": " ", "\u2006": " ",
    "\u2008": " ", "\u2009": " ", "\u200a": " ", "\u205f": " ", "\u3000": " ",
    "\u2007": "\u00a0", "\u202f": "\u00a0", "\u2028": "\n", "\u2029": "\n", "\u02bc": "’", "\u2024": ".", "\u2027": "·", "\u2043": "-",
}  # fmt: skip
# Invisible characters that Khmer needs for its line breaks and clusters; fonts need no glyph for them.
_KEPT = frozenset("\n\t\u200b\u200c\u200d")


@cache
def font_file(family: str) -> str:
    """Path of the regular face of an installed family, "" when it is not installed."""
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return ""
    for name in ("FcNameParse", "FcFontMatch"):
        getattr(fontconfig, name).restype = ctypes.c_void_p
    pattern = ctypes.c_void_p(fontconfig.FcNameParse(f"{family}:style=Regular".encode()))
    fontconfig.FcConfigSubstitute(None, pattern, 0)
    fontconfig.FcDefaultSubstitute(pattern)
    result = ctypes.c_int()
    match = ctypes.c_void_p(fontconfig.FcFontMatch(None, pattern, ctypes.byref(result)))
    found = {}
    for key in (b"family", b"file"):
        value = ctypes.c_char_p()
        if match and fontconfig.FcPatternGetString(match, key, 0, ctypes.byref(value)) == 0 and value.value:
            found[key] = value.value.decode()
    for thing in (match, pattern):
        if thing:
            fontconfig.FcPatternDestroy(thing)
    # fontconfig always answers something; another family means "not installed".
    return found.get(b"file", "") if found.get(b"family") == family else ""


@cache
def covered() -> frozenset[int]:
    """Code points that the installed families have; empty when none is installed (then nothing is replaced)."""
    points: set[int] = set()
    for family in FAMILIES:
        if path := font_file(family):
            with TTFont(path, lazy=True) as font:
                points.update(font.getBestCmap())
    return frozenset(points)


@cache
def stand_in(letter: str) -> str:
    """What is printed for one character: itself, a look-alike, nothing (controls, marks of direction) or MISSING."""
    if letter in _KEPT:
        return letter
    if letter in _ALIKE:
        return _ALIKE[letter]
    if unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn", "Cs"} or "\ufe00" <= letter <= "\ufe0f":
        return ""
    if not covered() or ord(letter) in covered():
        return letter
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and all(ord(part) in covered() for part in plain):
        return plain
    return MISSING


def printable(text: str) -> str:
    """The text in NFC with every character that cannot be printed replaced; safe on HTML, for only non-ASCII and controls change."""
    text = unicodedata.normalize("NFC", text)
    for letter in set(text):
        if not " " <= letter <= "~" and (other := stand_in(letter)) != letter:
            text = text.replace(letter, other)
    return text
