"""Papers and files of a dossier: the slip to print again, a new slip, the draft of the result."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from dossiers.models import Dossier, IssuedPaper, LetterState, PaperKind
from dossiers.rules import READERS, get_dossier_for, sees_personal_data
from dossiers.signing_queue import note_opened
from dossiers.statuses import DESK, Status
from dossiers.views.reception import paper_response
from onestop.history.access import AccessKind, note_access
from onestop.staff.access import refused, role_required
from onestop.vault import files

SLIP, LETTER, NOTICE, RESULT = "giay-hen", "xin-loi", "dung", "ket-qua"


def dossier_with_names(request: HttpRequest, code: str) -> Dossier:
    """The dossier for somebody who may see its personal data; to everybody else it does not exist here."""
    dossier = get_dossier_for(request.user, code)
    if not sees_personal_data(request.user, dossier):
        raise Http404
    return dossier


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def paper(request: HttpRequest, code: str, mau: str) -> HttpResponse:
    """An issued paper as it was first made. Only the desk prints a slip: the citizen's copy carries his secret.

    A letter, a notice of stopping and a result of our own carry none.
    """
    if mau not in {LETTER, NOTICE, RESULT} and not request.user.has_role(*DESK):
        return refused(request)
    dossier = dossier_with_names(request, code)
    issued = _issued(dossier, mau, request.GET.get("van-ban", ""))
    if issued is None:
        raise Http404
    return paper_response(request, issued)


def _issued(dossier: Dossier, mau: str, letter: str = "") -> IssuedPaper | None:
    """The slip that counts, or the latest letter (or that of this number) that has been issued; one only signed is not out yet."""
    papers = dossier.issued_papers.filter(voided_at__isnull=True).select_related("dossier")
    if mau == SLIP:
        return papers.filter(kind=PaperKind.RECEIPT).last()
    if mau == NOTICE:
        return papers.filter(kind=PaperKind.STOP).last()
    if mau == RESULT:
        return papers.filter(kind=PaperKind.RESULT).last()
    if mau == LETTER:
        letters = papers.filter(kind=PaperKind.APOLOGY, letter__state__in=[LetterState.ISSUED, LetterState.SENT])
        if letter:
            letters = letters.filter(letter=letter) if letter.isascii() and letter.isdigit() and len(letter) < 19 else letters.none()
        return letters.last()
    return None


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def draft_file(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """The file of one version of the result: to keep, or with ?xem=1 to look at in a frame of our own page."""
    dossier = dossier_with_names(request, code)
    result = dossier.results.filter(version=version).exclude(sha256="").first()
    if result is None:
        raise Http404
    try:
        content = files.read(result.sha256)
    except files.FileMissing:
        raise Http404 from None
    looked_at = request.GET.get("xem") == "1"
    note_access(request, AccessKind.VIEW if looked_at else AccessKind.DOWNLOAD, f"dossier:{dossier.pk}", f"dự thảo bản {version}")
    if request.method == "GET" and dossier.status == Status.AWAITING_SIGNATURE:
        note_opened(result, request.user, timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    name = result.file_name or f"du-thao-{dossier.code}-{version}.pdf"
    response["Content-Disposition"] = content_disposition_header(not looked_at, name)
    response["X-Content-Type-Options"] = "nosniff"
    # Somebody else's file: it may load nothing and, as a download, run nothing. A viewer of PDFs starts in no sandbox.
    policy = "default-src 'none'; frame-ancestors 'self'"
    response["Content-Security-Policy"] = f"{policy}; style-src 'unsafe-inline'; object-src 'self'" if looked_at else f"{policy}; sandbox"
    return response
