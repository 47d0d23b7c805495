"""The process control slip from what really happened."""

import pytest

from dossiers import lifecycle
from dossiers.control import EARLY, LATE, ON_TIME, passings_of, rows_of, step_words
from dossiers.models import SignOffKind
from dossiers.parts import DESK, OFFICE, OTHER, SEAL, SIGNATURE
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime.store import calendar_in_force, opening_hours
from procedures.steps import from_template

pytestmark = pytest.mark.django_db

THREE_STEPS = [
    {"name": "Tiếp nhận", "role": "clerk", "share_of_limit": 0.1, "hours": None},
    {"name": "Thẩm tra", "role": "specialist", "share_of_limit": 0.4, "hours": None},
    {"name": "Xác minh", "role": "field_team", "share_of_limit": 0.2, "hours": None},
    {"name": "Ký", "role": "leader", "share_of_limit": None, "hours": 2},
    {"name": "Đóng dấu", "role": "archivist", "share_of_limit": 0.1, "hours": None},
    {"name": "Trả", "role": "clerk", "share_of_limit": 0, "hours": None},
]
NOW = local("2026-11-25 09:00")
ALLOWED = {DESK: 60, OFFICE: 600, SIGNATURE: 120, SEAL: 60}


def make_case():
    """Received Friday 09:00, handed over 09:30, drafted Monday 09:00, sent back, drafted again, signed, issued, returned."""
    clerk, specialist, leader = make_clerk(), make_user(Role.SPECIALIST), make_user(Role.LEADER)
    dossier = make_dossier()
    dossier = lifecycle.hand_over(dossier, to=specialist, by=clerk, at=local("2026-11-20 09:30"))
    dossier = lifecycle.take_over(dossier, by=specialist, at=local("2026-11-20 09:40"))
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=local("2026-11-23 09:00"))
    dossier = lifecycle.send_back(dossier, reason="Sai tên cha", by=leader, at=local("2026-11-23 09:30"))
    dossier = lifecycle.submit_for_sign_off(dossier, by=specialist, at=local("2026-11-23 10:00"))
    dossier = lifecycle.sign_off(
        dossier,
        kind=SignOffKind.WET_INK,
        signer=leader,
        by=leader,
        signed_at=local("2026-11-23 10:10"),
        at=local("2026-11-23 15:00"),
        doc_number="12",
    )
    dossier = lifecycle.issue_result(dossier, by=specialist, at=local("2026-11-23 15:30"))
    return lifecycle.return_result(dossier, collected_by="owner", name="Thạch Thị Sóc Kha", by=clerk, at=local("2026-11-25 08:00"))


def control_of(dossier, *, allowed=ALLOWED, now=NOW):
    return rows_of(
        passings_of(dossier),
        allowed=allowed,
        pauses=list(dossier.pauses.all()),
        calendar=calendar_in_force(),
        hours=opening_hours(dossier.agency_id),
        now=now,
    )


def test_every_receiver_gives_on_what_he_received():
    steps = [(row.passing.step, row.passing.note) for row in control_of(make_case())]
    assert steps == [
        (DESK, "Tiếp nhận hồ sơ"),
        (OFFICE, ""),
        (SIGNATURE, "Trình ký bản 1"),
        (OFFICE, "Trả lại: Sai tên cha"),
        (SIGNATURE, "Trình ký bản 2"),
        (SEAL, steps[5][1]),
        (DESK, "Đã phát hành, chuyển quầy trả"),
        ("", "Đã trả kết quả"),
    ]
    passings = passings_of(make_case())
    assert [passing.given_at for passing in passings] == sorted(passing.given_at for passing in passings)


def test_a_fault_of_ours_brings_the_paper_back_from_the_citizen_to_whoever_drafted_it():
    dossier, clerk = make_case(), make_clerk()
    drafter = dossier.results.latest("version").drafted_by
    dossier = lifecycle.return_for_correction(dossier, words="Sai số nhà", by=clerk, at=local("2026-11-25 08:30"))
    dossier = lifecycle.submit_for_sign_off(dossier, by=drafter, at=local("2026-11-25 08:40"))

    last = [(row.passing.giver_hand, row.passing.receiver_hand, row.passing.step, row.passing.note) for row in control_of(dossier)][6:]

    name = "Thạch Thị Sóc Kha"
    assert last == [
        (drafter.full_name, dossier.received_by.full_name, DESK, "Đã phát hành, chuyển quầy trả"),
        (dossier.received_by.full_name, name, "", "Đã trả kết quả"),
        (name, clerk.full_name, "", "Nhận lại để sửa: Sai số nhà"),
        (clerk.full_name, drafter.full_name, OFFICE, "Chuyển sửa"),
        (drafter.full_name, "", SIGNATURE, "Trình ký bản 3"),
    ]


