import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onestop.worktime import store
from onestop.worktime.calendar_file import SHIPPED
from onestop.worktime.models import CalendarDay, CalendarVersion, CalendarYear

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("load_calendar", *args, stdout=out)
    return out.getvalue().splitlines()


def written(tmp_path, change):
    """The shipped file with a change made to its content."""
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "calendar.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def year_of(content, year):
    return next(entry for entry in content["years"] if entry["year"] == year)


def only_2027(content):
    content["years"] = [year_of(content, 2027)]


def test_the_shipped_days_are_loaded_with_their_decisions():
    lines = run()
    assert lines[0] == "+ năm 2019 (đã công bố)"
    assert "+ 22/08/2026 Làm bù dịp Quốc khánh [swapped_working_day]" in lines
    assert lines[-1] == "Lịch làm việc 2019–2027: 131 ngày đặc biệt, phiên bản 1."
    day = CalendarDay.objects.get(date="2026-11-24")
    assert day.decision == "Nghị quyết 28/2026/QH16 về phát triển văn hóa Việt Nam, Điều 2 (hiệu lực 01/07/2026)"
    assert (day.confidence, day.provisional) == ("high", False)
    assert list(CalendarYear.objects.filter(confirmed=False).values_list("year", flat=True)) == [2027]


def test_a_second_run_changes_nothing():
    run()
    before = list(CalendarDay.objects.values())
    assert run() == ["Lịch làm việc 2019–2027: không có gì thay đổi."]
    assert list(CalendarDay.objects.values()) == before
    assert list(CalendarVersion.objects.values_list("number", flat=True)) == [1]


def test_a_changed_day_shows_and_makes_a_new_version(tmp_path):
    run()

    def take_back_the_culture_day(content):
        entry = year_of(content, 2026)
        entry["non_working_days"] = [row for row in entry["non_working_days"] if row["date"] != "2026-11-24"]
        entry["weekday_days_off"] = 13

    assert run(written(tmp_path, take_back_the_culture_day)) == [
        "- 24/11/2026 Ngày Văn hóa Việt Nam [public_holiday]",
        "Lịch làm việc 2019–2027: 130 ngày đặc biệt, phiên bản 2.",
    ]
    assert store.calendar_in_force().version == "2"


def test_confirming_a_year_makes_a_new_version(tmp_path):
    run()

    def announce(content):
        only_2027(content)
        entry = content["years"][0]
        entry["status"] = "official"
        for row in entry["non_working_days"]:
            row.pop("provisional", None)

    lines = run(written(tmp_path, announce))
    assert lines[0] == "~ năm 2027: chưa công bố → đã công bố"
    assert lines[-1] == "Lịch làm việc 2027: 14 ngày đặc biệt, phiên bản 2."
    assert store.calendar_in_force().confirmed(2027)


def test_a_better_source_alone_makes_no_new_version(tmp_path):
    run()

    def cite(content):
        year_of(content, 2020)["non_working_days"][0]["source"] = ["Thông báo đã đọc"]

    assert run(written(tmp_path, cite)) == [
        "~ 01/01/2020 Tết Dương lịch [public_holiday]: decision",
        "Lịch làm việc 2019–2027: cập nhật ghi chú, cách tính không đổi.",
    ]
    assert CalendarVersion.objects.count() == 1


def test_years_that_are_not_in_the_file_stay(tmp_path):
    run()
    run(written(tmp_path, only_2027))
    assert CalendarYear.objects.count() == 9


def test_years_must_follow_each_other_after_the_load(tmp_path):
    run(written(tmp_path, only_2027))

    def only_2025(content):
        content["years"] = [year_of(content, 2025)]

    with pytest.raises(CommandError, match="các năm phải liền nhau, sau khi nạp sẽ có: 2025, 2027"):
        run(written(tmp_path, only_2025))
    assert list(CalendarYear.objects.values_list("year", flat=True)) == [2027]


def test_a_bad_file_loads_nothing_and_names_every_fault(tmp_path):
    def spoil(content):
        year_of(content, 2019)["non_working_days"][0]["weekday"] = "Mon"
        year_of(content, 2027)["status"] = "?"

    with pytest.raises(CommandError) as caught:
        run(written(tmp_path, spoil))
    message = str(caught.value)
    assert "2019-01-01: là Tue, tệp ghi Mon" in message
    assert "năm 2027: “status” phải là official hoặc provisional" in message
    assert (CalendarYear.objects.count(), CalendarDay.objects.count(), CalendarVersion.objects.count()) == (0, 0, 0)


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="không mở được tệp"):
        run(tmp_path / "missing.json")
