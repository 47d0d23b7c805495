"""Asking another agency: whose turn it is, what becomes of the date, and what is refused."""

import re
from datetime import date
from subprocess import run

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dossiers import lifecycle
from dossiers.journal import acts_of
from dossiers.lifecycle import Came, Sent
from dossiers.models import Appointment, Consultation, ConsultationReminder, Dossier, Notice, Pause
from dossiers.promises import promise_again
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from dossiers.warnings import warn
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.outbox.models import Message
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
MONDAY, WEDNESDAY = local("2026-11-23 10:00"), local("2026-11-25 10:00")
DUE = local("2026-11-26 17:00")
LAND = "Chi nhánh Văn phòng đăng ký đất đai"
POLICE = "Công an xã"


def sent(name: str = LAND, *, value: int = 2, unit: str = "working_day", **fields) -> Sent:
    return Sent(
        **({"kind": "consult", "question": "Ranh giới thửa đất?", "other_name": name, "limit_value": value, "limit_unit": unit} | fields)
    )


def came(at: str = "2026-11-25 10:00", **fields) -> Came:
    return Came(**({"answered_at": local(at), "summary": "Không tranh chấp."} | fields))


def ask(dossier: Dossier, name: str = LAND, *, at=MONDAY, by=None, **fields) -> Consultation:
    return lifecycle.consult(dossier, sent(name, **fields), by=by or make_clerk(), at=at)


def hear(row: Consultation, at: str = "2026-11-25 10:00", *, typed: str = "", by=None, **fields) -> Dossier:
    lifecycle.record_answer(row, came(at, **fields), by=by or make_clerk(), at=local(typed or at))
    return again(row.dossier)


def again(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def outside_version(code: str = "1.000777", **fields):
    return make_version(code, consultation_clock="outside", consultation_ground="Điều 12 Nghị định 01/2026/NĐ-CP", **fields)


# -- inside the limit --------------------------------------------------------------------------
def test_a_dossier_is_with_the_other_agency_until_it_answers():
    dossier = make_dossier()

    row = ask(dossier)

    assert again(dossier).status == Status.WITH_OTHER_AGENCY
    assert (again(dossier).holder, again(dossier).due_at) == (make_clerk(), DUE)
    assert (row.answer_due_at, row.outside_limit, row.pause) == (local("2026-11-26 17:00"), False, None)
    heard = hear(row)
    assert (heard.status, heard.due_at, heard.holder) == (Status.PROCESSING, DUE, make_clerk())
    assert first_problem() is None


@pytest.mark.parametrize(
    ("value", "unit", "due"),
    [
        (1, "working_day", "2026-11-25 17:00"),  # Tuesday is a holiday
        (2, "day", "2026-11-25 17:00"),
        (1, "day", "2026-11-25 17:00"),  # the last day is a holiday, so the next working day
        (4, "hour", "2026-11-23 16:00"),  # half past one after the noon break
        (10, "working_day", "2026-12-08 17:00"),
    ],
)
def test_the_other_agency_has_its_own_time(value, unit, due):
    assert ask(make_dossier(), value=value, unit=unit).answer_due_at == local(due)


@pytest.mark.parametrize("answered", ["2026-11-23 10:00", "2026-11-26 16:59", "2026-12-11 08:00"])
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.PROCESSING])
def test_inside_the_limit_no_answer_moves_the_date(answered, status):
    dossier = make_dossier(status=status)
    holder = dossier.holder

    heard = hear(ask(dossier, by=holder), answered, by=holder)

    assert (heard.due_at, heard.appointments.count(), heard.pauses.count()) == (DUE, 1, 0)


def test_several_agencies_are_asked_at_once_and_the_last_answer_ends_it():
    dossier = make_dossier()
    land, police = ask(dossier), ask(dossier, POLICE)

    assert hear(police).status == Status.WITH_OTHER_AGENCY
    assert hear(land).status == Status.PROCESSING


