"""Everything that the page of one dossier tells, read in four queries however long its history is.

What was brought (papers, fees, foreign codes) and what happened (happenings.py) stand in tables of their own; each
group is fetched as one UNION of rows of the same shape, so that the page costs the same on every database and day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse

from dossiers.consultations import Shown
from dossiers.consultations import shown as questions_shown
from dossiers.happenings import Step, steps_of, text
from dossiers.ledger import Ledger, appointments_of, ledger_of
from dossiers.models import (
    CollectedBy,
    Dossier,
    DossierComponent,
    DossierFee,
    ExternalCode,
    PaidBy,
    PaperKind,
    PaperState,
    Party,
    PartyRole,
    PassedOn,
    SignOffKind,
)
from dossiers.standing import Standing, standing_from
from dossiers.wording import say_span
from onestop.reading.dates import PartialDate, short_moment
from onestop.reading.identity import mask_personal_id
from onestop.reading.money import show_money
from onestop.reading.names import mask_name
from onestop.vault import files
from onestop.worktime.store import calendar_in_force


class Brought(NamedTuple):
    """A line of what was brought: `part` says which table it is from."""

    part: str
    position: int
    name: str
    state: str
    more: str
    number: int
    second: int


@dataclass(frozen=True)
class Person:
    """One party as the page shows it; the number is masked unless it was revealed."""

    role: str
    name: str
    facts: tuple[tuple[str, str], ...]
    number: str


@dataclass(frozen=True)
class Issued:
    """A paper that was issued. `void`: why it counts no more; `address`: where it is printed again, "" for nowhere.

    `is_open`: printed by whoever sees the dossier's names, not by the desk alone.
    """

    title: str
    made: str
    void: str
    address: str
    is_slip: bool
    is_open: bool


@dataclass(frozen=True)
class Sheet:
    """The parts of the page, finished for a lean template."""

    people: list[Person] = field(default_factory=list)
    papers: list[tuple[str, str, str]] = field(default_factory=list)
    fees: list[tuple[str, str, str]] = field(default_factory=list)
    unpaid: str = ""
    codes: list[tuple[str, str]] = field(default_factory=list)
    hand_overs: list[tuple[int, str, str, str, str, str]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    returns: list[tuple[str, str, str, str]] = field(default_factory=list)
    parcels: list[str] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    issued: list[Issued] = field(default_factory=list)
    has_slip: bool = False
    waiting_for: int | None = None
    papers_with: str = ""
    ledger: Ledger | None = None
    standing: Standing = Standing()
    questions: list[Shown] = field(default_factory=list)

    @property
    def awaited_question(self) -> int | None:
        """The number of the question that was asked first of those without an answer."""
        return next((question.seq for question in self.questions if question.is_open), None)


def sheet_of(dossier: Dossier, *, now: datetime, sees: bool, revealed: bool = False) -> Sheet:
    """The sheet of a dossier. `sees`: the reader may see personal data; without it names are masked and free text is left out."""
    brought = [Brought(*row) for row in _brought(dossier)]
    of = steps_of(dossier)
    rows = appointments_of(dossier)
    pauses, consents = of.get("pause", []), of.get("consent", [])
    last = of.get("hand_over", [])[-1:]
    return Sheet(
        people=_people(dossier, sees=sees, revealed=revealed),
        papers=[_paper(line) for line in brought if line.part == "paper" and (sees or line.second)],
        fees=[_fee(line) for line in brought if line.part == "fee"],
        unpaid=_unpaid(brought),
        codes=[(line.name, line.state) for line in brought if line.part == "code"],
        hand_overs=[_hand_over(step, now=now, sees=sees) for step in of.get("hand_over", [])],
        results=_results(of, sees=sees),
        returns=[_return(step, sees=sees) for step in of.get("return", [])],
        parcels=[_parcel(step, sees=sees) for step in of.get("parcel", [])],
        faults=[(short_moment(step.at), step.who, step.words if sees else "") for step in of.get("fault", [])],
        issued=_issued(dossier, of.get("paper", [])),
        has_slip=any(step.more == PaperKind.RECEIPT and step.until is None for step in of.get("paper", [])),
        waiting_for=int(last[0].flag) if last and last[0].until is None else None,
        papers_with=last[0].who if last and last[0].until is None and int(last[0].flag) == dossier.holder_id else "",
        ledger=ledger_of(dossier, rows, pauses, consents, sees=sees, now=now, calendar=calendar_in_force(dossier.competent_agency_id)),
        standing=standing_from(
            dossier,
            now,
            pause=next((step.more for step in pauses if step.until is None), ""),
            supplements=len(of.get("request", [])),
            consents=(step.more for step in consents if not step.flag),
            extended=(row.extension for row in rows if row.extension),
            consulted=any(step.until is None for step in of.get("consultation", [])),
        ),
        questions=questions_shown(of.get("consultation", []), of.get("answer", []), now),
    )


# -- what was brought --------------------------------------------------------------------------
def _brought(dossier: Dossier) -> QuerySet:
    columns = ("part", "place", "label", "state_words", "extra", "first", "second")
    papers = DossierComponent.objects.filter(dossier=dossier).annotate(
        part=text("paper"),
        place=F("position"),
        label=F("name"),
        state_words=F("state"),
        extra=F("copy_kind"),
        first=F("originals") + F("copies"),
        # 1: a line of the catalogue, which names nobody; 0: typed at the counter.
        second=Cast(Coalesce(F("component_id") * 0 + 1, 0), IntegerField()),
    )
    fees = DossierFee.objects.filter(dossier=dossier).annotate(
        part=text("fee"),
        place=Cast("id", IntegerField()),
        label=F("name"),
        state_words=F("paid_by"),
        extra=Concat(F("exempt_ground"), text("\n"), F("receipt_no"), output_field=CharField()),
        # -1: the amount is not known.
        first=Coalesce(Cast("amount", IntegerField()), -1),
        second=Value(0),
    )
    codes = ExternalCode.objects.filter(dossier=dossier).annotate(
        part=text("code"), place=Value(0), label=F("system"), state_words=F("code"), extra=text(""), first=Value(0), second=Value(0)
    )
    rows = [part.order_by().values_list(*columns) for part in (papers, fees, codes)]
    return rows[0].union(*rows[1:], all=True).order_by("part", "place")


def _paper(line: Brought) -> tuple[str, str, str]:
    """(name, what happened to it, how many)."""
    return line.name, str(PaperState(line.state).label), f"{line.number:02d}" if line.number else ""


def _fee(line: Brought) -> tuple[str, str, str]:
    """(name, amount, how it was paid)."""
    ground, receipt = line.more.split("\n")
    if ground:
        return line.name, "Miễn, giảm", ground
    if line.number < 0:
        return line.name, "Theo mức của HĐND cấp tỉnh", ""
    if not line.number:
        return line.name, "Không thu", ""
    paid = str(PaidBy(line.state).label) if line.state else ""
    return line.name, show_money(line.number), f"{paid}, biên lai {receipt}" if receipt else paid


def _unpaid(brought: Sequence[Brought]) -> str:
    """What is still to be collected when the result is handed out, or ""."""
    owed = sum(line.number for line in brought if line.part == "fee" and line.state == PaidBy.LATER and line.number > 0)
    return show_money(owed) if owed else ""


def _hand_over(step: Step, *, now: datetime, sees: bool) -> tuple[int, str, str, str, str, str]:
    """A row of the control sheet (Mẫu 06): (number, giver, receiver, given, taken, note)."""
    missed, kind = step.more.split("\n")
    if step.until is None:
        taken = f"chưa xác nhận ({say_span(now - step.at)})"
    else:
        taken = f"không có trong xấp, báo lúc {short_moment(step.until)}" if missed else short_moment(step.until)
    words = step.words if sees else ""
    if kind == PassedOn.REASSIGN:
        words = f"Phân công lại: {words}" if words else "Phân công lại"
    return step.seq, step.who, step.whom, short_moment(step.at), taken, words


def _results(of: dict[str, list[Step]], *, sees: bool) -> list[dict[str, Any]]:
    """Each version of the result with its signature or the reason why it was not signed, the latest first."""
    signed = {step.seq: step for step in of.get("signature", [])}
    latest = max((step.seq for step in of.get("result", [])), default=0)
    refused = {step.seq: step for step in of.get("send_back", [])}
    finals = {int(step.words) for step in of.get("paper", []) if step.more == PaperKind.RESULT and not step.until}
    made = []
    for step in reversed(of.get("result", [])):
        signature, refusal = signed.get(step.seq), refused.get(step.seq)
        made.append(
            {
                "version": step.seq,
                "granted": step.flag.startswith("1"),
                "has_final": step.seq in finals and sees,
                "for_ink": step.flag.endswith("o") and signature is None and refusal is None and sees,
                "summary": step.words if sees else "",
                "number": step.whom.strip("/"),
                "drafted": f"{step.who}, {short_moment(step.at)}",
                "has_file": bool(step.more) and sees,
                "signed": _signed(signature) if signature else "",
                "in_name_of": _in_name_of(signature) if signature else "",
                "void": _void(signature, latest) if signature else "",
                "digital": signature is not None and signature.more == SignOffKind.DIGITAL and sees,
                "refused": f"{refusal.who}, {short_moment(refusal.at)}" if refusal else "",
                "reason": refusal.words if refusal and sees else "",
            }
        )
    return made


def _signed(step: Step) -> str:
    words = f"{SignOffKind(step.more).label}: {step.who}, {short_moment(step.at)}"
    if step.whom != step.who:
        words += f" (ghi nhận: {step.whom}, {short_moment(step.until)})"
    return words


def _in_name_of(step: Step) -> str:
    """What stands above the name: "KT. CHỦ TỊCH – PHÓ CHỦ TỊCH"; "" for a signature from before it was kept."""
    return " – ".join(step.words.split("\n")[:-1])


def _void(step: Step, latest: int) -> str:
    """Why a signature stands for nothing any more, or "". One file is read, that of the latest version."""
    if step.seq < latest:
        return f"Chữ ký này không còn giá trị: đã có bản {latest}"
    try:
        if step.flag:
            files.read(step.flag)
    except files.FileMissing:
        return "Chữ ký này không còn giá trị: tệp đã ký bị mất hoặc bị thay đổi trên máy chủ. Báo quản trị ngay"
    return ""


def _return(step: Step, *, sees: bool) -> tuple[str, str, str, str]:
    """(when, by whom, into whose hands, note)."""
    name = step.whom if sees else mask_name(step.whom)
    paper = f", giấy ủy quyền: {step.flag}" if step.flag and sees else ""
    return short_moment(step.at), step.who, f"{name} ({CollectedBy(step.more).label.lower()}{paper})", step.words if sees else ""


def _parcel(step: Step, *, sees: bool) -> str:
    """When it went out under which number, and what became of it."""
    number = f", số vận đơn {step.whom}" if sees else ""
    sent = f"Gửi bưu điện {short_moment(step.at)}{number}; người gửi: {step.who}."
    if step.until is None:
        return f"{sent} Chưa có tin phát."
    why = f": {step.words}" if sees and step.words else ""
    return f"{sent} {'Chuyển hoàn' if step.flag else 'Ghi nhận đã phát'} {short_moment(step.until)}{why}."


def _issued(dossier: Dossier, steps: Sequence[Step]) -> list[Issued]:
    """Every paper of the dossier; a slip that was replaced says by which."""
    slips = [int(step.words) for step in steps if step.more == PaperKind.RECEIPT]
    return [_paper_made(dossier, step, slips) for step in steps]


def _paper_made(dossier: Dossier, step: Step, slips: Sequence[int]) -> Issued:
    is_slip = step.more == PaperKind.RECEIPT
    again, void, address = f", lần {step.words}" if step.words != "1" else "", "", ""
    if step.until:
        later = min((version for version in slips if version > int(step.words)), default=None) if is_slip else None
        void = f"Đã thay bằng phiếu lần {later}" if later else "Đã hủy"
        void = f"{void}, {short_moment(step.until)}"
    elif is_slip:
        address = reverse("dossiers:paper", args=[dossier.code, "giay-hen"])
    elif step.more == PaperKind.STOP:
        address = reverse("dossiers:paper", args=[dossier.code, "dung"])
    elif step.more == PaperKind.RESULT:
        address = reverse("dossiers:paper", args=[dossier.code, "ket-qua"])
    elif step.more == PaperKind.SUPPLEMENT:
        address = reverse("dossiers:slip_file", args=[step.seq])
    title = f"{PaperKind(step.more).label}{again}" if is_slip else f"{PaperKind(step.more).label} số {step.whom}"
    return Issued(title, f"{short_moment(step.at)}, {step.who}", void, address, is_slip, step.more == PaperKind.RESULT)


# -- people ---------------------------------------------------------------------
def _people(dossier: Dossier, *, sees: bool, revealed: bool) -> list[Person]:
    return [_person(party, sees=sees, revealed=revealed) for party in dossier.parties.all()]


def _person(party: Party, *, sees: bool, revealed: bool) -> Person:
    role = str(PartyRole(party.role).label)
    if not sees:
        return Person(role, mask_name(party.name), (), "")
    number = (party.personal_id if revealed else mask_personal_id(party.personal_id)) if party.personal_id else ""
    facts = {
        "Tư cách nộp": party.get_basis_display(),
        "Ngày sinh": str(PartialDate.from_iso(party.birth)) if party.birth else "",
        "Giới tính": {"male": "Nam", "female": "Nữ"}.get(party.sex, ""),
        "Số định danh": number or (f"Không có: {party.no_id_reason}" if party.no_id_reason else ""),
        "Mã số thuế": party.tax_code,
        "Địa chỉ": party.address,
        "Điện thoại": _phone(party),
        "Email": party.email,
        "Quan hệ": party.relation,
        "Giấy ủy quyền": party.authorisation,
    }
    return Person(role, party.name, tuple((label, value) for label, value in facts.items() if value), number)


def _phone(party: Party) -> str:
    if not party.phone:
        return party.get_phone_owner_display() if party.phone_owner else ""
    return f"{party.phone} ({party.get_phone_owner_display().lower()})" if party.phone_owner else party.phone
