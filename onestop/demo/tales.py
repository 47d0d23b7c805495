"""One dossier of the demonstration, told by the real acts of the lifecycle at the times that were planned."""
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from random import Random

from dossiers import lifecycle
from dossiers.checklist import missing
from dossiers.intake import Declined, Guidance, Intake, PartyLine
from dossiers.lifecycle.reclassifying import outcome_of
from dossiers.models import CollectedBy, Consultation, Dossier, PaidFees, SignOffKind, StopKind, SupplementRequest
from dossiers.printing import file_of
from dossiers.statuses import NotAllowed
from onestop.demo.journeys import Hours, Kind
from onestop.demo.matters import Catalogue, Matter, Residents, filer_line, key
from onestop.demo.scanning import sign_with_own_certificate
from onestop.papers import glyphs, press
from onestop.reading.dates import PartialDate, say_long_date
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.vault import files
from onestop.worktime.hours import local
from onestop.worktime.store import calendar_in_force
from procedures.limits import limit_for
from procedures.models import Component, ProcedureCase, ProcedureVersion, ResultMedium
from surveys import ballots
from surveys.models import ASKED_WHY, Reason, Score

FAULTS = ("Sai năm sinh của người cha", "Thiếu tên đệm", "Sai số nhà ở địa chỉ")
ASKED_BECAUSE = ("Bản sao mờ, không đọc được", "Thiếu chữ ký của người khai", "Giấy tờ đã hết hạn, cần bản mới")
SEND_BACKS = ("Ghi sai ngày sinh, sửa lại theo giấy tờ", "Bổ sung căn cứ pháp lý vào văn bản", "Kiểm tra lại họ tên theo căn cước")
STOPS = (
    ("Tòa án nhân dân khu vực 3", "Tòa án đã thụ lý tranh chấp về việc này", "Thông báo thụ lý vụ án"),
    ("Công an xã", "Giấy tờ nộp kèm đang được cơ quan điều tra thu giữ để giám định", "Biên bản thu giữ tài liệu"),
)
SUSPENSIONS = (
    ("Chờ tòa án giải quyết tranh chấp về người giám hộ", "Quyết định thụ lý của tòa án"),
    ("Chờ cơ quan công an trả lời kết quả xác minh nơi cư trú", "Văn bản đề nghị xác minh"),
)
OTHER_AGENCIES = (
    ("Chi nhánh Văn phòng đăng ký đất đai", "Đề nghị cho biết thửa đất có tranh chấp, thế chấp hoặc bị kê biên không"),
    ("Công an xã", "Đề nghị xác minh nơi cư trú của người nộp hồ sơ"),
    ("Trạm Y tế xã", "Đề nghị xác nhận thông tin theo sổ theo dõi của trạm"),
)
# Out of a hundred who say how it was: the happiest first. Whoever had to wait for too long is less happy.
SCORES = {Score.VERY_SATISFIED: 56, Score.SATISFIED: 31, Score.NEUTRAL: 9, Score.DISSATISFIED: 4}
SCORES_WHEN_LATE = {Score.SATISFIED: 20, Score.NEUTRAL: 45, Score.DISSATISFIED: 35}
REFUSALS = (
    ("Không thuộc thẩm quyền giải quyết của xã", "Việc này do sở chuyên ngành giải quyết", "Trung tâm Phục vụ hành chính công tỉnh"),
    ("Không đủ điều kiện theo quy định của thủ tục", "Người đề nghị chưa đủ tuổi theo quy định", "Nộp lại khi đủ điều kiện"),
    ("Hồ sơ đang được cơ quan khác giải quyết", "Công an xã đang giải quyết việc này", "Công an xã, trong giờ hành chính"),
)


