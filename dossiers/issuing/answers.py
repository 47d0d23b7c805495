"""The slips that ask for papers (Mẫu 02), refuse (Mẫu 03) and stop (Mẫu 05)."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from dossiers.intake import Declined, Guidance
from dossiers.issuing.rows import feedback_of, head_of, issue_paper
from dossiers.models import (
    IssuedPaper,
    PaidFees,
    PaperKind,
    Refusal,
    StopKind,
    StopNotice,
    SupplementRequest,
)
from dossiers.slips import Component, RefusalSlip, StopSlip, SupplementSlip
from onestop.reading.dates import say_clock_date, say_long_date
from onestop.reading.money import show_money
from onestop.staff.models import User

SUPPLEMENT_SERIES = "HDHS"
REFUSAL_SERIES = "TCTN"
STOP_SERIES = "TBDG"


def supplement_subject(agency_id: int, year: int, number: int) -> str:
    """What the token of a supplement slip is derived from."""
    return f"M02:{agency_id}:{year}:{number}"


def issue_supplement(
    supplement: SupplementRequest, guidance: Guidance, *, by: User, at: datetime, ground: str = "", answer_by: date | None = None
) -> IssuedPaper:
    """The supplement slip (Mẫu 02) with everything that is missing; after acceptance also the dossier, the ground and the last day."""
    number = f"{supplement.number:02d}/{SUPPLEMENT_SERIES}"
    slip = SupplementSlip(
        **head_of(supplement.agency, at),
        applicants=(guidance.applicant.name,),
        address=guidance.applicant.address,
        phone=guidance.applicant.phone,
        email=guidance.applicant.email,
        request=guidance.request_text or guidance.version.procedure.short_name,
        number=number,
        items=tuple(Component(no=str(position), name=name) for position, name in enumerate(guidance.items, 1)),
        reason=f"{guidance.reason} (Căn cứ: {ground})" if ground else guidance.reason,
        code=supplement.dossier.code if supplement.dossier is not None else "",
        reply_by=say_long_date(answer_by) if answer_by is not None else "",
        website=settings.SITE_URL.partition("://")[2],
        guide_name=by.full_name,
        guide_phone=supplement.agency.hotline,
    )
    return issue_paper(PaperKind.SUPPLEMENT, supplement.agency_id, number, slip, by=by, at=at, supplement=supplement)


def issue_refusal(refusal: Refusal, declined: Declined, *, by: User, at: datetime) -> IssuedPaper:
    """The refusal slip (Mẫu 03): reason, ground and where to go instead."""
    number = f"{refusal.number:02d}/{REFUSAL_SERIES}"
    request = declined.request_text or (declined.version.procedure.short_name if declined.version else "")
    slip = RefusalSlip(
        **head_of(refusal.agency, at),
        applicants=(declined.applicant.name,),
        address=declined.applicant.address,
        phone=declined.applicant.phone,
        email=declined.applicant.email,
        request=request,
        number=number,
        reason=f"{declined.reason} (Căn cứ: {declined.ground})",
        right_place=declined.guidance,
        website=settings.SITE_URL.partition("://")[2],
        filer_name=declined.applicant.name,
        receiver_name=by.full_name,
        receiver_phone=refusal.agency.hotline,
        feedback=feedback_of(refusal.agency),
    )
    return issue_paper(PaperKind.REFUSAL, refusal.agency_id, number, slip, by=by, at=at, refusal=refusal)


STOP_CASES = {
    StopKind.STOPPED: "cơ quan dừng giải quyết",
    StopKind.WITHDRAWN: "người nộp rút hồ sơ",
    StopKind.UNANSWERED: "không bổ sung, không nộp tiền trong thời hạn",
}


def fees_words(notice: StopNotice) -> str:
    """What happens to what was paid: "đã nộp 8.000 đồng, hoàn trả"."""
    if notice.fees == PaidFees.NONE:
        return "không có khoản đã nộp"
    words = f"đã nộp {show_money(notice.paid)}, {PaidFees(notice.fees).label.lower()}"
    return f"{words} ({notice.fees_note})" if notice.fees_note else words


def issue_stop(notice: StopNotice, *, by: User, at: datetime) -> IssuedPaper:
    """The notice that work on a dossier has stopped (Mẫu 05); there is one for a dossier."""
    dossier = notice.dossier
    parties = list(dossier.parties.all())
    filer = next(party for party in parties if party.role == "filer")
    owners = [party.name for party in parties if party.role == "owner"]
    number = f"{notice.number:02d}/{STOP_SERIES}"
    slip = StopSlip(
        **head_of(dossier.agency, at),
        code=dossier.code,
        number=number,
        applicants=tuple(owners or [filer.name]),
        address=filer.address,
        phone=filer.phone,
        email=filer.email,
        request=dossier.request_text,
        received=say_clock_date(timezone.localtime(dossier.received_at)),
        stopped=say_clock_date(timezone.localtime(at)),
        case=STOP_CASES[StopKind(notice.kind)],
        asked_by=notice.asked_by,
        stage=notice.get_stage_display().lower(),
        reason=notice.reason,
        ground=notice.ground,
        papers_given_back=notice.papers_given_back,
        fees_words=fees_words(notice),
        filer_name=filer.name,
        decider_name=by.full_name,
        decider_title=by.job_title.upper(),
        # Luật Khiếu nại: to the head of the body whose act it is.
        complaint=f"Khiếu nại: gửi Chủ tịch UBND {dossier.agency.name[:1].lower()}{dossier.agency.name[1:]}.",
        website=settings.SITE_URL.partition("://")[2],
        feedback=feedback_of(dossier.agency),
    )
    return issue_paper(PaperKind.STOP, dossier.agency_id, number, slip, by=by, at=at, dossier=dossier)
