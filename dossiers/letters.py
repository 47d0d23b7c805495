"""The letter of apology (Mẫu 04) in words: what is said, to whom, and only what is true.

    slip = apology_letter_of(office, matter, fault, signature, at=now)

Values in, slip out: no model, setting, clock or query. Every sentence of the letter stands here.
Which of them are printed follows from the facts: a promise that is still ahead is not called
broken, a result that is ready is not promised for later, and "nothing more to pay" is said only
when somebody has confirmed it. Contents: `domain.md` §1.6, §3.5.
"""
from dataclasses import dataclass
from datetime import datetime

from dossiers.slips import ApologySlip
from dossiers.statuses import NotAllowed
from onestop.reading.dates import LOCAL, say_clock_date, say_long_date

LATE, ERROR, LOST_PAPER, ASKED_TWICE = "late", "error", "lost_paper", "asked_twice"

# TT 03/2025/TT-VPCP, Phụ lục I, Mẫu số 04. A letter that proposes no later date does not ask for one.
FORM_TITLE = "VĂN BẢN XIN LỖI\nVÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT"
PLAIN_TITLE = "VĂN BẢN XIN LỖI"
NEW_DATE = "Thời gian hẹn trả kết quả lại:"
READY_AT_DESK, READY_ELSEWHERE = "Kết quả đã có, mời nhận từ:", "Kết quả đã có từ:"
RETURNED = "Kết quả đã được trả lúc:"
CLOSING = "Trân trọng./."
ROOM_FOR_NUMBER = "\u00a0" * 8
ROOM_FOR_DAY = "\u00a0" * 6

LETTERS_AT_FOOT, LINES_AT_FOOT = 90, 3
"""What the bottom margin holds of the contact block, in 11 pt, the smallest size the rule allows."""

ABSTRACTS = {
    LATE: "Về việc hẹn lại thời gian trả kết quả hồ sơ {code}",
    ERROR: "Về sai sót trong kết quả giải quyết hồ sơ {code}",
    LOST_PAPER: "Về việc thất lạc giấy tờ của hồ sơ {code}",
    ASKED_TWICE: "Về việc yêu cầu bổ sung giấy tờ nhiều lần đối với hồ sơ {code}",
}
ABSTRACT_OF_READY = "Về việc chậm trả kết quả hồ sơ {code}"
FAULTS = {
    ERROR: "Kết quả giải quyết hồ sơ này có sai sót. Đây là lỗi của chúng tôi, không phải của {you}.",
    LOST_PAPER: "Trong thời gian giữ hồ sơ, chúng tôi đã để thất lạc giấy tờ {you} đã nộp.",
    ASKED_TWICE: (
        "Chúng tôi đã yêu cầu {you} bổ sung giấy tờ nhiều lần. Lẽ ra mọi giấy tờ còn thiếu phải được nêu đầy đủ trong một lần."
    ),
}
SORRY_FOR = {LATE: "sự chậm trễ này", ERROR: "sai sót này", LOST_PAPER: "việc thất lạc này", ASKED_TWICE: "việc này"}
REMEDIES = {
    ERROR: "Kết quả đúng được làm lại, {you} không phải trả chi phí.",
    LOST_PAPER: "Chúng tôi có trách nhiệm xin cấp lại giấy tờ đã thất lạc và chịu mọi chi phí.",
}
ERROR_MENDED = "Kết quả đúng đã được làm lại, {you} không phải trả chi phí."
NOTHING_MORE = "{You} không phải nộp thêm giấy tờ hay trả thêm khoản tiền nào."
DELIVERIES = {
    "desk": "{You} nhận kết quả tại {desk}, mang theo giấy hẹn và căn cước.",
    "post": "Kết quả được gửi qua bưu điện đến địa chỉ {you} đã đăng ký.",
    "electronic": "Kết quả được gửi bằng bản điện tử như {you} đã đăng ký.",
}