def test_an_agency_has_one_open_question_of_a_dossier():
    dossier = make_dossier()
    row = ask(dossier)
    with pytest.raises(NotAllowed, match="đang còn một yêu cầu chưa trả lời"):
        ask(dossier, "chi nhánh văn phòng  ĐĂNG KÝ đất đai")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk = None
        row.seq = 2
        row.save(force_insert=True)

    hear(Consultation.objects.get())
    assert ask(dossier, at=WEDNESDAY).seq == 2


def test_a_withdrawn_question_needs_a_reason_and_gives_the_dossier_back():
    dossier = make_dossier()
    row = ask(dossier)
    with pytest.raises(NotAllowed, match="lý do"):
        lifecycle.cancel_consultation(row, reason="", by=make_clerk(), at=WEDNESDAY)

    lifecycle.cancel_consultation(row, reason="Hỏi nhầm cơ quan", by=make_clerk(), at=WEDNESDAY)

    assert (again(dossier).status, Consultation.objects.get().cancelled_at) == (Status.PROCESSING, WEDNESDAY)
    with pytest.raises(NotAllowed):
        hear(row)


def test_every_reminder_stays_on_record():
    row = ask(make_dossier())
    for how in ("phone", "document"):
        lifecycle.remind(row, how=how, note="Gặp văn thư", by=make_clerk(), at=WEDNESDAY)

    assert list(ConsultationReminder.objects.values_list("how", "reminded_at")) == [("phone", WEDNESDAY), ("document", WEDNESDAY)]
    with pytest.raises(NotAllowed, match="bằng cách nào"):
        lifecycle.remind(row, how="", by=make_clerk(), at=WEDNESDAY)
    assert first_problem() is None


@pytest.mark.parametrize(("answered", "typed"), [("2026-11-23 09:59", "2026-11-25 10:00"), ("2026-11-25 10:01", "2026-11-25 10:00")])
def test_an_answer_comes_after_the_question_and_not_tomorrow(answered, typed):
    with pytest.raises(NotAllowed, match="sau lúc gửi"):
        hear(ask(make_dossier()), answered, typed=typed)


def test_an_answer_recorded_late_keeps_both_times():
    row = ask(make_dossier())
    hear(row, "2026-11-25 10:00", typed="2026-11-27 08:00")

    row = Consultation.objects.get()
    assert (row.answered_at, row.recorded_at) == (WEDNESDAY, local("2026-11-27 08:00"))


def test_an_answer_may_come_while_the_citizen_is_waited_for():
    dossier, clerk = make_dossier(), make_clerk()
    row = ask(dossier)
    lifecycle.ask_for_supplement(again(dossier), items=["Sơ đồ"], reason="Thiếu.", answer_by=date(2026, 12, 4), by=clerk, at=MONDAY)
    assert hear(row).status == Status.AWAITING_SUPPLEMENT

    assert lifecycle.accept_supplement(again(dossier), by=clerk, at=WEDNESDAY).status == Status.PROCESSING
    assert first_problem() is None


def test_an_answer_may_come_while_the_applicant_thinks_again():
    dossier, clerk = make_dossier(), make_clerk()
    row = ask(dossier)
    lifecycle.request_withdrawal(again(dossier), signed_on=date(2026, 11, 23), identity_checked=True, by=clerk, at=MONDAY)
    hear(row)

    assert lifecycle.take_back_withdrawal(again(dossier), identity_checked=True, by=clerk, at=WEDNESDAY).status == Status.PROCESSING


def test_a_dossier_that_is_stopped_asks_nobody_any_more():
    dossier = make_dossier()
    ask(dossier)
    lifecycle.stop(
        again(dossier), kind="stopped", reason="Tranh chấp.", ground="Điều 1", asked_by="Tòa án", by=make_user(Role.LEADER), at=WEDNESDAY
    )

    assert Consultation.objects.get().cancel_reason == "Hồ sơ dừng giải quyết"
    assert first_problem() is None


