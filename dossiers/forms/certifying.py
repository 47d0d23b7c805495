"""The parts of the certification page, and the forms of the acts on a session.

Field names are a contract (docs/forms.md). A line shows only what its kind of work needs; what is missing is said by
dossiers.certification.requirements, at the field.
"""

from collections.abc import Sequence
from typing import Any

from django import forms

from dossiers.certification.catalogue import PaperKind, catalogue
from dossiers.certification.kinds import Book, ReceiptNumbers, Work
from dossiers.certification.session import Payment
from dossiers.certification.setting import setting_of
from dossiers.forms.acts import ActForm, ReturnForm
from dossiers.forms.intake import SEXES, DenseForm
from dossiers.models import CertificationEntry, CertificationSetting, PaidBy
from dossiers.signers import Signer
from onestop.reading.fields import NameField, PartialDateField, PersonalIdField, PhoneField, TextLineField
from onestop.reading.identity import identity_warning

PAID_NOW = [(PaidBy.CASH, PaidBy.CASH.label), (PaidBy.TRANSFER, PaidBy.TRANSFER.label), (PaidBy.ONLINE, PaidBy.ONLINE.label)]
NO_INTEREST = "Người ký xác nhận: không liên quan tài sản, lợi ích của người ký hoặc người thân thích"
NAMESAKE = "Tên trùng với người ký: đã kiểm tra là người khác"


def _short(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "short", **attributes})


def _number(label: str, *, example: str, required: bool = True) -> forms.IntegerField:
    sentence = f"Nhập {label.lower()} bằng số, ví dụ {example}"
    widget = _short(inputmode="numeric", autocomplete="off")
    return forms.IntegerField(
        label=label,
        required=required,
        max_value=10**6,
        localize=True,
        widget=widget,
        error_messages=dict.fromkeys(("invalid", "required", "max_value"), sentence),
    )


class RequesterForm(DenseForm):
    """Who asks for the certification. For copies the name is enough; signatures need the number of his identity paper."""

    name = NameField(label="Họ và tên người yêu cầu")
    personal_id = PersonalIdField(label="Số định danh", required=False, widget=_short())
    birth = PartialDateField(label="Ngày sinh", required=False, widget=_short())
    phone = PhoneField(label="Điện thoại", required=False, widget=_short())
    sex = forms.ChoiceField(label="Giới tính", choices=[("", "—"), *SEXES], required=False)
    address = TextLineField(label="Nơi cư trú", limit=300, required=False)
    no_id_reason = TextLineField(label="Không có số định danh: giấy tờ khác, hoặc lý do", limit=100, required=False)
    old_id = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def warning(self) -> str:
        """A doubt about number, birth and sex that the clerk may overrule with a tick."""
        values = self.cleaned_data
        number = values.get("personal_id")
        return identity_warning(number, values.get("birth"), values.get("sex", "")) if number else ""


