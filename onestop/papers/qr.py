"""QR codes: a PNG for papers, an SVG for screens.

Level M, quiet zone of four modules, never Micro QR. The mask is fixed: trying all eight
costs more than drawing, and any mask can be read; a fixed one also keeps the bytes of a
paper the same on every rendering.
"""
from io import BytesIO

import segno

QUIET_ZONE = 4
MASK = 3


def _make(text: str) -> segno.QRCode:
    if not text:
        raise ValueError("A QR code needs a text")
    return segno.make(text, error="m", micro=False, boost_error=False, mask=MASK)


def png_data_uri(text: str, *, scale: int = 4) -> str:
    """The code as a data: URI of a 1-bit PNG, `scale` pixels a module, quiet zone included."""
    return _make(text).png_data_uri(scale=scale, border=QUIET_ZONE)


def width_mm(text: str, *, symbol_mm: float = 26.0) -> float:
    """How wide the image must be printed, quiet zone included, for a symbol of `symbol_mm`.

    26 mm is the least a telephone reads well from a worn slip; it is measured on the
    symbol itself, without the quiet zone.
    """
    modules = _make(text).symbol_size(border=0)[0]
    return symbol_mm * (modules + 2 * QUIET_ZONE) / modules


def svg(text: str) -> str:
    """The code as an <svg> element for a page: scalable, no size of its own, no colours but black on white."""
    out = BytesIO()
    _make(text).save(
        out,
        kind="svg",
        border=QUIET_ZONE,
        light="#fff",
        dark="#000",
        xmldecl=False,
        omitsize=True,
        nl=False,
        svgclass="qr",
        lineclass=None,
    )
    return out.getvalue().decode()
