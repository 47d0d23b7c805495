"""A commune in the middle of its work, with every kind of thing that a page can show, and a second one with nothing yet."""
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from PIL import Image

from dossiers import lifecycle
from dossiers.certification.tests import makers as certify
from dossiers.checklist import components_of
from dossiers.desks import desk_of
from dossiers.drafting import proposed_date
from dossiers.intake import Declined, FeeLine, Guidance, Intake, PaperLine, PartyLine
from dossiers.issuing import ResultText, draft_file, draft_slip, supplement_subject
from dossiers.models import (
    ApologyLetter,
    Dossier,
    HandOverList,
    IntakeDraft,
    IssuedPaper,
    Notice,
    NoticeStage,
    NoticeStep,
    SignOffKind,
    TransferList,
)
from dossiers.printing import file_of
from dossiers.secrets import token
from dossiers.signed_files import SignedFile
from dossiers.statuses import Status
from dossiers.tests.makers import make_intake, make_version
from onestop.inspection import Checked, Report, Signature, Verdict
from onestop.outbox.models import Message
from onestop.reading.dates import say_moment
from onestop.staff import absence, duty
from onestop.staff.models import Absence, Agency, User
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import Cast, cast, make_agency, make_user
from onestop.vault.files import store
from onestop.worktime import proposals
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.models import CalendarChange, CalendarDay
from onestop.worktime.store import calendar_in_force
from procedures import drafting as processes
from procedures import result_templates as texts
from procedures.models import Component, Fee, ProcedureVersion, ResultTemplate, ResultTemplateDraft, WorkflowDraft
from procedures.steps import Step

# Long, of several peoples of the place, and with stacked marks: what breaks a narrow page first.
NAMES = (
    "Thạch Thị Sóc Kha",
    "Nguyễn Trần Hoàng Phương Nguyễn Thị Ngọc Diễm Quỳnh",
    "Kim Sa Rây",
    "Đặng Văn Ễnh",
    "Tăng Thị Huỳnh Như",
    "Sơn Minh Khang",
)
PHONE, PERSONAL_ID, ADDRESS = "0900000123", "000185006123", "Ấp Trà Kha"
# One empty page of A5, as small as a viewer will open.
DRAFT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
SUMMARY = "Trích lục khai sinh bản sao, kèm văn bản trả lời về việc thay đổi, cải chính hộ tịch"


@dataclass
class Scene:
    """The people, and dossiers by what is to be seen of them."""

    cast: Cast
    newcomer: User
    now: datetime
    province_admin: User | None = None
    change: CalendarChange | None = None
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    slips: dict[str, IssuedPaper] = field(default_factory=dict)
    hand_overs: HandOverList | None = None
    absence: Absence | None = None
    draft: IntakeDraft | None = None
    sent: TransferList | None = None
    homecoming: TransferList | None = None
    process: WorkflowDraft | None = None
    text: ResultTemplate | None = None
    text_draft: ResultTemplateDraft | None = None

    def code(self, what: str) -> str:
        return self.dossiers[what].code

    def token(self, what: str) -> str:
        return token(self.code(what), self.dossiers[what].secret_version)

    @property
    def supplement_token(self) -> str:
        slip = self.slips["supplement"].supplement
        return token(supplement_subject(slip.agency_id, slip.year, slip.number), 1)

    def person(self, who: str) -> User | None:
        """The person of this name in the cast; nobody for a visitor."""
        apart = {"visitor": None, "newcomer": self.newcomer, "province_admin": self.province_admin}
        return apart.get(who) or getattr(self.cast, who, None)


