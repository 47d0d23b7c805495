"""What an administrator types about the calendar: days, times, decisions.

Field names are a contract (docs/forms.md). The forms turn text into the `Content` of a change and say at the field
what is wrong with it; `proposals` decides.
"""
from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from onestop.reading import Unreadable
from onestop.reading.days import ENDS_BEFORE_BEGIN
from onestop.reading.fields import FullDateField, ReadField, TextLineField
from onestop.worktime.calendar import SATURDAY, DayKind, WorkingCalendar
from onestop.worktime.changes import KIND_WORDS, ChangedDay, Content
from onestop.worktime.models import CalendarChange, CalendarDay, LocalDay
from onestop.worktime.proposals import LATE_BY, Scope, partner_of, row_as_content

LONGEST_SPAN = 31
CHOOSE = {"required": "Chọn một mục", "invalid_choice": "Chọn một mục trong danh sách"}
CLOCK = re.compile(r"(\d{1,2})\s*(?:[:hg.]|giờ)?\s*(\d{2})?\s*(?:phút)?", re.IGNORECASE)
UNREADABLE_CLOCK = "Nhập giờ dạng giờ:phút, ví dụ 11:30"
MORNING, EVENING = time(7, 0), time(18, 0)


def read_clock(text: str) -> time:
    """ "11:30", "11h30", "11 giờ 30", "11h" as a time of day. Raises Unreadable."""
    found = CLOCK.fullmatch(text.strip())
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else time(24)
    except ValueError:
        raise Unreadable(UNREADABLE_CLOCK) from None


class ClockField(ReadField):
    """A time of day."""

    empty_value = None
    required_sentence = UNREADABLE_CLOCK

    def read(self, text: str) -> time:
        return read_clock(text)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class DayNameField(TextLineField):
    """What a day is called, as promises tell it; a semicolon would end the reason of a trace."""

    def __init__(self, **options: Any) -> None:
        super().__init__(limit=120, required_message="Ghi tên ngày, như sẽ nói với người dân", **options)

    def read(self, text: str) -> str:
        return super().read(text).replace(";", ",")


