"""What is typed on the pages of the certification books: periods, closings, the agency's choices, clauses, delegations.

Field names are a contract (docs/forms.md). These forms turn text into values; dossiers.lifecycle and
onestop.staff.signing decide.
"""

from datetime import date
from typing import Any

from django import forms

from dossiers.certification.catalogue import catalogue
from dossiers.certification.kinds import SIGNING_KIND, Book, CountsAs, DeputySigns, ReceiptNumbers, ReceiverSigns
from dossiers.certification.setting import symbol_of, volume_of
from dossiers.forms.acts import ColleagueField
from dossiers.lifecycle.apologizing import SIGNING_KIND as LETTER_KIND
from dossiers.models import CertificationSetting
from dossiers.sign_rights import result_kinds
from onestop.reading import Unreadable
from onestop.reading.days import ENDS_BEFORE_BEGIN
from onestop.reading.fields import FullDateField, MoneyField, ReadField, TextLineField
from onestop.reading.money import TOO_MUCH
from onestop.staff.models import Agency, Delegation, User
from onestop.staff.roles import Role

LONGEST_CLAUSE = 4000
# Đồng for one printed page; far above what any province allows, far below what a column holds.
MOST_PER_PAGE = 1_000_000
LONGEST_PERIOD_DAYS = 366 * 2
CHOOSE = {"required": "Chọn một mục", "invalid_choice": "Chọn một mục trong danh sách"}
CERTIFICATION_KINDS = [(SIGNING_KIND[book], book.label.removeprefix("Sổ ").capitalize()) for book in Book]
FIXED_KINDS = [*CERTIFICATION_KINDS, (LETTER_KIND, "Văn bản xin lỗi")]

MODES = [(mode.value, mode.label) for mode in (Delegation.Mode.TUQ, Delegation.Mode.KT, Delegation.Mode.TL)]
# No text was found that allows certification to be signed by order (TL.).
BY_ORDER = "Chứng thực không ký thừa lệnh (TL.). Chọn ký thừa ủy quyền (TUQ.), hoặc bỏ các loại chứng thực"


def signing_kinds() -> list[tuple[str, str]]:
    """Every kind of paper that a decision can give to sign: (kind, words). One query, for the fields of the catalogue."""
    return [*FIXED_KINDS, *result_kinds()]


class CloseForm(forms.Form):
    """Closing a month or a year of a book."""

    confirmed_by = TextLineField(
        label="Người ký xác nhận trên sổ in", limit=200, required=False, help_text="Họ tên người ký, đóng dấu ở trang khóa sổ"
    )


class PeriodForm(forms.Form):
    """Two days, both included."""

    tu = FullDateField(label="Từ ngày")
    den = FullDateField(label="Đến hết ngày")

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("tu"), self.cleaned_data.get("den")
        if start and end:
            if end < start:
                self.add_error("den", ENDS_BEFORE_BEGIN)
            elif (end - start).days > LONGEST_PERIOD_DAYS:
                self.add_error("den", "Chọn khoảng không quá hai năm")
        return self.cleaned_data


class DayForm(forms.Form):
    """One day."""

    ngay = FullDateField(label="Ngày")


class VolumeField(ReadField):
    """The number of a volume."""

    empty_value = None
    required_sentence = "Nhập quyển số, từ 1"
    attributes = {"inputmode": "numeric", "class": "short"}

    def read(self, text: str) -> int:
        text = text.strip()
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text)):
            raise Unreadable("Quyển số là số từ 1 đến 999")
        return int(text)


def _choice(label: str, choices: Any, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices.choices, widget=forms.RadioSelect, help_text=help_text, error_messages=CHOOSE)