def make_scene() -> Scene:
    """Everything made by the real acts of the lifecycle, around the present moment."""
    people, now = cast(), timezone.now()
    newcomer = make_user(Role.CLERK, Role.SPECIALIST, Role.HEAD, agency=people.other_agency, full_name="Lâm Thị Sà Phel")
    scene = Scene(people, newcomer, now)
    version = _birth_registration()

    def dossier(what: str, status: str = Status.RECEIVED, *, days: int = 0, name: str = NAMES[0]) -> Dossier:
        at = now - timedelta(days=days, minutes=len(scene.dossiers))
        received = lifecycle.receive(_intake(version, name), by=people.clerk, at=at)
        scene.dossiers[what] = _bring(received, status, people, at)
        return scene.dossiers[what]

    dossier("received")
    dossier("processing", Status.PROCESSING, days=1, name=NAMES[1])
    dossier("late", Status.PROCESSING, days=40, name=NAMES[2])
    dossier("waiting", Status.AWAITING_SIGNATURE, days=2, name=NAMES[3])
    dossier("signed", "signed", days=2, name=NAMES[4])
    dossier("ready", Status.RESULT_READY, days=3, name=NAMES[5])
    for what in ("returned", "rated", "spoken"):
        dossier(what, Status.RETURNED, days=4)
    voided = dossier("voided", days=5)
    lifecycle.void(voided, reason="Nhập nhầm người", by=people.manager, at=now)
    faulty = dossier("faulty", Status.RETURNED, days=6)
    lifecycle.return_for_correction(faulty, words="Sai ngày sinh", by=people.clerk, at=now)
    _stopped_clocks(scene)
    _endings(scene)
    _elsewhere(scene)
    _paper_slips(scene, version)
    _own_results(scene, version)  # before scans are required
    _scans(scene)
    dossier("digital", Status.AWAITING_SIGNATURE, days=1, name=NAMES[0])
    _digital(scene)
    _certifications(scene)
    _passings(scene, version)
    _messages(scene, version)
    _calendar(scene)
    _warnings(scene)
    _letters(scene, version)
    _processes(scene, version)
    _between_communes(scene, version)
    _signing(scene, version)
    scene.draft = IntakeDraft.objects.create(
        agency=people.agency, key=uuid4(), fields={"name": NAMES[1], "procedure": "ks"}, changed_at=now, created_at=now,
        expires_at=now + timedelta(days=30), owner=people.clerk,
    )
    return scene


def _passings(scene: Scene, version: ProcedureVersion) -> None:
    """A list of three: one taken, one that was not in the pile, one that waits; and somebody who is away with a substitute."""
    people, now = scene.cast, scene.now
    received = [lifecycle.receive(_intake(version, name), by=people.clerk, at=now - timedelta(hours=3)) for name in NAMES[1:4]]
    passed = lifecycle.hand_over_list(received, to=people.specialist, by=people.clerk, at=now - timedelta(hours=2), note="Kèm bản chính")
    for what, each in zip(("list-taken", "list-missed", "list-waiting"), passed.done, strict=True):
        scene.dossiers[what] = each
    scene.hand_overs = passed.lists[0]
    taken, missed, _ = scene.hand_overs.lines.order_by("pk")
    lifecycle.confirm_list(scene.hand_overs, taken=[taken.pk], missing={missed.pk: "Không thấy bìa hồ sơ"}, by=people.specialist, at=now)
    today = timezone.localdate(now)
    scene.absence = absence.enter(
        people.archivist, first_day=today, last_day=today + timedelta(days=4), substitute=people.clerk, reason="Nghỉ phép năm",
        by=people.manager, at=now,
    )