# -- outside the limit -------------------------------------------------------------------------
def test_outside_the_limit_the_time_from_sending_to_answer_is_not_counted():
    dossier = make_dossier(version=outside_version())
    row = ask(dossier)
    assert (again(dossier).due_at, promise_again(again(dossier))) == (None, None)
    assert (row.outside_limit, row.pause.kind, row.pause.ground) == (True, "other_agency", "Điều 12 Nghị định 01/2026/NĐ-CP")

    # Monday is used; the day of the answer, Wednesday, is not counted; Thursday and Friday are left.
    heard = hear(row)

    assert (heard.status, heard.due_at) == (Status.PROCESSING, local("2026-11-27 17:00"))
    assert promise_again(heard).due_at == heard.due_at
    last = heard.appointments.latest("seq")
    assert (last.kind, last.reason) == ("pause", "Chờ cơ quan khác trả lời: thời hạn tính tiếp")
    assert "Chờ cơ quan khác trả lời" in {line["why"] for line in last.trace}
    assert first_problem() is None


def told(dossier: Dossier) -> list[tuple[str, str]]:
    """(state, the promise in the text or "") of what the citizen is told of his appointment, in order."""
    rows = Message.objects.about(f"dossier:{dossier.pk}").filter(event="re_dated").order_by("pk")
    return [(row.state, text[0] if (text := re.findall(r"hen lai (.*?)\.", row.text)) else "") for row in rows]


def test_the_citizen_is_told_at_once_that_his_date_stands_still_and_later_of_the_new_one():
    row = ask(make_dossier(version=outside_version()))

    assert told(row.dossier) == [("waiting", "")]
    Message.objects.filter(event="re_dated").update(state="sent", sent_at=MONDAY, backend="http")
    hear(row)
    assert told(row.dossier) == [("sent", ""), ("waiting", "17:00 ngay 27/11/2026")]


def test_a_second_agency_asked_meanwhile_is_no_news():
    dossier = make_dossier(version=outside_version())
    ask(dossier)
    ask(again(dossier), POLICE)

    assert len(told(dossier)) == 1


@pytest.mark.parametrize(
    ("sent_on", "messages"), [(False, [("withheld", "")]), (True, [("sent", ""), ("waiting", "17:00 ngay 26/11/2026")])]
)
def test_an_answer_on_the_same_day_leaves_the_date_and_is_told_only_to_whoever_heard_of_the_question(sent_on, messages):
    row = ask(make_dossier(version=outside_version()))
    if sent_on:
        Message.objects.filter(event="re_dated").update(state="sent", sent_at=MONDAY, backend="http")
    heard = hear(row, "2026-11-23 15:00")

    assert (heard.due_at, told(row.dossier)) == (DUE, messages)


@pytest.mark.parametrize("case", ["inside", "late"])
def test_of_a_question_that_moves_no_date_nothing_is_told(case):
    if case == "inside":
        hear(row := ask(make_dossier()))
    else:
        row = ask(make_dossier(version=outside_version()), at=local("2026-11-27 09:00"))

    assert told(row.dossier) == []


def test_recording_an_answer_late_wins_no_time():
    heard = hear(ask(make_dossier(version=outside_version())), "2026-11-25 10:00", typed="2026-12-02 16:00")

    assert heard.due_at == local("2026-11-27 17:00")
    assert heard.pauses.get().ended_at == WEDNESDAY


def test_questions_at_once_stop_the_clock_once_until_the_last_answer():
    dossier = make_dossier(version=outside_version())
    land, police = ask(dossier), ask(dossier, POLICE, at=local("2026-11-25 08:00"))
    assert Pause.objects.count() == 1
    # The later answer is recorded first.
    assert hear(police, "2026-11-27 08:00").due_at is None

    heard = hear(land, "2026-11-26 08:00", typed="2026-11-27 09:00")

    assert (heard.pauses.get().ended_at, heard.due_at) == (local("2026-11-27 08:00"), local("2026-12-01 17:00"))


def test_a_question_sent_too_late_stops_nothing():
    dossier = make_dossier(version=outside_version())
    row = ask(dossier, at=local("2026-11-27 08:00"))

    assert (row.outside_limit, row.pause, again(dossier).due_at) == (True, None, DUE)
    assert hear(row, "2026-12-03 08:00").due_at == DUE
    assert Appointment.objects.count() == 1


