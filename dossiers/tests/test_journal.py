"""The journal of a dossier in words: pauses, consents, extensions, and its letters of apology."""

from datetime import date

import pytest

from dossiers import lifecycle
from dossiers.journal import acts_of
from dossiers.models import ConsentKind
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db

MONDAY, LATE = local("2026-11-23 10:00"), local("2026-11-27 08:00")


def said(dossier):
    """(act, facts) of all entries, the first one first."""
    return [row[1:3] for row in reversed(acts_of(dossier).rows)][1:]


def ask(dossier, at):
    return lifecycle.ask_for_supplement(
        dossier, items=["Giấy chứng sinh", "Tờ khai"], reason="Thiếu", answer_by=date(2026, 12, 4), by=make_clerk(), at=at
    )


def test_pauses_say_what_is_waited_for():
    dossier = lifecycle.accept_supplement(ask(make_dossier(), MONDAY), by=make_clerk(), at=MONDAY)
    dossier = lifecycle.request_payment(dossier, amount=150_000, reason="Phí", by=make_clerk(), at=MONDAY)
    dossier = lifecycle.confirm_payment(dossier, paid_by="cash", receipt_no="1", by=make_clerk(), at=MONDAY)

    assert said(dossier) == [
        ("Yêu cầu bổ sung", "trạng thái: Chờ bổ sung; chờ bổ sung giấy tờ; lần 1; 2 giấy tờ"),
        ("Nhận giấy tờ bổ sung", "trạng thái: Đã tiếp nhận; chờ bổ sung giấy tờ"),
        ("Yêu cầu nộp tiền", "trạng thái: Chờ nộp tiền; chờ nộp tiền; 150.000 đồng"),
        ("Xác nhận đã nộp tiền", "trạng thái: Đã tiếp nhận; chờ nộp tiền; 150.000 đồng"),
    ]


def test_a_pause_of_what_is_late_says_so_and_who_agreed_to_what():
    dossier = lifecycle.consent(make_dossier(), kind=ConsentKind.LATE_PAUSE, cause="Nhầm", by=make_user(Role.LEADER), at=LATE)
    dossier = ask(dossier, LATE)

    assert said(dossier) == [
        ("Lãnh đạo đồng ý", "trạng thái: Đã tiếp nhận; tạm dừng khi đã quá hạn"),
        ("Yêu cầu bổ sung", "trạng thái: Chờ bổ sung; chờ bổ sung giấy tờ; bắt đầu khi đã quá hạn; lần 1; 2 giấy tờ"),
    ]


def test_extensions_say_how_and_by_how_much():
    dossier = lifecycle.extend(make_dossier(), kind="decision", ground="Điều 12", extra_value=2, by=make_user(Role.LEADER), at=MONDAY)

    assert said(dossier) == [("Gia hạn", "trạng thái: Đã tiếp nhận; lãnh đạo quyết định, thêm 2")]


def test_letters_of_the_dossier_are_part_of_it():
    dossier, other, leader = make_dossier(), make_dossier(), make_user(Role.LEADER)
    letter = lifecycle.draft_letter(dossier, at=LATE, by=leader)
    lifecycle.draft_letter(other, at=LATE, by=leader)
    lifecycle.prepare_letter(
        letter, cause="many", cause_words="Chờ xác minh", new_due_at=local("2026-12-01 17:00"), by=leader, at=LATE
    )

    assert said(dossier) == [
        ("Dự thảo văn bản xin lỗi", "xin lỗi: trễ hẹn; dự thảo"),
        ("Soạn văn bản xin lỗi", "xin lỗi: trễ hẹn; dự thảo; hẹn lại 17:00 01/12/2026"),
    ]
