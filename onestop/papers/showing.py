"""How a PDF of our own making is answered: to look at and to print, able to load nothing."""

from django.http import HttpResponse

# A browser's viewer of PDFs styles itself and shows the file as an object; it starts in no sandbox.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors {}"


def shown_pdf(content: bytes, name: str, *, in_our_frames: bool = True) -> HttpResponse:
    """The paper under a file name of ASCII letters; `in_our_frames`: a page of ours may show it within itself."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY.format("'self'" if in_our_frames else "'none'")
    return response