def _between_communes(scene: Scene, version: ProcedureVersion) -> None:
    """Received here for a third commune: to be sent, on its way, late there, and a result that comes home; and one for us."""
    people, now = scene.cast, scene.now
    there = make_agency("H61.28", "Hiệp Thạnh")
    their_clerk = make_user(Role.CLERK, agency=there, full_name="Trương Thị Mỹ Lệ")
    their_head = make_user(Role.HEAD, agency=there, full_name="Kiên Minh Tâm")

    def received(what: str, name: str, *, days: int, by: User = people.clerk, to: Agency = there) -> Dossier:
        at = now - timedelta(days=days, minutes=len(scene.dossiers))
        scene.dossiers[what] = lifecycle.receive(replace(_intake(version, name), competent=to), by=by, at=at)
        return scene.dossiers[what]

    def sent(dossier: Dossier, *, days: int, by: User = people.clerk, to: Agency = there) -> TransferList:
        return lifecycle.send_elsewhere([dossier], to=to, key=uuid4(), by=by, at=now - timedelta(days=days))

    def arrived(transfer: TransferList, by: User, *, days: int) -> None:
        told = lifecycle.Told([line.pk for line in transfer.lines.all()], {})
        lifecycle.confirm_transfer(transfer, told, by=by, at=now - timedelta(days=days))

    received("to-send", NAMES[0], days=1)
    scene.sent = sent(received("on-the-way", NAMES[1], days=2), days=1)
    arrived(sent(received("settled-elsewhere", NAMES[2], days=42), days=41), their_clerk, days=40)
    arrived(sent(received("coming-home", NAMES[3], days=5), days=5), their_clerk, days=4)
    dossier = lifecycle.submit_for_sign_off(scene.dossiers["coming-home"], by=their_clerk, at=now - timedelta(days=3), summary=SUMMARY)
    dossier = lifecycle.sign_off(
        dossier, kind=SignOffKind.WET_INK, signer=their_head, by=their_head, at=now - timedelta(days=3), doc_number="5", doc_symbol="TLKS"
    )
    dossier = lifecycle.issue_result(dossier, by=their_clerk, at=now - timedelta(days=2))
    scene.homecoming = lifecycle.send_home([dossier], to=people.agency, key=uuid4(), by=their_clerk, at=now - timedelta(days=1))
    for_us = received("from-elsewhere", NAMES[4], days=2, by=their_clerk, to=people.agency)
    arrived(sent(for_us, days=2, by=their_clerk, to=people.agency), people.clerk, days=1)


def _letters(scene: Scene, version: ProcedureVersion) -> None:
    """Letters of apology: to prepare, to sign, sent by hand, waived; and a late result that waits with its letter."""
    people, now = scene.cast, scene.now
    date = proposed_date(now, desk_of(people.agency.pk), now=now)

    def letter(what: str, name: str) -> ApologyLetter:
        at = now - timedelta(days=41, minutes=len(scene.dossiers))
        received = lifecycle.receive(_intake(version, name), by=people.clerk, at=at)
        scene.dossiers[what] = _bring(received, Status.PROCESSING, people, at)
        return lifecycle.draft_letter(scene.dossiers[what], at=now)

    def prepared(what: str, name: str) -> ApologyLetter:
        words = "Chi nhánh Văn phòng đăng ký đất đai chưa trả lời kết quả kiểm tra ranh giới ba thửa đất liền kề."
        return lifecycle.prepare_letter(
            letter(what, name), cause="other_agency", cause_words=words, new_due_at=date, by=people.manager, at=now,
            stands_words="đang chờ Chi nhánh Văn phòng đăng ký đất đai trả lời",
        )

    letter("letter-drafted", NAMES[2])
    prepared("letter-prepared", NAMES[1])
    signed = lifecycle.sign_letter(prepared("letter-issued", NAMES[3]), by=people.head, at=now)
    file_of(signed.paper, at=now)
    lifecycle.issue_letter(signed, at=now)
    waived = prepared("letter-waived", NAMES[4])
    lifecycle.waive_letter(waived, reason="Đã đến tận nhà xin lỗi và trả kết quả ngay trong ngày", by=people.head, at=now)
    late = lifecycle.receive(_intake(version, NAMES[1]), by=people.clerk, at=now - timedelta(days=42))
    scene.dossiers["late-signing"] = _bring(late, Status.AWAITING_SIGNATURE, people, now - timedelta(days=42))


def _signing(scene: Scene, version: ProcedureVersion) -> None:
    """A paper that waits for the hand of whom it was passed to, who signs under the decision; a procedure that is signed quickly."""
    people, now = scene.cast, scene.now
    at = now - timedelta(minutes=7)
    received = lifecycle.receive(_intake(version, NAMES[1]), by=people.clerk, at=at)
    waits = lifecycle.submit_for_sign_off(received, by=people.clerk, at=at, summary=SUMMARY)
    scene.dossiers["on-paper"] = lifecycle.pass_for_signature(waits, to=people.specialist, by=people.leader, at=now, note="Đi họp")
    lifecycle.set_quick_sign(people.agency, version.procedure, True, by=people.manager, at=now)


