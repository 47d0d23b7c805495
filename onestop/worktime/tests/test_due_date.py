import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.worktime import store
from onestop.worktime.calendar import CannotPromise
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.cases import read_case
from onestop.worktime.management.commands import due_date

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("due_date", *args, stdout=out)
    return out.getvalue()


def ask(line):
    """The single answer of the command line, as JSON."""
    return json.loads(run(*line.split(), "--json"))


def answers(tmp_path, cases):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(cases) if not isinstance(cases, str) else cases, encoding="utf-8")
    return [json.loads(line) for line in run("--file", str(path)).splitlines()]


def a_case(**changes):
    limit = {"value": 5, "unit": "working_day"}
    return {"id": "a", "received_at": "2026-11-20T15:30", "channel": "counter", "limit": limit, "pauses": [], **changes}


def test_the_example_of_the_contract():
    answer = ask("--received 2026-11-20T15:30 --limit 5 --unit working_day")
    assert list(answer) == ["due_at", "trace"]
    assert answer["due_at"] == "2026-11-30T17:00:00+07:00"
    assert answer["trace"][-1] == {"date": "2026-11-30", "from": None, "to": "17:00", "counted": True, "why": "Ngày làm việc", "total": 5}


@pytest.mark.parametrize(
    ("line", "due_at"),
    [
        ("--received 2026-11-20T15:30 --unit immediate", "2026-11-23T17:00:00+07:00"),
        ("--received 2026-11-20T15:30 --unit same_day", "2026-11-23T17:00:00+07:00"),
        ("--received 2026-11-20T15:30 --unit immediate --cutoff 16:00", "2026-11-20T17:00:00+07:00"),
        ("--received 2026-11-20T15:30 --limit 5 --unit working_day --cutoff 15:00", "2026-12-01T17:00:00+07:00"),
        ("--received 2026-11-21T09:00 --limit 1 --unit working_day --channel online", "2026-11-25T17:00:00+07:00"),
        ("--received 2026-11-21T09:00 --limit 1 --unit working_day --channel post", "2026-11-23T17:00:00+07:00"),
        ("--received 2026-11-20T08:30:00Z --limit 2 --unit hour", "2026-11-23T08:00:00+07:00"),
        ("--received 2026-11-20T15:30 --limit 24 --unit hour --clock-hours", "2026-11-21T15:30:00+07:00"),
        ("--received 2026-12-01T09:00 --limit 5 --unit working_day --pause 2026-12-03T10:00/2026-12-07T09:00", "2026-12-10T17:00:00+07:00"),
        (
            "--received 2026-12-01T09:00 --limit 5 --unit working_day --pause 2026-12-03T10:00/2026-12-04T09:00"
            " --pause 2026-12-07T15:00/2026-12-09T09:00",
            "2026-12-11T17:00:00+07:00",
        ),
        ("--received 2026-11-20T09:00 --limit 10 --unit day", "2026-11-30T17:00:00+07:00"),
    ],
)
def test_one_case_on_the_command_line(line, due_at):
    assert ask(line)["due_at"] == due_at


def test_the_kind_of_a_pause_gives_the_working_its_words():
    case = "--received 2026-12-01T09:00 --limit 5 --unit working_day --pause 2026-12-03T10:00/2026-12-07T09:00/payment"

    assert [row["why"] for row in ask(case)["trace"] if row["date"] in {"2026-12-04", "2026-12-07"}] == [
        "Chờ nộp phí, lệ phí", "Ngày nhận phí, lệ phí",
    ]


def test_an_open_pause_and_a_missing_limit_answer_null_with_a_reason():
    open_pause = ask("--received 2026-12-01T09:00 --limit 5 --unit working_day --pause 2026-12-03T10:00/")
    assert open_pause["due_at"] is None
    assert open_pause["reason"].startswith("Đang tạm dừng từ 10:00 ngày 03/12/2026")
    assert ask("--received 2026-12-01T09:00 --unit day") == {
        "due_at": None, "reason": "Thủ tục chưa có thời hạn giải quyết được công bố nên chưa hẹn được ngày trả.", "trace": [],
    }


def test_plain_output_is_a_vietnamese_page():
    lines = run("--received", "2026-11-20T15:30", "--limit", "1", "--unit", "working_day").splitlines()
    assert lines == [
        "Thời hạn: 1 ngày làm việc",
        "Hẹn trả: 17:00 thứ Hai, 23/11/2026",
        "  Ngày tiếp nhận thứ Sáu, 20/11/2026 không tính.",
        "  Thứ Bảy, Chủ nhật không tính: 21/11–22/11/2026.",
        "  Đủ 1 ngày làm việc: hẹn trả lúc 17:00 thứ Hai, 23/11/2026.",
        "Cách tính (+ là được tính):",
        "    20/11/2026 15:30–: Ngày tiếp nhận (0)",
        "    21/11/2026: Thứ Bảy (0)",
        "    22/11/2026: Chủ nhật (0)",
        "  + 23/11/2026 –17:00: Ngày làm việc (1)",
    ]


