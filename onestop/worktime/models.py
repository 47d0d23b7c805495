"""The days, the versions of the calendar, and the opening hours of each agency."""
from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from onestop.staff.models import Agency
from onestop.worktime.calendar import DayKind


class CalendarYear(models.Model):
    """A year that may be promised into; `confirmed` once its days off are officially announced."""

    year = models.PositiveSmallIntegerField("năm", unique=True)
    confirmed = models.BooleanField("đã công bố chính thức", default=False)
    source = models.TextField("ghi chú về nguồn", blank=True)

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that differs from its weekday, with the decision that says so."""

    class Kind(models.TextChoices):
        PUBLIC_HOLIDAY = DayKind.PUBLIC_HOLIDAY.value, "Nghỉ lễ, tết"
        COMPENSATORY_DAY_OFF = DayKind.COMPENSATORY_DAY_OFF.value, "Nghỉ bù"
        SWAPPED_DAY_OFF = DayKind.SWAPPED_DAY_OFF.value, "Nghỉ hoán đổi"
        SWAPPED_WORKING_DAY = DayKind.SWAPPED_WORKING_DAY.value, "Làm bù"
        HALF_DAY = DayKind.HALF_DAY.value, "Làm nửa ngày"

    class Confidence(models.TextChoices):
        HIGH = "high", "Cao"
        MEDIUM = "medium", "Trung bình"
        LOW = "low", "Thấp"

    date = models.DateField("ngày", unique=True)
    kind = models.CharField("loại", max_length=30, choices=Kind)
    name = models.CharField("tên", max_length=120)
    swapped_with = models.DateField("hoán đổi với ngày", null=True, blank=True)
    decision = models.TextField("văn bản")
    confidence = models.CharField("độ tin cậy", max_length=10, choices=Confidence)
    provisional = models.BooleanField("dự kiến", default=False)
    half_day_until = models.TimeField("chỉ làm đến", null=True, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=DayKind.HALF_DAY.value) | Q(half_day_until__isnull=False), name="worktime_half_day_has_its_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"


class CalendarVersion(models.Model):
    """One row for each change of the days; promises name the number they were made with."""

    number = models.PositiveIntegerField("số", unique=True)
    at = models.DateTimeField("lúc")
    digest = models.CharField("mã băm", max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class OpeningPeriod(models.Model):
    """One opening session of one weekday of an agency's desk, valid from a date (0 = Monday)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "thứ Hai"
        TUESDAY = 1, "thứ Ba"
        WEDNESDAY = 2, "thứ Tư"
        THURSDAY = 3, "thứ Năm"
        FRIDAY = 4, "thứ Sáu"
        SATURDAY = 5, "thứ Bảy"
        SUNDAY = 6, "Chủ nhật"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="opening_periods", verbose_name="cơ quan")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    weekday = models.PositiveSmallIntegerField("thứ", choices=Weekday)
    opens = models.TimeField("mở cửa")
    closes = models.TimeField("đóng cửa")

    class Meta:
        ordering = ["agency", "valid_from", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="worktime_period_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="worktime_period_weekday"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="worktime_period_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"
