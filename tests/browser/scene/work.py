"""Dossiers that do not simply go on: paused, ended, with another agency, at its answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.tests.makers import make_version
from onestop.staff.models import User
from tests.browser.scene.stage import NAMES, Scene, intake_of


def stopped_clocks(scene: Scene) -> None:
    """One dossier in each kind of pause, one that goes on after a pause, one with more time: their ledgers have something to tell."""
    people, now, version = scene.cast, scene.now, make_version("1.009001", papers=3)
    for place, what in enumerate(("asked", "owing", "suspended", "resumed", "extended")):
        at = now - timedelta(days=1, minutes=place)
        scene.dossiers[what] = lifecycle.receive(intake_of(version, NAMES[place]), by=people.clerk, at=at)

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


def endings(scene: Scene) -> None:
    """Stopped, asked back by the secret of the slip, never answered, and moved to the right procedure."""
    people, now, version = scene.cast, scene.now, make_version("1.009001", papers=3)

    def received(what: str, days: int, name: str) -> Dossier:
        at = now - timedelta(days=days, minutes=len(scene.dossiers))
        scene.dossiers[what] = lifecycle.receive(intake_of(version, name), by=people.clerk, at=at)
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


def elsewhere(scene: Scene) -> None:
    """One dossier whose answer of another agency is late although they were reminded, and one that has come back."""
    people, now, version = scene.cast, scene.now, make_version("1.009001", value=60, papers=3)
    for what, days, name in (("elsewhere", 12, NAMES[0]), ("heard", 11, NAMES[1])):
        at = now - timedelta(days=days)
        scene.dossiers[what] = lifecycle.receive(intake_of(version, name), by=people.clerk, at=at)
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
