"""Load the official days off and swapped days."""
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from onestop.worktime.calendar_file import SHIPPED, BadCalendar, read_file
from onestop.worktime.loading import load


class Command(BaseCommand):
    help = (
        "Nạp lịch nghỉ lễ và ngày hoán đổi từ tệp JSON (mặc định: tệp kèm theo phần mềm). Kiểm tra toàn bộ tệp trước, "
        "rồi ghi tất cả hoặc không ghi gì; in ra phần khác. Chạy lại không đổi gì. Các năm không có trong tệp giữ nguyên. "
        "Lịch mới không tự dời ngày đã hẹn."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="tệp lịch; xem onestop/worktime/data/calendar.json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            years = read_file(options["file"])
            loaded = load(years, now=timezone.now())
        except BadCalendar as error:
            faults = "\n".join(f"  - {problem}" for problem in error.problems)
            raise CommandError(f"Không nạp gì từ {options['file'].name}, vì:\n{faults}") from error
        for change in loaded.changes:
            self.stdout.write(change)
        days = sum(len(year.days) for year in years)
        span = f"{years[0].year}–{years[-1].year}" if len(years) > 1 else str(years[0].year)
        if loaded.version:
            self.stdout.write(f"Lịch làm việc {span}: {days} ngày đặc biệt, phiên bản {loaded.version}.")
        elif any(not change.startswith("=") for change in loaded.changes):
            self.stdout.write(f"Lịch làm việc {span}: cập nhật ghi chú, cách tính không đổi.")
        else:
            self.stdout.write(f"Lịch làm việc {span}: không có gì thay đổi.")
