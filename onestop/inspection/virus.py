"""Asking a virus scanner (clamd) about a file; only where the operator has one.

The protocol is INSTREAM: a command, the content in pieces each led by its length, a length of
nought, and one line back.
"""

import socket

from django.conf import settings

from onestop.inspection.refusal import Refused

SECONDS = 20
_PIECE = 64 * 1024
NOT_SCANNED = "Chưa quét được vi-rút vì máy quét vi-rút không trả lời. Hồ sơ vẫn tiếp nhận được; tải tệp này lên sau"


def scan(content: bytes) -> None:
    """Nothing when the content is clean or no scanner is set; raises Refused when it is not, or when nobody answers."""
    if not settings.CLAMD_SOCKET:
        return
    try:
        line = _ask(content)
    except OSError:
        raise Refused(NOT_SCANNED) from None
    if line.endswith(" FOUND"):
        name = line.removeprefix("stream: ").removesuffix(" FOUND")
        raise Refused(f"Tệp có vi-rút ({name[:80]}). Không mở tệp này trên máy; báo quản trị và xin người nộp bản khác")
    if not line.endswith("OK"):
        raise Refused(NOT_SCANNED)


def _ask(content: bytes) -> str:
    with _connect() as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _PIECE):
            piece = content[start : start + _PIECE]
            line.sendall(len(piece).to_bytes(4, "big") + piece)
        line.sendall(bytes(4))
        answer = b""
        while b"\0" not in answer and len(answer) < 1000:
            part = line.recv(1000)
            if not part:
                break
            answer += part
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()


def _connect() -> socket.socket:
    """To a socket file, or to host:port."""
    where = settings.CLAMD_SOCKET
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
