"""How files that came from outside are given out: with a fixed type, never as a page of ours."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from onestop.vault import files

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
_NOTHING = "default-src 'none'; frame-ancestors 'self'; sandbox"


def outside_file(digest: str, kind: str, name: str, *, shown: bool = False) -> HttpResponse:
    """The bytes as they were stored, to keep; with `shown` to look at, which is only for pictures of our own making."""
    try:
        content = files.read(digest)
    except files.FileMissing:
        raise Http404 from None
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(not shown, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _NOTHING
    return response


def say_size(count: int) -> str:
    """1,2 MB or 350 kB."""
    return f"{count / 1_000_000:.1f} MB".replace(".", ",") if count >= 1_000_000 else f"{max(1, count // 1000)} kB"