def _endings(scene: Scene) -> None:
    """Stopped, asked back by the secret of the slip, never answered, and moved to the right procedure."""
    people, now, version = scene.cast, scene.now, make_version("1.009001", papers=3)

    def received(what: str, days: int, name: str) -> Dossier:
        at = now - timedelta(days=days, minutes=len(scene.dossiers))
        scene.dossiers[what] = lifecycle.receive(_intake(version, name), by=people.clerk, at=at)
        return scene.dossiers[what]

    scene.dossiers["stopped"] = lifecycle.stop(
        received("stopped", 3, NAMES[1]), kind="stopped", reason="Đất đang có tranh chấp, Tòa án đã thụ lý.",
        ground="Thông báo thụ lý số 12/TB-TA ngày 20/11/2026", asked_by="Tòa án nhân dân khu vực 3",
        papers_given_back="Giấy chứng sinh (bản chính: 01)", by=people.leader, at=now,
    )
    back = received("asked-back", 1, NAMES[2])
    scene.dossiers["asked-back"] = lifecycle.request_withdrawal_online(back.pk, secret_version=1, reason="Tôi nộp ở nơi thường trú", at=now)
    asked = now - timedelta(days=20)
    scene.dossiers["unanswered"] = lifecycle.ask_for_supplement(
        received("unanswered", 21, NAMES[3]), items=["Giấy chứng sinh"], reason="Thiếu giấy", ground="Điều 9 NĐ 118/2025",
        answer_by=timezone.localdate(asked) + timedelta(days=7), by=people.clerk, at=asked,
    )
    moved = received("reclassified", 0, NAMES[4])
    right = make_version("1.009002", value=9, papers=3)
    right.procedure.label = "Đăng ký lại khai sinh"
    right.procedure.save()
    scene.dossiers["reclassified"] = lifecycle.reclassify(
        moved, version=right, case=right.cases.all()[0], reason="Trẻ đã đăng ký khai sinh, sổ bị mất", by=people.manager, at=now
    )


def _elsewhere(scene: Scene) -> None:
    """One dossier whose answer of another agency is late although they were reminded, and one that has come back."""
    people, now, version = scene.cast, scene.now, make_version("1.009001", value=60, papers=3)
    for what, days, name in (("elsewhere", 12, NAMES[0]), ("heard", 11, NAMES[1])):
        at = now - timedelta(days=days)
        scene.dossiers[what] = lifecycle.receive(_intake(version, name), by=people.clerk, at=at)
        question = "Đề nghị cho biết ranh giới thửa đất số 112, tờ bản đồ 24 có tranh chấp không, và diện tích theo hồ sơ địa chính"
        sent = lifecycle.Sent(
            "consult", question, 2, "working_day", other_name="Chi nhánh Văn phòng đăng ký đất đai", doc_number="15", doc_symbol="UBND-KT",
            doc_date=timezone.localdate(at),
        )
        row = lifecycle.consult(scene.dossiers[what], sent, by=people.clerk, at=at)
        lifecycle.remind(row, how="phone", note="Gặp văn thư, hẹn trả lời trong tuần", by=people.clerk, at=now - timedelta(days=2))
    came = lifecycle.Came(
        now - timedelta(days=1), "Không có tranh chấp; diện tích 245,6 m² theo hồ sơ địa chính.", agrees=True, document="88/CNVPĐK"
    )
    lifecycle.record_answer(row, came, by=people.clerk, at=now)
    for what in ("elsewhere", "heard"):
        scene.dossiers[what].refresh_from_db()