# -- refused -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"question": ""}, "nội dung cần hỏi"),
        ({"name": ""}, "tên cơ quan"),
        ({"kind": "letter"}, "lấy ý kiến hay liên thông"),
        ({"value": 0}, "từ 1 trở lên"),
        ({"unit": "immediate"}, "đơn vị của thời hạn"),
        ({"doc_date": date(2026, 11, 24)}, "không ở tương lai"),
        ({"name": "xã nghĩa giang"}, "Chọn cơ quan khác"),
    ],
)
def test_a_question_must_be_complete(fields, sentence):
    dossier = make_dossier()
    dossier.agency.name = "Xã Nghĩa Giang"
    dossier.agency.save()
    with pytest.raises(NotAllowed, match=sentence):
        ask(dossier, **fields)


def test_only_units_of_the_same_province_are_chosen_from_the_list():
    dossier = make_dossier()
    neighbour, far = make_agency("H61.77", parent=dossier.agency.parent), make_agency("H01", "Hà Nội", level="province")

    assert ask(dossier, "", other_agency=neighbour).other_name == neighbour.name
    for other in (far, dossier.agency):
        with pytest.raises(NotAllowed, match="Chọn cơ quan khác|không thuộc tỉnh"):
            ask(dossier, "", other_agency=other)


@pytest.mark.parametrize("status", [Status.AWAITING_SIGNATURE, Status.RESULT_READY, Status.RETURNED])
def test_a_dossier_out_of_work_asks_nobody(status):
    dossier = make_dossier(status=status)
    with pytest.raises(NotAllowed, match="Hồ sơ đang ở bước"):
        ask(dossier, by=make_user(Role.MANAGER, agency=dossier.agency))
    assert Consultation.objects.count() == 0


def test_a_signed_result_asks_nobody():
    dossier, boss = make_dossier(status=Status.AWAITING_SIGNATURE), make_user(Role.LEADER)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=boss, by=boss, at=MONDAY)
    with pytest.raises(NotAllowed, match="đã ký"):
        ask(dossier, by=dossier.holder)


def test_a_waiting_dossier_asks_nobody():
    clerk, boss = make_clerk(), make_user(Role.LEADER)
    suspended = lifecycle.suspend(make_dossier(), reason="Tòa.", ground="Thông báo 1", by=boss, at=MONDAY)
    with pytest.raises(NotAllowed, match="tạm dừng"):
        ask(suspended)
    asked = lifecycle.request_payment(make_dossier(), amount=1000, reason="Phí", by=clerk, at=MONDAY)
    with pytest.raises(NotAllowed, match="Chờ nộp tiền"):
        ask(asked)


def test_a_wrong_person_asks_reminds_and_hears_nobody():
    dossier = make_dossier(status=Status.PROCESSING)
    stranger = make_user(Role.SPECIALIST, agency=make_agency("H61.77"))
    people = {make_clerk(): "người khác giữ", make_user(Role.LEADER): "Vai trò", stranger: "đơn vị khác"}
    for person, sentence in people.items():
        with pytest.raises(NotAllowed, match=sentence):
            ask(dossier, by=person)
    row = ask(dossier, by=dossier.holder)
    for person, sentence in people.items():
        for act in (
            lambda by: hear(row, by=by),
            lambda by: lifecycle.remind(row, how="phone", by=by, at=WEDNESDAY),
            lambda by: lifecycle.cancel_consultation(row, reason="Thôi", by=by, at=WEDNESDAY),
        ):
            with pytest.raises(NotAllowed, match=sentence):
                act(person)
    assert Event.objects.filter(act__in=["remind", "record_answer", "cancel_consultation"]).count() == 0


