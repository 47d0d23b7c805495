"""What runs in the bounded child. Started by child.py as a script; imports nothing of the portal.

    python -I inside.py JOB LIMITS OPTIONS < content

Answers with one line of JSON, then the bytes that it made. Exit 3: out of memory.
"""

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

# Pages of a PDF may name very many objects; whoever needs more is no paper of a citizen.
MOST_OBJECTS = 300_000
MOST_DEPTH = 60
MOST_ATTACHED = 1_000_000
HARMLESS_ACTIONS = {"/GoTo", "/Named"}
ACTIONS = {
    "/JavaScript": "script",
    "/Launch": "launch",
    "/GoToR": "outside",
    "/GoToE": "outside",
    "/SubmitForm": "outside",
    "/ImportData": "outside",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
}
KEYS = {"/JS": "script", "/JavaScript": "script", "/XFA": "xfa", "/RichMedia": "media", "/OPI": "outside", "/Ref": "outside"}
LINKS = ("http://", "https://", "mailto:", "tel:")


def bound(memory: int, seconds: int) -> None:
    """From here on: so much memory, so much computing, no file written, few opened."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 48),
    ):
        resource.setrlimit(what, (most, most))


class Found(Exception):
    """Something for which the file is refused."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


# -- PDF ---------------------------------------------------------------------------------
def look_into_pdf(content: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Pages, and whether something in it acts by itself, reaches outside or is hidden inside."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise Found("password")
            count = pdf.Root.Pages.get("/Count", 0)
            if not isinstance(count, int) or not 0 < count <= options["most_pages"]:
                raise Found("pages" if isinstance(count, int) and count > 0 else "broken")
            seen = _walk(pdf, attachments=options["attachments"])
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise Found("password") from None
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RuntimeError):
        raise Found("broken") from None
    if not 0 < pages <= options["most_pages"]:
        raise Found("pages" if pages else "broken")
    return {"pages": pages, **seen}, b""


def _walk(pdf: Any, *, attachments: bool) -> dict[str, bool]:
    """Every object once, however it is packed; the names were already decoded by the reader."""
    seen = {"signed": False, "links": False}
    opening = pdf.Root.get("/OpenAction")
    if _kind(opening) == "dictionary" and str(opening.get("/S")) not in HARMLESS_ACTIONS:
        raise Found(ACTIONS.get(str(opening.get("/S")), "launch"))
    count = 0
    for whole in pdf.objects:
        for one in _inside(whole):
            count += 1
            if count > MOST_OBJECTS:
                raise Found("heavy")
            _judge(one, seen, attachments=attachments)
    return seen