def test_plain_output_without_a_date():
    assert run("--received", "2026-11-20T15:30", "--unit", "working_day").splitlines() == [
        "Thời hạn: chưa có thời hạn",
        "Chưa có ngày hẹn. Thủ tục chưa có thời hạn giải quyết được công bố nên chưa hẹn được ngày trả.",
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--limit 5 --unit working_day", "Thiếu --received"),
        ("--received 2026-11-20T15:30 --limit 5", "Thiếu --unit"),
        ("--received 2026-11-20 --limit 5 --unit day", "“received” phải là ngày giờ"),
        ("--received 2026-02-30T09:00 --limit 5 --unit day", "“received” phải là ngày giờ"),
        ("--received 2026-11-20T15:30 --limit five --unit day", "Thời hạn phải là số nguyên."),
        ("--received 2026-11-20T15:30 --limit 0 --unit day", "Thời hạn phải từ 1 trở lên."),
        ("--received 2026-11-20T15:30 --limit -5 --unit day", "Thời hạn phải từ 1 trở lên."),
        ("--received 2026-11-20T15:30 --limit 9999 --unit day", "2027"),
        ("--received 2026-11-20T15:30 --limit 5 --unit week", "đơn vị thời hạn “week”"),
        ("--received 2026-11-20T15:30 --limit 5 --unit day --channel fax", "cách nộp “fax”"),
        ("--received 2026-11-20T15:30 --unit immediate --cutoff 25:00", "“cutoff” phải là giờ"),
        ("--received 2026-11-20T15:30 --limit 5 --unit day --pause 2026-11-23T10:00", "TỪ/ĐẾN"),
        ("--received 2026-11-20T15:30 --limit 5 --unit day --pause x/", "“pause” phải là ngày giờ"),
        ("--received 2026-11-20T15:30 --limit 5 --unit day --pause 2026-11-23T10:00//x", "Không có loại tạm dừng “x”"),
        ("--received 2026-11-20T15:30 --limit 5 --unit day --pause 2026-11-19T10:00/", "trước khi tiếp nhận"),
    ],
)
def test_bad_words_on_the_command_line_are_answered_by_a_sentence(line, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*line.split())


def test_with_json_the_sentence_is_json_too():
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("due_date", "--received", "x", "--unit", "day", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"error": "“received” phải là ngày giờ, ví dụ 2026-11-20T15:30."}


def test_a_file_is_answered_line_by_line(tmp_path):
    cases = [
        a_case(id=1),
        a_case(id="b", limit={"value": 24, "unit": "hour", "clock_hours": True}),
        a_case(id="c", pauses=[{"from": "2026-11-23T10:00", "to": None}]),
        a_case(id="d", limit=None),
        a_case(id="e", channel="online", received_at="2026-11-21T09:00:00+07:00"),
        a_case(id="f", limit={"value": None, "unit": "immediate"}),
        a_case(id="g", limit={"value": None, "unit": "immediate", "cutoff": "16:00"}),
        a_case(id="h", limit={"value": None, "unit": None}),
        {"id": "i", "received_at": "2026-11-20 15:30", "limit": {"value": 5, "unit": "working_day"}},
        a_case(id="j", pauses=[{"from": "2026-11-23T10:00", "to": ""}]),
        a_case(id="k", cutoff="15:00"),
    ]
    found = answers(tmp_path, cases)
    assert [(line["id"], line["due_at"]) for line in found] == [
        (1, "2026-11-30T17:00:00+07:00"),
        ("b", "2026-11-21T15:30:00+07:00"),
        ("c", None),
        ("d", None),
        ("e", "2026-12-01T17:00:00+07:00"),
        ("f", "2026-11-23T17:00:00+07:00"),
        ("g", "2026-11-20T17:00:00+07:00"),
        ("h", None),
        ("i", "2026-11-30T17:00:00+07:00"),
        ("j", None),
        ("k", "2026-12-01T17:00:00+07:00"),
    ]
    assert [list(line) for line in found[:3]] == [["id", "due_at", "trace"], ["id", "due_at", "trace"], ["id", "due_at", "reason", "trace"]]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("text", "Mỗi trường hợp phải là một đối tượng có received_at và limit."),
        ([], "Mỗi trường hợp phải là một đối tượng có received_at và limit."),
        (a_case(received_at=None), "“received_at” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        (a_case(received_at="2026-11-20"), "“received_at” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        (a_case(received_at=20261120), "“received_at” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        (a_case(received_at="2026-11-20T24:30"), "“received_at” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        (a_case(received_at="0001-01-01T00:00+14:00"), "“received_at” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        ({"id": "a", "received_at": "2026-11-20T15:30"}, "Thiếu “limit”."),
        (a_case(limit=5), "“limit” phải là một đối tượng có value và unit."),
        (a_case(limit={"value": 5}), "Không có đơn vị thời hạn “None”; chỉ có: working_day, day, hour, immediate."),
        (a_case(limit={"value": "5", "unit": "day"}), "Thời hạn phải là số nguyên."),
        (a_case(limit={"value": 1.5, "unit": "day"}), "Thời hạn phải là số nguyên."),
        (a_case(limit={"value": True, "unit": "day"}), "Thời hạn phải là số nguyên."),
        (a_case(limit={"value": 0, "unit": "hour"}), "Thời hạn phải từ 1 trở lên."),
        (a_case(limit={"value": 5, "unit": ["day"]}), "Không có đơn vị thời hạn “['day']”; chỉ có: working_day, day, hour, immediate."),
        (a_case(limit={"value": 5, "unit": "hour", "clock_hours": "yes"}), "“clock_hours” phải là true hoặc false."),
        (a_case(limit={"value": 5, "unit": "day", "cutoff": 15}), "“cutoff” phải là giờ trong ngày, ví dụ 15:00."),
        (a_case(channel=["online"]), "“channel” phải là chữ."),
        (a_case(channel="fax"), "Không có cách nộp “fax”; chỉ có: counter, online, post."),
        (a_case(pauses="x"), "“pauses” phải là một danh sách."),
        (a_case(pauses={}), "“pauses” phải là một danh sách."),
        (a_case(pauses=["x"]), "Mỗi lần tạm dừng phải có from và to."),
        (a_case(pauses=[{"to": "2026-11-24T10:00"}]), "“from” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        (a_case(pauses=[{"from": "2026-11-23T10:00", "to": 5}]), "“to” phải là ngày giờ, ví dụ 2026-11-20T15:30."),
        (a_case(pauses=[{"from": "2026-11-19T10:00"}]), "Lần tạm dừng thứ 1 bắt đầu trước khi tiếp nhận hồ sơ."),
    ],
)
def test_a_bad_case_says_what_is_wrong_and_never_stops_the_others(tmp_path, bad, sentence):
    first, found, last = answers(tmp_path, [a_case(id=1), bad, a_case(id=3)])
    assert found == {"id": bad.get("id") if isinstance(bad, dict) else None, "error": sentence}
    assert first["due_at"] == last["due_at"] == "2026-11-30T17:00:00+07:00"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "9" * 5000, "5.5"])