@dataclass
class Office:
    """A commune at work: who sits where, when it is open, who lives there."""

    agency: Agency
    hours: Hours
    residents: Residents
    staff: list[User]
    numbers: Counter[str] = field(default_factory=Counter)
    # How many results are still to be signed with a certificate of the leader's own.
    own_certificates: int = 0

    def with_role(self, *roles: Role) -> list[User]:
        return [person for person in self.staff if person.has_role(*roles)]

    def specialist(self, sector: str, other_than: User) -> User:
        """Who settles matters of this field; never the one who hands over."""
        desk = "vanhoa"
        if "tịch" in sector or "thực" in sector:
            desk = "hotich"
        elif any(word in sector.lower() for word in ("đất", "xây dựng", "kinh doanh", "nông", "nhà ở")):
            desk = "kinhte"
        candidates = [person for person in self.with_role(Role.SPECIALIST) if person.pk != other_than.pk]
        return next((person for person in candidates if person.username.endswith(desk)), candidates[0])

    def next_number(self, symbol: str) -> str:
        """The next number of a series of letters; letters leave an office in order."""
        self.numbers[symbol] += 1
        return str(40 + self.numbers[symbol])


@dataclass
class Tale:
    """A dossier on its way. Every act is a method of its name that takes the moment."""

    office: Office
    kind: Kind
    matter: Matter
    intake: Intake
    rng: Random
    dossier: Dossier | None = None
    supplement: SupplementRequest | None = None
    question: Consultation | None = None

    def __post_init__(self) -> None:
        self.clerk = self.rng.choice(self.office.with_role(Role.CLERK))
        self.worker = self.clerk
        if self.matter.takes_days:
            self.worker = self.office.specialist(self.matter.version.procedure.sector.name, self.clerk)
        self.signer = self.rng.choice(self.office.with_role(Role.LEADER, Role.HEAD))
        self.keeper = self.rng.choice(self.office.with_role(Role.ARCHIVIST))
        self.in_system = self.matter.takes_days and self.matter.version.result_medium == ResultMedium.OWN_LETTER
        self.sha256 = ""

    def act(self, name: str) -> Callable[[datetime], None]:
        return getattr(self, name)

    @property
    def received(self) -> Dossier:
        if self.dossier is None:
            raise RuntimeError("the dossier has not been received yet")
        return self.dossier

    # -- at the counter -----------------------------------------------------------------
    def request_supplement(self, at: datetime) -> None:
        self.supplement = lifecycle.request_supplement(guidance_for(self.matter, self.intake, self.rng), by=self.clerk, at=at)

    def receive(self, at: datetime) -> None:
        intake = self.intake
        if self.supplement is not None:
            intake = Intake(**{**intake.__dict__, "supplement": self.supplement})
        self.dossier = lifecycle.receive(intake, by=self.clerk, at=at)

    def make_paper(self, at: datetime) -> None:
        for paper in self.received.issued_papers.filter(sha256="", voided_at__isnull=True):
            file_of(paper, at=at)

    def void(self, at: datetime) -> None:
        by = self.rng.choice(self.office.with_role(Role.MANAGER, Role.HEAD))
        self.dossier = lifecycle.void(self.received, reason="Nhập trùng hồ sơ đã tiếp nhận trước đó", by=by, at=at)

    def new_secret(self, at: datetime) -> None:
        self.dossier = lifecycle.new_secret(self.received, by=self.clerk, at=at)
        self.make_paper(at)

    # -- through the office -------------------------------------------------------------
    def hand_over(self, at: datetime) -> None:
        self.dossier = lifecycle.hand_over(self.received, to=self.worker, by=self.clerk, at=at)

    def take_over(self, at: datetime) -> None:
        self.dossier = lifecycle.take_over(self.received, by=self.worker, at=at)

    def submit(self, at: datetime) -> None:
        granted = "not_granted" not in self.kind.extras
        version = self.matter.version
        summary = (version.result_name or version.procedure.short_name) if granted else "Văn bản trả lời: chưa đủ điều kiện giải quyết"
        name = ""
        if self.in_system:
            self.sha256, name = files.store(letter(self.office.agency, self.received, summary, at)), f"{self.received.code}.pdf"
        self.dossier = lifecycle.submit_for_sign_off(
            self.received, by=self.worker, at=at, granted=granted, summary=summary[:300], sha256=self.sha256, file_name=name
        )

    def suspend(self, at: datetime) -> None:
        reason, ground = self.rng.choice(SUSPENSIONS)
        self.dossier = lifecycle.suspend(self.received, reason=reason, ground=ground, by=self.signer, at=at)

    def ask(self, at: datetime) -> None:
        papers = [paper.name for paper in self.received.papers.all()] or ["Tờ khai"]
        self.dossier = lifecycle.ask_for_supplement(
            self.received,
            items=[self.rng.choice(papers)],
            reason=self.rng.choice(ASKED_BECAUSE),
            ground=f"Thành phần hồ sơ của thủ tục {self.matter.version.procedure.code}",
            answer_by=self._working_day(at + timedelta(days=10)),
            by=self.worker,
            at=at,
        )

    def _working_day(self, at: datetime) -> date:
        return calendar_in_force(self.office.agency.pk).working_day_from(local(at).date())

    def answer(self, at: datetime) -> None:
        self.dossier = lifecycle.accept_supplement(self.received, by=self.clerk, at=at)

    def charge(self, at: datetime) -> None:
        answer_by = self._working_day(at + timedelta(days=7))
        self.dossier = lifecycle.request_payment(
            self.received, amount=150_000, reason="Phí thẩm định hồ sơ", answer_by=answer_by, by=self.worker, at=at
        )

    # -- other agencies -----------------------------------------------------------------
    def consult(self, at: datetime) -> None:
        other, question = self.rng.choice(OTHER_AGENCIES)
        sent = lifecycle.Sent(
            "consult", question, 1, "working_day", other_name=other, doc_number=self.office.next_number("UBND-VP"), doc_symbol="UBND-VP",
            doc_date=local(at).date(),
        )  # fmt: skip
        self.question = lifecycle.consult(self.received, sent, by=self.worker, at=at)
        self.received.refresh_from_db()

    def remind(self, at: datetime) -> None:
        lifecycle.remind(self.asked, how="phone", note="Gặp văn thư, hẹn trả lời sớm", by=self.worker, at=at)

    def hear(self, at: datetime) -> None:
        came = lifecycle.Came(at, "Đã kiểm tra, thông tin khớp với hồ sơ lưu; không có ý kiến khác.", agrees=True)
        lifecycle.record_answer(self.asked, came, by=self.worker, at=at)
        self.received.refresh_from_db()

    @property
    def asked(self) -> Consultation:
        if self.question is None:
            raise RuntimeError("no other agency has been asked yet")
        return self.question

    def extend(self, at: datetime) -> None:
        """By as much as the limit itself, so that the date moves whatever the calendar says."""
        limit = limit_for(self.matter.version, self.matter.case, self.received.channel)
        extra = (limit.value if limit else 0) or 1
        self.dossier = lifecycle.extend(
            self.received, kind="decision", ground="Phải kiểm tra thực địa", extra_value=extra, by=self.signer, at=at
        )

    # -- ends and turns -----------------------------------------------------------------
    def stop(self, at: datetime) -> None:
        """A leader stops; what was paid goes back."""
        asked_by, reason, ground = self.rng.choice(STOPS)
        fees = PaidFees.REFUNDED if lifecycle.paid_so_far(self.received) else PaidFees.NONE
        papers = "; ".join(paper.name for paper in self.received.papers.all() if paper.originals)[:500]
        self.dossier = lifecycle.stop(
            self.received, kind=StopKind.STOPPED, asked_by=asked_by, reason=reason, ground=ground, papers_given_back=papers, fees=fees,
            by=self.signer, at=at,
        )  # fmt: skip

    def ask_back(self, at: datetime) -> None:
        """The citizen asks with the secret of his slip."""
        self.dossier = lifecycle.request_withdrawal_online(
            self.received.pk, secret_version=self.received.secret_version, reason="Tôi nộp ở nơi thường trú", at=at
        )

    def reclassify(self, at: datetime) -> None:
        """Another procedure of the same field, best one with a later date; the dossier stays where it is when there is none."""
        by = self.rng.choice(self.office.with_role(Role.MANAGER, Role.HEAD))
        found = right_procedures(self.received, at)
        if found:
            version, case = found[0]
            self.dossier = lifecycle.reclassify(
                self.received, version=version, case=case, reason="Người nộp đề nghị đúng việc này, nhập nhầm thủ tục", by=by, at=at
            )

    def send_back(self, at: datetime) -> None:
        self.dossier = lifecycle.send_back(self.received, reason=self.rng.choice(SEND_BACKS), by=self.signer, at=at)

    def sign_off(self, at: datetime) -> None:
        if self.in_system and self.office.own_certificates and "correction" not in self.kind.extras:
            self.office.own_certificates -= 1
            self.dossier = sign_with_own_certificate(self.received, files.read(self.sha256), signer=self.signer, at=at)
            return
        if self.in_system:
            self.dossier = lifecycle.sign_off(
                self.received, kind=SignOffKind.IN_SYSTEM, signer=self.signer, by=self.signer, at=at, sha256=self.sha256
            )
            return
        by = self.rng.choice((self.signer, self.keeper))
        symbol = self._symbol()
        self.dossier = lifecycle.sign_off(
            self.received,
            kind=SignOffKind.WET_INK,
            signer=self.signer,
            by=by,
            at=at,
            doc_number=self.office.next_number(symbol),
            doc_symbol=symbol,
        )

    def issue_result(self, at: datetime) -> None:
        symbol = self._symbol() if self.in_system else ""
        number = self.office.next_number(symbol) if symbol else ""
        by = self.keeper if self.matter.takes_days else self.clerk
        self.dossier = lifecycle.issue_result(self.received, by=by, at=at, doc_number=number, doc_symbol=symbol)

    def _symbol(self) -> str:
        if self.in_system:
            return "UBND-VHXH"
        return {"certification": "CT", "civil_status": "TLHT"}.get(self.matter.version.procedure.lane, "GCN")

    # -- back to the citizen ------------------------------------------------------------
    def return_result(self, at: datetime) -> None:
        filer = self.intake.filer
        collected: dict = {"collected_by": CollectedBy.OWNER, "name": filer.name, "personal_id": filer.personal_id}
        if "authorised" in self.kind.extras:
            other = self.office.residents.relative(ages=(20, 60))
            collected = {"collected_by": CollectedBy.AUTHORISED, "name": other.name, "personal_id": other.personal_id}
            collected["authorisation"] = f"Giấy ủy quyền viết tay ngày {at:%d/%m/%Y}"
        if "slip_lost" in self.kind.extras:
            collected |= {"slip_lost": True, "note": "Đã đối chiếu căn cước với hồ sơ"}
        self.dossier = lifecycle.return_result(self.received, by=self.clerk, at=at, **collected)

    def post_result(self, at: datetime) -> None:
        self.dossier = lifecycle.post_result(self.received, waybill=f"EB{self.received.pk:09d}VN", by=self.clerk, at=at)

    def confirm_delivery(self, at: datetime) -> None:
        self.dossier = lifecycle.confirm_delivery(self.received, name=self.intake.filer.name, by=self.clerk, at=at)

    def rate(self, at: datetime) -> None:
        """The citizen's tap on one of four faces, and his reasons when he is asked for them."""
        scores = SCORES_WHEN_LATE if self.received.overdue_since else SCORES
        score = self.rng.choices(list(scores), weights=scores.values())[0]
        ballot = ballots.give(self.received, score, at=at)
        if score in ASKED_WHY:
            reasons = [Reason.WAITED] if self.received.overdue_since else [self.rng.choice(list(Reason))]
            ballots.explain(ballot.pk, reasons)

    def return_for_correction(self, at: datetime) -> None:
        self.dossier = lifecycle.return_for_correction(self.received, words=self.rng.choice(FAULTS), by=self.clerk, at=at)


