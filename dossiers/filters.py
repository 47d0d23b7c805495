"""What may be asked of the register: read from the address, always usable, whatever stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from dossiers.models import Party
from dossiers.querysets import DossierQuerySet
from dossiers.statuses import READY, Status
from dossiers.timeliness import LOCAL
from onestop.reading import Unreadable
from onestop.reading.codes import canonical_dossier_code
from onestop.reading.dates import read_full_date
from onestop.reading.days import ENDS_BEFORE_BEGIN, end_of, start_of
from onestop.reading.identity import read_personal_id
from onestop.reading.names import fold
from onestop.staff.models import Agency
from onestop.worktime.store import next_working_day

LONGEST = 120
NO_SUCH_PROCEDURE = "Không có thủ tục nào khớp với chữ này. Gõ mã tắt, mã thủ tục hoặc vài chữ trong tên"
CODES_ONLY = "Tài khoản này chỉ tìm được theo mã hồ sơ"

STATUSES: dict[str, tuple[str, Callable[[DossierQuerySet], DossierQuerySet]]] = {
    "dang-giai-quyet": ("Đang giải quyết (tất cả)", lambda dossiers: dossiers.open()),
    "da-tiep-nhan": ("Đã tiếp nhận, chưa bàn giao", lambda dossiers: dossiers.not_handed_over()),
    "dang-xu-ly": ("Đang xử lý", lambda dossiers: dossiers.open().filter(status=Status.PROCESSING)),
    "cho-ky": ("Chờ ký", lambda dossiers: dossiers.awaiting_signature()),
    "cho-phat-hanh": ("Đã ký, chờ phát hành", lambda dossiers: dossiers.signed_not_issued()),
    "co-quan-khac": ("Đang ở cơ quan khác", lambda dossiers: dossiers.open().filter(status=Status.WITH_OTHER_AGENCY)),
    "cho-bo-sung": ("Chờ bổ sung", lambda dossiers: dossiers.open().filter(status=Status.AWAITING_SUPPLEMENT)),
    "cho-nop-tien": ("Chờ nộp tiền", lambda dossiers: dossiers.open().filter(status=Status.AWAITING_PAYMENT)),
    "xin-rut": ("Xin rút", lambda dossiers: dossiers.open().filter(status=Status.WITHDRAWAL_REQUESTED)),
    "cho-tra": ("Chờ trả kết quả", lambda dossiers: dossiers.to_collect()),
    "dang-ve": ("Có kết quả ở xã khác, chưa về quầy", lambda dossiers: dossiers.coming_home()),
    "dang-gui": ("Đang gửi bưu điện", lambda dossiers: dossiers.in_post()),
    "da-tra": ("Đã trả kết quả", lambda dossiers: dossiers.returned()),
    "da-dung": ("Dừng giải quyết", lambda dossiers: dossiers.valid().filter(status=Status.STOPPED)),
    "da-huy": ("Đã hủy", lambda dossiers: dossiers.filter(voided_at__isnull=False)),
}
TIMELINESS: dict[str, tuple[str, Callable[[DossierQuerySet, datetime], DossierQuerySet]]] = {
    "qua-han": ("Quá hạn", lambda dossiers, now: dossiers.overdue(now)),
    "hom-nay": ("Hẹn trả hôm nay", lambda dossiers, now: dossiers.open().filter(due_at__gte=day_start(now), due_at__lt=day_end(now))),
    "sap-den-han": ("Sắp đến hạn", lambda dossiers, now: dossiers.due_by(soon(now), now=now)),
    "tam-dung": ("Tạm dừng tính giờ", lambda dossiers, now: dossiers.open().filter(due_at__isnull=True)),
    "tra-qua-han": (
        "Có kết quả quá hạn",
        lambda dossiers, now: dossiers.valid().filter(
            overdue_since__isnull=False, status__in=[*sorted(READY), Status.RETURNED], finished_at__isnull=False
        ),
    ),
}

FLOWS: dict[str, tuple[str, Callable[[DossierQuerySet], DossierQuerySet]]] = {
    "chung-thuc": ("Chỉ chứng thực", lambda dossiers: dossiers.certification()),
    "tat-ca": ("Gồm cả chứng thực", lambda dossiers: dossiers),
}


def day_start(now: datetime) -> datetime:
    """The local midnight before `now`."""
    return start_of(now.astimezone(LOCAL).date())


def day_end(now: datetime) -> datetime:
    """The local midnight after `now`."""
    return end_of(now.astimezone(LOCAL).date())


def soon(now: datetime) -> datetime:
    """Up to when a due time counts as soon: the end of the next working day, the days of an amber tag."""
    following = next_working_day(now) or (now.astimezone(LOCAL).date() + timedelta(days=1))
    return datetime.combine(following, time.max, LOCAL)


@dataclass(frozen=True)
class Wish:
    """The filters of the register; an unknown value counts as not given, a date that cannot be read is named in `problems`."""

    words: str = ""
    status: str = ""
    timeliness: str = ""
    sector: str = ""
    procedure: str = ""
    procedure_ids: tuple[int, ...] | None = None
    first: date | None = None
    last: date | None = None
    agency: str = ""
    flow: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_query(cls, query: Mapping[str, str], *, sectors: Mapping[str, str], procedures: Callable[[str], Sequence[int]]) -> Wish:
        """`procedures` finds the ids of the procedures that a text means."""
        typed = {key: _printable(query.get(key, "")) for key in ("tu-khoa", "thu-tuc", "tu-ngay", "den-ngay", "don-vi")}
        problems: dict[str, str] = {}
        first, last = (_read_day(key, typed[key], problems) for key in ("tu-ngay", "den-ngay"))
        if first and last and last < first:
            problems["den-ngay"], last = ENDS_BEFORE_BEGIN, None
        found = tuple(procedures(typed["thu-tuc"])) if typed["thu-tuc"] else None
        if found == ():
            problems["thu-tuc"], found = NO_SUCH_PROCEDURE, None
        status, timeliness, sector = (query.get(key, "") for key in ("trang-thai", "tinh-trang", "linh-vuc"))
        return cls(
            words=typed["tu-khoa"],
            status=status if status in STATUSES else "",
            timeliness=timeliness if timeliness in TIMELINESS else "",
            sector=sector if sector in sectors else "",
            procedure=typed["thu-tuc"],
            procedure_ids=found,
            first=first,
            last=last,
            agency=typed["don-vi"],
            flow=query.get("luong", "") if query.get("luong", "") in FLOWS else "",
            typed=typed,
            problems=problems,
        )

    @property
    def narrows(self) -> bool:
        return any((self.status, self.timeliness, self.sector, self.procedure_ids, self.first, self.last, self.flow))

    def boxes(self) -> list[tuple[str, str, str, str, str]]:
        """The text boxes beside the search box: (name, label, what was typed, what is wrong with it, width)."""
        boxes = (("thu-tuc", "Thủ tục", ""), ("tu-ngay", "Nhận từ ngày", "short"), ("den-ngay", "Đến ngày", "short"))
        return [(name, label, self.typed.get(name, ""), self.problems.get(name, ""), width) for name, label, width in boxes]

    def as_query(self) -> str:
        """The address of the same list, without its page."""
        pairs = {
            "tu-khoa": self.words,
            "trang-thai": self.status,
            "tinh-trang": self.timeliness,
            "linh-vuc": self.sector,
            "thu-tuc": self.procedure,
            "tu-ngay": self.typed.get("tu-ngay", ""),
            "den-ngay": self.typed.get("den-ngay", ""),
            "don-vi": self.agency,
            "luong": self.flow,
        }
        return urlencode({key: value for key, value in pairs.items() if value})

    def kinds(self) -> str:
        """Which filters were used, without what was typed: for the record of who searched."""
        used = {
            "từ khóa": self.words,
            f"trạng thái {self.status}": self.status,
            f"tình trạng {self.timeliness}": self.timeliness,
            f"lĩnh vực {self.sector}": self.sector,
            "thủ tục": self.procedure,
            "ngày": self.first or self.last,
            f"luồng {self.flow}": self.flow,
        }
        return ", ".join(words for words, given in used.items() if given) or "tất cả"

    def of(self, dossiers: DossierQuerySet, *, now: datetime, agency: Agency | None = None, codes_only: bool = False) -> DossierQuerySet:
        """The dossiers of `agency` that are asked for; its code completes a dossier code typed without it.

        Certification, which would drown the rest, is left out of what nobody asked for by words, sector or procedure.
        """
        if self.flow:
            dossiers = FLOWS[self.flow][1](dossiers)
        elif not (self.words or self.sector or self.procedure_ids is not None):
            dossiers = dossiers.without_certification()
        if self.status:
            dossiers = STATUSES[self.status][1](dossiers)
        if self.timeliness:
            dossiers = TIMELINESS[self.timeliness][1](dossiers, now)
        if self.sector:
            dossiers = dossiers.filter(procedure__sector__slug=self.sector)
        if self.procedure_ids is not None:
            dossiers = dossiers.filter(procedure_id__in=self.procedure_ids)
        if self.first:
            dossiers = dossiers.filter(received_at__gte=start_of(self.first))
        if self.last:
            dossiers = dossiers.filter(received_at__lt=end_of(self.last))
        return _matching(dossiers, self.words, agency, codes_only=codes_only) if self.words else dossiers


def _matching(dossiers: DossierQuerySet, words: str, agency: Agency | None, *, codes_only: bool) -> DossierQuerySet:
    """By code, by personal number (whole), else by the words of the applicant's name."""
    if code := dossier_code(words, agency.code if agency else ""):
        return dossiers.filter(code=code)
    if codes_only or agency is None or not fold(words):
        return dossiers.none()
    if number := personal_id(words):
        return dossiers.filter(pk__in=Party.objects.filter(agency=agency, personal_id=number).values("dossier_id"))
    return dossiers.named(words)


def dossier_code(words: str, agency_code: str = "") -> str:
    """The dossier code that the words are, or ""; "261121-0157" alone means a code of `agency_code`."""
    for text in (words, f"{agency_code}-{words}" if agency_code and words[:1].isdigit() and "-" in words else ""):
        try:
            return canonical_dossier_code(text)
        except Unreadable:
            continue
    return ""


def personal_id(words: str) -> str:
    """The personal number that the words are, or ""."""
    try:
        return read_personal_id(words)
    except Unreadable:
        return ""


def _printable(text: str) -> str:
    return "".join(sign for sign in text[: LONGEST * 4] if sign.isprintable() and sign != "\ufffd").strip()[:LONGEST]


def _read_day(key: str, text: str, problems: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        day = read_full_date(text)
        # What the local day needs of room before and after it.
        return day if date(1900, 1, 1) <= day <= date(9000, 1, 1) else None
    except Unreadable as sentence:
        problems[key] = str(sentence)
        return None
