"""The opening hours of a week, as an administrator types them: one line a day."""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from onestop.reading import Unreadable
from onestop.reading.days import ENDS_BEFORE_BEGIN
from onestop.reading.fields import FullDateField, ReadField
from onestop.worktime.forms import read_clock
from onestop.worktime.models import OpeningPeriod

SESSION = re.compile(r"\s*(.+?)\s*(?:-|–|đến)\s*(.+?)\s*")
UNREADABLE_SESSIONS = "Nhập giờ mở cửa dạng 07:30–11:30, 13:30–17:00"


def read_sessions(text: str) -> tuple[tuple[time, time], ...]:
    """ "07:30–11:30, 13:30–17:00" as sessions in order. Raises Unreadable."""
    sessions = []
    for part in re.split(r"[,;]", text):
        found = SESSION.fullmatch(part)
        if found is None:
            raise Unreadable(UNREADABLE_SESSIONS)
        opens, closes = read_clock(found[1]), read_clock(found[2])
        if closes <= opens:
            raise Unreadable("Giờ đóng cửa phải sau giờ mở cửa")
        if sessions and opens < sessions[-1][1]:
            raise Unreadable("Các buổi trong ngày phải nối tiếp nhau, không chồng lên nhau")
        sessions.append((opens, closes))
    return tuple(sessions)


def say_sessions(sessions: Iterable[tuple[time, time]]) -> str:
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in sessions)


class SessionsField(ReadField):
    """The sessions of one weekday; empty: closed."""

    empty_value = ()

    def read(self, text: str) -> tuple[tuple[time, time], ...]:
        return read_sessions(text)

    def prepare_value(self, value: Any) -> Any:
        return say_sessions(value) if isinstance(value, tuple) else value


class HoursForm(forms.Form):
    """The hours of a week, for a span of days."""

    first = FullDateField(label="Áp dụng từ ngày")
    last = FullDateField(label="Đến hết ngày", required=False, help_text="Bỏ trống: cho đến khi có giờ mới")

    def __init__(self, *args: Any, today: date, week: dict, **kwargs: Any) -> None:
        initial = {"first": today, **{f"day_{weekday}": sessions for weekday, sessions in week.items()}}
        super().__init__(*args, initial=initial, **kwargs)
        self.today = today
        for weekday, label in OpeningPeriod.Weekday.choices:
            field = SessionsField(label=label[:1].upper() + label[1:], required=False)
            field.says_optional = False
            self.fields[f"day_{weekday}"] = field

    def clean_first(self) -> date:
        day = self.cleaned_data["first"]
        if day < self.today:
            raise ValidationError("Giờ làm việc chỉ sửa được từ hôm nay trở đi")
        return day

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", ENDS_BEFORE_BEGIN)
        if not self.errors and not any(self.cleaned_data[f"day_{weekday}"] for weekday in range(5)):
            self.add_error("day_0", "Phải có giờ làm việc của ít nhất một ngày từ thứ Hai đến thứ Sáu")
        return self.cleaned_data

    @property
    def week(self) -> dict[int, tuple[tuple[time, time], ...]]:
        return {weekday: self.cleaned_data[f"day_{weekday}"] for weekday in OpeningPeriod.Weekday.values}
