"""The files of issued papers: the snapshot, with its secret and history mark put in, printed and kept."""

from dataclasses import replace
from typing import cast

from django.conf import settings

from dossiers import documents, secrets
from dossiers.issuing.answers import supplement_subject
from dossiers.models import (
    IssuedPaper,
    Stage,
    SupplementRequest,
)
from dossiers.slips import ApologySlip, ReceiptSlip, RefusalSlip, ResultSlip, Slip, StopSlip, SupplementSlip, read_snapshot
from dossiers.statuses import Act
from onestop.history.models import Event
from onestop.history.record import short_hash
from onestop.vault import files


def token_address(token: str) -> str:
    """The link in a slip's QR."""
    return f"{settings.SITE_URL}/tc/{token}/"


def _first_event(agency_id: int, subject: str) -> Event:
    return Event.objects.filter(agency_id=agency_id, subject=subject).earliest("seq")


def _request_event(request: SupplementRequest) -> Event:
    """The event of a request: before the acceptance its own first one, afterwards one of the dossier's."""
    if request.stage == Stage.BEFORE:
        return _first_event(request.agency_id, f"supplement:{request.pk}")
    events = Event.objects.filter(agency_id=request.agency_id, subject=f"dossier:{request.dossier_id}", act=Act.REQUEST_SUPPLEMENT)
    return events.filter(at=request.requested_at).earliest("seq")


def printed_slip(paper: IssuedPaper) -> Slip:
    """The slip as it is printed: the snapshot with its secret and history mark put in."""
    slip = read_snapshot(paper.snapshot)
    if isinstance(slip, ReceiptSlip) and paper.dossier is not None:
        code = paper.dossier.code
        mark = short_hash(_first_event(paper.agency_id, f"dossier:{paper.dossier_id}"))
        return replace(
            slip,
            history_mark=mark,
            lookup_code=secrets.lookup_code(code, paper.secret_version),
            token_url=token_address(secrets.token(code, paper.secret_version)),
        )
    if isinstance(slip, SupplementSlip) and paper.supplement is not None:
        request = paper.supplement
        subject = supplement_subject(request.agency_id, request.year, request.number)
        mark = short_hash(_request_event(request))
        return replace(slip, history_mark=mark, token_url=token_address(secrets.token(subject, 1)))
    if isinstance(slip, StopSlip):
        events = Event.objects.filter(agency_id=paper.agency_id, subject=f"dossier:{paper.dossier_id}")
        return replace(slip, history_mark=short_hash(events.filter(act__in=[Act.STOP, Act.GRANT_WITHDRAWAL]).latest("seq")))
    if isinstance(slip, ResultSlip):
        events = Event.objects.filter(agency_id=paper.agency_id, subject=f"dossier:{paper.dossier_id}", act=Act.ISSUE_RESULT)
        return replace(slip, history_mark=short_hash(events.filter(at=paper.issued_at).earliest("seq")))
    subject = f"letter:{paper.letter.pk}" if isinstance(slip, ApologySlip) else f"refusal:{paper.refusal_id}"
    return replace(slip, history_mark=short_hash(_first_event(paper.agency_id, subject)))


def render(paper: IssuedPaper) -> bytes:
    """The paper's PDF; the same bytes on every run."""
    slip = printed_slip(paper)
    if isinstance(slip, ReceiptSlip):
        return documents.receipt_slip(slip)
    if isinstance(slip, SupplementSlip):
        return documents.supplement_slip(slip)
    if isinstance(slip, ApologySlip):
        return documents.apology_letter(slip)
    if isinstance(slip, StopSlip):
        return documents.stop_notice(slip)
    if isinstance(slip, ResultSlip):
        return documents.result_letter(slip)
    return documents.refusal_slip(cast(RefusalSlip, slip))


def store_file(paper: IssuedPaper) -> str:
    """Render and keep the file; returns its SHA-256. The caller binds it with `lifecycle.paper_made`."""
    return files.store(render(paper))