class NotTrue(NotAllowed):
    """The facts contradict each other, or are not complete, so that no letter can say them."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """The issuing body and its one-stop desk, as they stand on the paper."""

    authority: str
    """"ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG"."""
    superior: str = ""
    name: str
    """In a sentence: "Ủy ban nhân dân xã Nghĩa Giang"."""
    desk_name: str
    place: str
    address: str = ""
    hotline: str = ""
    email: str = ""
    website: str = ""
    """Where dossiers are looked up, "example.vn/tra-cuu/"."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """The dossier and whom to write to."""

    code: str
    procedure: str
    received_at: datetime
    addressees: tuple[str, ...]
    organisation: bool = False
    address: str = ""
    phone: str = ""
    delivery: str = "desk"
    """"desk", "post", "electronic"."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What went wrong and what is promised now.

    `missed` is the promise that is not kept (late letters only), `first` the first one ever made.
    `apologies` counts the letters of apology for broken promises that the addressee already has.
    One of three moments says what becomes of the result: `new_due_at`, the new promise; `ready_since`, from when
    it can be collected; `returned_at`, when it was handed over.
    """

    kind: str
    reason: str
    missed: datetime | None = None
    first: datetime | None = None
    apologies: int = 0
    repeat_reason: str = ""
    stands: str = ""
    new_due_at: datetime | None = None
    ready_since: datetime | None = None
    returned_at: datetime | None = None
    nothing_more: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ABSTRACTS:
            raise NotTrue("Chọn loại văn bản xin lỗi.")
        if (self.kind == LATE) != (self.missed is not None):
            raise NotTrue("Chỉ văn bản xin lỗi trễ hẹn mới ghi ngày hẹn không giữ được.")
        moments = [moment for moment in (self.new_due_at, self.ready_since, self.returned_at) if moment is not None]
        if len(moments) > 1:
            raise NotTrue("Kết quả đã có thì không hẹn lại.")
        if self.missed is not None and not moments:
            raise NotTrue("Chưa có ngày hẹn mới.")
        if self.missed is not None and self.missed >= moments[0]:
            raise NotTrue("Ngày hẹn mới, hoặc ngày có kết quả, phải sau ngày hẹn cũ.")

    @property
    def is_done(self) -> bool:
        """Whether the result of the dossier, or the right one in place of a wrong one, is there."""
        return self.ready_since is not None or self.returned_at is not None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The signature as it is frozen in the letter: number, the lines of the right to sign, the name."""

    number: str
    """"05/UBND-TTPVHCC"."""
    at: datetime
    lines: tuple[str, ...]
    name: str


def apology_letter_of(
    office: Office, matter: Matter, fault: Fault, signature: Signature | None, *, at: datetime, symbol: str = ""
) -> ApologySlip:
    """The letter, complete but for its history mark. Raises NotTrue for facts that contradict each other.

    `at` is the moment the letter speaks from: the signature's, or now for a draft. A draft has room for
    number, day and name, and shows `symbol` ("UBND-TTPVHCC") where the number will stand.
    """
    at = (signature.at if signature else at).astimezone(LOCAL)
    words = _Words(office, matter)
    prescribed = fault.kind == LATE and fault.new_due_at is not None
    moment = fault.new_due_at or fault.ready_since or fault.returned_at
    return ApologySlip(
        issued_at=at.isoformat(),
        issued_words=say_long_date(at.date()) if signature else f"ngày{ROOM_FOR_DAY}tháng{ROOM_FOR_DAY}năm {at.year}",
        authority=office.authority.upper(),
        superior=office.superior.upper(),
        office=office.desk_name.upper(),
        place=office.place,
        desk_name=office.desk_name,
        applicants=matter.addressees,
        address=matter.address,
        phone=matter.phone,
        request=matter.procedure,
        number=signature.number if signature else "",
        two_liens_per_sheet=False,
        hotline=office.hotline,
        code=matter.code,
        letter_kind=fault.kind,
        number_line=f"Số: {signature.number}" if signature else f"Số:{ROOM_FOR_NUMBER}/{symbol}",
        title=FORM_TITLE if prescribed else PLAIN_TITLE,
        prescribed=prescribed,
        abstract=(ABSTRACT_OF_READY if fault.missed and fault.is_done else ABSTRACTS[fault.kind]).format(code=matter.code),
        addressee=", ".join(("" if matter.organisation else "Ông/Bà ") + name.upper() for name in matter.addressees),
        narrative=tuple(filter(None, (_what_happened(words, fault, at), _stands(fault), *_why(fault), _sorry(words, fault)))),
        appointment_label=_date_label(matter, fault),
        appointment=say_clock_date(moment) if moment else "",
        further=tuple(filter(None, (_remedy(words, fault), _collecting(words, fault), _asking(words)))),
        copies_to=("- Như trên;", f"- {office.desk_name};", "- Lưu: VT."),
        signature_lines=signature.lines if signature else (),
        signer_name=signature.name if signature else "",
        # NĐ 30/2020, Phụ lục I: the time of an electronic signature is written after ISO 8601.
        signed_words=f"Ký trên hệ thống lúc {at.isoformat(timespec='seconds')}" if signature else "",
        contact=contact_lines(office),
    )


@dataclass(frozen=True)
class _Words:
    office: Office
    matter: Matter

    @property
    def you(self) -> str:
        return "Quý đơn vị" if self.matter.organisation else "Ông/Bà"

    def fill(self, sentence: str) -> str:
        return sentence.format(you=self.you, You=self.you, desk=self.office.desk_name, office=self.office.name)


