"""Papers on their way to the printer: the stored file, made first where it is still missing."""
from datetime import datetime

from dossiers import issuing, lifecycle
from dossiers.models import IssuedPaper, PaperKind
from onestop.history.models import AccessEntry, AccessKind
from onestop.vault import files


def file_of(paper: IssuedPaper, *, at: datetime) -> bytes:
    """The paper's file byte for byte as it was first made; made now if nobody has yet."""
    if not paper.sha256:
        paper = lifecycle.paper_made(paper, sha256=issuing.store_file(paper), at=at)
    return files.read(paper.sha256)


def make_missing(*, now: datetime, limit: int = 200) -> tuple[int, list[int]]:
    """Make files left behind by a crash; returns how many were made and the ids that failed.

    One bad paper never stops the others. Letters of apology have a job of their own (dispatch.py).
    """
    made, failed = 0, []
    without_file = IssuedPaper.objects.filter(sha256="").exclude(kind=PaperKind.APOLOGY)
    waiting = without_file.select_related("dossier", "supplement", "refusal").order_by("issued_at", "id")
    for paper in waiting[:limit]:
        try:
            file_of(paper, at=now)
        except Exception:  # whatever is wrong with one paper must not hold up the rest; the job reports it
            failed.append(paper.pk)
        else:
            made += 1
    return made, failed


def prints_of(paper: IssuedPaper) -> int:
    """How often the paper was sent to a printer so far; from the second time on it is a reprint."""
    return AccessEntry.objects.filter(subject=f"paper:{paper.pk}", kind=AccessKind.PRINT).count()
