"""The slips of the counter as data: every figure they print, as text.

A slip is frozen at the moment of issue. Its JSON is kept with the issued paper, and the
paper can be made again from it alone, years later, when names, fees and offices have
changed. So a slip never looks anything up, and `documents` prints what it holds word for
word. Values are final Vietnamese text: "03 ngày làm việc", "8.000 đồng", "H61.26-261121-0157".

Fields of the printed forms: `domain.md` §1.3 (M01), §1.4 (M02), §1.5 (M03), §1.6 (M04), §1.7 (M05). A field the form
prescribes is printed with dots when it is empty; everything that is ours alone vanishes.
"""
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self

EDITIONS = {
    # Number of the form and the circular that prescribes it; a number alone means different forms in the two editions.
    "A": "Thông tư số 01/2018/TT-VPCP",
    "B": "Thông tư số 03/2025/TT-VPCP",
}
LANGUAGES = ("vi", "vi+km")
SECRETS = ("lookup_code", "token_url")
"""Fields that only the applicant's copy prints; whoever copies the JSON out of the office copy must not find them."""


class BadSnapshot(ValueError):
    """A stored snapshot cannot be read as the slip it should be."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """One paper handed in (M01) or asked for (M02), as one numbered line."""

    no: str
    name: str
    copy_kind: str = ""
    """"bản chính", "bản sao có chứng thực", "bản chụp, đã đối chiếu bản chính"."""
    count: str = ""
    """"01"; "" when counting makes no sense (a correction of the form)."""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class FeeLine:
    name: str
    amount: str
    """"8.000 đồng", "Miễn"."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What the printed forms have in common."""

    kind: ClassVar[str] = ""
    number_of_form: ClassVar[str] = ""

    issued_at: str
    """ISO 8601 with offset; the dates of the file. What people read is `issued_words`."""
    issued_words: str
    """"ngày 05 tháng 02 năm 2026"."""
    authority: str
    """First line of the header, capitals: "ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG"."""
    office: str
    """Second line of the header, capitals: "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"."""
    place: str
    """Địa danh: "Nghĩa Giang"."""
    desk_name: str
    applicants: tuple[str, ...]
    address: str = ""
    phone: str = ""
    email: str = ""
    request: str
    number: str = ""
    """Number and symbol, "05/HDHS"; "" leaves the line out."""
    edition: str = "B"
    language: str = "vi"
    """"vi", or "vi+km" for the Khmer line."""
    two_liens_per_sheet: bool = True
    """Two copies side by side on A4 landscape; otherwise one after the other on A5."""
    hotline: str = ""
    history_mark: str = ""
    """First 8 characters of the event's hash."""
    reissue: str = ""
    """"Cấp lại lần 1, thay giấy lập ngày 20/11/2026"."""

    def __post_init__(self) -> None:
        if self.edition not in EDITIONS:
            raise BadSnapshot(f"edition: {self.edition!r}")
        if self.language not in LANGUAGES:
            raise BadSnapshot(f"language: {self.language!r}")
        if self.made_at.tzinfo is None:
            raise BadSnapshot("issued_at: no offset")

    @property
    def made_at(self) -> datetime:
        try:
            return datetime.fromisoformat(self.issued_at)
        except ValueError as error:
            raise BadSnapshot(f"issued_at: {self.issued_at!r}") from error

    def as_json(self) -> dict[str, Any]:
        """The snapshot, ready for a JSON column; `from_json` gives the equal slip back."""
        return {"kind": self.kind, **json.loads(json.dumps(asdict(self)))}

    def figures(self) -> dict[str, Any]:
        """What travels inside the file: the snapshot without the secret and without what only the printer is told."""
        return {name: value for name, value in self.as_json().items() if name not in {*SECRETS, "two_liens_per_sheet"}}

    @classmethod
    def from_json(cls, snapshot: Mapping[str, Any] | str) -> Self:
        """The slip of a stored snapshot. Raises BadSnapshot for another kind or a field that is missing or unknown."""
        data = dict(json.loads(snapshot) if isinstance(snapshot, str) else snapshot)
        if data.pop("kind", None) != cls.kind:
            raise BadSnapshot(f"not a {cls.kind} slip")
        known = {field.name for field in fields(cls)}
        if strange := sorted(set(data) - known):
            raise BadSnapshot(f"unknown: {', '.join(strange)}")
        try:
            for name, made in _ROWS.items():
                if name in data:
                    data[name] = tuple(made(**row) for row in data[name])
            for name in _LINES:
                if name in data:
                    data[name] = tuple(data[name])
            return cls(**data)
        except TypeError as error:
            raise BadSnapshot(str(error)) from error