def _messages(scene: Scene, version: ProcedureVersion) -> None:
    """Some of what the acts have queued was sent, some was given up, and one filer has no telephone."""
    intake = _intake(version, NAMES[1])
    silent = replace(intake, parties=(replace(intake.filer, phone="", phone_owner=""), *intake.parties[1:]))
    scene.dossiers["silent"] = lifecycle.receive(silent, by=scene.cast.clerk, at=scene.now)
    about = {what: Message.objects.about(f"dossier:{scene.dossiers[what].pk}") for what in ("returned", "late", "ready")}
    about["returned"].filter(state="waiting").update(state="sent", sent_at=scene.now, backend="http", attempts=1)
    about["late"].update(state="failed", last_error="refused_422", attempts=1)
    about["ready"].filter(state="waiting").update(attempts=2, last_error="timeout", next_at=scene.now)


def _calendar(scene: Scene) -> None:
    """A closure in two working days that waits for the leader, and one far ahead that is in force."""
    people, now = scene.cast, scene.now
    scene.province_admin = make_user(Role.ADMIN, agency=people.province_agency)
    soon, later = (calendar_in_force().add_working_days(timezone.localdate(now), number) for number in (2, 120))

    def propose(day: date, name: str) -> CalendarChange:
        return proposals.propose(
            agency=people.agency, scope="local", kind="closure", content=Content((ChangedDay(day, "local_closure", name),)),
            decision="Thông báo 31/TB-UBND", decided_on=timezone.localdate(now), reason="Theo dự báo của Đài Khí tượng thủy văn",
            key=uuid4(), by=people.admin, at=now,
        )

    proposals.approve(propose(later, "Di dời trụ sở"), by=people.leader, at=now)
    scene.change = propose(soon, "Tránh bão số 9 và khắc phục hậu quả mưa lũ sau bão")
    CalendarDay.objects.get_or_create(
        date=date(timezone.localdate(now).year + 1, 9, 2),
        defaults={"kind": "public_holiday", "name": "Quốc khánh", "decision": "Bộ luật Lao động", "confidence": "high"},
    )


def _warnings(scene: Scene) -> None:
    """What the jobs of an office hour would have told the manager and the specialist, whatever hour it is now."""
    dossier = scene.dossiers["late"]
    for person, step in ((scene.cast.manager, NoticeStep.MANAGER), (scene.cast.specialist, NoticeStep.HOLDER)):
        Notice.objects.create(
            agency=dossier.agency, dossier=dossier, episode=dossier.due_at, stage=NoticeStage.OVERDUE, step=step, recipient=person,
            words=f"Hồ sơ {dossier.code} (Đăng ký khai sinh) quá hạn từ {say_moment(dossier.due_at)}.", made_at=scene.now,
        )


def _stopped_clocks(scene: Scene) -> None:
    """One dossier in each kind of pause, one that goes on after a pause, one with more time: their ledgers have something to tell."""
    people, now, version = scene.cast, scene.now, make_version("1.009001", papers=3)
    for place, what in enumerate(("asked", "owing", "suspended", "resumed", "extended")):
        at = now - timedelta(days=1, minutes=place)
        scene.dossiers[what] = lifecycle.receive(_intake(version, NAMES[place]), by=people.clerk, at=at)

    def act(what: str, doing: Callable[..., Dossier], by: User, at: datetime = now, **facts: Any) -> None:
        scene.dossiers[what] = doing(scene.dossiers[what], by=by, at=at, **facts)

    items, until = ["Giấy chứng sinh", "Văn bản ủy quyền có chứng thực"], timezone.localdate(now) + timedelta(days=10)
    reason = "Giấy chứng sinh mờ, không đọc được họ tên mẹ"
    act("asked", lifecycle.ask_for_supplement, people.clerk, items=items, reason=reason, ground="Điều 16 Luật Hộ tịch", answer_by=until)
    act("owing", lifecycle.request_payment, people.clerk, amount=150_000, reason="Phí thẩm định", answer_by=until)
    act("suspended", lifecycle.suspend, people.leader, reason="Tòa án đang giải quyết", ground="Thông báo 12/TB-TA ngày 02/11/2026")
    earlier = now - timedelta(hours=1)
    act("resumed", lifecycle.request_payment, people.clerk, earlier, amount=8_000, reason="Lệ phí đăng ký quá hạn")
    act("resumed", lifecycle.confirm_payment, people.clerk, paid_by="cash", receipt_no="0001235")
    act("extended", lifecycle.extend, people.leader, kind="decision", ground="Điều 12 Nghị định 61/2018/NĐ-CP", extra_value=2)


