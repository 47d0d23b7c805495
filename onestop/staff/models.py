"""Agencies and the people who work in them."""
from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.roles import Role, say_roles


class AgencyQuerySet(models.QuerySet["Agency"]):
    def active(self) -> AgencyQuerySet:
        return self.filter(is_active=True)

    def communes(self) -> AgencyQuerySet:
        return self.filter(level=Agency.Level.COMMUNE)


class Agency(models.Model):
    """A province or a commune: it receives, numbers and answers for dossiers."""

    class Level(models.TextChoices):
        PROVINCE = "province", "Tỉnh, thành phố"
        COMMUNE = "commune", "Xã, phường, đặc khu"

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="cơ quan cấp trên")
    level = models.CharField("cấp", max_length=10, choices=Level)
    code = models.CharField("mã định danh", max_length=30, unique=True)
    name = models.CharField("tên", max_length=200)
    place = models.CharField("địa danh", max_length=100)
    desk_name = models.CharField("tên bộ phận một cửa", max_length=200)
    authority_name = models.CharField("tên cơ quan", max_length=200)
    superior_name = models.CharField("cơ quan chủ quản", max_length=200, blank=True)
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    hotline = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    feedback_address = models.CharField("nơi nhận phản ánh, kiến nghị", max_length=300, blank=True)
    feedback_phone = models.CharField("điện thoại nhận phản ánh", max_length=20, blank=True)
    feedback_email = models.EmailField("thư điện tử nhận phản ánh", blank=True)
    bank_bin = models.CharField("mã ngân hàng (BIN)", max_length=6, blank=True)
    bank_account = models.CharField("số tài khoản", max_length=19, blank=True)
    bank_account_name = models.CharField("tên tài khoản", max_length=100, blank=True)
    two_liens_per_sheet = models.BooleanField("in hai liên trên một tờ A4", default=True)
    show_officer_names = models.BooleanField("cho dân thấy tên cán bộ đang xử lý", default=False)
    is_active = models.BooleanField("đang hoạt động", default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level="commune") | Q(level="province", parent__isnull=True), name="agency_province_has_no_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_province(self) -> bool:
        return self.level == self.Level.PROVINCE


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def holding(self, *roles: Role) -> UserQuerySet:
        """Whoever holds at least one of the roles, now active or not."""
        # The list is searched as text, since SQLite cannot ask whether JSON contains a value.
        held = Q()
        for role in roles:
            held |= Q(roles_text__contains=f'"{role.value}"')
        return self.alias(roles_text=Cast("roles", models.TextField())).filter(held)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username.lower())