class SettingForm(forms.Form):
    """The agency's choices, with a symbol and a volume for each book of the year."""

    counts_as = _choice("Một hồ sơ trong báo cáo định kỳ là", CountsAs, "Chưa tìm thấy văn bản quy định cách tính. Cả ba số đều được lưu.")
    receiver_signs = _choice("Người đã tiếp nhận giấy tờ", ReceiverSigns, "Luật cho người thực hiện chứng thực tự tiếp nhận.")
    deputy_signs = _choice("Phó Chủ tịch ký thay (KT.)", DeputySigns, "NĐ 280/2025: chưa đối chiếu toàn văn.")
    receipt_numbers = _choice("Số biên lai", ReceiptNumbers)
    receipt_series = TextLineField(label="Ký hiệu biên lai", limit=20, required_message="Ghi ký hiệu biên lai")
    print_cost_per_page = MoneyField(
        label="Chi phí in, chụp mỗi trang (đồng)", required=False, help_text="Bỏ trống: không thu. Mức trần do UBND cấp tỉnh quy định."
    )
    print_cost_source = TextLineField(label="Căn cứ của chi phí in, chụp", limit=200, required=False)

    def __init__(self, *args: Any, setting: CertificationSetting, year: int, **kwargs: Any) -> None:
        initial: dict[str, Any] = {name: getattr(setting, name) for name in self.base_fields}
        own: dict[str, forms.Field] = {}
        for book in Book:
            own[f"symbol_{book.value}"] = TextLineField(
                label=f"Ký hiệu: {book.label}", limit=20, required=False, help_text=f"Bỏ trống: {catalogue().books[book].symbol}"
            )
            own[f"volume_{book.value}"] = VolumeField(label=f"Quyển đang ghi năm {year}: {book.label}")
            initial[f"symbol_{book.value}"] = symbol_of(setting, book)
            initial[f"volume_{book.value}"] = volume_of(setting, book, year)
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= own
        self.setting, self.year = setting, year

    def clean_print_cost_per_page(self) -> int | None:
        cost = self.cleaned_data["print_cost_per_page"]
        if cost is not None and cost > MOST_PER_PAGE:
            raise forms.ValidationError(TOO_MUCH)
        return cost

    def changes(self) -> dict[str, Any]:
        """Only what differs from what is stored, in the words of `change_certification_setting`."""
        values = self.cleaned_data
        symbols = {book: values[f"symbol_{book}"] for book in Book.values}
        shipped = {book.value: catalogue().books[book].symbol for book in Book}
        wanted = {name: values[name] for name in self.base_fields}
        wanted["symbols"] = {book: symbol for book, symbol in symbols.items() if symbol and symbol != shipped[book]}
        volumes = dict(self.setting.volumes)
        for book in Book.values:
            key = f"{book}:{self.year}"
            if key in volumes or values[f"volume_{book}"] != 1:
                volumes[key] = values[f"volume_{book}"]
        wanted["volumes"] = volumes
        return {name: value for name, value in wanted.items() if value != getattr(self.setting, name)}


class ClauseForm(forms.Form):
    """The agency's own text of one certification clause."""

    text = TextLineField(
        label="Lời chứng", limit=LONGEST_CLAUSE, lines=True, widget=forms.Textarea(attrs={"rows": "12"}), required_message="Nhập lời chứng"
    )
    source = TextLineField(
        label="Căn cứ", limit=300, help_text="Số mẫu và văn bản ban hành", required_message="Ghi căn cứ: số mẫu, văn bản ban hành"
    )


class DelegationForm(forms.Form):
    """A written delegation of the head. Dates day first, both included."""

    to = ColleagueField(
        label="Người được giao ký",
        queryset=User.objects.none(),
        empty_label="Chọn người",
        error_messages={"required": "Chọn người được giao ký", "invalid_choice": "Chọn người trong danh sách"},
    )
    mode = forms.ChoiceField(
        label="Cách ký",
        choices=MODES,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
        help_text="Chứng thực không ký thừa lệnh (TL.). Văn bản xin lỗi và kết quả ký thừa lệnh được khi quy chế làm việc quy định.",
    )
    kinds = forms.MultipleChoiceField(
        label="Được ký",
        choices=[],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một loại việc", "invalid_choice": "Chọn loại việc trong danh sách"},
    )
    title = TextLineField(label="Chức vụ ghi dưới dòng TUQ.", limit=150, required=False, help_text="Bỏ trống: chức danh của tài khoản")
    decision_number = TextLineField(
        label="Số quyết định", limit=60, help_text="Ví dụ 45/QĐ-CT", required_message="Ghi số quyết định. Ủy quyền phải bằng văn bản"
    )
    decision_date = FullDateField(label="Ngày ký quyết định")
    valid_from = FullDateField(label="Được ký từ ngày")
    valid_to = FullDateField(label="Đến hết ngày")

    def __init__(self, *args: Any, agency: Agency, head: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        people = User.objects.active().filter(agency=agency).exclude(pk=head.pk).order_by("full_name", "pk")
        barred = [person.pk for person in people if person.has_role(Role.ADMIN, Role.HEAD, Role.HELPER, Role.AUDITOR)]
        self.fields["to"].queryset = people.exclude(pk__in=barred)
        self.fields["kinds"].choices = signing_kinds()

    def clean_decision_date(self) -> date:
        day: date = self.cleaned_data["decision_date"]
        if day > self.today:
            raise forms.ValidationError("Ngày ký quyết định chưa tới. Ghi quyết định sau khi đã ký")
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("mode") == Delegation.Mode.TL and set(values.get("kinds") or ()) & set(dict(CERTIFICATION_KINDS)):
            self.add_error("mode", BY_ORDER)
        return values


class RevokeForm(forms.Form):
    """Ending a delegation early."""

    on = FullDateField(label="Không được ký nữa từ ngày")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError("Không thu hồi lùi ngày: giấy tờ đã ký vẫn có hiệu lực. Chọn từ hôm nay trở đi")
        return on
