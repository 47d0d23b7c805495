"""A result signed on the leader's own computer: taken at the sign page, given out byte for byte, checked again at any time."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dossiers import lifecycle
from dossiers.models import SignatureCheck, SignOff, SignOffKind
from dossiers.rules import READERS
from dossiers.signed_files import examine, why_not_signed_by
from dossiers.views.acting import UNPROCESSABLE, ActPage, facts_of
from dossiers.views.outside import outside_file
from dossiers.views.papers import dossier_with_names
from onestop.history.access import AccessKind, note_access
from onestop.inspection import Report, Signature, Verdict, verify
from onestop.reading.dates import short_moment
from onestop.staff.access import role_required
from onestop.vault import files

CHANGED_ON_DISK = "Tệp lưu trên máy chủ không còn hoặc đã bị thay đổi. Báo quản trị ngay"


@dataclass(frozen=True)
class Shown:
    """One signature as the page shows it."""

    name: str
    organisation: str
    issuer: str
    signed: str
    tag: tuple[str, str]
    words: str


def shown(signatures: "list[Signature] | tuple[Signature, ...]") -> list[Shown]:
    """Finished rows for `_signatures.html`."""
    return [
        Shown(one.signer or "không đọc được", one.organisation, one.issuer, short_moment(one.moment), one.tag, one.words)
        for one in signatures
    ]


def sign_digitally(page: ActPage) -> tuple[HttpResponse | None, Report | None]:
    """Take a signed file; what is wrong with it stands at its box, with what was found about each signature."""
    if not page.is_ready():
        if page.form is not None and page.form.has_error("file", "refused"):
            note_access(page.request, AccessKind.REFUSED, f"dossier:{page.dossier.pk}", "tệp ký số không nhận")
        return None, None
    content, _, name = page.values["file"]
    signed = examine(content, name, page.dossier.results.order_by("version").last())
    if why := why_not_signed_by(signed, page.request.user.full_name):
        note_access(page.request, AccessKind.REFUSED, f"dossier:{page.dossier.pk}", f"ký số: {Verdict.WORDS[signed.report.verdict]}")
        page.form.add_error("file", why.rstrip("."))
        page.status = UNPROCESSABLE
        return None, signed.report
    with page.trying():
        files.store(content)
        lifecycle.sign_off(page.dossier, kind=SignOffKind.DIGITAL, signer=page.request.user, signed_file=signed, **page.signature)
        return page.done(f"Đã nhận bản ký số. Chữ ký: {Verdict.WORDS[signed.report.verdict]}."), signed.report
    return None, signed.report


def _sign_off_of(request: HttpRequest, code: str, version: int) -> SignOff:
    dossier = dossier_with_names(request, code)
    found = SignOff.objects.filter(dossier=dossier, result__version=version, kind=SignOffKind.DIGITAL)
    signature = found.select_related("dossier__procedure", "result", "signer").first()
    if signature is None:
        raise Http404
    return signature


@role_required(*READERS)
@require_safe
def signed_file(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """The signed result, byte for byte: a signature holds only on these bytes."""
    signature = _sign_off_of(request, code, version)
    note_access(request, AccessKind.DOWNLOAD, f"dossier:{signature.dossier_id}", f"bản ký số {version}")
    check = SignatureCheck.objects.filter(sign_off=signature).first()
    return outside_file(signature.sha256, "pdf", check.file_name if check else f"{code}-da-ky.pdf")


@role_required(*READERS)
@require_safe
def signature(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """What was found when the file was taken and, with ?lai=1, what is found now."""
    signed = _sign_off_of(request, code, version)
    kept = SignatureCheck.objects.filter(sign_off=signed).first()
    if kept is None:
        raise Http404
    note_access(request, AccessKind.VIEW, f"dossier:{signed.dossier_id}", f"chữ ký số bản {version}")
    now = timezone.now()
    report = _again(signed) if request.GET.get("lai") == "1" else None
    context = {
        "dossier": signed.dossier,
        "facts": facts_of(signed.dossier, now),
        "signed": signed,
        "check": kept,
        "taken": short_moment(kept.checked_at),
        "verdict": (Verdict.WORDS[kept.verdict], Verdict.COLOURS[kept.verdict]),
        "signatures": shown([Signature(**row) for row in kept.signatures]),
        "report": report,
        "now": short_moment(now),
        "found_now": shown(report.signatures) if report else [],
    }
    return render(request, "dossiers/signature.html", context)


def _again(signed: SignOff) -> Report:
    try:
        return verify(files.read(signed.sha256))
    except files.FileMissing:
        return Report(Verdict.INVALID, CHANGED_ON_DISK, covered=False)
