"""What is done to a finished document before it is written: two copies on one sheet, lean fonts.

Two A5 copies go on one A4 landscape sheet, with a line to cut along. They are laid out as
ordinary A5 pages, one copy after the other, so both paper settings share one template and
one pagination. Putting two pages side by side only joins their finished content: it costs
nothing, cannot change a line break, and compresses better, the copies being nearly alike.
"""
import struct
from itertools import zip_longest

import pydyf

_MM = 72 / 25.4
SHEET = (297 * _MM, 210 * _MM)
# PDF 32000-1, 9.9: all that a viewer reads of an embedded TrueType font whose glyphs are addressed by number.
_NEEDED_TABLES = frozenset((b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"cvt ", b"fpgm", b"prep"))


def put_side_by_side(pdf: pydyf.PDF, first_of_second: int) -> None:
    """Pages before `first_of_second` (counted from 0) go to the left halves, the others to the right halves, sheet by sheet."""
    pages = [_object(pdf, reference) for reference in pdf.page_references]
    contents = [_object(pdf, page["Contents"]) for page in pages]
    kept = []
    for left, right in zip_longest(range(first_of_second), range(first_of_second, len(pages))):
        content: list[bytes] = []
        for number, shift in ((left, 0.0), (right, SHEET[0] / 2)):
            if number is not None:
                content += [b"q 1 0 0 1 %.3f 0 cm" % shift, *_lines(contents[number]), b"Q"]
        content.append(b"q 0.5 w [4 4] 0 d %.3f 0 m %.3f %.3f l S Q" % (SHEET[0] / 2, SHEET[0] / 2, SHEET[1]))
        used = [number for number in (left, right) if number is not None]
        for number in used:
            contents[number].stream = []
        contents[used[0]].stream = content
        box = pydyf.Array([0, 0, *SHEET])
        pages[used[0]].update({"MediaBox": box, "TrimBox": box, "BleedBox": box})
        for number in used[1:]:
            pages[number].clear()  # nothing points here any more
        kept.append(pages[used[0]])
    pdf.pages["Kids"] = pydyf.Array([part for page in kept for part in (page.number, 0, "R")])
    pdf.pages["Count"] = len(kept)


def drop_unread_tables(pdf: pydyf.PDF) -> None:
    """Take out of every embedded TrueType font what no viewer reads, 0.7 kB a font."""
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Stream) and "Length1" in thing.extra:
            font = _lean(b"".join(thing.stream))
            thing.stream = [font]
            thing.extra["Length1"] = len(font)


def _object(pdf: pydyf.PDF, reference: bytes) -> pydyf.Object:
    return pdf.objects[int(reference.split()[0])]


def _lines(content: pydyf.Stream) -> list[bytes]:
    return [line if isinstance(line, bytes) else str(line).encode() for line in content.stream]


def _lean(font: bytes) -> bytes:
    """The font file with only the tables of `_NEEDED_TABLES`; anything but plain TrueType is given back as it is."""
    version, count = struct.unpack(">4sH", font[:6])
    if version != b"\x00\x01\x00\x00":
        return font
    tables = [struct.unpack(">4s3L", font[12 + 16 * place : 28 + 16 * place]) for place in range(count)]
    tables = [table for table in tables if table[0] in _NEEDED_TABLES]
    power = 1 << (len(tables).bit_length() - 1)
    head = struct.pack(">4s4H", version, len(tables), power * 16, power.bit_length() - 1, (len(tables) - power) * 16)
    directory, body = b"", b""
    start = len(head) + 16 * len(tables)
    for tag, checksum, offset, length in tables:
        directory += struct.pack(">4s3L", tag, checksum, start + len(body), length)
        body += font[offset : offset + length] + b"\0" * (-length % 4)
    return head + directory + body