def _inside(whole: Any) -> Iterator[Any]:
    """The dictionaries of one object, itself included; others that it refers to come by themselves."""
    waiting = [(whole, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise Found("heavy")
        kind = _kind(one)
        if kind in {"dictionary", "stream"}:
            yield one
            children = [child for _, child in one.items()]
        elif kind == "array":
            children = list(one)
        else:
            continue
        waiting += [(child, depth + 1) for child in children if _kind(child) and not child.is_indirect]


def _kind(one: Any) -> str:
    """dictionary, stream, array, or "" for what holds nothing."""
    kind = getattr(one, "_type_name", "")
    return kind if kind in {"dictionary", "stream", "array"} else ""


def _judge(one: Any, seen: dict[str, bool], *, attachments: bool) -> None:
    action = str(one.get("/S", ""))
    if action in ACTIONS:
        raise Found(ACTIONS[action])
    if action == "/URI":
        if not str(one.get("/URI", "")).lower().startswith(LINKS):
            raise Found("outside")
        seen["links"] = True
    for key, what in KEYS.items():
        if key in one:
            raise Found(what)
    if "/AA" in one:
        by_itself = one.get("/AA")
        if _kind(by_itself) and any(_kind(act) and str(act.get("/S")) not in HARMLESS_ACTIONS for _, act in by_itself.items()):
            raise Found("script")
    if _kind(one) == "stream" and "/F" in one:
        raise Found("outside")
    if "/EF" in one:
        _judge_attachment(one.get("/EF"), allowed=attachments)
    if str(one.get("/FT", "")) == "/Sig" and "/V" in one:
        seen["signed"] = True


def _judge_attachment(files: Any, *, allowed: bool) -> None:
    """Our own papers carry their figures as JSON; nothing else may travel inside."""
    if not allowed or not _kind(files):
        raise Found("attachment")
    for _, stream in files.items():
        content = stream.read_bytes()
        if len(content) > MOST_ATTACHED:
            raise Found("attachment")
        try:
            json.loads(content)
        except ValueError:
            raise Found("attachment") from None


def show_first_page(options: dict[str, Any]) -> None:
    """Become the program that draws the first page; it keeps every limit of this process."""
    size = str(options["pixels"])
    command = ["pdftoppm", "-f", "1", "-l", "1", "-singlefile", "-scale-to", size, "-jpeg", "-jpegopt", "quality=80", "/dev/stdin"]
    os.execvp("pdftoppm", command)


# -- pictures ----------------------------------------------------------------------------
def look_into_image(content: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The size, and a smaller picture: upright, without anything that the file says about place, time and camera."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = options["most_pixels"]
    try:
        with Image.open(io.BytesIO(content), formats=[options["format"]]) as picture:
            width, height = picture.size
            if width * height > options["most_pixels"]:
                raise Found("pixels")
            most = options["pixels"]
            picture.draft("RGB", (most, most))
            picture.load()
            picture.thumbnail((most, most))
            made = io.BytesIO()
            _on_white(ImageOps.exif_transpose(picture)).save(made, "JPEG", quality=80, exif=b"", icc_profile=None)
    except Image.DecompressionBombError:
        raise Found("pixels") from None
    except (OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, OverflowError, EOFError):
        raise Found("broken") from None
    return {"width": width, "height": height}, made.getvalue()


def _on_white(picture: Any) -> Any:
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda value: value / 256).convert("L")
    return picture.convert("RGB")


# -- signatures ---------------------------------------------------------------------------
def look_at_signatures(content: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Each signature with what can be said about it without asking anybody over the network."""
    import logging

    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.disable(logging.CRITICAL)
    roots = _certificates(options["roots"])
    try:
        found = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        signatures = [_signature(one, roots) for one in found]
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise Found("broken") from None
    return {"signatures": signatures, "roots": len(roots)}, b""


def _signature(one: Any, roots: list[Any]) -> dict[str, Any]:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    told: dict[str, Any] = {"field": str(one.field_name), "signer": "", "organisation": "", "signed_at": "", "expires": ""}
    told |= {"intact": False, "whole": False, "untouched": False, "trusted": False, "problem": ""}
    try:
        certificate = one.signer_cert
        told["signer"] = _name(certificate, "common_name")
        told["organisation"] = _name(certificate, "organization_name")
        told["issuer"] = _name_of(certificate.issuer, "common_name")
        told["expires"] = certificate.not_valid_after.isoformat()
        context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
        status = validate_pdf_signature(one, signer_validation_context=context)
        told["intact"] = bool(status.intact and status.valid)
        told["whole"] = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        covered = status.coverage in {SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION}
        told["untouched"] = covered and bool(status.docmdp_ok) and status.modification_level != ModificationLevel.OTHER
        told["trusted"] = bool(status.trusted)
        told["problem"] = str(getattr(status.trust_problem_indic, "name", ""))
        moment = status.signer_reported_dt
        told["signed_at"] = moment.astimezone(UTC).isoformat() if moment else ""
    except Exception as error:  # Whatever a forged structure provokes, it is no valid signature.
        told["problem"] = type(error).__name__
    return told


def _certificates(folder: str) -> list[Any]:
    """The roots that the operator trusts: every certificate of the folder, PEM or DER."""
    from asn1crypto import pem, x509

    found: list[Any] = []
    for path in sorted(Path(folder).iterdir()) if folder else []:
        if path.suffix.lower() not in {".pem", ".crt", ".cer", ".der"}:
            continue
        content = path.read_bytes()
        parts = [part for _, _, part in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
        found += [x509.Certificate.load(part) for part in parts]
    return found


def _name(certificate: Any, part: str) -> str:
    return _name_of(certificate.subject, part)


def _name_of(name: Any, part: str) -> str:
    value = name.native.get(part, "")
    return str(value[-1] if isinstance(value, list) else value)[:200]


JOBS = {"pdf": look_into_pdf, "image": look_into_image, "signatures": look_at_signatures}


def main() -> int:
    job, limits, options = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
    bound(limits["memory"], limits["seconds"])
    try:
        if job == "first_page":
            show_first_page(options)
        says, made = JOBS[job](sys.stdin.buffer.read(), options)
    except Found as found:
        says, made = {"refused": found.what}, b""
    except MemoryError:
        return 3
    sys.stdout.buffer.write(json.dumps(says).encode() + b"\n" + made)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
