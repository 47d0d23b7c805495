"""What waits for a hand or has a signature: letters, results on paper, digital ones, results drafted here."""

from datetime import timedelta

from django.utils import timezone

from dossiers import lifecycle
from dossiers.desks import desk_of
from dossiers.drafting import proposed_date
from dossiers.issuing import ResultText, draft_file, draft_slip
from dossiers.models import ApologyLetter, SignOffKind
from dossiers.printing import file_of
from dossiers.signed_files import SignedFile
from dossiers.statuses import Status
from onestop.inspection import Report, Signature, Verdict
from onestop.vault.files import store
from procedures import result_templates as texts
from procedures.models import ProcedureVersion
from tests.browser.scene.stage import DRAFT, NAMES, SUMMARY, Scene, bring, intake_of


def letters(scene: Scene, version: ProcedureVersion) -> None:
    """Letters of apology: to prepare, to sign, sent by hand, waived; and a late result that waits with its letter."""
    people, now = scene.cast, scene.now
    date = proposed_date(now, desk_of(people.agency.pk), now=now)

    def letter(what: str, name: str) -> ApologyLetter:
        at = now - timedelta(days=41, minutes=len(scene.dossiers))
        received = lifecycle.receive(intake_of(version, name), by=people.clerk, at=at)
        scene.dossiers[what] = bring(received, Status.PROCESSING, people, at)
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
    late = lifecycle.receive(intake_of(version, NAMES[1]), by=people.clerk, at=now - timedelta(days=42))
    scene.dossiers["late-signing"] = bring(late, Status.AWAITING_SIGNATURE, people, now - timedelta(days=42))


def passed_on(scene: Scene, version: ProcedureVersion) -> None:
    """A paper that waits for the hand of whom it was passed to, who signs under the decision; a procedure that is signed quickly."""
    people, now = scene.cast, scene.now
    at = now - timedelta(minutes=7)
    received = lifecycle.receive(intake_of(version, NAMES[1]), by=people.clerk, at=at)
    waits = lifecycle.submit_for_sign_off(received, by=people.clerk, at=at, summary=SUMMARY)
    scene.dossiers["on-paper"] = lifecycle.pass_for_signature(waits, to=people.specialist, by=people.leader, at=now, note="Đi họp")
    lifecycle.set_quick_sign(people.agency, version.procedure, True, by=people.manager, at=now)


def digital_one(scene: Scene) -> None:
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


def own_results(scene: Scene, version: ProcedureVersion) -> None:
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
        dossier = lifecycle.receive(intake_of(version, name), by=people.clerk, at=now)
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
