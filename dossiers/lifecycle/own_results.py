"""The part of issuing that is particular to results drafted here. Called inside `issue_result`'s transaction, before its event."""

from datetime import datetime

from django.utils import timezone

from dossiers import issuing, numbering
from dossiers.lifecycle.apologizing import BOOK
from dossiers.models import ApologyLetter, Dossier, IssuedPaper, PaperKind, ResultDocument, SignOffKind
from dossiers.statuses import NotAllowed
from onestop.staff.models import User

LONGEST_NUMBER = 6


def is_drawn_here(result: ResultDocument) -> bool:
    """Whether the number comes from our own book: a letter of our own that was not signed by hand on paper."""
    return result.snapshot is not None and result.sign_offs.exclude(kind=SignOffKind.WET_INK).exists()


def series_of(result: ResultDocument) -> str:
    """Letters of one symbol are one series of the year; official letters share theirs with the letters of apology."""
    return BOOK if result.doc_symbol == issuing.APOLOGY_SYMBOL else result.doc_symbol


def number_result(dossier: Dossier, result: ResultDocument, typed: str, *, at: datetime) -> None:
    """Give the result the next number of its kind and year, or the one that stands in the office's own book on paper.

    After a typed number the count goes on from it, and a number that was written on a paper signed by hand is passed
    over: both books can be kept side by side. Raises NotAllowed for a number that another letter has in this year.
    """
    agency_id, day = dossier.competent_agency_id, timezone.localdate(at)
    if not typed:
        number = numbering.next_slip_number(agency_id, series_of(result), day)
        while _is_taken(dossier, result, number, day.year):
            number = numbering.next_slip_number(agency_id, series_of(result), day)
    else:
        if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER and int(typed)):
            raise NotAllowed("Số văn bản chỉ gồm chữ số, ví dụ 05.")
        number = int(typed)
        numbering.count_on_to(agency_id, series_of(result), day, number)
        if _is_taken(dossier, result, number, day.year):
            words = f"{number:02d}/{result.doc_symbol}"
            raise NotAllowed(f"Số {words} đã cấp trong năm nay. Để trống ô số để lấy số tiếp theo.")
    result.doc_number = f"{number:02d}"


def _is_taken(dossier: Dossier, result: ResultDocument, number: int, year: int) -> bool:
    """Whether another letter of this symbol has the number in this year, drawn here or written by hand."""
    written = {f"{number:0{width}d}" for width in range(1, 5)}
    others = ResultDocument.objects.filter(doc_symbol=result.doc_symbol, doc_number__in=written).exclude(pk=result.pk)
    own = others.filter(dossier__competent_agency_id=dossier.competent_agency_id)
    moments = [issued_at or drafted_at for issued_at, drafted_at in own.values_list("dossier__finished_at", "drafted_at")]
    if any(timezone.localdate(moment).year == year for moment in moments):
        return True
    letters = ApologyLetter.objects.filter(agency_id=dossier.competent_agency_id, year=year, number=number)
    return result.doc_symbol == issuing.APOLOGY_SYMBOL and letters.exists()


def issue_paper_of(result: ResultDocument, *, by: User, at: datetime) -> list[IssuedPaper]:
    """The final paper of a letter signed in the system; a file signed elsewhere and a paper signed by hand are final themselves."""
    signature = result.sign_offs.select_related("signer").filter(kind=SignOffKind.IN_SYSTEM).first()
    if result.snapshot is None or signature is None:
        return []
    if signature.sha256 != result.sha256:
        raise NotAllowed("Chữ ký không gắn với dự thảo này. Trình ký lại.")
    return [issuing.issue_result_paper(result, signature, by=by, at=at)]


def take_papers_back(dossier: Dossier, *, at: datetime) -> list[IssuedPaper]:
    """The final papers of a result that turned out wrong count no longer; they stay on file."""
    papers = list(dossier.issued_papers.select_for_update().filter(kind=PaperKind.RESULT, voided_at__isnull=True))
    for paper in papers:
        paper.voided_at = at
        paper.save(update_fields=["voided_at"])
    return papers