def _certifications(scene: Scene) -> None:
    """Lines in two books: signed, struck out, and one session that waits; and a decision that lets a specialist sign."""
    people, now = scene.cast, scene.now
    lines = (certify.copy(copies=3), certify.copy("Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở"), certify.signature())
    signed = certify.certified(*lines, by=people.clerk, at=now, name=NAMES[1])
    lifecycle.void_entry(certify.entries_of(signed)[0], reason="Ghi nhầm tên giấy tờ", by=people.clerk, at=now)
    scene.dossiers["certified"] = lifecycle.sign_certifications(signed, signer=people.head, by=people.head, at=now, no_interest=True)
    scene.dossiers["certified-waiting"] = certify.certified(by=people.clerk, at=now, name=NAMES[2])
    today = timezone.localdate(now)
    delegate(
        delegator=people.head, to=people.specialist, mode="TUQ", kinds=["certification.copy", "result"], decision_number="45/QĐ-CT",
        decision_date=today, valid_from=today, valid_to=today + timedelta(days=30), by=people.head, at=now,
    )


def _roster(scene: Scene) -> None:
    """Today: a leader who is away with somebody in his place, one counter with somebody, one whose person is away; and rules."""
    people, now = scene.cast, scene.now
    today, half = timezone.localdate(now), duty.half_of(now)
    plans = (
        duty.Plan("leader", "", people.leader, people.head, "Họp Hội đồng nhân dân"),
        duty.Plan("desk", "1", people.clerk),
        duty.Plan("desk", "2", people.specialist, None, "Đi cơ sở"),
    )
    duty.set_session(people.agency, today, half, plans, by=people.manager, at=now)
    duty.check_in(today, half, by=people.head, at=now)
    values = {"decision_number": "12/QĐ-UBND", "decided_on": today, "decided_by": "Ủy ban nhân dân xã Nghĩa Giang", "valid_from": today}
    duty.publish_rules(people.agency, text="Điều 1. Giờ làm việc\nTheo giờ niêm yết.", by=people.head, at=now, **values)


def _scans(scene: Scene) -> None:
    """One paper with two scans, one of them voided; the agency asks for scans, so the others are missed."""
    people, now, dossier = scene.cast, scene.now, scene.dossiers["processing"]
    made = io.BytesIO()
    Image.new("RGB", (420, 595), "white").save(made, "JPEG")
    for name in ("Giấy chứng sinh, mặt trước, bản quét lần thứ nhất.jpg", "Giấy chứng sinh (quét nghiêng).jpg"):
        scan = lifecycle.add_scan(
            dossier, paper=dossier.papers.first(), checked=Checked("jpeg", 1, 249_900, b""), sha256=store(made.getvalue() + name.encode()),
            preview_sha256=store(made.getvalue()), byte_count=1_234_567, name=name, by=people.clerk, at=now,
        )
    lifecycle.void_scan(scan, reason="Quét nghiêng, mất góc dưới", by=people.clerk, at=now)
    lifecycle.require_scans(people.agency, True, by=people.manager, at=now)


def _digital(scene: Scene) -> None:
    """A draft that the leader signed with his own certificate, whose issuer nobody here knows."""
    people, now, dossier = scene.cast, scene.now, scene.dossiers["digital"]
    one = Signature(
        people.leader.full_name, "Ủy ban nhân dân xã Nghĩa Giang", "Chứng thực chữ ký số minh họa", now.isoformat(), Verdict.UNKNOWN,
        "chữ ký khớp với tệp, nhưng không kiểm tra được gốc chứng thư", whole=True,
    )
    report = Report(Verdict.UNKNOWN, "Chữ ký khớp với tệp, nhưng không kiểm tra được gốc chứng thư", True, (one,))
    signed = SignedFile(store(DRAFT + b"\n"), "Trích lục khai sinh đã ký.pdf", report, store(DRAFT))
    scene.dossiers["digital"] = lifecycle.sign_off(
        dossier, kind=SignOffKind.DIGITAL, signer=people.leader, by=people.leader, at=now, signed_file=signed
    )