class ChangeForm(forms.Form):
    """What every proposal has: the days of the subclass, the decision, and the key of this form.

    `row`: the existing day that is changed. `waiting`: days that have a proposal already.
    """

    kind: str
    scope: str = Scope.COMMON
    main: tuple[str, ...] = ()

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"required": "Mở lại trang này"})
    decision = TextLineField(
        label="Văn bản", limit=150, help_text="Tên, số và ký hiệu, ví dụ Thông báo 9441/TB-BNV", required_message="Ghi số, ký hiệu văn bản"
    )
    decided_on = FullDateField(label="Ngày ký văn bản")
    reason = TextLineField(label="Ghi chú cho lãnh đạo", limit=300, required=False)

    def __init__(self, *args: Any, calendar: WorkingCalendar, today: date, waiting: dict | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar, self.today, self.waiting = calendar, today, waiting or {}
        self.content = Content()
        first = [name for name in self.fields if name not in ChangeForm.base_fields]
        self.order_fields(["submission_key", *first, "decision", "decided_on", "reason"])

    def clean_decided_on(self) -> date:
        day = self.cleaned_data["decided_on"]
        if day > self.today:
            raise ValidationError("Ngày ký văn bản không thể ở sau hôm nay")
        return day

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            self.content = self.read_content()
        return self.cleaned_data

    def read_content(self) -> Content:
        """The change; faults are put at their fields."""
        raise NotImplementedError

    def check_day(self, field: str, day: date) -> bool:
        """Whether a day may be changed at all; says at the field why not."""
        if not self.calendar.covers(day):
            self.add_error(field, f"Lịch làm việc chỉ có đến hết năm {self.calendar.last.year}")
        elif day < self.today - LATE_BY:
            self.add_error(field, f"Ngày đã qua quá {LATE_BY.days} ngày, không ghi thêm được")
        elif day in self.waiting:
            self.add_error(field, f"Ngày {day:%d/%m/%Y} đang có một đề nghị chờ duyệt")
        else:
            return True
        return False

    def working_days(self, first: date, last: date | None) -> list[date]:
        """The days of a span on which people would work; faults are put at `first` and `last`."""
        last = last or first
        if last < first:
            self.add_error("last", ENDS_BEFORE_BEGIN)
            return []
        if (last - first).days >= LONGEST_SPAN:
            self.add_error("last", f"Ghi nhiều nhất {LONGEST_SPAN} ngày một lần")
            return []
        span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        if not all(self.check_day("first" if day == first else "last", day) for day in span):
            return []
        days = [day for day in span if self.calendar.is_working(day)]
        if not days:
            self.add_error("first", f"Đã là ngày nghỉ: {self.calendar.reason(first)}")
        taken = [day for day in days if self.calendar.special_day(day) is not None]
        if taken:
            self.add_error("first", f"Ngày {taken[0]:%d/%m/%Y} đã có trong lịch ({self.calendar.reason(taken[0])}). Sửa ở dòng của ngày đó")
            return []
        return days


class DayOffForm(ChangeForm):
    """A day, or some days in a row, on which nobody works anywhere."""

    kind = CalendarChange.Kind.DAY_OFF
    first = FullDateField(label="Nghỉ từ ngày")
    last = FullDateField(label="Đến hết ngày", required=False, help_text="Bỏ trống: chỉ một ngày")
    day_kind = forms.ChoiceField(
        label="Loại",
        choices=[(kind.value, KIND_WORDS[kind]) for kind in (DayKind.PUBLIC_HOLIDAY, DayKind.COMPENSATORY_DAY_OFF)],
        initial=DayKind.PUBLIC_HOLIDAY.value,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    name = DayNameField(label="Tên ngày nghỉ", help_text="Ví dụ Tết Nguyên đán")

    def read_content(self) -> Content:
        given = self.cleaned_data
        days = self.working_days(given["first"], given["last"])
        return Content(tuple(ChangedDay(day, given["day_kind"], given["name"]) for day in days))


class SwapForm(ChangeForm):
    """A working day taken off in exchange for a Saturday (or Sunday) worked: always both."""

    kind = CalendarChange.Kind.SWAP
    day_off = FullDateField(label="Ngày được nghỉ", help_text="Một ngày từ thứ Hai đến thứ Sáu")
    working_day = FullDateField(label="Ngày làm bù", help_text="Một ngày thứ Bảy hoặc Chủ nhật")
    name = DayNameField(label="Dịp", help_text="Ví dụ Quốc khánh")

    def read_content(self) -> Content:
        off, worked, name = (self.cleaned_data[field] for field in ("day_off", "working_day", "name"))
        if self.check_day("day_off", off) and (off.weekday() >= SATURDAY or not self.calendar.is_working(off)):
            self.add_error("day_off", "Ngày này đã là ngày nghỉ. Chọn một ngày làm việc")
        elif self.calendar.covers(off) and self.calendar.special_day(off) is not None:
            self.add_error("day_off", f"Ngày {off:%d/%m/%Y} đã có trong lịch. Sửa ở dòng của ngày đó")
        if self.check_day("working_day", worked):
            if worked.weekday() < SATURDAY:
                self.add_error("working_day", "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật")
            elif self.calendar.special_day(worked) is not None:
                self.add_error("working_day", f"Ngày này đã có trong lịch: {self.calendar.reason(worked)}")
        if self.errors:
            return Content()
        return Content((
            ChangedDay(off, DayKind.SWAPPED_DAY_OFF, f"Nghỉ hoán đổi dịp {name}"[:120], worked),
            ChangedDay(worked, DayKind.SWAPPED_WORKING_DAY, f"Làm bù dịp {name}"[:120], off),
        ))


class HalfDayForm(ChangeForm):
    """A working day that ends early, everywhere."""

    kind = CalendarChange.Kind.HALF_DAY
    first = FullDateField(label="Ngày")
    until = ClockField(label="Chỉ làm đến", help_text="Ví dụ 11:30", widget=forms.TextInput(attrs={"class": "short"}))
    name = DayNameField(label="Lý do", help_text="Như sẽ nói với người dân")

    def read_content(self) -> Content:
        if not MORNING < self.cleaned_data["until"] < EVENING:
            self.add_error("until", "Giờ này ngoài giờ làm việc. Nghỉ cả ngày thì ghi ngày nghỉ")
        days = self.working_days(self.cleaned_data["first"], None)
        if self.errors:
            return Content()
        name, until = self.cleaned_data["name"], self.cleaned_data["until"]
        return Content(tuple(ChangedDay(day, DayKind.HALF_DAY, name, None, until) for day in days))


class ClosureForm(ChangeForm):
    """An agency closes: some days, or from an hour of one day on."""

    kind, scope = CalendarChange.Kind.CLOSURE, Scope.LOCAL
    first = FullDateField(label="Nghỉ từ ngày")
    last = FullDateField(label="Đến hết ngày", required=False, help_text="Bỏ trống: chỉ một ngày")
    until = ClockField(
        label="Chỉ làm đến", required=False, help_text="Bỏ trống: nghỉ cả ngày", widget=forms.TextInput(attrs={"class": "short"})
    )
    name = DayNameField(label="Lý do", help_text="Như sẽ nói với người dân, ví dụ Tránh bão số 9")

    def read_content(self) -> Content:
        given = self.cleaned_data
        until = given["until"]
        if until is not None and not MORNING < until < EVENING:
            self.add_error("until", "Giờ này ngoài giờ làm việc. Bỏ trống nếu nghỉ cả ngày")
        days = self.working_days(given["first"], given["last"])
        kind = DayKind.LOCAL_CLOSURE if until is None else DayKind.HALF_DAY
        return Content(tuple(ChangedDay(day, kind, given["name"], None, until) for day in days))


class DayForm(ChangeForm):
    """One day that is in the calendar and still ahead: named or ended otherwise, or taken out with its other half."""

    REMOVE, CORRECT = "remove", "correct"
    what = forms.ChoiceField(
        label="Việc cần làm",
        choices=[(CORRECT, "Sửa tên hoặc giờ"), (REMOVE, "Bỏ ngày này khỏi lịch")],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    name = DayNameField(label="Tên")
    until = ClockField(label="Chỉ làm đến", required=False, widget=forms.TextInput(attrs={"class": "short"}))

    def __init__(self, *args: Any, row: CalendarDay | LocalDay, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": row.name, "until": row.half_day_until, "what": self.CORRECT}, **kwargs)
        self.row = row
        self.scope = Scope.LOCAL if isinstance(row, LocalDay) else Scope.COMMON
        if row.half_day_until is None:
            del self.fields["until"]
        else:
            self.fields["until"].required = True

    @property
    def kind(self) -> str:
        removed = self.cleaned_data.get("what") == self.REMOVE
        return CalendarChange.Kind.REMOVAL if removed else CalendarChange.Kind.CORRECTION

    def read_content(self) -> Content:
        other = partner_of(self.row)
        pair = [self.row, *([other] if other else [])]
        for row in pair:
            if row.date in self.waiting:
                self.add_error("what", f"Ngày {row.date:%d/%m/%Y} đang có một đề nghị chờ duyệt")
                return Content()
        if self.cleaned_data["what"] == self.REMOVE:
            if any(row.date <= self.today for row in pair):
                self.add_error("what", "Ngày đã đến hoặc đã qua thì không bỏ được nữa")
            return Content(removed=tuple(row.date for row in pair))
        day = row_as_content(self.row)
        name, until = self.cleaned_data["name"], self.cleaned_data.get("until")
        if until is not None and not MORNING < until < EVENING:
            self.add_error("until", "Giờ này ngoài giờ làm việc")
        if (name, until) == (day.name, day.until):
            self.add_error("name", "Tên và giờ vẫn như cũ. Không có gì để sửa")
        return Content((ChangedDay(day.date, day.kind, name, day.swapped_with, until),))


class YearForm(ChangeForm):
    """The decision by which a whole year's days are confirmed; the days are lines of `YearDayForm`."""

    kind = CalendarChange.Kind.YEAR

    def read_content(self) -> Content:
        return Content()


class YearDayForm(forms.Form):
    """One day of the draft of a year. Unticked, or without day and name, the line says nothing."""

    keep = forms.BooleanField(label="Có trong lịch", required=False, initial=True)
    date = FullDateField(label="Ngày", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    day_kind = forms.ChoiceField(
        label="Loại",
        choices=[
            (kind.value, KIND_WORDS[kind])
            for kind in (DayKind.PUBLIC_HOLIDAY, DayKind.COMPENSATORY_DAY_OFF, DayKind.SWAPPED_DAY_OFF, DayKind.SWAPPED_WORKING_DAY)
        ],
        initial=DayKind.PUBLIC_HOLIDAY.value,
        error_messages=CHOOSE,
    )
    name = TextLineField(label="Tên", limit=120, required=False)
    swapped_with = FullDateField(label="Hoán đổi với ngày", required=False, widget=forms.TextInput(attrs={"class": "short"}))

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        for field in self.fields.values():
            field.says_optional = False

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.errors or not self._says_something:
            return given
        day, kind = given.get("date"), given["day_kind"]
        if day is None:
            self.add_error("date", "Nhập ngày dạng ngày/tháng/năm")
        elif day.year != self.year:
            self.add_error("date", f"Ngày này không thuộc năm {self.year}")
        elif kind == DayKind.SWAPPED_WORKING_DAY and day.weekday() < SATURDAY:
            self.add_error("date", "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật")
        elif kind in (DayKind.SWAPPED_DAY_OFF, DayKind.COMPENSATORY_DAY_OFF) and day.weekday() >= SATURDAY:
            self.add_error("date", "Ngày này đã là cuối tuần")
        if not given["name"]:
            self.add_error("name", "Ghi tên ngày, như sẽ nói với người dân")
        swapped = kind in (DayKind.SWAPPED_DAY_OFF, DayKind.SWAPPED_WORKING_DAY)
        if swapped and given.get("swapped_with") is None:
            self.add_error("swapped_with", "Nhập ngày kia của cặp hoán đổi")
        if not swapped:
            given["swapped_with"] = None
        return given

    @property
    def _says_something(self) -> bool:
        given = self.cleaned_data
        return bool(given.get("keep") and (given.get("date") or given.get("name") or given.get("swapped_with")))

    @property
    def changed_day(self) -> ChangedDay | None:
        given = self.cleaned_data
        if self.errors or not self._says_something:
            return None
        name = given["name"].replace(";", ",")
        return ChangedDay(given["date"], given["day_kind"], name, given["swapped_with"])


class YearDays(forms.BaseFormSet):
    """All lines of a year: no day twice, both halves of a swap there."""

    def clean(self) -> None:
        if any(form.errors for form in self.forms):
            return
        days: dict[date, ChangedDay] = {}
        for form in self.forms:
            day = form.changed_day
            if day is None:
                continue
            if day.date in days:
                form.add_error("date", "Ngày này có hai dòng")
            days[day.date] = day
        for form in self.forms:
            day = form.changed_day
            if day is None or day.swapped_with is None or day.swapped_with.year != form.year:
                continue
            other = days.get(day.swapped_with)
            if other is None or other.swapped_with != day.date or other.kind == day.kind:
                form.add_error("swapped_with", f"Ngày {day.swapped_with:%d/%m/%Y} phải có dòng tương ứng, hoán đổi với ngày này")

    @property
    def days(self) -> tuple[ChangedDay, ...]:
        found = (form.changed_day for form in self.forms)
        return tuple(sorted((day for day in found if day is not None), key=lambda day: day.date))


YearDayFormSet = forms.formset_factory(YearDayForm, formset=YearDays, extra=4, max_num=80, absolute_max=80)


class RejectForm(forms.Form):
    """Why a leader does not approve."""

    reason = TextLineField(label="Lý do không duyệt", limit=300, required_message="Ghi lý do không duyệt")