@tracked(personal=("username", "full_name", "signing_name", "job_title"), ignored=("last_login", "password", "shortcuts_on"))
class User(AbstractBaseUser):
    """One person's account; never shared, never deleted.

    A first password is given by an administrator: it opens one session, in which it
    must be replaced (`must_change_password`), and is worth nothing after its first use
    or after `first_password_expires_at`, whichever comes first. Demo accounts keep theirs.
    """

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=100)
    job_title = models.CharField("chức danh", max_length=100, blank=True)
    signing_name = models.CharField("tên khi ký", max_length=100, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="people", verbose_name="cơ quan")
    roles = models.JSONField("vai trò", default=list)
    counter_no = models.CharField("quầy số", max_length=10, blank=True)
    is_active = models.BooleanField("đang làm việc", default=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu", default=False)
    first_password_expires_at = models.DateTimeField("mật khẩu lần đầu hết hạn lúc", null=True, blank=True)
    first_password_used_at = models.DateTimeField("mật khẩu lần đầu đã dùng lúc", null=True, blank=True)
    is_demo = models.BooleanField("tài khoản minh họa", default=False)
    shortcuts_on = models.BooleanField("dùng phím tắt", default=True)
    # The key of the form that last gave this account a first password: sending it again changes nothing.
    submission_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds one of these roles now."""
        return self.is_active and any(role in self.roles for role in roles)

    def say_roles(self) -> str:
        """The roles in words."""
        return say_roles(self.roles)

    def first_password_is_spent(self, now: datetime) -> bool:
        """Whether the first password was used already or is too old; false once it was replaced."""
        if not self.must_change_password or self.is_demo:
            return False
        too_old = self.first_password_expires_at is not None and self.first_password_expires_at <= now
        return too_old or self.first_password_used_at is not None


@protect(updates=True)
@tracked()
class Delegation(models.Model):
    """The right to sign certain kinds of paper in the head's place, given in writing (NĐ 30/2020 Điều 13).

    For limited time and content, never passed on. Nothing but `revoked_on` (the first day on which it no
    longer counts) changes afterwards. Only signing.py writes it.
    """

    class Mode(models.TextChoices):
        KT = "KT", "Ký thay (phân công cấp phó)"
        TUQ = "TUQ", "Ký thừa ủy quyền"
        TL = "TL", "Ký thừa lệnh"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="delegations")
    delegator = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người ủy quyền")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="delegations", verbose_name="người được ủy quyền")
    mode = models.CharField("cách ký", max_length=3, choices=Mode)
    kinds = models.JSONField("loại giấy tờ")
    title = models.CharField("chức vụ ghi khi ký", max_length=150)
    decision_number = models.CharField("số quyết định", max_length=60)
    decision_date = models.DateField("ngày quyết định")
    valid_from = models.DateField("có hiệu lực từ")
    valid_to = models.DateField("đến hết ngày")
    revoked_on = models.DateField("thu hồi từ", null=True)
    entered_at = models.DateTimeField("ghi lúc")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=models.F("valid_from")), name="delegation_ends_after_start"),
            models.CheckConstraint(condition=~Q(delegator=models.F("delegate")), name="nobody_delegates_to_himself"),
            models.CheckConstraint(condition=~Q(decision_number=""), name="delegation_has_a_decision"),
            models.CheckConstraint(condition=Q(mode__in=["KT", "TUQ", "TL"]), name="delegation_mode_known"),
        ]
        indexes = [models.Index("delegate", "valid_to", name="delegation_of_delegate")]

    def __str__(self) -> str:
        return f"{self.mode} {self.decision_number}"

    def in_force(self, day: date) -> bool:
        """Within its dates, both included, and not revoked."""
        return self.valid_from <= day <= self.valid_to and (self.revoked_on is None or day < self.revoked_on)

    def say_decision(self) -> str:
        """The decision in words: "Quyết định số 12/QĐ-UBND ngày 05/01/2026"."""
        return f"Quyết định số {self.decision_number} ngày {self.decision_date:%d/%m/%Y}"


@protect(updates=True)
@tracked(personal=("absence_reason",))
class DutySession(models.Model):
    """One place on duty for half a day: the signing leader, or one counter. Only duty.py writes it.

    `person` is who is on duty, None while nobody is. Of somebody who cannot come, `substitute_for` keeps the name and
    `absence_reason` why; `person` is then whoever stands in. Being on duty gives no right to sign (signing.py does).
    """

    class Half(models.TextChoices):
        MORNING = "morning", "Sáng"
        AFTERNOON = "afternoon", "Chiều"

    class Post(models.TextChoices):
        LEADER = "leader", "Lãnh đạo trực ký"
        DESK = "desk", "Quầy"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="duty_sessions")
    day = models.DateField("ngày")
    half = models.CharField("buổi", max_length=9, choices=Half)
    role_on_duty = models.CharField("vị trí trực", max_length=6, choices=Post)
    counter_no = models.CharField("quầy số", max_length=10, blank=True)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="duty_sessions", verbose_name="người trực")
    substitute_for = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="trực thay cho")
    absence_reason = models.CharField("lý do vắng", max_length=200, blank=True)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("phân công lúc")
    checked_in_at = models.DateTimeField("có mặt lúc", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "day", "half", "role_on_duty", "counter_no"], name="duty_one_row_for_a_post"),
            # Empty posts do not count: NULL differs from NULL.
            models.UniqueConstraint(fields=["day", "half", "person"], name="duty_nobody_at_two_posts"),
            models.CheckConstraint(condition=Q(half__in=["morning", "afternoon"]), name="duty_half_known"),
            models.CheckConstraint(
                condition=Q(role_on_duty="leader", counter_no="") | (Q(role_on_duty="desk") & ~Q(counter_no="")), name="duty_post_known"
            ),
            models.CheckConstraint(
                condition=Q(substitute_for__isnull=True, absence_reason="") | (Q(substitute_for__isnull=False) & ~Q(absence_reason="")),
                name="duty_absence_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(substitute_for__isnull=True) | Q(person__isnull=True) | ~Q(person=models.F("substitute_for")),
                name="duty_nobody_stands_in_for_himself",
            ),
            models.CheckConstraint(condition=Q(checked_in_at__isnull=True) | Q(person__isnull=False), name="duty_somebody_checked_in"),
        ]

    def __str__(self) -> str:
        return f"{self.get_half_display()} {self.day:%d/%m/%Y}, {self.post_words.lower()}"

    @property
    def is_leader(self) -> bool:
        return self.role_on_duty == self.Post.LEADER

    @property
    def post_words(self) -> str:
        """ "Lãnh đạo trực ký", "Quầy 2"."""
        return self.Post.LEADER.label if self.is_leader else f"Quầy {self.counter_no}"

    @property
    def assigned_id(self) -> int | None:
        """Who was meant to come, present or not."""
        return self.substitute_for_id or self.person_id


@protect
@tracked()
class OperatingRules(models.Model):
    """The rules by which a one-stop desk works (Quy chế), as decided on paper; a change is a new version. duty.py writes it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="operating_rules")
    version = models.PositiveIntegerField("phiên bản")
    text = models.TextField("nội dung")
    decision_number = models.CharField("số quyết định", max_length=60)
    decided_on = models.DateField("ngày quyết định")
    decided_by = models.CharField("cơ quan ban hành", max_length=150)
    valid_from = models.DateField("có hiệu lực từ")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("ghi lúc")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "version"], name="operating_rules_version"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(decision_number=""), name="operating_rules_are_decided"),
            models.CheckConstraint(condition=Q(valid_from__gte=models.F("decided_on")), name="operating_rules_not_before_decision"),
        ]

    def __str__(self) -> str:
        return f"Quy chế, phiên bản {self.version}"

    def say_decision(self) -> str:
        """ "Quyết định số 12/QĐ-UBND ngày 05/01/2026 của UBND xã …"."""
        return f"Quyết định số {self.decision_number} ngày {self.decided_on:%d/%m/%Y} của {self.decided_by}"


@protect(updates=True)
@tracked(personal=("reason",))
class Absence(models.Model):
    """Days on which a person is away from all work, with somebody to look after it. Only absence.py writes it.

    A substitute is told what the absent person would be told; he acts in nobody's name but his own. Afterwards nothing
    changes but `back_on`, the first day on which the person was back before the time.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="absences")
    person = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name="người nghỉ")
    first_day = models.DateField("nghỉ từ ngày")
    last_day = models.DateField("đến hết ngày")
    substitute = models.ForeignKey(User, models.PROTECT, null=True, related_name="stands_in", verbose_name="người thay")
    reason = models.CharField("lý do", max_length=200)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("ghi lúc")
    back_on = models.DateField("trở lại từ ngày", null=True)

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="absence_ends_after_start"),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=models.F("person")), name="absence_nobody_for_himself"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="absence_has_a_reason"),
        ]
        indexes = [models.Index("agency", "last_day", name="absence_of_agency")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_day:%d/%m/%Y}"

    def covers(self, day: date) -> bool:
        """Within its days, both included, and the person not back before."""
        return self.first_day <= day <= self.last_day and (self.back_on is None or day < self.back_on)
