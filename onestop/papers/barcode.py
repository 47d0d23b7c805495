"""Code 128 barcodes (ISO/IEC 15417), for the office copy of a slip.

Only what a dossier code needs: printable ASCII, character sets B and C, the check
character. The choice of sets follows the standard's advice: C (two digits a character)
for runs of at least four digits at an end and six in the middle, B elsewhere.
"""
import base64
import re
from io import BytesIO

from PIL import Image

# Widths of the six bars and spaces of each symbol character, 0-102, then Start A, B, C; seven letters of text each.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 "
    "223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 "
    "311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
_STOP = "2331112"
_TO_C, _TO_B = 99, 100
_START_B, _START_C = 104, 105
QUIET_ZONE = 10
"""Modules of white on each side, the least the standard allows."""


def _runs(text: str) -> list[tuple[str, str]]:
    """The text cut into pieces ("B" | "C", piece); every piece of C has an even number of digits."""
    pieces: list[tuple[str, str]] = []
    plain = ""
    at = 0
    for run in re.finditer(r"[0-9]+", text):
        start, end = run.span()
        at_an_end = start == 0 or end == len(text)
        if end - start < (4 if at_an_end else 6):
            continue
        if (end - start) % 2:
            # An odd run gives its first digit to set B, except at the very start of the text.
            start, end = (start, end - 1) if start == 0 else (start + 1, end)
        plain = text[at:start]
        if plain:
            pieces.append(("B", plain))
        pieces.append(("C", text[start:end]))
        at = end
    if text[at:]:
        pieces.append(("B", text[at:]))
    return pieces


def symbol_values(text: str) -> list[int]:
    """Values of all symbol characters: start, data, check (the stop pattern is not a value).

    Raises ValueError for an empty text or one that is not printable ASCII.
    """
    if not re.fullmatch(r"[ -~]+", text):
        raise ValueError("Code 128 here takes printable ASCII only")
    values: list[int] = []
    for charset, piece in _runs(text):
        if not values:
            values.append(_START_C if charset == "C" else _START_B)
        else:
            values.append(_TO_C if charset == "C" else _TO_B)
        if charset == "C":
            values += [int(piece[i : i + 2]) for i in range(0, len(piece), 2)]
        else:
            values += [ord(letter) - 32 for letter in piece]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return [*values, check]


def modules(text: str) -> str:
    """The symbol as one character a module, "1" a bar and "0" a space, without quiet zones."""
    widths = "".join(_WIDTHS[7 * value : 7 * value + 6] for value in symbol_values(text)) + _STOP
    return "".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(widths))


def width_mm(text: str, *, module_mm: float = 0.25, limit_mm: float | None = None) -> float:
    """How wide the image must be printed, quiet zones included: `module_mm` a module, narrower when `limit_mm` asks."""
    width = (len(modules(text)) + 2 * QUIET_ZONE) * module_mm
    return width if limit_mm is None else min(width, limit_mm)


def code128_png_data_uri(text: str, *, scale: int = 2, height: int = 24) -> str:
    """The barcode as a data: URI of a 1-bit PNG, `scale` pixels a module, `height` pixels high, quiet zones included."""
    row = "0" * QUIET_ZONE + modules(text) + "0" * QUIET_ZONE
    line = Image.new("1", (len(row), 1), 1)
    line.putdata([0 if module == "1" else 255 for module in row])
    out = BytesIO()
    line.resize((len(row) * scale, height), Image.Resampling.NEAREST).save(out, format="PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