def test_with_an_open_question_nothing_is_signed_handed_over_or_reclassified():
    dossier = make_dossier()
    ask(dossier)
    boss = make_user(Role.MANAGER, agency=dossier.agency)
    for act in (
        lambda: lifecycle.submit_for_sign_off(again(dossier), by=boss, at=WEDNESDAY),
        lambda: lifecycle.hand_over(again(dossier), to=boss, by=boss, at=WEDNESDAY),
        lambda: lifecycle.reclassify(again(dossier), version=dossier.version, case=dossier.case, reason="Nhầm", by=boss, at=WEDNESDAY),
    ):
        with pytest.raises(NotAllowed, match="Đang ở cơ quan khác"):
            act()


def test_the_log_and_the_warnings_say_where_the_dossier_is():
    dossier = make_dossier()
    row = ask(dossier)
    lifecycle.remind(row, how="phone", by=make_clerk(), at=WEDNESDAY)
    warn(now=local("2026-11-25 10:30"))
    hear(row, "2026-11-27 10:00")

    told = [" ".join(str(cell) for cell in row) for row in acts_of(dossier, "").rows]
    for place, words in enumerate(("yêu cầu lần 1; trả lời quá hạn", "yêu cầu lần 1; nhắc bằng điện thoại", "lấy ý kiến lần 1")):
        assert words in told[place]
    assert Notice.objects.earliest("id").words.endswith("Đang ở cơ quan khác.")


# -- the whole way ---------------------------------------------------------------------------
def test_a_field_verification_with_a_question_a_supplement_and_a_deputy():
    """Received Friday 20/11 with 10 working days: due Monday 7/12 at first (24/11 is off)."""
    version = make_version("1.000888", value=10)
    dossier = make_dossier(version=version, status=Status.PROCESSING)
    specialist, clerk = dossier.holder, make_clerk()
    assert dossier.due_at == local("2026-12-07 17:00")
    row = ask(dossier, by=specialist, at=MONDAY, doc_number="15", doc_symbol="UBND-KT", doc_date=date(2026, 11, 23))
    lifecycle.remind(row, how="phone", by=specialist, at=local("2026-11-27 09:00"))
    dossier = hear(row, "2026-11-30 15:00", by=specialist, agrees=True, document="88/CNVPĐK", document_date=date(2026, 11, 30))
    assert dossier.due_at == local("2026-12-07 17:00")

    # Used until the day of the request, Tuesday 1/12: 23, 25, 26, 27, 30/11 and 1/12 are six of ten.
    dossier = lifecycle.ask_for_supplement(
        dossier, items=["Sơ đồ thửa đất"], reason="Cơ quan đất đai yêu cầu.", answer_by=date(2026, 12, 15), by=specialist,
        at=local("2026-12-01 09:00"),
    )  # fmt: skip
    dossier = lifecycle.accept_supplement(dossier, by=clerk, at=local("2026-12-03 09:00"))

    # The day of the arrival is not counted; four are left: 4, 7, 8, 9/12.
    assert (dossier.status, dossier.holder, dossier.due_at) == (Status.PROCESSING, specialist, local("2026-12-09 17:00"))
    deputy = make_user(Role.LEADER, agency=dossier.agency, job_title="Phó Chủ tịch")
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=local("2026-12-08 09:00"))
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=deputy, by=deputy, at=local("2026-12-08 10:00"), doc_number="3")
    dossier = lifecycle.issue_result(dossier, by=clerk, at=local("2026-12-08 11:00"))
    assert (dossier.status, dossier.overdue_since) == (Status.RESULT_READY, None)
    assert first_problem() is None


# -- the letter ----------------------------------------------------------------------------------
def test_the_head_of_the_letter_stands_in_capitals_and_breaks_where_a_reader_would(client):
    agency = make_agency()
    type(agency).objects.filter(pk=agency.pk).update(superior_name="Tỉnh Minh Họa")
    dossier = make_dossier()
    ask(dossier)
    client.force_login(make_clerk())

    letter = client.get(reverse("dossiers:consultation_letter", args=[dossier.code, 1])).content

    text = run(["pdftotext", "-raw", "-", "-"], input=letter, capture_output=True, check=True).stdout.decode()
    assert text.splitlines()[:3] == ["TỈNH MINH HỌA", "ỦY BAN NHÂN DÂN", "XÃ NGHĨA GIANG"]
