"""The counter: lists of hand-overs, slips on paper, messages, scans, certifications, and what goes to another commune."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from PIL import Image

from dossiers import lifecycle
from dossiers.certification.tests import makers as certify
from dossiers.intake import Declined, Guidance
from dossiers.models import Delivery, Dossier, SignOffKind, TransferList
from dossiers.statuses import Status
from onestop.inspection import Checked
from onestop.outbox.models import Message
from onestop.staff import absence
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import make_agency, make_user
from onestop.vault.files import store
from procedures.models import ProcedureVersion
from tests.browser.scene.stage import ADDRESS, NAMES, PHONE, SUMMARY, Scene, bring, intake_of


def passings(scene: Scene, version: ProcedureVersion) -> None:
    """A list of three: one taken, one that was not in the pile, one that waits; and somebody who is away with a substitute."""
    people, now = scene.cast, scene.now
    received = [lifecycle.receive(intake_of(version, name), by=people.clerk, at=now - timedelta(hours=3)) for name in NAMES[1:4]]
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


def paper_slips(scene: Scene, version: ProcedureVersion) -> None:
    filer = intake_of(version, NAMES[1]).filer
    items = ("Giấy chứng sinh", "Bản chính sổ hộ khẩu đã cấp trước đây")
    guidance = Guidance(uuid4(), version, filer, items, "Thiếu giấy", {"name": NAMES[1]})
    supplement = lifecycle.request_supplement(guidance, by=scene.cast.clerk, at=scene.now)
    scene.slips["supplement"] = supplement.issued_papers.get()
    declined = Declined(uuid4(), version, filer, "Không thuộc thẩm quyền", "Trẻ cư trú ở xã khác", "UBND xã Phú Tân An")
    scene.slips["refusal"] = lifecycle.decline(declined, by=scene.cast.clerk, at=scene.now).issued_papers.get()


def messages(scene: Scene, version: ProcedureVersion) -> None:
    """Some of what the acts have queued was sent, some was given up, and one filer has no telephone."""
    intake = intake_of(version, NAMES[1])
    silent = replace(intake, parties=(replace(intake.filer, phone="", phone_owner=""), *intake.parties[1:]))
    scene.dossiers["silent"] = lifecycle.receive(silent, by=scene.cast.clerk, at=scene.now)
    about = {what: Message.objects.about(f"dossier:{scene.dossiers[what].pk}") for what in ("returned", "late", "ready")}
    about["returned"].filter(state="waiting").update(state="sent", sent_at=scene.now, backend="http", attempts=1)
    about["late"].update(state="failed", last_error="refused_422", attempts=1)
    about["ready"].filter(state="waiting").update(attempts=2, last_error="timeout", next_at=scene.now)


def scans(scene: Scene) -> None:
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


def certifications(scene: Scene) -> None:
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


def between_communes(scene: Scene, version: ProcedureVersion) -> None:
    """Received here for a third commune: to be sent, on its way, late there, and a result that comes home; and one for us."""
    people, now = scene.cast, scene.now
    there = make_agency("H61.28", "Hiệp Thạnh")
    their_clerk = make_user(Role.CLERK, agency=there, full_name="Trương Thị Mỹ Lệ")
    their_head = make_user(Role.HEAD, agency=there, full_name="Kiên Minh Tâm")

    def received(what: str, name: str, *, days: int, by: User = people.clerk, to: Agency = there) -> Dossier:
        at = now - timedelta(days=days, minutes=len(scene.dossiers))
        scene.dossiers[what] = lifecycle.receive(replace(intake_of(version, name), competent=to), by=by, at=at)
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
    # All of today: with the real catalogue it is promised for the day of receipt.
    later = received("brought-later", NAMES[5], days=0)
    arrived(sent(later, days=0), their_clerk, days=0)
    later.refresh_from_db()
    asked = {"items": ("Giấy chứng sinh",), "reason": "Thiếu giấy", "answer_by": timezone.localdate(now) + timedelta(days=10)}
    lifecycle.ask_for_supplement(later, **asked, by=their_clerk, at=now)
    lifecycle.accept_supplement(later, by=people.clerk, at=now)
    for_us = received("from-elsewhere", NAMES[4], days=2, by=their_clerk, to=people.agency)
    arrived(sent(for_us, days=2, by=their_clerk, to=people.agency), people.clerk, days=1)


def by_post(scene: Scene, version: ProcedureVersion) -> None:
    """A result that is to be posted, and one whose second parcel is on its way after the first came back."""
    people, now = scene.cast, scene.now
    for what, name in (("to-post", NAMES[1]), ("in-post", NAMES[2])):
        address = {"delivery": Delivery.POST, "delivery_address": f"{name}, {ADDRESS}, {PHONE}"}
        at = now - timedelta(days=6, minutes=len(scene.dossiers))
        received = lifecycle.receive(replace(intake_of(version, name), **address), by=people.clerk, at=at)
        scene.dossiers[what] = bring(received, Status.RESULT_READY, people, at)
    paid = {"paid_by": "transfer", "receipt_no": "0001235"}
    dossier = lifecycle.post_result(scene.dossiers["in-post"], waybill="EB123456789VN", by=people.clerk, at=now - timedelta(days=3), **paid)
    dossier = lifecycle.parcel_back(dossier, reason="Không có người nhận", by=people.clerk, at=now - timedelta(days=1))
    scene.dossiers["in-post"] = lifecycle.post_result(dossier, waybill="EB123456790VN", by=people.clerk, at=now)