def _processes(scene: Scene, version: ProcedureVersion) -> None:
    """An internal process of the commune's own from today on, and a draft of the next one."""
    people, now, today = scene.cast, scene.now, timezone.localdate(scene.now)
    steps = [
        Step("Tiếp nhận, kiểm tra giấy chứng sinh, in giấy hẹn", "clerk", amount="15", product="Giấy tiếp nhận và hẹn trả"),
        Step("Thẩm tra, ghi sổ, in giấy khai sinh", "specialist", amount="45", product="Bản chờ ký"),
        Step("Xác minh việc sinh", unit="Công an xã, Trưởng ban nhân dân ấp", kind="field", alongside=True, optional=True, amount="45"),
        Step("Ký giấy khai sinh", "leader", amount="25", product="Giấy khai sinh đã ký"),
        Step("Đóng dấu, trả kết quả", "clerk", amount="5", note="Trả luôn thẻ bảo hiểm y tế khi làm liên thông"),
    ]

    def written(label: str, rows: list[Step]) -> WorkflowDraft:
        draft = processes.start(version, "", by=people.admin, at=now)
        return processes.save(draft, label=label, steps=rows, by=people.admin, at=now, revision=draft.revision)

    processes.publish(
        written("Khai sinh tại xã", steps), effective_from=today, decision_number="112/QĐ-UBND", decided_on=today,
        by=people.manager, at=now, revision=None,
    )
    scene.process = written("Khai sinh tại xã, rút gọn", [*steps[:2], replace(steps[3], amount="20"), steps[4]])


def _own_results(scene: Scene, version: ProcedureVersion) -> None:
    """A text of the office, the draft of another, and three letters: for the leader, to be issued, and issued."""
    people, now, today = scene.cast, scene.now, timezone.localdate(scene.now)
    taken_over = texts.start(by=people.manager, at=now, suggestion=texts.suggestions()[0])
    scene.text = texts.publish(taken_over, effective_from=today, today=today, by=people.manager, at=now, revision=None)
    values = {name: getattr(scene.text, name) for name in texts.WRITTEN} | {
        "name": "Giấy xác nhận việc sinh", "granted": True, "document_type": "GIẤY XÁC NHẬN", "symbol": "GXN-UBND",
        "abstract": "Về việc xác nhận cháu {trẻ em} sinh tại địa phương", "addressee": "",
        "body": "Theo đề nghị của ông/bà {họ tên};\n{cơ quan} xác nhận cháu {trẻ em} sinh tại {địa chỉ}.",
    }
    scene.text_draft = texts.save(texts.start(by=people.manager, at=now), values, by=people.manager, at=now, revision=None)
    body = "Ủy ban nhân dân xã Nghĩa Giang không giải quyết hồ sơ vì giấy chứng sinh đã dùng cho một hồ sơ khác."
    for what, name in zip(("own-waiting", "own", "own-issued"), NAMES, strict=False):
        dossier = lifecycle.receive(_intake(version, name), by=people.clerk, at=now)
        dossier = lifecycle.hand_over(dossier, to=people.specialist, by=people.clerk, at=now)
        letter = ResultText(
            document_type="", symbol=scene.text.symbol, abstract=f"không giải quyết hồ sơ {dossier.code}", addressee=f"Ông/Bà {name}",
            body=body, granted=False,
        )
        slip = draft_slip(dossier, letter, at=now)
        dossier = lifecycle.submit_for_sign_off(
            dossier, by=people.specialist, at=now, granted=False, summary=slip.abstract, sha256=store(draft_file(slip)),
            file_name="du-thao.pdf", doc_symbol=slip.symbol, snapshot=slip.as_json(), template=scene.text,
        )
        if what != "own-waiting":
            digest = dossier.results.get().sha256
            kind = SignOffKind.IN_SYSTEM
            dossier = lifecycle.sign_off(dossier, kind=kind, signer=people.leader, by=people.leader, at=now, sha256=digest)
        if what == "own-issued":
            dossier = lifecycle.issue_result(dossier, by=people.archivist, at=now)
        scene.dossiers[what] = dossier


