"""What a file is by its leading bytes, and whether it is only that. Pure; decodes nothing.

A file that two programs read as two different things (a picture with an archive behind it, a page
of HTML with a picture's head) passes one check and harms in the other program, so it is refused.
"""

import re
import struct
from dataclasses import dataclass

from onestop.inspection.refusal import Refused

PDF, JPEG, PNG = "pdf", "jpeg", "png"
WORDS = {PDF: "tệp PDF", JPEG: "ảnh JPEG", PNG: "ảnh PNG"}
ENDINGS = {"pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "jpe": JPEG, "jfif": JPEG, "png": PNG}
_HEADS = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
# What people send by mistake, with what to do instead.
_OTHERS = (
    (b"PK\x03\x04", "là tệp nén ZIP hoặc tệp Word, Excel. Lưu thành PDF rồi chọn lại"),
    (b"\xd0\xcf\x11\xe0", "là tệp Word, Excel đời cũ. Lưu thành PDF rồi chọn lại"),
    (b"{\\rtf", "là tệp Word (RTF). Lưu thành PDF rồi chọn lại"),
    (b"Rar!", "là tệp nén RAR. Giải nén, chọn từng tệp PDF hoặc ảnh"),
    (b"7z\xbc\xaf", "là tệp nén 7z. Giải nén, chọn từng tệp PDF hoặc ảnh"),
    (b"MZ", "là chương trình, không phải giấy tờ. Không mở tệp này; báo quản trị"),
    (b"\x7fELF", "là chương trình, không phải giấy tờ. Không mở tệp này; báo quản trị"),
    (b"GIF8", "là ảnh GIF. Lưu thành JPEG hoặc PNG rồi chọn lại"),
    (b"II*\x00", "là ảnh TIFF. Đặt máy quét lưu PDF hoặc JPEG rồi quét lại"),
    (b"MM\x00*", "là ảnh TIFF. Đặt máy quét lưu PDF hoặc JPEG rồi quét lại"),
    (b"BM", "là ảnh BMP. Lưu thành JPEG hoặc PNG rồi chọn lại"),
)
_HTML = (b"<html", b"<!doctype html", b"<script", b"<svg", b"<?php")
# A reader of PDF looks for its head in so many bytes.
_PDF_HEAD_WITHIN = 1024
_ZIP_TAIL = 65_557
_ADDED = re.compile(rb"\d{1,10} \d{1,5} obj\b|xref\b")
BROKEN = {
    PDF: "Tệp PDF bị hỏng hoặc chưa tải lên hết. Chọn lại tệp; nếu vẫn vậy, quét hoặc xuất PDF lại",
    JPEG: "Ảnh bị hỏng hoặc chưa tải lên hết. Chọn lại tệp; nếu vẫn vậy, chụp hoặc quét lại",
    PNG: "Ảnh bị hỏng hoặc chưa tải lên hết. Chọn lại tệp; nếu vẫn vậy, chụp hoặc quét lại",
}
TWO_KINDS = "Tệp chứa dữ liệu của một loại tệp khác lẫn bên trong, có thể gây hại. Quét lại giấy tờ rồi chọn tệp mới"


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def kind_of(name: str, content: bytes, *, allowed: tuple[str, ...]) -> str:
    """The kind of this content; raises Refused when it is none of `allowed`, or not what its name says."""
    kind = next((kind for head, kind in _HEADS if content.startswith(head)), "")
    if not kind:
        raise Refused(_what_it_is(content, allowed))
    if kind not in allowed:
        raise Refused(f"Tệp này là {WORDS[kind]}. {_only(allowed)}")
    stem, dot, ending = name.rpartition(".")
    if dot and stem and ending.isalnum() and ENDINGS.get(ending.lower()) != kind:
        raise Refused(f"Tên tệp có đuôi .{ending[:8]} nhưng bên trong là {WORDS[kind]}. Đặt đúng tên hoặc lưu lại tệp rồi chọn lại")
    return kind


def _only(allowed: tuple[str, ...]) -> str:
    return "Chỉ nhận tệp PDF" if allowed == (PDF,) else "Chỉ nhận tệp PDF, ảnh JPEG hoặc PNG"


def _what_it_is(content: bytes, allowed: tuple[str, ...]) -> str:
    if b"%PDF-" in content[:_PDF_HEAD_WITHIN]:
        return "Tệp PDF có dữ liệu lạ ở đầu tệp, có thể gây hại. Quét hoặc xuất PDF lại rồi chọn tệp mới"
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}:
        return f"Tệp này là ảnh HEIC của điện thoại. Đặt máy ảnh lưu JPEG rồi chụp lại. {_only(allowed)}"
    lead = content[:_PDF_HEAD_WITHIN].lstrip().lower()
    if lead.startswith((*_HTML, b"<?xml", b"<!--")):
        return f"Tệp này là trang web (HTML, XML). {_only(allowed)}"
    for head, words in _OTHERS:
        if content.startswith(head):
            return f"Tệp này {words}"
    return _only(allowed)


