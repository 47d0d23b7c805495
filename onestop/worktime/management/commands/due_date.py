"""Answer deadline questions from the command line."""
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from onestop.worktime import store
from onestop.worktime.calendar import WEEKDAYS, CannotPromise, WorkingCalendar
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.cases import Case, read_case, read_clock, read_count, read_moment, read_pause, read_unit
from onestop.worktime.explain import explain
from onestop.worktime.limits import Promise, TimeLimit, say_limit

MARK = {True: "+", False: " "}


class Command(BaseCommand):
    help = (
        "Tính ngày hẹn trả. Một trường hợp: --received, --limit, --unit (thêm --json để in JSON). Nhiều trường hợp: --file cases.json, "
        "một danh sách {id, received_at, channel, limit: {value, unit, clock_hours?, cutoff?}, pauses: [{from, to, kind?}]}; "
        "mỗi trường hợp một dòng JSON. Tính theo giờ làm việc mặc định 07:30–11:30, 13:30–17:00."
    )
    # Pure arithmetic: it must answer before anything is set up.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--received", help="thời điểm nhận, ví dụ 2026-11-20T15:30 (giờ Việt Nam nếu không ghi múi giờ)")
        parser.add_argument("--limit", help="số ngày hoặc giờ; bỏ trống: chưa có thời hạn")
        parser.add_argument("--unit", help="working_day | day | hour | immediate")
        parser.add_argument("--clock-hours", action="store_true", help="giờ chạy liên tục, không chỉ trong giờ làm việc")
        parser.add_argument("--cutoff", help="giờ chốt trong ngày, ví dụ 15:00")
        parser.add_argument("--channel", default="counter", help="counter | online | post")
        parser.add_argument("--pause", action="append", default=[], metavar="TỪ/ĐẾN[/LOẠI]",
                            help="tạm dừng; ĐẾN để trống nếu còn đang tạm dừng; LOẠI: supplement | payment | suspension")
        parser.add_argument("--json", action="store_true", dest="as_json", help="in JSON")
        parser.add_argument("--file", help="tệp JSON chứa danh sách trường hợp; - để đọc từ đầu vào chuẩn")

    def handle(self, *args: Any, **options: Any) -> None:
        calendar = _calendar()
        if options["file"]:
            for case in _cases(options["file"]):
                self._write_json(_answer(case, calendar))
            return
        try:
            case = _case_of(options)
            promise = case.promise(calendar)
        except CannotPromise as error:
            if options["as_json"]:
                self._write_json({"error": str(error)})
            raise CommandError(str(error)) from error
        if options["as_json"]:
            self._write_json(_told(promise))
        else:
            self._write_plain(case, promise)

    def _write_json(self, answer: dict) -> None:
        """One line; escaped where the terminal (or a broken character in the input) cannot be written."""
        line = json.dumps(answer, ensure_ascii=False)
        try:
            line.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            line = json.dumps(answer)
        self.stdout.write(line)

    def _write_plain(self, case: Case, promise: Promise) -> None:
        due_at = promise.due_at
        self.stdout.write(f"Thời hạn: {say_limit(case.limit)}")
        if due_at is None:
            self.stdout.write(f"Chưa có ngày hẹn. {promise.reason}")
        else:
            self.stdout.write(f"Hẹn trả: {due_at:%H:%M} {WEEKDAYS[due_at.weekday()]}, {due_at:%d/%m/%Y}")
        for sentence in explain(promise):
            self.stdout.write(f"  {sentence}")
        if promise.trace:
            self.stdout.write("Cách tính (+ là được tính):")
        for row in promise.trace_json():
            day = local_date(row["date"])
            hours = f" {row['from'] or ''}–{row['to'] or ''}" if row["from"] or row["to"] else ""
            self.stdout.write(f"  {MARK[row['counted']]} {day}{hours}: {row['why']} ({row['total']})")


def local_date(iso: str) -> str:
    """'2026-11-20' as '20/11/2026'."""
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _calendar() -> WorkingCalendar:
    """The calendar in force, or the shipped one when there is no database or no table yet."""
    try:
        return store.calendar_in_force()
    except (OperationalError, ProgrammingError):
        return shipped_calendar()


def _cases(name: str) -> list:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
        # A number no limit can have is kept as text: it spoils its own case only.
        cases = json.loads(text, parse_constant=str, parse_int=lambda digits: int(digits) if len(digits) < 19 else digits)
    except OSError as error:
        raise CommandError(f"Không mở được {name}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{name} không phải JSON đọc được: {error}") from error
    if not isinstance(cases, list):
        raise CommandError(f"{name} phải chứa một danh sách trường hợp.")
    return cases


def _answer(case: Any, calendar: WorkingCalendar) -> dict:
    """The answer of one case of a file; whatever is wrong with it is said in its own line."""
    identity = {"id": case.get("id") if isinstance(case, dict) else None}
    try:
        return {**identity, **_told(read_case(case).promise(calendar))}
    except CannotPromise as error:
        return {**identity, "error": str(error)}


def _told(promise: Promise) -> dict:
    told: dict = {"due_at": promise.due_at.isoformat() if promise.due_at else None}
    if promise.due_at is None:
        told["reason"] = promise.reason
    return {**told, "trace": promise.trace_json()}


def _case_of(options: dict) -> Case:
    if not options["received"]:
        raise CannotPromise("Thiếu --received: thời điểm nhận hồ sơ (hoặc --file cho nhiều trường hợp).")
    if not options["unit"]:
        raise CannotPromise("Thiếu --unit: working_day, day, hour hoặc immediate.")
    return Case(
        received_at=read_moment(options["received"], "received"),
        limit=TimeLimit(
            read_count(options["limit"]), read_unit(options["unit"]), options["clock_hours"], read_clock(options["cutoff"], "cutoff")
        ),
        channel=options["channel"],
        pauses=tuple(read_pause(text) for text in options["pause"]),
    )
