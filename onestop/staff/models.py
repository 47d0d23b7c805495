"""Agencies and the people who work in them."""
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from onestop.staff.roles import Role


class Agency(models.Model):
    """A province or a commune: it receives, numbers and answers for dossiers."""

    class Level(models.TextChoices):
        PROVINCE = "province", "Tỉnh, thành phố"
        COMMUNE = "commune", "Xã, phường, đặc khu"

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
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

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(AbstractBaseUser):
    """One person's account; never shared, never deleted."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=100)
    job_title = models.CharField("chức danh", max_length=100, blank=True)
    signing_name = models.CharField("tên khi ký", max_length=100, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="people")
    roles = models.JSONField("vai trò", default=list)
    counter_no = models.CharField("quầy số", max_length=10, blank=True)
    is_active = models.BooleanField("đang làm việc", default=True)
    must_change_password = models.BooleanField(default=False)
    first_password_expires_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    shortcuts_on = models.BooleanField("dùng phím tắt", default=True)

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
