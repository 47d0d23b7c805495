"""What a supplement slip tells its citizen: what to bring, where to, what comes then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dossiers.models import Stage, SupplementRequest
from dossiers.public_facts import OFFICE, Office
from dossiers.public_words import ENDED, WORDS, say_place, say_procedure, say_to_do
from dossiers.statuses import Status
from onestop.reading.names import mask_name

BEFORE_ACCEPTANCE = _(
    "Hồ sơ chưa được tiếp nhận. Thời hạn giải quyết tính từ khi nhận đủ giấy tờ; xin mang theo phiếu này để không phải khai lại."
)


@dataclass(frozen=True)
class SlipPage:
    """What a supplement slip says: what to bring, where to, what comes then; `answered` when that was done already."""

    procedure: str
    procedure_language: str
    number: str
    name: str
    to_do: str
    papers: list[str]
    place: str
    next_step: str
    answered: str


def slip_of(pk: int, now: datetime) -> tuple[SlipPage, Office] | None:
    """The page of a supplement slip and the office that made it, in one query."""
    columns = ("number", "applicant_name", "items", "answered_at", "dossier_id", "stage", "pause__answer_by", "dossier__status")
    procedure = ("version__procedure__name", "version__procedure__label", "version__procedure__name_en")
    row = SupplementRequest.objects.filter(pk=pk).values_list(*(f"agency__{name}" for name in OFFICE), *columns, *procedure).first()
    if row is None:
        return None
    office = Office(*row[: len(OFFICE)])
    number, applicant, items, answered_at, dossier_id, stage, answer_by, status, name, label, name_en = row[len(OFFICE) :]
    shown, language = say_procedure(SimpleNamespace(procedure_name=name, procedure_label=label, procedure_name_en=name_en))
    answered = ""
    if answered_at is not None and stage == Stage.AFTER:
        answered = gettext("Giấy tờ bổ sung đã được nhận đủ. Xin tra cứu hồ sơ bằng mã trên giấy hẹn.")
    elif answered_at is not None and dossier_id is not None:
        answered = gettext("Giấy tờ đã đủ và hồ sơ đã được tiếp nhận. Xin tra cứu bằng mã trên giấy hẹn.")
    elif answered_at is not None:
        answered = gettext("Phiếu này đã được thay bằng phiếu mới. Xin dùng phiếu mới nhất.")
    elif status in ENDED:
        answered = gettext("Hồ sơ đã dừng hoặc đang xin rút. Xin tra cứu hồ sơ bằng mã trên giấy hẹn.")
    next_step = BEFORE_ACCEPTANCE if dossier_id is None else WORDS[Status.AWAITING_SUPPLEMENT].next_step
    page = SlipPage(
        procedure=shown,
        procedure_language=language,
        number=f"{number:02d}/HDHS",
        name=mask_name(applicant),
        to_do=say_to_do(WORDS[Status.AWAITING_SUPPLEMENT], Status.AWAITING_SUPPLEMENT, {}, answer_by, now),
        papers=[] if answered else list(items),
        place=say_place(office, now),
        next_step=gettext(next_step),
        answered=answered,
    )
    return page, office
