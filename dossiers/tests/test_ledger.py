"""The promise ledger as the dossier's page shows it, and the same working on page, paper and command."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.translation import override

from dossiers import lifecycle
from dossiers.happenings import steps_of
from dossiers.ledger import appointments_of, ledger_of, table_of, used_at
from dossiers.models import Appointment, ConsentKind, Dossier
from dossiers.public_facts import facts_of
from dossiers.public_status import page_of
from dossiers.sheet import sheet_of
from dossiers.statuses import Status
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier, make_version
from dossiers.timeliness import Tag, against_first
from onestop.reading.dates import say_moment
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.explain import explain
from onestop.worktime.store import calendar_in_force

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
MONDAY, WEDNESDAY, DUE, LATE = (
    local(text) for text in ("2026-11-23 10:00", "2026-11-25 10:00", "2026-11-26 17:00", "2026-11-27 08:00")
)


def leader():
    return make_user(Role.LEADER)


def ask(dossier, at=MONDAY):
    return lifecycle.ask_for_supplement(
        dossier, items=["Giấy chứng sinh"], reason="Bản mờ", ground="Điều 9", answer_by=date(2027, 1, 29), by=make_clerk(), at=at
    )


def answered(dossier, at):
    return lifecycle.accept_supplement(dossier, by=make_clerk(), at=at)


def extended(dossier, at=WEDNESDAY, days=2):
    return lifecycle.extend(dossier, kind="decision", ground="Điều 12", extra_value=days, by=leader(), at=at)


def ledger(dossier, now=LATE, *, sees=True):
    found, calendar = steps_of(dossier), calendar_in_force(dossier.agency_id)
    pauses, consents = found.get("pause", []), found.get("consent", [])
    return ledger_of(dossier, appointments_of(dossier), pauses, consents, sees=sees, now=now, calendar=calendar)


def shape(dossier, now=LATE):
    return [(entry.kind, entry.title, entry.moment) for entry in ledger(dossier, now).entries]


# -- the rows ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_promises_and_pauses_stand_in_the_order_in_which_they_came():
    dossier = extended(answered(ask(make_dossier()), WEDNESDAY), local("2026-11-26 08:00"))

    assert shape(dossier) == [
        ("promise", "Lần 1: hẹn lần đầu", "17:00 thứ Năm, 26/11/2026"),
        ("pause", "Tạm dừng lần 1: chờ bổ sung giấy tờ", ""),
        ("promise", "Lần 2: tính lại sau khi tạm dừng", "17:00 thứ Sáu, 27/11/2026"),
        ("promise", "Lần 3: gia hạn", "17:00 thứ Ba, 01/12/2026"),
    ]
    assert [entry.is_now for entry in ledger(dossier).entries] == [False, False, False, True]


@pytest.mark.django_db
def test_a_promise_names_its_limit_reason_decision_and_the_versions_behind_it():
    first, given = ledger(extended(make_dossier())).entries

    assert first.notes == ("Thời hạn: 3 ngày làm việc", f"Lịch {Appointment.objects.first().calendar_version}, quy tắc 2026-1")
    assert given.notes[:2] == (
        "Thời hạn: 5 ngày làm việc",
        f"Lãnh đạo quyết định: thêm 2 ngày làm việc, căn cứ Điều 12, {leader().full_name}",
    )
    assert first.made == "Lập 09:00 20/11/2026, Thạch Thị Mỹ Duyên"


@pytest.mark.django_db
def test_a_pause_says_from_when_to_when_who_and_what_was_used():
    dossier = answered(ask(make_dossier()), WEDNESDAY)
    clerk = make_clerk().full_name

    pause = ledger(dossier).entries[1]

    assert pause.made == f"Từ 10:00 23/11/2026 ({clerk}), đến 10:00 25/11/2026 ({clerk})"
    assert pause.notes == (
        "Lý do: Bản mờ",
        "Căn cứ: Điều 9",
        "Hạn trả lời: thứ Sáu, 29/01/2027",
        "Đã dùng 1 trong 3 ngày làm việc",
    )


@pytest.mark.django_db
def test_a_pause_after_the_due_time_is_plain_to_see_with_the_leaders_cause():
    dossier = lifecycle.consent(make_dossier(), kind=ConsentKind.LATE_PAUSE, cause="Gửi nhầm bản", by=leader(), at=LATE)
    assert shape(dossier)[-1] == ("consent", "Lãnh đạo đồng ý, chưa dùng", "")

    pause = ledger(ask(dossier, LATE)).entries[1]

    assert pause.is_now
    assert "Bắt đầu khi đã quá hạn: không đổi hạn, không xóa được việc quá hạn" in pause.notes
    assert pause.notes[-1] == f"Lãnh đạo đồng ý tạm dừng khi đã quá hạn, {leader().full_name}, 08:00 27/11/2026: Gửi nhầm bản"


@pytest.mark.django_db
def test_money_and_suspensions_stand_in_it_too():
    dossier = lifecycle.request_payment(make_dossier(), amount=150_000, reason="Phí", by=make_clerk(), at=MONDAY)
    dossier = lifecycle.confirm_payment(dossier, paid_by="cash", receipt_no="1", by=make_clerk(), at=MONDAY)
    dossier = lifecycle.suspend(dossier, reason="Tòa", ground="TB 12", by=leader(), at=WEDNESDAY)

    entries = ledger(dossier).entries

    titles = [entry.title for entry in entries if entry.kind == "pause"]
    assert titles == ["Tạm dừng lần 1: chờ nộp tiền", "Tạm dừng lần 2: tạm đình chỉ giải quyết"]
    assert "Số tiền: 150.000 đồng" in entries[1].notes
    assert ledger(dossier).waiting == "Tạm đình chỉ giải quyết, từ 10:00 thứ Tư, 25/11/2026"


@pytest.mark.django_db
def test_a_restart_is_said_at_the_pause():
    dossier = ask(make_dossier(version=make_version("1.000001", on_supplement="restart")))

    assert "Thời hạn tính lại từ đầu" in ledger(dossier).entries[1].notes


@pytest.mark.django_db
def test_without_personal_data_no_free_text_is_shown():
    dossier = extended(answered(ask(make_dossier()), WEDNESDAY), local("2026-11-26 08:00"))

    text = " ".join(note for entry in ledger(dossier, sees=False).entries for note in entry.notes)

    assert [words for words in ("Bản mờ", "Điều 9", "Điều 12") if words in text] == []


@pytest.mark.django_db
def test_replaced_slips_say_by_which_and_the_slip_for_papers_is_among_them():
    dossier = extended(answered(ask(make_dossier()), WEDNESDAY), local("2026-11-26 08:00"))

    issued = sheet_of(Dossier.objects.get(pk=dossier.pk), now=LATE, sees=True).issued

    assert [(paper.title, paper.void, bool(paper.address)) for paper in issued] == [
        ("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Đã thay bằng phiếu lần 2, 10:00 25/11/2026", False),
        ("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ số 01/HDHS", "", True),
        ("Giấy tiếp nhận hồ sơ và hẹn trả kết quả, lần 2", "Đã thay bằng phiếu lần 3, 08:00 26/11/2026", False),
        ("Giấy tiếp nhận hồ sơ và hẹn trả kết quả, lần 3", "", True),
    ]


# -- how much was used ---------------------------------------------------------------------------------
DAYS = [
    {"date": "2026-11-20", "from": None, "to": None, "counted": False, "why": "", "total": 0},
    {"date": "2026-11-23", "from": None, "to": None, "counted": True, "why": "", "total": 1},
    {"date": "2026-11-24", "from": None, "to": None, "counted": False, "why": "", "total": 1},
    {"date": "2026-11-25", "from": None, "to": None, "counted": True, "why": "", "total": 2},
]
HOURS = [
    {"date": "2026-11-20", "from": "09:00", "to": "11:30", "counted": True, "why": "", "total": 2.5},
    {"date": "2026-11-20", "from": "13:30", "to": "17:00", "counted": True, "why": "", "total": 6},
]


@pytest.mark.parametrize(
    ("trace", "moment", "used"),
    [
        (DAYS, "2026-11-20 16:00", 0),
        (DAYS, "2026-11-23 08:00", 1),
        (DAYS, "2026-11-24 08:00", 1),
        (DAYS, "2026-11-30 08:00", 2),
        (HOURS, "2026-11-20 10:30", 1.5),
        (HOURS, "2026-11-20 12:00", 2.5),
        (HOURS, "2026-11-20 14:30", 3.5),
        (DAYS[:1], "2026-11-20 16:00", None),
        ([], "2026-11-20 16:00", None),
    ],
)
def test_what_was_used_is_read_off_the_working(trace, moment, used):
    assert used_at(trace, local(moment)) == used


# -- lateness both ways --------------------------------------------------------------------------------
CALENDAR = WorkingCalendar({2026: True})


@pytest.mark.parametrize(
    ("due", "finished", "now", "words"),
    [
        ("2026-11-30 17:00", "2026-11-30 16:00", LATE, "đúng hạn theo hạn đã gia hạn; trễ 2 ngày so với hẹn đầu"),
        ("2026-11-30 17:00", "2026-12-01 16:00", LATE, "trễ 1 ngày theo hạn đã gia hạn; trễ 3 ngày so với hẹn đầu"),
        ("2026-11-30 17:00", "2026-11-26 17:00", LATE, "trước hạn theo hạn đã gia hạn; kịp cả hẹn đầu"),
        ("2026-11-30 17:00", None, WEDNESDAY, "còn trong hạn theo hạn đã gia hạn; chưa đến hẹn đầu"),
        ("2026-11-30 17:00", None, LATE, "còn trong hạn theo hạn đã gia hạn; trễ 1 ngày so với hẹn đầu"),
        ("2026-11-30 17:00", None, local("2026-11-30 17:01"), "trễ trong ngày theo hạn đã gia hạn; trễ 2 ngày so với hẹn đầu"),
        (None, None, LATE, "đang tạm dừng, chưa có hạn mới; trễ 1 ngày so với hẹn đầu"),
    ],
)
def test_lateness_is_told_against_the_lawful_date_and_the_first_promise(due, finished, now, words):
    due_at, finished_at = (local(text) if text else None for text in (due, finished))

    assert against_first(DUE, due_at, "theo hạn đã gia hạn", finished_at=finished_at, now=now, calendar=CALENDAR) == words


@pytest.mark.django_db
def test_an_extended_dossier_says_so_until_it_is_late():
    dossier = extended(make_dossier())

    assert ledger(dossier).tags == (Tag("Đã gia hạn đến 30/11", "purple"),)
    assert ledger(dossier).lateness == "còn trong hạn theo hạn đã gia hạn; trễ 1 ngày so với hẹn đầu"
    assert ledger(dossier, local("2026-12-01 08:00")).tags == ()
    done = bring_to(dossier, Status.RESULT_READY, by=make_clerk(), at=local("2026-11-30 09:00"))
    assert ledger(done).lateness == "đúng hạn theo hạn đã gia hạn; trễ 2 ngày so với hẹn đầu"
    assert ledger(done).tags == ()


@pytest.mark.django_db
def test_while_the_first_promise_holds_there_is_one_lateness():
    assert ledger(make_dossier()).lateness == ""


# -- one working, everywhere --------------------------------------------------------------------------
def command(*arguments: str) -> dict:
    out = StringIO()
    call_command("due_date", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


CASES = {
    "a Tết week": ("2026-02-13T09:00", 3, [], "2026-02-25 17:00"),
    "a swapped Saturday": ("2026-08-21T09:00", 1, [], "2026-08-22 17:00"),
    "a pause over New Year": ("2025-12-29T09:00", 3, [("2025-12-30T10:00", "2026-01-05T09:00")], "2026-01-07 17:00"),
    "a supplement on Saturday night": ("2026-11-20T09:00", 3, [("2026-11-23T10:00", "2026-11-28T22:00")], "2026-12-02 17:00"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_page_ledger_slip_and_command_tell_one_working(name, client):
    received, limit, pauses, due = CASES[name]
    clerk, at = make_clerk(), local(received)
    version = make_version("1.000002", value=limit, effective_from=date(2025, 1, 1))
    dossier = make_dossier(version=version, at=at)
    for asked, given in pauses:
        dossier = answered(ask(dossier, local(asked)), local(given))

    options = [part for pause in pauses for part in ("--pause", "/".join((*pause, "supplement")))]
    told = command("--received", received, "--limit", str(limit), "--unit", "working_day", *options)
    stored = Appointment.objects.filter(dossier=dossier).latest("seq")
    slip = dossier.issued_papers.filter(voided_at__isnull=True).get()
    client.force_login(clerk)
    staff = client.get(dossier.get_absolute_url()).content.decode()
    with override("vi"):
        public = page_of(facts_of(dossier.pk, dossier.secret_version), at)

    assert stored.due_at == dossier.due_at == local(due)
    assert told["trace"] == stored.trace
    assert told["due_at"] == local(due).isoformat()
    assert slip.snapshot["due_digits"] == f"{local(due):%H:%M %d/%m/%Y}"
    assert public.reasons == explain(stored.trace)
    assert public.promised == say_moment(local(due))
    assert [sentence for sentence in public.reasons if sentence not in staff] == []
    assert [row[0] for row in table_of(stored.trace) if f">{row[0]}<" not in staff] == []