_LINES = ("applicants", "feedback", "notes", "narrative", "further", "copies_to", "signature_lines", "contact", "paragraphs")
_ROWS: dict[str, type] = {"components": Component, "items": Component, "fees": FeeLine}


@dataclass(frozen=True, kw_only=True)
class ReceiptSlip(Slip):
    """M01, Giấy tiếp nhận hồ sơ và hẹn trả kết quả."""

    kind: ClassVar[str] = "receipt"
    number_of_form: ClassVar[str] = "Mẫu số 01"

    code: str
    components: tuple[Component, ...]
    set_count: str = "01"
    limit: str
    """"03 ngày làm việc"."""
    received: str
    """"15 giờ 20 phút, ngày 20 tháng 11 năm 2026"."""
    due: str
    """"17 giờ 00 phút, ngày 25 tháng 11 năm 2026"; the sentence of the reason when there is no date."""
    due_digits: str = ""
    """"17:00 25/11/2026", for the Khmer line."""
    delivery: str = ""
    """Where and how the result is received."""
    book_no: str = ""
    entry_no: str = ""
    fees: tuple[FeeLine, ...] = ()
    fee_total: str = ""
    filer_name: str = ""
    filer_basis: str = ""
    """On what basis he files for another: "cha của trẻ"; "" for himself."""
    receiver_name: str = ""
    lookup_code: str = ""
    token_url: str = ""
    lookup_address: str = ""
    feedback: tuple[str, ...] = ()
    """Where feedback and petitions go, one line each."""
    notes: tuple[str, ...] = ()
    """Further lines under Ghi chú."""


