"""A dossier between two communes: which of them does what, and where the papers are now.

A person may file at any desk of the province (NĐ 118/2025). The receiver numbers, chains and speaks to him; the competent
commune settles, signs and answers for the time. Only one of them has the papers, and only its people work on them. Most
dossiers have one agency, for which nothing here asks the database.
"""

from enum import Enum

from django.db.models import QuerySet

from dossiers.certification.kinds import LANE
from dossiers.models import Arrival, Dossier, TransferLine
from dossiers.statuses import Act
from onestop.staff.models import Agency
from procedures.models import Procedure


class Where(Enum):
    """In which of the two communes an act is done."""

    PAPERS = "where the papers are"
    WORK = "the competent one, once it has the papers"
    COMPETENT = "the competent one, wherever the papers are"
    RECEIVER = "the one that received it"
    EITHER = "either: it concerns the citizen, who comes to whichever desk is nearer"


# What is not named here is done where the papers are.
WHERE: dict[Act, Where] = {
    Act.SUBMIT: Where.WORK,
    Act.ISSUE_RESULT: Where.WORK,
    Act.SIGN_OFF: Where.WORK,
    Act.SEND_BACK: Where.WORK,
    Act.SUSPEND: Where.COMPETENT,
    Act.RESUME: Where.COMPETENT,
    Act.CONSENT: Where.COMPETENT,
    Act.EXTEND: Where.COMPETENT,
    Act.CHANGE_DATE: Where.COMPETENT,
    Act.RECLASSIFY: Where.COMPETENT,
    Act.STOP: Where.COMPETENT,
    Act.WAIVE_SCANS: Where.COMPETENT,
    Act.DRAFT_LETTER: Where.COMPETENT,
    Act.PREPARE_LETTER: Where.COMPETENT,
    Act.SIGN_LETTER: Where.COMPETENT,
    Act.WAIVE_LETTER: Where.COMPETENT,
    Act.SEND_LETTER: Where.EITHER,
    # The number is the receiver's.
    Act.VOID: Where.RECEIVER,
    Act.NEW_SECRET: Where.RECEIVER,
    Act.AMEND: Where.EITHER,
    Act.CHOOSE_MESSAGES: Where.EITHER,
    Act.ACCEPT_SUPPLEMENT: Where.EITHER,
    Act.CONFIRM_PAYMENT: Where.EITHER,
    Act.REQUEST_WITHDRAWAL: Where.EITHER,
    Act.TAKE_BACK_WITHDRAWAL: Where.EITHER,
    Act.RETURN_FOR_CORRECTION: Where.EITHER,
    Act.ADD_SCAN: Where.EITHER,
    Act.VOID_SCAN: Where.EITHER,
}


def is_for_another(dossier: Dossier) -> bool:
    """Whether one commune received it and another settles it."""
    return dossier.competent_agency_id != dossier.agency_id


def place_of(dossier: Dossier) -> int:
    """The agency that has the papers: that of the holder; before the leader, and where nobody holds them, the competent one."""
    if not is_for_another(dossier) or dossier.holder is None:
        return dossier.competent_agency_id
    return dossier.holder.agency_id


def why_not_here(agency_id: int, act: Act, dossier: Dossier) -> str:
    """The sentence that says why the act is not done in this one of the two agencies, or "". No query for a dossier of one agency."""
    where = WHERE.get(act, Where.PAPERS)
    if not is_for_another(dossier) or where == Where.EITHER:
        return ""
    if where == Where.RECEIVER:
        return "" if agency_id == dossier.agency_id else f"Việc này do nơi tiếp nhận làm: {dossier.agency.name}."
    if where != Where.PAPERS and agency_id != dossier.competent_agency_id:
        return f"Việc này do cơ quan giải quyết làm: {dossier.competent_agency.name}."
    if where == Where.COMPETENT:
        return ""
    if (line := open_line(dossier)) is not None:
        transfer = line.transfer
        return f"Hồ sơ nằm trong danh sách chuyển số {transfer.say_number()}, {transfer.recipient.name} chưa xác nhận."
    if agency_id != place_of(dossier):
        there = dossier.agency if place_of(dossier) == dossier.agency_id else dossier.competent_agency
        return f"Giấy tờ của hồ sơ đang ở {there.name}. Nơi đang giữ mới làm được việc này."
    return ""


def open_line(dossier: Dossier) -> TransferLine | None:
    """The line of a list on its way that nobody has confirmed yet."""
    on_the_way = dossier.transfer_lines.filter(state=Arrival.AWAITED)
    return on_the_way.select_related("transfer__sender", "transfer__recipient").first()


def communes_beside(agency: Agency) -> QuerySet[Agency]:
    """The other active communes of the same province, for which this one may receive."""
    if agency.parent_id is None or agency.is_province:
        return Agency.objects.none()
    return Agency.objects.active().communes().filter(parent_id=agency.parent_id).exclude(pk=agency.pk).order_by("name", "pk")


def why_not_for(competent: Agency, procedure: Procedure, receiver: Agency) -> str:
    """Why this commune may not receive the matter for that one, or "".

    A certification is done by whoever sees the original, so there is nothing to pass on.
    """
    if competent.pk == receiver.pk:
        return ""
    if not communes_beside(receiver).filter(pk=competent.pk).exists():
        return "Chỉ nhận được hồ sơ cho xã khác cùng tỉnh đang hoạt động."
    if procedure.lane == LANE:
        return "Chứng thực làm ngay tại nơi nhận, không nhận cho xã khác."
    return ""


def authority_of(agency: Agency) -> str:
    """ "UBND xã Phú Tân An": who settles, as slips and pages say it."""
    return f"UBND {agency.name[:1].lower()}{agency.name[1:]}"
