"""The check of a file before it is kept."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from onestop.inspection import child, virus
from onestop.inspection.kinds import BROKEN, JPEG, PDF, PNG, check_alone, kind_of
from onestop.inspection.refusal import Refused

# Longer side of the picture that pages show.
PREVIEW_PIXELS = 1600
# A sheet of A3 at 600 dots an inch.
MOST_PIXELS = 70_000_000
_FORMAT = {JPEG: "JPEG", PNG: "PNG"}
NO_PREVIEW = "Không vẽ được trang đầu để xem trước; bản gốc vẫn lưu đủ"
HAS_LINKS = "Tệp có liên kết ra trang web bên ngoài; chỉ bấm vào khi biết chắc"


@dataclass(frozen=True)
class Policy:
    """What is taken on one kind of occasion. `attachments`: figures as JSON inside the PDF, as our own papers carry them;
    `preview`: a picture of it is wanted.
    """

    kinds: tuple[str, ...]
    limit: str
    most_pages: int
    attachments: bool = False
    preview: bool = True

    @property
    def most_bytes(self) -> int:
        return int(getattr(settings, self.limit)) * 1_000_000

    @property
    def most_words(self) -> str:
        return f"{getattr(settings, self.limit)} MB"


SCAN = Policy((PDF, JPEG, PNG), "SCAN_MB", 200)
DRAFT = Policy((PDF,), "DRAFT_MB", 1000, attachments=True, preview=False)
# A file signed elsewhere is never changed by us, so whatever acts by itself is refused here, too, and not taken out.
SIGNED = DRAFT


@dataclass(frozen=True)
class Checked:
    """A file that may be kept. `pixels` 0 for a PDF; `preview` is a JPEG of our own making, or empty."""

    kind: str
    pages: int
    pixels: int
    preview: bytes
    warnings: tuple[str, ...] = ()
    signed: bool = False


class Upload(Protocol):
    """What Django holds of a file that was sent."""

    name: str | None
    size: int | None

    def read(self, num_bytes: int = ...) -> bytes: ...


_FOUND = {
    "password": "Tệp PDF có mật khẩu hoặc bị khóa quyền. Bỏ mật khẩu, hoặc quét lại giấy tờ, rồi chọn lại",
    "script": "Tệp PDF có mã chạy tự động (JavaScript), có thể gây hại. Quét hoặc in thành PDF lại rồi chọn tệp mới",
    "launch": "Tệp PDF có lệnh tự mở chương trình hoặc trang khác, có thể gây hại. Quét hoặc in thành PDF lại rồi chọn tệp mới",
    "outside": "Tệp PDF gọi dữ liệu từ bên ngoài, có thể gây hại. Quét hoặc in thành PDF lại rồi chọn tệp mới",
    "attachment": "Tệp PDF có tệp khác đính kèm bên trong. Tách ra, chỉ chọn phần giấy tờ",
    "media": "Tệp PDF có phim, âm thanh hoặc nội dung động. Quét hoặc in thành PDF lại rồi chọn tệp mới",
    "xfa": "Tệp PDF là biểu mẫu động (XFA). In thành PDF thường rồi chọn lại",
    "heavy": "Tệp quá nặng để kiểm tra an toàn. Quét lại với độ nét thấp hơn hoặc tách thành nhiều tệp",
}
_NO_ANSWER = {
    "slow": _FOUND["heavy"],
    "heavy": _FOUND["heavy"],
    "broken": "Không đọc được tệp. Quét hoặc xuất lại rồi chọn tệp mới",
    "busy": "Máy chủ đang kiểm tra nhiều tệp. Chờ một phút rồi gửi lại",
}


def read_bounded(upload: Upload, policy: Policy) -> bytes:
    """The bytes of an upload whose size was looked at first; raises Refused."""
    if (upload.size or 0) > policy.most_bytes:
        raise Refused(f"Tệp lớn hơn {policy.most_words}. Quét lại với độ nét thấp hơn (200–300 dpi) hoặc tách thành nhiều tệp")
    content = upload.read()
    if not content:
        raise Refused("Tệp rỗng. Chọn lại tệp")
    return content


def check(name: str, content: bytes, policy: Policy = SCAN) -> Checked:
    """Look into a file whose size is already known to be in bounds; raises Refused with the sentence to show."""
    if len(content) > policy.most_bytes:
        raise Refused(f"Tệp lớn hơn {policy.most_words}")
    kind = kind_of(name, content, allowed=policy.kinds)
    size = check_alone(kind, content)
    if size is not None and not 0 < size.pixels <= MOST_PIXELS:
        raise Refused(_too_many_pixels(size.width, size.height))
    checked = _check_pdf(content, policy) if kind == PDF else _check_image(kind, content)
    # Last: what is refused anyway need not be sent to the scanner.
    virus.scan(content)
    return checked


def _check_pdf(content: bytes, policy: Policy) -> Checked:
    says = _ask("pdf", content, {"most_pages": policy.most_pages, "attachments": policy.attachments}, PDF, policy.most_pages).says
    preview = _first_page(content) if policy.preview else b""
    warnings = (*((HAS_LINKS,) if says["links"] else ()), *(() if preview or not policy.preview else (NO_PREVIEW,)))
    return Checked(PDF, int(says["pages"]), 0, preview, warnings, bool(says["signed"]))


def _first_page(content: bytes) -> bytes:
    """A picture of the first page; empty when there is no program to draw it or it did not manage."""
    try:
        made = child.ask("first_page", content, {"pixels": PREVIEW_PIXELS}).made
    except child.NoAnswer:
        return b""
    return made if made.startswith(b"\xff\xd8\xff") else b""


def _check_image(kind: str, content: bytes) -> Checked:
    options = {"format": _FORMAT[kind], "pixels": PREVIEW_PIXELS, "most_pixels": MOST_PIXELS}
    answer = _ask("image", content, options, kind, 1)
    return Checked(kind, 1, int(answer.says["width"]) * int(answer.says["height"]), answer.made)


def _ask(job: str, content: bytes, options: dict[str, object], kind: str, most_pages: int) -> child.Answer:
    try:
        answer = child.ask(job, content, options)
    except child.NoAnswer as failure:
        raise Refused(_NO_ANSWER[failure.why]) from None
    if what := answer.says.get("refused"):
        sentences = {
            **_FOUND,
            "broken": BROKEN[kind],
            "pages": f"Tệp có hơn {most_pages} trang. Tách thành nhiều tệp rồi gửi từng tệp",
            "pixels": _too_many_pixels(0, 0),
        }
        raise Refused(sentences.get(str(what), BROKEN[kind]))
    return answer


def _too_many_pixels(width: int, height: int) -> str:
    size = f" ({width} × {height} điểm)" if width else ""
    return f"Ảnh quá lớn{size}. Quét lại ở 200–300 dpi hoặc chụp lại rồi chọn tệp mới"
