"""A dossier between two communes: which of them does what, and where the papers are now.

A person may file at any desk of the province (NĐ 118/2025). The receiver numbers, chains and speaks to him; the competent
commune settles, signs and answers for the time. Only one of them has the papers, and only its people work on them. Most
dossiers have one agency, for which nothing here asks the database.
"""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from dossiers.certification.kinds import LANE
from dossiers.models import Arrival, Dossier, SupplementRequest, TransferLine
from dossiers.statuses import OPEN, READY, Act
from onestop.staff.models import Agency
from procedures.models import Procedure


@dataclass(frozen=True)
class Where:
    """In which of the two communes an act is done. `papers`: only while it has the papers; `lying`: not while they travel."""

    receiver: bool = True
    competent: bool = True
    papers: bool = False
    lying: bool = False


PAPERS = Where(papers=True)
# Settling and signing: the competent commune's own, once the papers have come.
WORK = Where(receiver=False, papers=True)
# What decides about time: the competent commune's, wherever the papers are.
DECISION = Where(receiver=False)
# What concerns the citizen, who comes to whichever desk is nearer.
EITHER = Where()

# What is not named here is done where the papers are.
WHERE: dict[Act, Where] = {
    **dict.fromkeys((Act.SUBMIT, Act.SIGN_OFF, Act.SEND_BACK, Act.PASS_FOR_SIGNATURE, Act.ISSUE_RESULT, Act.STOP), WORK),
    **dict.fromkeys((Act.CONSULT, Act.REMIND, Act.RECORD_ANSWER, Act.CANCEL_CONSULTATION), WORK),
    **dict.fromkeys((Act.SUSPEND, Act.RESUME, Act.CONSENT, Act.EXTEND, Act.CHANGE_DATE, Act.RECLASSIFY, Act.WAIVE_SCANS), DECISION),
    **dict.fromkeys((Act.DRAFT_LETTER, Act.PREPARE_LETTER, Act.SIGN_LETTER, Act.WAIVE_LETTER), DECISION),
    **dict.fromkeys((Act.AMEND, Act.CHOOSE_MESSAGES, Act.SEND_LETTER, Act.ADD_SCAN, Act.VOID_SCAN), EITHER),
    **dict.fromkeys((Act.ACCEPT_SUPPLEMENT, Act.CONFIRM_PAYMENT, Act.REQUEST_WITHDRAWAL, Act.TAKE_BACK_WITHDRAWAL), EITHER),
    # Brought back by the citizen to either desk, though not while it is on its way to him.
    Act.RETURN_FOR_CORRECTION: Where(lying=True),
    # The number and the secret are the receiver's.
    Act.NEW_SECRET: Where(competent=False),
    Act.VOID: Where(competent=False, papers=True),
    # Who confirms a list, the list itself says.
    **dict.fromkeys((Act.ARRIVE_ELSEWHERE, Act.ARRIVE_HOME, Act.ARRIVE_SUPPLEMENT), EITHER),
    Act.SEND_SUPPLEMENT: Where(competent=False),
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
    where = WHERE.get(act, PAPERS)
    if act == Act.RETURN_FOR_CORRECTION and dossier.status in READY:
        where = PAPERS  # nobody has collected it: the desk that has it finds the fault
    if not is_for_another(dossier) or where == EITHER:
        return ""
    if not where.competent and agency_id != dossier.agency_id:
        return f"Việc này do nơi tiếp nhận làm: {dossier.agency.name}."
    if not where.receiver and agency_id != dossier.competent_agency_id:
        return f"Việc này do cơ quan giải quyết làm: {dossier.competent_agency.name}."
    if (where.papers or where.lying) and (line := open_line(dossier)) is not None:
        transfer = line.transfer
        return f"Hồ sơ nằm trong danh sách chuyển số {transfer.say_number()}, {transfer.recipient.name} chưa xác nhận."
    if where.papers and agency_id != (place := place_of(dossier)):
        there = dossier.agency if place == dossier.agency_id else dossier.competent_agency
        return f"Giấy tờ của hồ sơ đang ở {there.name}. Nơi đang giữ mới làm được việc này."
    return ""


def open_line(dossier: Dossier) -> TransferLine | None:
    """The line of a list on its way that nobody has confirmed yet. One query, kept with this instance: a page asks for each act."""
    if not hasattr(dossier, "open_lines"):
        on_the_way = TransferLine.objects.filter(state=Arrival.AWAITED, supplement__isnull=True)
        on_the_way = on_the_way.select_related("transfer__sender", "transfer__recipient")
        prefetch_related_objects([dossier], Prefetch("transfer_lines", on_the_way, to_attr="open_lines"))
    return next(iter(dossier.open_lines), None)


def is_on_the_way() -> Exists:
    """Whether the papers of a dossier stand on a list that nobody has confirmed."""
    return Exists(TransferLine.objects.filter(dossier=OuterRef("pk"), state=Arrival.AWAITED, supplement__isnull=True))


def supplements_to_send() -> QuerySet[SupplementRequest]:
    """What citizens brought to the commune that received the dossier while the other had its papers, and that was not sent on.

    The latest of a dossier comes last. What was brought before the dossier itself left went with it.
    """
    lines = TransferLine.objects.filter(dossier=OuterRef("dossier"), transfer__sent_at__gte=OuterRef("answered_at"))
    lines = lines.filter(supplement__isnull=False)
    brought = SupplementRequest.objects.filter(answered_at__isnull=False, pause__ended_by__agency=F("agency"))
    brought = brought.exclude(pause__back_holder__agency=F("agency")).exclude(dossier__holder__agency=F("agency"))
    brought = brought.filter(~Q(dossier__competent_agency=F("agency")), dossier__status__in=sorted(OPEN), dossier__voided_at__isnull=True)
    return brought.filter(~Exists(lines.exclude(state=Arrival.MISSED))).order_by("dossier_id", "ordinal")


def say_supplement(dossier: Dossier) -> str:
    """That what was brought later is not where the dossier is, or "". Two queries, none where the receiver has the dossier."""
    if place_of(dossier) == dossier.agency_id:
        return ""
    if supplements_to_send().filter(dossier=dossier).exists():
        return f"Giấy tờ bổ sung người dân đã nộp ở {dossier.agency.name}, chưa gửi sang {dossier.competent_agency.name}."
    lines = TransferLine.objects.filter(dossier=dossier, supplement__isnull=False, state=Arrival.AWAITED)
    if (line := lines.select_related("transfer").first()) is not None:
        return f"Giấy tờ bổ sung đang trên đường, danh sách chuyển số {line.transfer.say_number()} chưa xác nhận."
    return ""


def say_place(dossier: Dossier) -> str:
    """Who settles a dossier of two communes and where its papers are, in a sentence; "" for every other."""
    if not is_for_another(dossier):
        return ""
    settles = f"{dossier.competent_agency.name} giải quyết, {dossier.agency.name} tiếp nhận và trả kết quả."
    if (line := open_line(dossier)) is not None:
        transfer = line.transfer
        return f"{settles} Giấy tờ đang trên đường từ {transfer.sender.name}, danh sách chuyển số {transfer.say_number()} chưa xác nhận."
    there = dossier.agency if place_of(dossier) == dossier.agency_id else dossier.competent_agency
    return f"{settles} Giấy tờ đang ở {there.name}." if dossier.is_open or dossier.status in READY else settles


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