@dataclass(frozen=True, kw_only=True)
class SupplementSlip(Slip):
    """M02, Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""

    kind: ClassVar[str] = "supplement"
    number_of_form: ClassVar[str] = "Mẫu số 02"

    items: tuple[Component, ...]
    reason: str
    code: str = ""
    """Dossier code; "" before acceptance, when there is no dossier yet."""
    reply_by: str = ""
    """Last day for the missing papers, "ngày 05 tháng 12 năm 2026"; "" when nothing runs."""
    website: str = ""
    guide_name: str = ""
    guide_phone: str = ""
    token_url: str = ""
    """Reopens the intake with what was found good (applicant's copy only)."""


@dataclass(frozen=True, kw_only=True)
class RefusalSlip(Slip):
    """M03, Phiếu từ chối tiếp nhận giải quyết hồ sơ."""

    kind: ClassVar[str] = "refusal"
    number_of_form: ClassVar[str] = "Mẫu số 03"

    reason: str
    right_place: str = ""
    """Where the matter can be filed, when it is another office's."""
    website: str = ""
    filer_name: str = ""
    receiver_name: str = ""
    receiver_phone: str = ""
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ApologySlip(Slip):
    """M04, the letter of apology, on A4: `letters` writes its sentences, the layout is that of NĐ 30/2020 (docs/letter-layout.md).

    Before the signature `number` is "", and `issued_words`, `signature_lines`, `signer_name` and `signed_words` leave room.
    """

    kind: ClassVar[str] = "apology"
    number_of_form: ClassVar[str] = "Mẫu số 04"

    code: str
    letter_kind: str
    """"late", "error", "lost_paper", "asked_twice"."""
    superior: str = ""
    """Above the issuing body, capitals, regular; "" for a committee that names none."""
    number_line: str
    """"Số: 05/UBND-TTPVHCC"; with room instead of the number before the signature."""
    title: str
    """Capitals, one line of the title per line."""
    prescribed: bool
    """Whether the title is that of the prescribed form, whose number is then printed."""
    abstract: str
    addressee: str
    """"Ông/Bà THẠCH THỊ SÓC KHA"."""
    narrative: tuple[str, ...]
    """What happened, where the dossier stands, why, and the apology: one paragraph each."""
    appointment_label: str = ""
    """"Thời gian hẹn trả kết quả lại:"; "" when the letter gives no date."""
    appointment: str = ""
    """"17 giờ 00 phút, ngày 01 tháng 12 năm 2026"."""
    further: tuple[str, ...] = ()
    """What follows from it for the addressee, whom to ask."""
    copies_to: tuple[str, ...] = ()
    """Items of Nơi nhận, with their dash and full stop."""
    signature_lines: tuple[str, ...] = ()
    """"KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"."""
    signer_name: str = ""
    signed_words: str = ""
    """When it was signed in the system, ISO 8601 with offset, in words around it."""
    contact: tuple[str, ...] = ()
    """Lines of the contact block at the foot of the first page."""


@dataclass(frozen=True, kw_only=True)
class StopSlip(Slip):
    """M05 of edition B, Thông báo dừng giải quyết hồ sơ; it carries nothing secret."""

    kind: ClassVar[str] = "stop"
    number_of_form: ClassVar[str] = "Mẫu số 05"

    code: str
    received: str
    """"15 giờ 20 phút, ngày 20 tháng 11 năm 2026"."""
    stopped: str
    """The same of the moment at which the work stopped."""
    case: str
    """"người nộp rút hồ sơ", "không bổ sung giấy tờ trong thời hạn"."""
    asked_by: str
    stage: str
    """The step at which it stopped: "đang xử lý"."""
    reason: str
    ground: str = ""
    papers_given_back: str = ""
    """What goes back to the applicant; "" when nothing does."""
    fees_words: str
    """What happens to what was paid: "đã nộp 8.000 đồng, hoàn trả"."""
    filer_name: str = ""
    decider_name: str = ""
    decider_title: str = ""
    """Capitals: "PHÓ CHỦ TỊCH"."""
    complaint: str
    """Where to complain, as a sentence."""
    website: str = ""
    feedback: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.edition == "A":
            # There the number 05 is the control slip's.
            raise BadSnapshot("edition: the form exists from B on")


@dataclass(frozen=True, kw_only=True)
class ResultSlip(Slip):
    """A letter that the commune issues as the result, on A4 in the layout of NĐ 30/2020.

    As a draft it is marked so and has room for number, day and signature. The final paper says the same words: only
    number, date and signature come to it, and `draft_sha256`, the file that was signed. Nobody's name stands in
    `applicants`: whom the letter is about is said in its text.
    """

    kind: ClassVar[str] = "result"

    code: str
    is_draft: bool = True
    granted: bool = True
    superior: str = ""
    """See ApologySlip, as for the other fields of a letter."""
    number_line: str
    document_type: str = ""
    """Name of the kind, capitals: "GIẤY XÁC NHẬN"; "" for an official letter (công văn), whose abstract stands under the number."""
    symbol: str
    """"GXN-UBND"."""
    abstract: str
    addressee: str = ""
    """"" leaves Kính gửi out."""
    paragraphs: tuple[str, ...]
    """One each; those that begin with "Căn cứ" are set as legal basis."""
    copies_to: tuple[str, ...] = ()
    signature_lines: tuple[str, ...] = ()
    signer_name: str = ""
    signed_words: str = ""
    draft_sha256: str = ""
    contact: tuple[str, ...] = ()


KINDS: dict[str, type[Slip]] = {
    slip.kind: slip for slip in (ReceiptSlip, SupplementSlip, RefusalSlip, ApologySlip, StopSlip, ResultSlip)
}


def read_snapshot(snapshot: Mapping[str, Any] | str) -> Slip:
    """The slip of a stored snapshot, whichever kind it is. Raises BadSnapshot."""
    data = json.loads(snapshot) if isinstance(snapshot, str) else snapshot
    kind = KINDS.get(str(data.get("kind")))
    if kind is None:
        raise BadSnapshot(f"unknown kind: {data.get('kind')!r}")
    return kind.from_json(data)