def test_a_fault_found_at_the_desk_goes_from_there():
    clerk = make_clerk()
    dossier = make_dossier(status="result_ready")
    given = dossier.results.get().drafted_by
    dossier = lifecycle.return_for_correction(dossier, words="Sai họ", by=clerk, at=local("2026-11-20 11:00"))

    row = control_of(dossier)[-1]

    assert (row.passing.giver_hand, row.passing.receiver_hand) == (clerk.full_name, given.full_name)
    assert (row.passing.step, row.passing.note) == (OFFICE, "Nhận lại để sửa: Sai họ")


def test_a_signature_keyed_hours_later_says_so():
    assert "ghi muộn lúc 15:00 ngày 23/11/2026" in control_of(make_case())[5].passing.note


def test_minutes_are_working_minutes_and_a_step_entered_again_uses_the_rest():
    rows = control_of(make_case())
    # Friday 09:30–11:30 and 13:30–17:00, Monday 07:30–09:00.
    assert [row.used_minutes for row in rows] == [30, 420, 30, 30, 10, 200, 120, 0]
    assert [row.allowed_minutes for row in rows] == [60, 600, 120, 180, 90, 60, None, None]


def test_each_step_is_judged_by_the_day_on_which_its_time_ends():
    rows = control_of(make_case())
    assert [row.verdict for row in rows] == [ON_TIME, ON_TIME, ON_TIME, ON_TIME, ON_TIME, LATE, "", ""]
    early = control_of(make_case(), allowed=ALLOWED | {OFFICE: 1200})
    assert early[1].verdict == EARLY


def test_a_step_under_way_is_late_as_soon_as_its_time_is_used_up():
    dossier = make_dossier()
    assert control_of(dossier, now=local("2026-11-20 10:00"))[-1].verdict == ""
    assert control_of(dossier, now=local("2026-11-20 10:01"))[-1].verdict == LATE
    assert control_of(dossier, now=local("2026-11-20 10:01"))[-1].under_way


def test_waiting_for_papers_is_not_the_holders_time():
    clerk, dossier = make_clerk(), make_dossier()
    dossier = lifecycle.ask_for_supplement(
        dossier,
        items=["Giấy chứng sinh"],
        reason="Thiếu.",
        answer_by=local("2026-12-10 00:00").date(),
        by=clerk,
        at=local("2026-11-20 09:30"),
    )
    dossier = lifecycle.accept_supplement(dossier, by=clerk, at=local("2026-11-25 08:00"))
    row = control_of(dossier, now=local("2026-11-25 08:20"))[0]
    assert (row.used_minutes, row.verdict) == (50, "")


def test_each_row_is_named_after_its_steps_of_the_process():
    words = step_words(from_template(THREE_STEPS), control_of(make_case()))
    office, signature = "Bước 2–3: Thẩm tra; Xác minh", "Bước 4: Ký"
    desk, seal, back = "Bước 1: Tiếp nhận", "Bước 5: Đóng dấu", "Bước 6: Trả"
    assert words == [desk, office, signature, office, signature, seal, back, ""]


def test_papers_that_were_not_in_the_bundle_are_still_at_the_first_step():
    specialist = make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=local("2026-11-20 09:30"))
    dossier = lifecycle.miss_papers(dossier, by=specialist, at=local("2026-11-20 09:40"))

    words = step_words(from_template(THREE_STEPS), control_of(dossier))

    assert [each.partition(":")[0] for each in words] == ["Bước 1", "Bước 2–3", "Bước 1"]


def test_the_slip_is_shown_and_printed_for_those_who_see_the_person(client):
    dossier = make_case()
    client.force_login(make_user(Role.AUDITOR))
    page = client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/")
    assert "Sai tên cha" in page.content.decode()
    assert client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/in/").content.startswith(b"%PDF")


def test_whoever_may_not_see_the_person_is_not_led_to_the_slip(client):
    dossier = make_dossier()
    for agency, led in ((dossier.agency, True), (make_province(), False)):
        client.force_login(make_user(Role.AUDITOR, agency=agency))
        assert ("/phieu-kiem-soat/" in client.get(dossier.get_absolute_url()).content.decode()) == led


@pytest.mark.parametrize("part", ["", "in/"])
def test_another_commune_finds_no_slip(client, part):
    dossier = make_dossier()
    client.force_login(make_clerk(make_agency("H61.99", "Xã khác")))
    assert client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/{part}").status_code == 404


def test_the_page_costs_the_same_however_long_the_history(client, django_assert_max_num_queries):
    dossier = make_case()
    client.force_login(make_user(Role.AUDITOR))
    client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/")
    with django_assert_max_num_queries(16):
        client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/")


# -- another agency ------------------------------------------------------------------------
def ask(dossier, name, at, value=1):
    sent = lifecycle.Sent("consult", "Ranh giới?", value, "working_day", other_name=name, doc_number="15", doc_symbol="UBND-KT")
    return lifecycle.consult(dossier, sent, by=dossier.holder, at=local(at))