def _birth_registration() -> ProcedureVersion:
    """That of the catalogue, where it is loaded; else one with everything that the intake's page can show."""
    version = make_version(papers=3)
    if version.cases.count() > 1:
        return version
    case = version.cases.get()
    case.name = "Trong hạn, người đi khai sinh là cha hoặc mẹ"
    case.subjects = [{"role": "child", "required": True}, {"role": "mother", "required": True}, {"role": "father", "required": False}]
    case.save()
    Component.objects.create(version=version, case=case, position=9, short_name="Giấy xác nhận tình trạng hôn nhân", required=False)
    Fee.objects.create(version=version, name="Lệ phí đăng ký khai sinh quá hạn", amount=8000, per="việc", source="Nghị quyết")
    version.procedure.short_code = "ks"
    version.procedure.save()
    return version


def _intake(version: ProcedureVersion, name: str) -> Intake:
    lines = components_of(version.cases.all()[0])
    papers = tuple(PaperLine(line.short_name, "submitted", line, line.copy_kind, line.originals) for line in lines)
    filer = PartyLine(
        role="filer", name=name, basis="parent_guardian", personal_id=PERSONAL_ID, birth="1985-03-05", sex="female", phone=PHONE,
        phone_owner="own", address=ADDRESS,
    )
    child = PartyLine(role="child", name="Sơn Thị Hồng Nhung")
    return make_intake(version, parties=(filer, child), papers=papers, fees=(FeeLine("Lệ phí", 8000, None, "", "later"),), slip_wanted=True)


def _bring(dossier: Dossier, status: str, people: Cast, at: datetime) -> Dossier:
    """By the people of the cast, so that each of them finds his own work."""
    if status == Status.RECEIVED:
        return dossier
    dossier = lifecycle.hand_over(dossier, to=people.specialist, by=people.clerk, at=at, note="Kèm bản chính giấy chứng sinh")
    dossier = lifecycle.take_over(dossier, by=people.specialist, at=at)
    if status == Status.PROCESSING:
        return dossier
    dossier = lifecycle.submit_for_sign_off(
        dossier, by=people.specialist, at=at, summary=SUMMARY, sha256=store(DRAFT), file_name="du-thao.pdf"
    )
    if status == Status.AWAITING_SIGNATURE:
        return dossier
    dossier = lifecycle.sign_off(
        dossier, kind=SignOffKind.WET_INK, signer=people.leader, by=people.leader, at=at, doc_number="12", doc_symbol="TLKS-BS"
    )
    if status == "signed":
        return dossier
    dossier = lifecycle.issue_result(dossier, by=people.leader, at=at)
    if status == Status.RESULT_READY:
        return dossier
    return lifecycle.return_result(
        dossier, collected_by="owner", name=dossier.applicant_name, paid_by="cash", receipt_no="0001234", by=people.clerk, at=at
    )


def _paper_slips(scene: Scene, version: ProcedureVersion) -> None:
    filer = _intake(version, NAMES[1]).filer
    items = ("Giấy chứng sinh", "Bản chính sổ hộ khẩu đã cấp trước đây")
    guidance = Guidance(uuid4(), version, filer, items, "Thiếu giấy", {"name": NAMES[1]})
    supplement = lifecycle.request_supplement(guidance, by=scene.cast.clerk, at=scene.now)
    scene.slips["supplement"] = supplement.issued_papers.get()
    declined = Declined(uuid4(), version, filer, "Không thuộc thẩm quyền", "Trẻ cư trú ở xã khác", "UBND xã Phú Tân An")
    scene.slips["refusal"] = lifecycle.decline(declined, by=scene.cast.clerk, at=scene.now).issued_papers.get()

