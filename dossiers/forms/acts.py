"""The forms of the acts on a dossier. They turn text into values and explain mistakes; lifecycle.py decides.

Field names are a contract (docs/forms.md). Every form of an act knows the dossier, the person and the moment.
"""

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from dossiers.forms.outside import OutsideFileField
from dossiers.lifecycle.own_results import is_drawn_here
from dossiers.models import CollectedBy, Delivery, Dossier, PaidBy, PartyRole, PhoneOwner
from dossiers.rules import is_signer
from dossiers.timeliness import LOCAL
from onestop.inspection import DRAFT, SIGNED
from onestop.reading import Unreadable
from onestop.reading.fields import FullDateField, MailField, NameField, PersonalIdField, PhoneField, ReadField, TextLineField
from onestop.staff.forms import PasswordField
from onestop.staff.models import User
from onestop.staff.roles import SIGNING, Role

UNREADABLE_CLOCK = "Nhập giờ dạng giờ:phút, ví dụ 08:30"
_CLOCK = re.compile(r"([0-9]{1,2})\s*(?::|h|giờ|g)\s*([0-9]{1,2})?\s*(?:phút|p)?", re.IGNORECASE)


class ActForm(forms.Form):
    """A form of an act; `dossier`, `user` and `now` are there for choices and first values."""

    def __init__(self, *args: Any, dossier: Dossier, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dossier, self.user, self.now = dossier, user, now
        self.today = timezone.localdate(now)
        self.prepare()

    def prepare(self) -> None:
        """Choices and first values that depend on the dossier."""


class ClockField(ReadField):
    """A time of day: 8:30, 08h30, 8 giờ 30."""

    empty_value = None
    required_sentence = UNREADABLE_CLOCK
    attributes = {"inputmode": "numeric"}

    def read(self, text: str) -> time:
        match = _CLOCK.fullmatch(text.strip()) if len(text) < 20 and text.isprintable() else None
        if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
            raise Unreadable(UNREADABLE_CLOCK)
        return time(int(match[1]), int(match[2] or 0))

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class ColleagueField(forms.ModelChoiceField):
    """A colleague from a native list: name and job title."""

    def label_from_instance(self, person: User) -> str:
        return f"{person.full_name} – {person.job_title}" if person.job_title else person.full_name


def colleagues(agency_id: int, *roles: Role):
    """The people of an agency who hold one of the roles, by name."""
    return User.objects.active().filter(agency_id=agency_id).holding(*roles).order_by("full_name", "pk")


def possible_signers(dossier: Dossier):
    """Leaders, and whoever has had a delegation since the dossier came in; whether it covers the day of signing is asked then."""
    people = User.objects.active().filter(agency_id=dossier.competent_agency_id)
    delegates = people.filter(delegations__valid_to__gte=timezone.localdate(dossier.received_at))
    return (people.holding(*SIGNING) | delegates).distinct().order_by("full_name", "pk")


class SubmitForm(ActForm):
    """The drafted result. Without a file it is a paper (or a print of a ministry's system) that the leader signs by hand."""

    granted = forms.ChoiceField(
        label="Kết quả",
        choices=[("1", "Được giải quyết"), ("0", "Không được giải quyết, có văn bản trả lời")],
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn kết quả"},
    )
    summary = TextLineField(label="Trích yếu", limit=300, required=False)
    file = OutsideFileField(
        policy=DRAFT,
        words="Tệp dự thảo (PDF)",
        otherwise="du-thao",
        help_text="Bỏ trống khi kết quả là bản giấy hoặc bản in từ phần mềm ngành.",
        required=False,
    )

    def prepare(self) -> None:
        self.initial.setdefault("summary", (self.dossier.version.result_name or "")[:300])


class WetInkForm(ActForm):
    """What stands on the signed paper: signer, number, symbol, time."""

    signer = ColleagueField(
        label="Người ký",
        queryset=User.objects.none(),
        empty_label="Chọn người ký",
        error_messages={"required": "Chọn người ký", "invalid_choice": "Chọn người ký trong danh sách"},
    )
    doc_number = TextLineField(label="Số", limit=20, required=False, widget=forms.TextInput(attrs={"class": "short"}))
    doc_symbol = TextLineField(label="Ký hiệu", limit=40, required=False, widget=forms.TextInput(attrs={"class": "short"}))
    signed_time = ClockField(label="Giờ ký", widget=forms.TextInput(attrs={"class": "short"}))
    signed_on = FullDateField(label="Ngày ký", widget=forms.TextInput(attrs={"class": "short"}))
    issue_now = forms.BooleanField(label="Đã lấy số, đóng dấu: phát hành luôn", required=False)

    def prepare(self) -> None:
        if is_signer(self.user) or not self.user.has_role(Role.ARCHIVIST):
            del self.fields["signer"]
        else:
            self.fields["signer"].queryset = possible_signers(self.dossier)
        local = timezone.localtime(self.now)
        self.initial.update(signed_on=local.date(), signed_time=local.time().replace(second=0, microsecond=0))
        drafted = self.dossier.results.order_by("version").values_list("doc_symbol", flat=True).last()
        self.initial.setdefault("doc_symbol", drafted or "")

    @property
    def chosen_signer(self) -> User:
        return self.cleaned_data.get("signer") or self.user

    @property
    def signed_at(self) -> datetime:
        """The moment on the paper. A paper knows no seconds: within the minute of the receipt it was signed after it."""
        moment = datetime.combine(self.cleaned_data["signed_on"], self.cleaned_data["signed_time"], LOCAL)
        received = self.dossier.received_at
        return received if moment < received and received.replace(second=0, microsecond=0) <= moment else moment


class SigningSessionForm(forms.Form):
    """The password once, for a while."""

    password = PasswordField(
        label="Mật khẩu của ông/bà", autocomplete="current-password", error_messages={"required": "Nhập mật khẩu để mở phiên ký"}
    )


class InSystemForm(ActForm):
    """The password again (unless a signing session is open), for exactly the draft that was shown."""

    password = PasswordField(
        label="Mật khẩu của ông/bà", autocomplete="current-password", error_messages={"required": "Nhập mật khẩu để ký duyệt"}
    )
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, session_open: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if session_open:
            del self.fields["password"]


class DigitalForm(ActForm):
    """A result that the leader signed with his own certificate, on his own computer."""

    file = OutsideFileField(policy=SIGNED, words="Tệp PDF đã ký số", otherwise="ket-qua-da-ky")


class SendBackForm(ActForm):
    reason = TextLineField(
        label="Lý do trả lại", limit=500, lines=True, error_messages={"required": "Ghi lý do trả lại, để người soạn biết sửa gì"}
    )


class IssueForm(ActForm):
    doc_number = TextLineField(label="Số văn bản", limit=20, required=False, widget=forms.TextInput(attrs={"class": "short"}))
    doc_symbol = TextLineField(label="Ký hiệu", limit=40, required=False, widget=forms.TextInput(attrs={"class": "short"}))

    def prepare(self) -> None:
        result = self.dossier.results.order_by("version").last()
        if result is not None:
            self.initial.update(doc_number=result.doc_number, doc_symbol=result.doc_symbol)
        self.draws_number = result is not None and is_drawn_here(result)
        if self.draws_number:
            del self.fields["doc_symbol"]  # the letter that was signed says it


class PaidField(forms.ChoiceField):
    """How a fee put off was paid when the result left the desk."""

    def __init__(self, **options: Any) -> None:
        paid = (PaidBy.CASH, PaidBy.TRANSFER, PaidBy.ONLINE)
        super().__init__(
            label="Phí, lệ phí còn lại nộp bằng",
            choices=[("", "—"), *((each, each.label) for each in paid)],
            error_messages={"required": "Còn phí, lệ phí chưa nộp: chọn đã nộp bằng gì"},
            **options,
        )


def drop_payment(form: ActForm) -> None:
    """Nothing is asked about fees where none was put off."""
    if not any(fee.paid_by == PaidBy.LATER for fee in form.dossier.fees.all()):
        del form.fields["paid_by"], form.fields["receipt_no"]


class ReturnForm(ActForm):
    """Into whose hands the result goes."""

    collected_by = forms.ChoiceField(
        label="Người nhận kết quả",
        choices=[(each.value, each.label) for each in (CollectedBy.OWNER, CollectedBy.AUTHORISED)],
        initial=CollectedBy.OWNER,
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn ai nhận kết quả"},
    )
    name = NameField(label="Họ và tên người nhận")
    personal_id = PersonalIdField(label="Số định danh người nhận", required=False, widget=forms.TextInput(attrs={"class": "medium"}))
    authorisation = TextLineField(label="Giấy ủy quyền (số, ngày, nơi chứng thực)", limit=200, required=False)
    slip_lost = forms.BooleanField(label="Mất giấy hẹn, đã kiểm tra căn cước", required=False)
    originals_given_back = forms.BooleanField(label="Đã trả lại bản chính giấy tờ", required=False)
    note = TextLineField(label="Ghi chú", limit=300, required=False)
    paid_by = PaidField()
    receipt_no = TextLineField(label="Số biên lai", limit=40, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("name", owner_name(self.dossier))
        drop_payment(self)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("collected_by") == CollectedBy.AUTHORISED and not values.get("authorisation"):
            self._add_once("authorisation", "Người nhận thay cần giấy ủy quyền. Ghi số, ngày của giấy")
        if values.get("collected_by") == CollectedBy.OWNER:
            values["authorisation"] = ""
        if values.get("slip_lost") and not values.get("note"):
            self._add_once("note", "Mất giấy hẹn: ghi chú đã đối chiếu giấy tờ nào")
        return values

    def _add_once(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)


def owner_name(dossier: Dossier) -> str:
    """Whose matter it is: the person named as owner, else the filer."""
    parties = {party.role: party.name for party in dossier.parties.all()}
    return parties.get(PartyRole.OWNER) or parties.get(PartyRole.FILER) or dossier.applicant_name


class CorrectionForm(ActForm):
    words = TextLineField(label="Sai sót ở chỗ nào", limit=300, error_messages={"required": "Ghi sai sót ở chỗ nào"})


class VoidForm(ActForm):
    reason = TextLineField(label="Lý do hủy", limit=300, error_messages={"required": "Ghi lý do hủy"})


class ReissueForm(ActForm):
    """Nothing to fill in: only a deliberate act."""


class TakeOverForm(ActForm):
    """That the papers came, or did not."""

    missing = forms.BooleanField(label="Không có trong xấp: trả về người giao", required=False)
    note = TextLineField(label="Ghi chú nếu thiếu", limit=300, required=False)


class AmendForm(ActForm):
    """What may still be mended after the receipt: how to reach the filer, how he gets the result, the desk's note."""

    OF_FILER = ("phone", "phone_owner", "email", "address")
    OF_DOSSIER = ("delivery", "delivery_address", "staff_note")

    phone = PhoneField(label="Điện thoại", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    phone_owner = forms.ChoiceField(label="Điện thoại của ai", choices=[("", "—"), *PhoneOwner.choices], required=False)
    email = MailField(label="Email", required=False)
    address = TextLineField(label="Địa chỉ (ấp/khóm, xã)", limit=300, required=False)
    delivery = forms.ChoiceField(label="Nhận kết quả", choices=Delivery.choices, widget=forms.RadioSelect)
    delivery_address = TextLineField(label="Gửi đến (người nhận, địa chỉ, điện thoại)", limit=300, required=False)
    staff_note = TextLineField(label="Ghi chú nội bộ", limit=500, required=False)
    reason = TextLineField(label="Lý do sửa", limit=300, required=False)

    def prepare(self) -> None:
        filer = self.dossier.parties.filter(role=PartyRole.FILER).first()
        self.stored = {name: getattr(filer, name, "") for name in self.OF_FILER}
        self.stored |= {name: getattr(self.dossier, name) for name in self.OF_DOSSIER}
        self.initial.update(self.stored)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("phone") and values.get("phone_owner") == PhoneOwner.NONE:
            self.add_error("phone_owner", "Đã nhập số điện thoại: chọn điện thoại của ai, hoặc xóa số")
        if values.get("delivery") == Delivery.POST and not values.get("delivery_address") and "delivery_address" not in self.errors:
            self.add_error("delivery_address", "Nhập người nhận, địa chỉ và điện thoại để gửi bưu điện")
        return values

    def changes(self) -> dict[str, str]:
        """The values that are not what is stored."""
        return {name: self.cleaned_data[name] for name in self.stored if self.cleaned_data[name] != self.stored[name]}

    def show_stored(self) -> None:
        """Say under each box what is stored now where it differs from what was typed: both versions are to be seen."""
        for name, stored in self.stored.items():
            if self.data.get(name, "") != stored:
                shown = dict(getattr(self.fields[name], "choices", ())).get(stored, stored)
                self[name].help_text = format_html("Hiện đang ghi: {}", shown) if shown else "Hiện đang để trống"
