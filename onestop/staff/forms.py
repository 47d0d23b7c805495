"""What staff type about accounts: log-in, passwords, people."""
from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from onestop.reading.fields import NameField, TextLineField
from onestop.staff.accounts import new_key
from onestop.staff.models import Agency, User
from onestop.staff.passwords import HELP as LOCAL_WORDS_HELP
from onestop.staff.roles import Role, contradiction

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại"
SPENT = "Mật khẩu lần đầu đã dùng hoặc đã hết hạn. Nhờ quản trị cấp mật khẩu mới"
TAKEN = "Đã có người dùng tên đăng nhập này. Chọn tên khác"
LONGEST_PASSWORD = 256
LONGEST_TRIED = 150
USERNAME_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,58})[a-z0-9]")


class PasswordField(forms.CharField):
    """A password as it was meant: never trimmed, and in NFC, since keyboards differ in how they send an accent."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(strip=False, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", super().to_python(value))
        if len(text) > LONGEST_PASSWORD:
            raise ValidationError(f"Mật khẩu dài nhất {LONGEST_PASSWORD} ký tự", code="too_long")
        return text


def read_username(text: str) -> str:
    """A user name as it is stored: capitals and full-width letters make no difference."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class LogInForm(forms.Form):
    """A name of this PC or a typed one, and the password. Every refusal says the same."""

    quen = forms.ChoiceField(label="Ai dùng máy này?", required=False, widget=forms.RadioSelect)
    username = forms.CharField(
        label="Tên đăng nhập",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = PasswordField(label="Mật khẩu", autocomplete="current-password", error_messages={"required": "Nhập mật khẩu"})

    def __init__(self, request: HttpRequest, data: Any = None, *, people: list[User], **options: Any) -> None:
        super().__init__(data, **options)
        self.request = request
        self.user: User | None = None
        self.attempted = ""  # the user name whose password was tried
        self.fields["username"].says_optional = False
        if data is None:
            # With the name chosen already, "Đổi người" is one click and one password.
            self.fields["password" if people else "username"].widget.attrs["autofocus"] = True
        if people:
            other = [("", "Người khác")]
            self.fields["quen"].choices = [(person.username, person.full_name) for person in people] + other
            self.fields["quen"].says_optional = False
            self.fields["username"].label = "Người khác: tên đăng nhập"
        else:
            del self.fields["quen"]

    def clean_username(self) -> str:
        # Nobody's name is so long; the list of failed attempts could not hold all of it.
        return read_username(self.cleaned_data["username"])[:LONGEST_TRIED]

    def clean(self) -> dict[str, Any]:
        # The typed name wins: whoever types one means it, whatever the buttons say.
        username = self.cleaned_data.get("username") or self.cleaned_data.get("quen") or ""
        if not username:
            self.add_error("username", "Nhập tên đăng nhập")
        elif self.cleaned_data.get("password"):
            self.attempted = username
            self.user = authenticate(self.request, username=username, password=self.cleaned_data["password"])
            if self.user is None:
                raise ValidationError(WRONG, code="wrong")
            if self.user.first_password_is_spent(timezone.now()):
                raise ValidationError(SPENT, code="spent")
        return self.cleaned_data


class ChangePasswordForm(forms.Form):
    """The person's own new password. Who has just come in with a first password need not type that again."""

    current_password = PasswordField(
        label="Mật khẩu đang dùng", autocomplete="current-password", error_messages={"required": "Nhập mật khẩu đang dùng"}
    )
    new_password = PasswordField(
        label="Mật khẩu mới",
        autocomplete="new-password",
        help_text="Ít nhất 12 ký tự; nên ghép vài từ dễ nhớ. Không cần chữ hoa hay ký hiệu. " + LOCAL_WORDS_HELP,
        error_messages={"required": "Nhập mật khẩu mới"},
    )
    new_password_again = PasswordField(
        label="Nhập lại mật khẩu mới", autocomplete="new-password", error_messages={"required": "Nhập lại mật khẩu mới"}
    )

    def __init__(self, request: HttpRequest, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.request = request
        self.user: User = request.user
        if self.user.must_change_password:
            del self.fields["current_password"]

    def clean_current_password(self) -> str:
        current = self.cleaned_data["current_password"]
        # Through the same guard as a log-in, so that an open session is no place to guess either.
        if authenticate(self.request, username=self.user.username, password=current) is None:
            raise ValidationError("Mật khẩu đang dùng không đúng", code="wrong")
        return current

    def clean_new_password(self) -> str:
        new = self.cleaned_data["new_password"]
        validate_password(new, self.user)
        if self.user.check_password(new):
            raise ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng", code="same")
        return new

    def clean_new_password_again(self) -> str:
        again = self.cleaned_data["new_password_again"]
        if "new_password" in self.cleaned_data and again != self.cleaned_data["new_password"]:
            raise ValidationError("Hai lần nhập mật khẩu mới chưa giống nhau", code="differs")
        return again


class PersonForm(forms.Form):
    """An account as an administrator sees it."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label="Cơ quan",
        empty_label=None,
        error_messages={"required": "Chọn cơ quan", "invalid_choice": "Chọn cơ quan trong danh sách"},
    )
    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=60,
        help_text="Chữ thường không dấu, chữ số, dấu chấm hoặc gạch; từ 3 ký tự. Ví dụ: duyen.tt",
        error_messages={"required": "Nhập tên đăng nhập", "max_length": "Tên đăng nhập dài nhất 60 ký tự"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    full_name = NameField(label="Họ và tên")
    job_title = TextLineField(label="Chức danh", limit=100, required=False, help_text="Ví dụ: Công chức tư pháp - hộ tịch")
    signing_name = TextLineField(label="Tên khi ký", limit=100, required=False, help_text="Để trống nếu giống họ và tên")
    counter_no = TextLineField(label="Quầy số", limit=10, required=False)
    roles = forms.MultipleChoiceField(
        label="Vai trò",
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một vai trò", "invalid_choice": "Chọn vai trò trong danh sách"},
    )

    def __init__(self, data: Any = None, *, agencies: list[Agency], person: User | None = None, own: bool = False, **options: Any) -> None:
        """`person` is the account being changed, None for a new one; `own` when it is the administrator's own."""
        if person is None:
            initial: dict[str, Any] = {"submission_key": new_key(), "agency": agencies[0].pk}
        else:
            initial = {name: getattr(person, name) for name in ("full_name", "job_title", "signing_name", "counter_no", "roles")}
        super().__init__(data, initial=initial | options.pop("initial", {}), **options)
        self.person = person
        self.agencies = agencies
        if person is not None:
            for name in ("submission_key", "agency", "username"):
                del self.fields[name]
        elif len(agencies) == 1:
            del self.fields["agency"]
        else:
            self.fields["agency"].queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies]).order_by("name")
        if own:
            del self.fields["roles"]

    def clean_submission_key(self) -> UUID:
        return self.cleaned_data["submission_key"] or new_key()

    def clean_username(self) -> str:
        username = read_username(self.cleaned_data["username"])
        if not USERNAME_PATTERN.fullmatch(username):
            raise ValidationError("Tên đăng nhập chỉ gồm chữ thường không dấu, chữ số, dấu chấm hoặc gạch; từ 3 ký tự", code="pattern")
        return username

    def clean(self) -> dict[str, Any]:
        roles = self.cleaned_data.get("roles")
        if roles is not None:
            problem = contradiction(roles, in_province=self.of_agency.is_province)
            if problem:
                self.add_error("roles", problem)
        taken = User.objects.filter(username=self.cleaned_data.get("username", "")).first() if self.person is None else None
        if taken is not None and taken.submission_key != self.cleaned_data.get("submission_key"):
            self.add_error("username", TAKEN)
        return self.cleaned_data

    @property
    def of_agency(self) -> Agency:
        """The agency the account belongs to."""
        if self.person is not None:
            return self.person.agency
        return self.cleaned_data.get("agency") or self.agencies[0]