class LineForm(DenseForm):
    """One paper: what stands in the row, and below it what this kind of work needs besides."""

    paper = TextLineField(label="Loại giấy: mã tắt", limit=200, required=False, widget=forms.TextInput(attrs={"list": "papers"}))
    paper_name = TextLineField(label="Tên giấy tờ", limit=300, required=False)
    work = forms.ChoiceField(label="Việc", choices=Work.choices)
    pages = _number("Số trang", example="2")
    copies = _number("Số bản", example="5")

    ROW = ("paper", "paper_name", "work", "pages", "copies")
    REFUSAL = ("ground", "ground_words", "ground_guidance")

    def __init__(self, *args: Any, work: str, paper: PaperKind | None, setting: CertificationSetting, filled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filled = filled
        if filled:
            self._ask(work, paper, setting)
        self.quieten()

    def _ask(self, work: str, paper: PaperKind | None, setting: CertificationSetting) -> None:
        known, rules = catalogue(), catalogue().rules_of(work)
        add = self.fields.__setitem__
        if rules.book != Book.COPIES:
            add("signed_before_me", forms.BooleanField(label="Đã ký trước mặt tôi", required=False))
        if rules.family in {"signature", "contract"}:
            add("capacity_sure", forms.BooleanField(label="Người ký minh mẫn, làm chủ hành vi", required=False))
        if rules.book in {Book.TRANSLATIONS, Book.CONTRACTS}:
            add("specimen_signature", forms.BooleanField(label="Có chữ ký mẫu đã đăng ký", required=False))
        if paper is not None and paper.authorisation:
            choices = [("", "Không thuộc các trường hợp này"), *((each.key, each.name) for each in known.authorisations.values())]
            add("authorisation_case", forms.ChoiceField(label="Ủy quyền để làm gì", choices=choices, required=False))
        if rules.family == "translation":
            add("language_from", TextLineField(label="Dịch từ tiếng", limit=40, required=False, widget=_short()))
            add("language_to", TextLineField(label="Sang tiếng", limit=40, required=False, widget=_short()))
        if len(rules.procedures) > 1:
            choices = [(code, code) for code in rules.procedures]
            add("procedure", forms.ChoiceField(label="Thủ tục", choices=choices, required=False))
        if rules.book != Book.COPIES:
            add("others", TextLineField(label="Các bên, người cùng ký", limit=600, required=False))
        if rules.family in {"signature", "contract"}:
            add("interpreter", NameField(label="Người phiên dịch", required=False))
            add("cannot_read_or_sign", forms.BooleanField(label="Không đọc, nghe, ký hoặc điểm chỉ được", required=False))
            add("witness_1", NameField(label="Người làm chứng thứ nhất", required=False))
            add("witness_2", NameField(label="Người làm chứng thứ hai", required=False))
            add("off_site_place", TextLineField(label="Chứng thực ngoài trụ sở, tại", limit=300, required=False))
            add("off_site_reason", TextLineField(label="Lý do ngoài trụ sở", limit=300, required=False))
        free = [(each.key, each.name) for each in known.exemptions.values() if work in each.works]
        if free:
            add("exempt", forms.ChoiceField(label="Miễn phí", choices=[("", "Không miễn"), *free], required=False))
            add("exempt_note", TextLineField(label="Ghi chú về miễn phí", limit=200, required=False))
        if setting.print_cost_per_page:
            add("printed_pages", _number("Số trang in, chụp", example="2", required=False))
        add("note", TextLineField(label="Ghi chú vào sổ", limit=300, required=False))
        grounds = [("", "Chọn căn cứ"), *((each.key, f"{each.text} ({each.article})") for each in known.grounds_for(work))]
        add("ground", forms.ChoiceField(label="Căn cứ từ chối", choices=grounds, required=False))
        add("ground_words", TextLineField(label="Nói rõ thêm", limit=300, required=False))
        add("ground_guidance", TextLineField(label="Hướng dẫn (để trống: theo danh mục)", limit=300, required=False))

    def of_row(self) -> list:
        return [self[name] for name in self.ROW]

    def of_details(self) -> list:
        return [bound for bound in self if bound.name not in {*self.ROW, *self.REFUSAL}]

    def of_refusal(self) -> list:
        return [self[name] for name in self.REFUSAL if name in self.fields]

    @property
    def needs_details(self) -> bool:
        """Whether the kind of work asks for something that is not in the row."""
        return "signed_before_me" in self.fields

    @property
    def details_wrong(self) -> bool:
        return any(bound.errors for bound in self.of_details())

    @property
    def refusal_open(self) -> bool:
        return bool(self.data.get(self.add_prefix("ground")) or (self.is_bound and "ground" in self.errors))


class PaymentForm(DenseForm):
    """How the sum is paid; the receipt's number only where receipts are typed from paper."""

    paid_by = forms.ChoiceField(
        label="Nộp tiền bằng",
        choices=[*PAID_NOW, (PaidBy.LATER, PaidBy.LATER.label)],
        initial=PaidBy.CASH,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Chọn cách nộp tiền"),
    )
    receipt_series = TextLineField(label="Ký hiệu biên lai", limit=20, required=False, widget=_short())
    receipt_number = TextLineField(label="Số biên lai", limit=20, required=False, widget=_short())

    def __init__(self, *args: Any, setting: CertificationSetting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drop_typed_receipt(self, setting)

    def payment(self) -> Payment:
        return payment_of(self.cleaned_data)


def drop_typed_receipt(form: forms.Form, setting: CertificationSetting) -> None:
    """Take the boxes of a paper receipt away where the system draws the numbers."""
    if setting.receipt_numbers == ReceiptNumbers.SYSTEM:
        del form.fields["receipt_series"], form.fields["receipt_number"]
    else:
        form.fields["receipt_series"].initial = setting.receipt_series


def payment_of(values: dict[str, Any]) -> Payment:
    return Payment(values.get("paid_by") or "", values.get("receipt_series", ""), values.get("receipt_number", ""))


class ProlongForm(DenseForm):
    """More time than the same day, the slip, and the desk's own note."""

    working_days = _number("Kéo dài thêm, số ngày làm việc", example="2", required=False)
    prolong_reason = TextLineField(label="Lý do kéo dài", limit=200, required=False)
    agreed_in_writing = forms.BooleanField(label="Đã thỏa thuận bằng văn bản", required=False)
    slip_wanted = forms.BooleanField(label="In giấy hẹn dù trả trong ngày", required=False)
    slip_language = forms.ChoiceField(
        label="Ngôn ngữ giấy hẹn", choices=[("vi", "Tiếng Việt"), ("vi+km", "Tiếng Việt và Khmer")], initial="vi"
    )
    staff_note = TextLineField(label="Ghi chú nội bộ", limit=500, required=False)


def signer_field(signers: Sequence[Signer]) -> forms.TypedChoiceField:
    """The people who may sign all of it today, each with the right he signs by."""
    return forms.TypedChoiceField(
        label="Người ký",
        coerce=int,
        choices=[(signer.pk, signer.label) for signer in signers],
        error_messages={"required": "Chọn người ký", "invalid_choice": "Chọn người ký trong danh sách"},
    )


class OnTheSpotForm(DenseForm):
    """The signer on duty and what he declares, when all is signed and given back at once."""

    no_interest = forms.BooleanField(label=NO_INTEREST, required=False)
    namesake_checked = forms.BooleanField(label=NAMESAKE, required=False)

    def __init__(self, *args: Any, signers: Sequence[Signer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"signer": signer_field(signers), **self.fields}
        self.quieten()


class SignForm(ActForm):
    """Signed and sealed by hand: who signed, and what he declares."""

    no_interest = forms.BooleanField(label=NO_INTEREST, required=False)
    namesake_checked = forms.BooleanField(label=NAMESAKE, required=False)

    def __init__(self, *args: Any, signers: Sequence[Signer], **kwargs: Any) -> None:
        self.signers = signers
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields = {"signer": signer_field(self.signers), **self.fields}
        for name in ("no_interest", "namesake_checked"):
            self.fields[name].says_optional = False


class GiveBackForm(ReturnForm):
    """Into whose hands the certified papers go, and how the sum is paid that was put off until now."""

    WAYS = PAID_NOW
    receipt_series = TextLineField(label="Ký hiệu biên lai", limit=20, required=False, widget=_short())
    receipt_number = TextLineField(label="Số biên lai", limit=20, required=False, widget=_short())

    def __init__(self, *args: Any, owed: int, **kwargs: Any) -> None:
        self.owed = owed
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.initial.setdefault("name", self.dossier.applicant_name)
        del self.fields["originals_given_back"], self.fields["receipt_no"]
        if not self.owed:
            del self.fields["paid_by"], self.fields["receipt_series"], self.fields["receipt_number"]
        else:
            self.fields["paid_by"].choices = PAID_NOW
            drop_typed_receipt(self, setting_of(self.dossier.agency_id))

    def handed_out(self) -> dict[str, Any]:
        """The values as the act takes them."""
        values = dict(self.cleaned_data)
        payment = payment_of(values) if self.owed else None
        for name in ("paid_by", "receipt_series", "receipt_number"):
            values.pop(name, None)
        return {**values, "payment": payment}


class ReceiptForm(ActForm):
    """What every act needs that may replace a receipt: the numbers of the new one, where they are typed."""

    receipt_series = TextLineField(label="Ký hiệu biên lai thay thế", limit=20, required=False, widget=_short())
    receipt_number = TextLineField(label="Số biên lai thay thế", limit=20, required=False, widget=_short())

    def prepare(self) -> None:
        drop_typed_receipt(self, setting_of(self.dossier.agency_id))

    def payment_by(self, paid_by: str) -> Payment | None:
        """The receipt that takes the old one's place; None where the system draws its number."""
        number = self.cleaned_data.get("receipt_number", "")
        return Payment(paid_by, self.cleaned_data.get("receipt_series", ""), number) if number else None


class StrikeForm(ReceiptForm):
    """A number struck out, either as spoilt or because the paper is refused in writing."""

    reason = TextLineField(label="Lý do hủy số", limit=300, required=False)
    ground = forms.ChoiceField(label="Hoặc từ chối chứng thực, căn cứ", required=False)
    ground_words = TextLineField(label="Nói rõ thêm", limit=300, required=False)
    ground_guidance = TextLineField(label="Hướng dẫn (để trống: theo danh mục)", limit=300, required=False)

    def __init__(self, *args: Any, entry: CertificationEntry, **kwargs: Any) -> None:
        self.entry = entry
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        super().prepare()
        grounds = catalogue().grounds_for(self.entry.work)
        self.fields["ground"].choices = [
            ("", "Không từ chối, chỉ hủy số"),
            *((each.key, f"{each.text} ({each.article})") for each in grounds),
        ]
        for field in self.fields.values():
            field.says_optional = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("ground") and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Ghi lý do hủy số, hoặc chọn căn cứ từ chối")
        return values


class CancelReceiptForm(ReceiptForm):
    reason = TextLineField(label="Lý do hủy biên lai", limit=300, error_messages={"required": "Ghi lý do hủy biên lai"})
    paid_by = forms.ChoiceField(label="Biên lai thay thế: nộp bằng", choices=PAID_NOW)

    field_order = ("reason", "paid_by", "receipt_series", "receipt_number")

    def payment(self) -> Payment:
        return payment_of(self.cleaned_data)