def check_alone(kind: str, content: bytes) -> Size | None:
    """Whether the content is this kind from the first byte to the last and nothing else; the size of a picture.

    Raises Refused for what is cut off and for what carries a second kind of file.
    """
    size = {PDF: _pdf_alone, PNG: _png_alone, JPEG: _jpeg_alone}[kind](content)
    if _holds_archive(content):
        raise Refused(TWO_KINDS)
    return size


def _pdf_alone(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content[max(0, end - 64) : end]:
        raise Refused(BROKEN[PDF])
    rest = content[end + 5 :].strip(b" \t\r\n\x00\x1a")
    if _ADDED.match(rest):  # a change that was saved behind the old end, and was cut off
        raise Refused(BROKEN[PDF])
    if rest:
        raise Refused("Tệp PDF có dữ liệu lạ sau phần kết thúc, có thể gây hại. Quét hoặc xuất PDF lại rồi chọn tệp mới")
    before_first_object = content[: min(_PDF_HEAD_WITHIN, max(0, content.find(b" obj")))].lower()
    if any(word in before_first_object for word in _HTML):
        raise Refused(TWO_KINDS)


def _png_alone(content: bytes) -> Size:
    """Walks the chunks: the head says the size, IEND is the end of the file."""
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise Refused(BROKEN[PNG])
    place = 8
    while True:
        if place + 12 > len(content):
            raise Refused(BROKEN[PNG])
        length = int.from_bytes(content[place : place + 4], "big")
        name = content[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            break
    if place != len(content):
        raise Refused(TWO_KINDS)
    _no_pages_inside(content)
    return Size(*struct.unpack(">II", content[16:24]))


def _jpeg_alone(content: bytes) -> Size:
    """Walks the segments up to the picture itself. Telephones add data of their own behind it: that may stay."""
    size, place = None, 2
    while size is None:
        if place + 9 > len(content) or content[place] != 0xFF:
            raise Refused(BROKEN[JPEG])
        marker = content[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            size = Size(width, height)
        elif marker == 0xDA or length < 2:
            raise Refused(BROKEN[JPEG])
        place += 2 + length
    if b"\xff\xd9" not in content[place:]:
        raise Refused(BROKEN[JPEG])
    _no_pages_inside(content)
    return size


def _no_pages_inside(picture: bytes) -> None:
    lower = picture.lower()
    if b"%pdf-" in lower[:_PDF_HEAD_WITHIN] or any(word in lower for word in _HTML):
        raise Refused(TWO_KINDS)


def _holds_archive(content: bytes) -> bool:
    """Whether a program that unpacks archives would find one: its directory stands where the end record says."""
    start = max(0, len(content) - _ZIP_TAIL)
    place = content.rfind(b"PK\x05\x06", start)
    while place >= 0:
        if place + 22 <= len(content):
            size = int.from_bytes(content[place + 12 : place + 16], "little")
            if content[max(0, place - size) :].startswith(b"PK\x01\x02") or size == 0:
                return True
        place = content.rfind(b"PK\x05\x06", start, place)
    return False
