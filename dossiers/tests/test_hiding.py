"""Every way of hiding lateness is tried, and is seen."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import lifecycle
from dossiers.desks import desk_of
from dossiers.hiding import WAYS, Period, signs
from dossiers.models import (
    ApologyLetter,
    Appointment,
    AppointmentKind,
    Consent,
    Extension,
    LetterState,
    Party,
    Pause,
    PauseKind,
    StopKind,
)
from dossiers.statuses import Status
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier, make_version
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

# Received on Friday the 20th of November, due on Thursday the 26th at 17:00; the last working day before is the 25th.
DUE = local("2026-11-26 17:00")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def leader():
    return make_user(Role.LEADER)


def seen(period=NOVEMBER, agency=None, only=""):
    agency = agency or make_agency()
    return [(sign.kind, sign.code, sign.who, sign.words) for sign in signs(agency.pk, period, desk_of(agency.pk), only)]


def kinds(**how):
    return [kind for kind, *_ in seen(**how)]


def pause(dossier, at, leader, **fields):
    return Pause.objects.create(
        agency=dossier.agency, dossier=dossier, seq=dossier.pauses.count() + 1, kind=PauseKind.SUSPENSION, reason="Chờ xác minh",
        started_at=at, started_by=leader, back_to=Status.PROCESSING, **fields,
    )


def appoint(dossier, kind, due_at, at, by=None, reason=""):
    return Appointment.objects.create(
        agency=dossier.agency, dossier=dossier, seq=dossier.appointments.count() + 1, kind=kind, due_at=due_at, reason=reason,
        limit_words="", rule_version="1", calendar_version="1", trace=[], made_at=at, made_by=by,
    )


def extend(dossier, at, leader):
    appointment = appoint(dossier, AppointmentKind.EXTENSION, DUE + timedelta(days=4), at, leader)
    return Extension.objects.create(
        agency=dossier.agency, dossier=dossier, kind="decision", extra_value=2, ground="Luật Hộ tịch Điều 18", decided_by=leader,
        decided_at=at, appointment=appointment,
    )


# -- pauses --------------------------------------------------------------------------------------
def test_a_pause_on_the_due_day_is_seen_with_who_and_why(leader):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier, local("2026-11-26 08:00"), leader)

    words = "Tạm đình chỉ giải quyết đúng ngày đến hạn (hẹn 17:00 26/11/2026). Lý do: Chờ xác minh."
    assert seen() == [("tam-dung", dossier.code, leader.full_name, words)]


def test_a_pause_after_the_due_time_is_seen_with_the_consent(leader):
    dossier, late = make_dossier(status=Status.PROCESSING), local("2026-11-27 08:00")
    consent = Consent.objects.create(
        agency=dossier.agency, dossier=dossier, kind="late_pause", cause="Chờ công an xác minh", given_by=leader, given_at=late
    )
    pause(dossier, late, leader, late=True, consent=consent)

    ((_, _, _, words),) = seen()
    assert words == (
        "Tạm đình chỉ giải quyết khi đã quá hạn (hẹn 17:00 26/11/2026). Lý do: Chờ xác minh. "
        f"{leader.full_name} đồng ý: Chờ công an xác minh"
    )


def test_a_pause_in_good_time_is_none(leader):
    pause(make_dossier(status=Status.PROCESSING), local("2026-11-25 16:59"), leader)

    assert seen() == []


def test_the_second_pause_is_measured_by_the_date_that_the_first_one_left(leader):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier, local("2026-11-23 08:00"), leader, ended_at=local("2026-11-25 08:00"), ended_by=leader)
    appoint(dossier, AppointmentKind.PAUSE, local("2026-11-27 17:00"), local("2026-11-25 08:00"))
    pause(dossier, local("2026-11-26 08:00"), leader, ended_at=local("2026-11-26 09:00"), ended_by=leader)
    assert seen() == []

    pause(dossier, local("2026-11-27 08:00"), leader)

    assert kinds() == ["tam-dung"]


# -- more time -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("at", "found"), [("2026-11-23 16:00", []), ("2026-11-25 07:30", ["gia-han"]), ("2026-11-26 16:59", ["gia-han"])])
def test_an_extension_in_the_last_working_day_is_seen(leader, at, found):
    dossier = make_dossier(status=Status.PROCESSING)
    extend(dossier, local(at), leader)

    assert kinds() == found


def test_an_extension_says_from_which_date_to_which(leader):
    dossier = make_dossier(status=Status.PROCESSING)
    extend(dossier, local("2026-11-26 16:00"), leader)

    assert seen() == [
        ("gia-han", dossier.code, leader.full_name, "Hẹn 17:00 26/11/2026 thành 17:00 30/11/2026. Căn cứ: Luật Hộ tịch Điều 18")
    ]


def test_a_date_that_the_calendar_moved_is_seen(leader):
    dossier = make_dossier(status=Status.PROCESSING)
    at = local("2026-11-23 09:00")
    appoint(dossier, AppointmentKind.CALENDAR_CHANGE, DUE + timedelta(days=1), at, leader, "Nghỉ bù theo Quyết định 12")

    assert seen() == [
        ("doi-lich", dossier.code, leader.full_name, "Hẹn 17:00 26/11/2026 thành 17:00 27/11/2026. Nghỉ bù theo Quyết định 12")
    ]


# -- struck out ----------------------------------------------------------------------------------
def void(dossier, at, reason="Nhập nhầm"):
    by = make_user(Role.MANAGER)
    return lifecycle.void(dossier, reason=reason, by=by, at=at)


def test_voided_and_entered_again_is_seen_although_it_was_in_good_time():
    dossier = make_dossier()
    void(dossier, local("2026-11-23 09:00"))
    again = make_dossier(at=local("2026-11-24 09:00"))

    ((kind, code, who, words),) = seen()
    assert (kind, code, who) == ("huy-nhap-lai", dossier.code, "Sơn Thị Kim Ngân")
    assert words == f"Hủy, rồi nhập lại thành {again.code}. Lý do: Nhập nhầm"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-25 09:00", "Hủy khi sắp đến hạn (17:00 26/11/2026). Lý do: Nhập nhầm"),
        ("2026-11-27 09:00", "Hủy khi đã trễ 1 ngày làm việc. Lý do: Nhập nhầm"),
    ],
)
def test_voided_when_late_or_nearly_so_is_seen(at, words):
    void(make_dossier(), local(at))

    assert [words for *_, words in seen()] == [words]


def test_voided_when_late_and_entered_again_is_seen():
    dossier = make_dossier()
    void(dossier, local("2026-11-30 09:00"))
    again = make_dossier(at=local("2026-11-30 09:05"))

    ((*_, words),) = seen()
    assert words == f"Hủy khi đã trễ 2 ngày làm việc, rồi nhập lại thành {again.code}. Lý do: Nhập nhầm"


def test_the_name_may_be_spelt_without_accents():
    void(make_dossier(name="Đặng Văn Ễnh"), local("2026-11-23 09:00"))
    Party.objects.update(personal_id="")
    make_dossier(name="dang van enh", at=local("2026-11-23 10:00"))

    assert kinds() == ["huy-nhap-lai"]


def test_the_personal_number_is_enough():
    void(make_dossier(name="Đặng Văn Ễnh"), local("2026-11-23 09:00"))
    make_dossier(name="Tăng Thị Huỳnh Như", at=local("2026-11-23 10:00"))

    assert kinds() == ["huy-nhap-lai"]


def test_entered_again_before_the_old_one_was_voided_is_seen():
    first = make_dossier()
    make_dossier(at=local("2026-11-23 08:00"))
    void(first, local("2026-11-23 09:00"))

    assert kinds() == ["huy-nhap-lai"]


@pytest.mark.parametrize("change", ["another person", "another procedure", "much later", "earlier"])
def test_what_was_not_entered_again_is_none(change):
    early = make_dossier(at=local("2026-11-19 09:00")) if change == "earlier" else None
    void(make_dossier(), local("2026-11-23 09:00"))
    if change == "another person":
        make_dossier(name="Tăng Thị Huỳnh Như", at=local("2026-11-23 10:00"))
        Party.objects.order_by("-id").filter(name="Tăng Thị Huỳnh Như").update(personal_id="000285009999")
    elif change == "another procedure":
        make_dossier(version=make_version("1.000894"), at=local("2026-11-23 10:00"))
    elif change == "much later":
        make_dossier(at=local("2026-12-24 09:00"))

    assert (early is not None, kinds()) == (change == "earlier", [])


# -- letters, corrections, signatures ------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LetterState.WAIVED, "Không gửi văn bản xin lỗi. Lý do: Đã gọi điện xin lỗi. Hẹn 17:00 26/11/2026"),
        (LetterState.RETRACTED, "Dự thảo tự rút, hẹn đã được lùi. Hẹn 17:00 26/11/2026"),
    ],
)
def test_a_letter_that_was_not_sent_is_seen(leader, state, words):
    dossier, at = make_dossier(status=Status.PROCESSING), local("2026-11-27 09:00")
    ApologyLetter.objects.create(
        agency=dossier.agency, dossier=dossier, missed=dossier.appointments.get(), state=state, drafted_at=at, closed_at=at,
        closed_by=leader, closed_reason="Đã gọi điện xin lỗi",
    )

    assert seen() == [("xin-loi", dossier.code, leader.full_name, words)]


def test_a_wrong_result_is_seen():
    dossier = make_dossier(status=Status.RETURNED)
    lifecycle.return_for_correction(dossier, words="Sai ngày sinh", by=make_clerk(), at=local("2026-11-25 09:00"))

    ((kind, _, _, words),) = seen()
    assert (kind, words) == ("sua-ket-qua", "Nhận lại kết quả để sửa: Sai ngày sinh. Hẹn 17:00 26/11/2026")


@pytest.mark.parametrize(("recorded", "found"), [("2026-11-26 17:00", []), ("2026-11-27 09:00", ["ghi-chu-ky"])])
def test_a_signature_of_before_entered_after_the_due_time_is_seen(leader, recorded, found):
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    signed = local("2026-11-26 16:00")
    lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=local(recorded), signed_at=signed)

    assert kinds() == found


# -- the whole -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "found"), [(5, True), (1, False)])
def test_a_move_to_a_procedure_with_a_later_date_is_seen(leader, days, found):
    version, dossier = make_version("1.000009", value=days), make_dossier()
    move = {"version": version, "case": version.cases.get(), "reason": "Nhận nhầm thủ tục"}
    lifecycle.reclassify(dossier, **move, by=leader, at=local("2026-11-23 10:00"))

    words = "Hạn 17:00 26/11/2026 thành 17:00 30/11/2026. Lý do: Nhận nhầm thủ tục"
    assert seen() == ([("chuyen-thu-tuc", dossier.code, leader.full_name, words)] if found else [])


@pytest.mark.parametrize(
    ("at", "when"), [("2026-11-23 10:00", ""), ("2026-11-25 10:00", "khi sắp đến hạn"), ("2026-11-27 10:00", "khi đã quá hạn")]
)
def test_a_stop_near_the_due_time_or_after_it_is_seen(leader, at, when):
    dossier = make_dossier()
    said = {"reason": "Đất có tranh chấp.", "ground": "Điều 12 Luật Đất đai", "asked_by": "Phòng Kinh tế"}
    lifecycle.stop(dossier, kind=StopKind.STOPPED, by=leader, at=local(at), **said)

    words = f"Cơ quan dừng giải quyết {when} (hẹn 17:00 26/11/2026). Lý do: Đất có tranh chấp."
    assert seen() == ([("dung", dossier.code, leader.full_name, words)] if when else [])


def test_a_wait_for_another_agency_that_was_not_counted_is_seen_with_what_became_of_the_date():
    version = make_version("1.000777", consultation_clock="outside", consultation_ground="Điều 12")
    clerk, dossier, plain = make_clerk(), make_dossier(version=version), make_dossier()
    sent = lifecycle.Sent("consult", "Ranh giới?", 2, "working_day", other_name="Đất đai")
    row = lifecycle.consult(dossier, sent, by=clerk, at=local("2026-11-23 10:00"))
    lifecycle.consult(plain, sent, by=clerk, at=local("2026-11-23 10:00"))
    awaited = "Chờ Đất đai không tính vào hạn: hẹn 17:00 26/11/2026, nay chưa có hẹn; chưa trả lời"
    assert seen() == [("co-quan-khac", dossier.code, clerk.full_name, awaited)]

    came = lifecycle.Came(local("2026-11-25 10:00"), "Không tranh chấp.")
    lifecycle.record_answer(row, came, by=clerk, at=local("2026-11-26 16:00"))

    words = seen()[0][3]
    assert "hẹn 17:00 26/11/2026 thành 17:00 27/11/2026; trả lời 10:00 25/11/2026, ghi nhận 16:00 26/11/2026" in words


def test_another_agency_and_another_period_show_nothing(leader):
    dossier = make_dossier(status=Status.PROCESSING)
    pause(dossier, local("2026-11-26 08:00"), leader)

    assert seen(agency=make_agency("H61.27", "Phú Tân An")) == []
    assert seen(period=Period(date(2026, 11, 27), date(2026, 11, 30))) == []
    assert kinds(period=Period(date(2026, 11, 26), date(2026, 11, 26))) == ["tam-dung"]


def test_the_latest_comes_first_and_one_way_can_be_asked_for(leader):
    first, second = make_dossier(status=Status.PROCESSING), make_dossier(status=Status.PROCESSING)
    pause(first, local("2026-11-26 08:00"), leader)
    extend(second, local("2026-11-26 09:00"), leader)

    assert kinds() == ["gia-han", "tam-dung"]
    assert kinds(only="tam-dung") == ["tam-dung"]


def test_each_way_costs_one_query_however_much_there_is(leader):
    costs = []
    for number in (1, 3):
        for _ in range(number):
            dossier = bring_to(make_dossier(), Status.PROCESSING, by=make_clerk(), at=local("2026-11-20 09:00"))
            pause(dossier, local("2026-11-26 08:00"), leader)
            extend(make_dossier(), local("2026-11-26 09:00"), leader)
            void(make_dossier(), local("2026-11-27 09:00"))
        seen()
        with CaptureQueriesContext(connection) as queries:
            assert len(seen()) >= 3
        costs.append(len(queries))
    assert costs == [len(WAYS) + 1] * 2  # one of them for the agency