def letter(agency: Agency, dossier: Dossier, summary: str, at: datetime) -> bytes:
    """A one-page result that says what it is, for matters that are signed in the system."""
    html = glyphs.printable(
        f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{escape(summary)}</title></head><body>
        <p><b>{escape(agency.authority_name)}</b></p><p><i>{escape(agency.place)}, {say_long_date(at.date())}</i></p>
        <h1>{escape(summary)}</h1><p>Hồ sơ {dossier.code}, người nộp: {escape(dossier.applicant_name)}.</p>
        <p>Văn bản minh họa, không có giá trị sử dụng.</p></body></html>"""
    )
    style = "@page { size: A4; margin: 2cm } body { font: 13pt 'Liberation Serif', serif } h1 { font-size: 15pt; text-align: center }"
    return press.run(html, [style], identifier=dossier.code.encode()[-16:])


def can_lack_papers(matter: Matter, catalogue: Catalogue) -> bool:
    return bool(_lacking(catalogue.papers(matter.case)))


def _lacking(components: list[Component]) -> list[Component]:
    return [line for line in components if line.required and not line.condition and line.kind == Component.Kind.SUBMIT]


def guidance_for(matter: Matter, intake: Intake, rng: Random) -> Guidance:
    """The same matter before its papers were complete: one required paper is missing, the rest is kept for later."""
    lines = {line.component.pk: line for line in intake.papers if line.component}
    absent = rng.choice(_lacking([line.component for line in lines.values() if line.component]))
    states = {pk: line.state for pk, line in lines.items() if pk != absent.pk}
    filer = intake.filer
    fields = {"procedure": matter.version.procedure.code, "case": matter.case.key, **_typed(filer)}
    for pk, line in lines.items():
        if pk != absent.pk and line.component and line.component.kind == Component.Kind.ONE_OF:
            fields[f"group_{line.component.group_key}"] = str(pk)
        elif pk != absent.pk:
            fields[f"paper_{pk}"] = line.state
    return Guidance(
        submission_key=key(rng),
        version=matter.version,
        applicant=filer,
        items=tuple(missing([line.component for line in lines.values() if line.component], states)),
        reason="Mang bản chính khi đến nộp lại",
        fields=fields,
    )


def _typed(filer: PartyLine) -> dict[str, str]:
    """The filer as the intake page keeps what was typed."""
    names = ("name", "personal_id", "sex", "address", "phone", "basis", "relation", "authorisation", "tax_code")
    typed = {name: getattr(filer, name) for name in names}
    typed["birth"] = str(PartialDate.from_iso(filer.birth)) if filer.birth else ""
    typed |= {"phone_owner": filer.phone_owner} if filer.phone else {"no_phone": "on"}
    return {name: value for name, value in typed.items() if value}


def draft_fields(matter: Matter, intake: Intake) -> dict[str, str]:
    """An intake of which only the beginning was typed."""
    return {"procedure": matter.version.procedure.code, "case": matter.case.key, **_typed(intake.filer)}


def right_procedures(dossier: Dossier, at: datetime) -> list[tuple[ProcedureVersion, ProcedureCase]]:
    """Procedures of the same field under which the dossier could go on, those with a later date first."""
    day = local(dossier.received_at).date()
    versions = ProcedureVersion.objects.receivable(day).filter(procedure__sector=dossier.procedure.sector)
    found = []
    for version in versions.exclude(procedure=dossier.procedure).select_related("procedure").order_by("procedure__code"):
        for case in version.cases.all()[:1]:
            try:
                found.append((not outcome_of(dossier, version, case, at=at).is_later, version, case))
            except NotAllowed:
                continue
    return [(version, case) for _, version, case in sorted(found, key=lambda each: each[0])]


def decline(office: Office, matter: Matter, rng: Random, at: datetime) -> None:
    """A refusal slip at the counter."""
    ground, reason, guidance = rng.choice(REFUSALS)
    applicant = filer_line(office.residents.somebody(rng, (20, 80)), "self")
    declined = Declined(key(rng), matter.version, applicant, ground, reason, guidance)
    lifecycle.decline(declined, by=rng.choice(office.with_role(Role.CLERK)), at=at)