def hear(row, at, *, typed=""):
    came = lifecycle.Came(local(at), "Không tranh chấp.", document="88/CNVPĐK")
    return lifecycle.record_answer(row, came, by=row.sent_by, at=local(typed or at))


def test_another_agency_has_a_row_out_and_a_row_back_and_nobody_here_is_charged_for_it():
    dossier = make_dossier()
    row = ask(dossier, "Công an xã", "2026-11-20 10:00")
    hear(row, "2026-11-23 09:00", typed="2026-11-23 14:00")

    desk, out, back = control_of(dossier, now=local("2026-11-23 10:00"))

    assert (desk.used_minutes, desk.ended_at) == (60, local("2026-11-20 10:00"))
    assert (out.passing.receiver, out.passing.step, out.passing.note) == ("Công an xã", OTHER, "Lấy ý kiến, văn bản 15/UBND-KT")
    # Friday 10:00–11:30 and 13:30–17:00, Monday 07:30–09:00; it had until Monday 17:00.
    assert (out.used_minutes, out.allowed_minutes, out.verdict) == (390, 750, ON_TIME)
    assert (back.passing.giver, back.passing.step, back.used_minutes) == ("Công an xã", DESK, 60)
    assert back.passing.note.endswith("ghi muộn lúc 14:00 ngày 23/11/2026")


@pytest.mark.parametrize(
    ("answered", "verdict"), [("2026-11-20 16:00", EARLY), ("2026-11-23 17:00", ON_TIME), ("2026-11-25 07:30", LATE)]
)
def test_another_agency_is_judged_by_its_own_time(answered, verdict):
    dossier = make_dossier()
    hear(ask(dossier, "Công an xã", "2026-11-20 10:00"), answered)
    assert control_of(dossier)[1].verdict == verdict


def test_an_answer_that_is_awaited_too_long_is_late_and_a_withdrawn_question_is_nothing():
    dossier = make_dossier()
    row = ask(dossier, "Công an xã", "2026-11-20 10:00")
    assert (control_of(dossier)[1].verdict, control_of(dossier)[1].under_way) == (LATE, True)

    lifecycle.cancel_consultation(row, reason="Nhầm", by=make_clerk(), at=local("2026-11-25 08:00"))
    assert (control_of(dossier)[1].verdict, control_of(dossier)[2].passing.note) == ("", "Rút yêu cầu: Nhầm")


def test_while_one_of_two_agencies_has_not_answered_nobody_here_is_charged():
    dossier = make_dossier()
    land, police = ask(dossier, "Đất đai", "2026-11-20 10:00"), ask(dossier, "Công an", "2026-11-20 10:30")
    hear(police, "2026-11-20 11:00")
    hear(land, "2026-11-23 09:00")

    rows = control_of(dossier, now=local("2026-11-23 10:00"))

    assert [(row.passing.step, row.used_minutes) for row in rows] == [(DESK, 60), (OTHER, 390), (OTHER, 30), ("", 0), (DESK, 60)]


def test_between_two_questions_the_matter_is_ours_again():
    dossier = make_dossier()
    hear(ask(dossier, "Công an", "2026-11-20 10:00"), "2026-11-20 11:00")
    ask(dossier, "Đất đai", "2026-11-20 14:00")
    rows = control_of(dossier, now=local("2026-11-20 15:00"))
    assert [(row.passing.step, row.used_minutes) for row in rows] == [(DESK, 60), (OTHER, 60), (DESK, 60), (OTHER, 60)]


def test_the_share_of_another_agency_is_the_specialists_when_none_was_asked():
    dossier = make_dossier()
    dossier = lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=make_clerk(), at=local("2026-11-20 09:30"))
    allowed = {OFFICE: 100, OTHER: 50}
    assert control_of(dossier, allowed=allowed)[1].allowed_minutes == 150

    ask(dossier, "Công an", "2026-11-20 10:30")
    assert control_of(dossier, allowed=allowed)[1].allowed_minutes == 100


def test_the_slip_says_in_whose_name_it_was_signed_and_who_passed_it_on():
    clerk, head, deputy = make_clerk(), make_user(Role.HEAD), make_user(Role.LEADER)
    dossier = make_dossier(by=clerk, at=local("2026-11-23 08:00"))
    dossier = lifecycle.submit_for_sign_off(dossier, by=clerk, at=local("2026-11-23 09:00"))
    dossier = lifecycle.pass_for_signature(dossier, to=deputy, by=head, at=local("2026-11-23 09:10"), note="Đi họp")
    at = local("2026-11-23 09:15")
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=deputy, by=deputy, at=at, doc_number="7")

    assert [(passing.receiver.split(",")[0], passing.note) for passing in passings_of(dossier)[-2:]] == [
        ("Lê Hoàng Phúc", "Chuyển người khác ký: Đi họp"),
        ("Thạch Thị Mỹ Duyên", "Đã ký tay, KT. CHỦ TỊCH – PHÓ CHỦ TỊCH"),
    ]
