"""Small files, good and hostile, made in code."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image


def pdf(pages: int = 1, **saving: Any) -> bytes:
    """A good PDF of empty pages of A5."""
    with pikepdf.new() as file:
        for _ in range(pages):
            file.add_blank_page(page_size=(420, 595))
        return _saved(file, **saving)


def _saved(file: pikepdf.Pdf, **saving: Any) -> bytes:
    made = io.BytesIO()
    file.save(made, **saving)
    return made.getvalue()


def written(*objects: bytes) -> bytes:
    """A PDF of these objects word for word, the first of them the catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return body + head + table + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))


def pdf_with(**root: Any) -> bytes:
    """A PDF whose catalogue has these entries."""
    with pikepdf.new() as file:
        file.add_blank_page(page_size=(420, 595))
        for name, value in root.items():
            file.Root[f"/{name}"] = value
        return _saved(file)


def pdf_with_note(**note: Any) -> bytes:
    """A PDF with an annotation of these entries on its page."""
    with pikepdf.new() as file:
        page = file.add_blank_page(page_size=(420, 595))
        marked = file.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), **note))
        page.obj.Annots = Array([marked])
        return _saved(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_with_attachment(content: bytes, name: str = "ho-so.json") -> bytes:
    with pikepdf.new() as file:
        file.add_blank_page(page_size=(420, 595))
        file.attachments[name] = pikepdf.AttachedFileSpec(file, content, filename=name)
        return _saved(file)


def script() -> bytes:
    return pdf_with(OpenAction=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def launch() -> bytes:
    return pdf_with_note(A=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def page_bomb(depth: int = 6, each: int = 20) -> bytes:
    """A tree of pages in which every branch names the next one many times: to a naive reader each ** depth pages."""
    branches = [b"<</Type/Pages/Count 1/Kids[%s]>>" % (b"%d 0 R " % (number + 3) * each) for number in range(depth)]
    return written(b"<</Type/Catalog/Pages 2 0 R>>", *branches, b"<</Type/Page/MediaBox[0 0 9 9]>>")


def many_pages_said(count: int) -> bytes:
    """A file that says it has so many pages."""
    pages = b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count
    return written(b"<</Type/Catalog/Pages 2 0 R>>", pages, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")


def unpacks_to(megabytes: int) -> bytes:
    """A PDF whose list of objects unpacks to so many megabytes."""
    packed = _deflated(megabytes)
    body = b"%PDF-1.5\n"
    place = len(body)
    body += b"1 0 obj\n<</Type/XRef/W[1 2 1]/Size 3/Root 2 0 R/Filter/FlateDecode/Length " + str(len(packed)).encode()
    return body + b">>\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n" + str(place).encode() + b"\n%%EOF\n"


def _deflated(megabytes: int) -> bytes:
    packer, parts = zlib.compressobj(9), []
    for _ in range(megabytes):
        parts.append(packer.compress(bytes(1_000_000)))
    return b"".join([*parts, packer.flush()])


def picture(size: tuple[int, int] = (60, 40), form: str = "JPEG", mode: str = "RGB", **saving: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else "white").save(made, form, **saving)
    return made.getvalue()


def photograph_on_its_side() -> bytes:
    """40 × 60 as stored, 60 × 40 as meant, with a place and a camera in its notes."""
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x0110] = "Máy ảnh của tôi"
    notes.get_ifd(0x8825)[1] = "N"
    return picture((40, 60), exif=notes.tobytes())


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_that_says(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG whose head says this size, with whatever rows."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows or zlib.compress(bytes(99))) + _chunk(b"IEND", b"")


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.txt", "a")
    return made.getvalue()
