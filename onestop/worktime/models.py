"""The days, the versions of the calendar, its proposed changes, and the opening hours of each agency."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from onestop.worktime.calendar import DayKind
from onestop.worktime.changes import Content


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


class LocalDay(models.Model):
    """A day on which one agency closes, or closes early, with the decision that says so; laid over the common days."""

    class Kind(models.TextChoices):
        LOCAL_CLOSURE = DayKind.LOCAL_CLOSURE.value, "Cơ quan tạm nghỉ"
        HALF_DAY = DayKind.HALF_DAY.value, "Làm nửa ngày"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="local_days", verbose_name="cơ quan")
    date = models.DateField("ngày")
    kind = models.CharField("loại", max_length=30, choices=Kind)
    name = models.CharField("tên", max_length=120)
    decision = models.TextField("văn bản")
    half_day_until = models.TimeField("chỉ làm đến", null=True, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint("agency", "date", name="worktime_local_day_once"),
            models.CheckConstraint(
                condition=Q(kind=DayKind.HALF_DAY.value, half_day_until__isnull=False)
                | Q(kind=DayKind.LOCAL_CLOSURE.value, half_day_until__isnull=True),
                name="worktime_local_day_is_closed_or_half",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"


class LocalVersion(models.Model):
    """One row for each change of an agency's own days; a promise made with them names both numbers: "7+3"."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField("số")
    at = models.DateTimeField("lúc")

    class Meta:
        ordering = ["agency", "number"]
        constraints = [models.UniqueConstraint("agency", "number", name="worktime_local_version_once")]

    def __str__(self) -> str:
        return f"{self.agency_id}+{self.number}"


@protect(updates=True)
@tracked()
class CalendarChange(models.Model):
    """A change of the calendar: proposed by an administrator with its decision, in force once a leader approves.

    `agency` proposes and approves. The common calendar is that of every agency; a local change closes only
    its own. What a change does is kept as data (`changes.Content`); the promises it moves are computed.
    """

    class Scope(models.TextChoices):
        COMMON = "common", "Lịch chung"
        LOCAL = "local", "Lịch riêng của cơ quan"

    class Kind(models.TextChoices):
        DAY_OFF = "day_off", "Thêm ngày nghỉ"
        SWAP = "swap", "Hoán đổi ngày làm việc"
        HALF_DAY = "half_day", "Làm nửa ngày"
        CLOSURE = "closure", "Cơ quan tạm nghỉ"
        CORRECTION = "correction", "Sửa một ngày"
        REMOVAL = "removal", "Bỏ một ngày"
        YEAR = "year", "Xác nhận lịch nghỉ cả năm"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Chờ duyệt"
        APPROVED = "approved", "Đã duyệt"
        REJECTED = "rejected", "Không duyệt"
        WITHDRAWN = "withdrawn", "Đã rút"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="calendar_changes", verbose_name="cơ quan")
    scope = models.CharField("phạm vi", max_length=10, choices=Scope)
    kind = models.CharField("việc", max_length=12, choices=Kind)
    content = models.JSONField("nội dung")
    decision = models.CharField("văn bản", max_length=200)
    decided_on = models.DateField("ngày văn bản")
    reason = models.CharField("lý do", max_length=300, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=State, default=State.PROPOSED)
    submission_key = models.UUIDField(unique=True, editable=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("đề nghị lúc")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("duyệt lúc", null=True)
    closing_note = models.CharField("lý do không duyệt", max_length=300, blank=True)
    version = models.CharField("phiên bản lịch", max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index("agency", condition=Q(state="proposed"), name="worktime_change_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(state="proposed") & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="worktime_change_closed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(decision=""), name="worktime_change_has_its_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def holds(self) -> Content:
        return Content.from_json(self.content)

    @property
    def say_decision(self) -> str:
        """ "Thông báo 9441/TB-BNV ngày 20/11/2026"."""
        return f"{self.decision} ngày {self.decided_on:%d/%m/%Y}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.PROPOSED


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