def _what_happened(words: _Words, fault: Fault, at: datetime) -> str:
    matter = words.matter
    received = say_long_date(matter.received_at.astimezone(LOCAL).date())
    opening = (
        f"{received[:1].upper()}{received[1:]}, {words.office.desk_name} tiếp nhận hồ sơ mã {matter.code} của {words.you}, "
        f"nội dung: {matter.procedure}"
    )
    if fault.missed is None:
        return f"{_ended(opening)} {words.fill(FAULTS[fault.kind])}"
    if fault.first is None or fault.first == fault.missed:
        promises = f"{opening}; hẹn trả kết quả lúc {say_clock_date(fault.missed)}."
    else:
        again = "đã xin lỗi và hẹn lại" if fault.apologies else "thời gian hẹn được tính lại là"
        promises = (
            f"{opening}; hẹn trả kết quả lần đầu lúc {say_clock_date(fault.first)}, sau đó {again} lúc {say_clock_date(fault.missed)}."
        )
    return f"{promises} {_how_late(fault, at)}"


def _date_label(matter: Matter, fault: Fault) -> str:
    if fault.returned_at is not None:
        return RETURNED
    if fault.ready_since is not None:
        return READY_AT_DESK if matter.delivery == "desk" else READY_ELSEWHERE
    return NEW_DATE if fault.new_due_at is not None else ""


def _how_late(fault: Fault, at: datetime) -> str:
    if fault.is_done:
        return "Kết quả đã có, nhưng sau thời gian hẹn."
    if fault.missed is not None and at < fault.missed:
        return "Đến nay, chúng tôi thấy không thể trả kết quả đúng thời gian đã hẹn."
    return "Đến nay đã quá thời gian hẹn mà chưa có kết quả."


def _stands(fault: Fault) -> str:
    return _after("Hồ sơ hiện nay:", fault.stands)


def _why(fault: Fault) -> tuple[str, ...]:
    reason = _after("Lý do:", fault.reason)
    if not fault.apologies:
        return (reason,)
    again = "kết quả không được trả đúng hẹn" if fault.is_done else "phải hẹn lại thời gian trả kết quả"
    return (reason, f"Đây là lần thứ {fault.apologies + 1} {again}. {_after('Lý do:', fault.repeat_reason)}".rstrip())


def _sorry(words: _Words, fault: Fault) -> str:
    again = "một lần nữa " if fault.apologies else ""
    asking = ", và đề nghị gia hạn thời gian giải quyết hồ sơ đến thời gian hẹn lại dưới đây" if fault.missed and fault.new_due_at else ""
    return (
        f"{words.office.name} {again}xin lỗi {words.you} vì {SORRY_FOR[fault.kind]} gây phiền hà, "
        f"tốn kém chi phí, công sức cho {words.you}{asking}."
    )


def _remedy(words: _Words, fault: Fault) -> str:
    remedy = ERROR_MENDED if fault.kind == ERROR and fault.is_done else REMEDIES.get(fault.kind, "")
    return words.fill(" ".join(filter(None, (remedy, NOTHING_MORE if fault.nothing_more else ""))))


def _collecting(words: _Words, fault: Fault) -> str:
    return words.fill(DELIVERIES[words.matter.delivery]) if fault.new_due_at or fault.ready_since else ""


def _asking(words: _Words) -> str:
    call = f"gọi số {words.office.hotline} hoặc " if words.office.hotline else ""
    return f"Nếu cần hỏi thêm, mời {words.you} {call}đến {words.office.desk_name}."


def contact_lines(office: Office) -> tuple[str, ...]:
    """The contact block as lines (NĐ 30/2020, Phụ lục I): address, telephone, look-up and e-mail while the foot of the page has room."""
    entries = (
        f"Địa chỉ: {office.address}" if office.address else "",
        f"Điện thoại: {office.hotline}" if office.hotline else "",
        f"Tra cứu hồ sơ: {office.website}" if office.website else "",
        f"Thư điện tử: {office.email}" if office.email else "",
    )
    lines: list[str] = []
    for entry in filter(None, entries):
        longer = [*lines[:-1], f"{lines[-1]}. {entry}"] if lines else [entry]
        kept = longer if lines and _rows(longer) == _rows(lines) else [*lines, entry]
        if _rows(kept) <= LINES_AT_FOOT:
            lines = kept
    return tuple(lines)


def _rows(lines: list[str]) -> int:
    return sum(-(-len(line) // LETTERS_AT_FOOT) for line in lines)


def _after(label: str, text: str) -> str:
    return f"{label} {_ended(text)}" if _ended(text) else ""


def _ended(text: str) -> str:
    """The text as a sentence: a capital first, one full stop at the end."""
    text = text.strip().rstrip(".;, ")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