def test_numbers_that_no_limit_can_have_spoil_their_own_case_only(tmp_path, value):
    case = '{"id": "a", "received_at": "2026-11-20T15:30", "limit": {"value": %s, "unit": "day"}}'
    bad, good = answers(tmp_path, f"[{case % value}, {case % '3'}]")
    assert (bad["error"], good["due_at"]) == ("Thời hạn phải là số nguyên.", "2026-11-23T17:00:00+07:00")


def test_a_broken_character_in_an_id_is_echoed(tmp_path):
    (found,) = answers(tmp_path, '[{"id": "\\ud800", "limit": null}]')
    assert found["id"] == "\ud800"


@pytest.mark.parametrize(("text", "sentence"), [("{", "không phải JSON"), ("{}", "phải chứa một danh sách"), ("", "không phải JSON")])
def test_a_file_that_is_no_list_is_refused(tmp_path, text, sentence):
    with pytest.raises(CommandError, match=sentence):
        answers(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="Không mở được"):
        run("--file", str(tmp_path / "missing.json"))


def test_an_empty_list_has_no_answers(tmp_path):
    assert answers(tmp_path, []) == []


def test_without_tables_the_shipped_calendar_answers(monkeypatch):
    def no_table():
        raise OperationalError("no such table")

    monkeypatch.setattr(due_date.store, "calendar_in_force", no_table)
    assert ask("--received 2026-11-20T15:30 --limit 5 --unit working_day")["due_at"] == "2026-11-30T17:00:00+07:00"


def test_the_calendar_of_the_tables_is_used_when_there_is_one(monkeypatch):
    call_command("load_calendar", stdout=StringIO())
    store.CalendarDay.objects.filter(date="2026-11-24").delete()
    store.forget()
    assert ask("--received 2026-11-20T15:30 --limit 2 --unit working_day")["due_at"] == "2026-11-24T17:00:00+07:00"


words = st.sampled_from(["2026-11-20T15:30", "day", "hour", "15:00"])
keys = st.sampled_from(["value", "unit", "from", "to", "cutoff"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["received_at", "limit", "channel", "pauses", "cutoff"]), json_values, max_size=5))
@settings(max_examples=300, deadline=None, database=None)
def test_whatever_a_case_holds_it_is_answered_or_refused_with_a_sentence(case):
    try:
        promise = read_case({"received_at": "2026-11-20T15:30", "limit": {"value": 3, "unit": "day"}, **case}).promise(shipped_calendar())
    except CannotPromise as error:
        assert str(error)
    else:
        assert (promise.due_at is None) == bool(promise.reason)
