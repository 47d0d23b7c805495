"""The parts of the intake page, each a small form; `reception.IntakePage` puts them together.

Field names are a contract (docs/forms.md). Everything reads the Vietnamese way (onestop.reading).
"""

from django import forms

from dossiers.intake import FeeLine, PaperLine, PartyLine
from dossiers.models import Basis, Delivery, PaidBy, PartyRole, PhoneOwner
from onestop.reading import Unreadable
from onestop.reading.fields import MailField, MoneyField, NameField, PartialDateField, PersonalIdField, PhoneField, TextLineField
from onestop.reading.identity import identity_warning
from onestop.reading.money import show_money
from onestop.reading.names import read_name
from procedures.models import Component, Fee, ProcedureCase


class DenseForm(forms.Form):
    """A form of the counter: most boxes may stay empty, so the page does not say so at each."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.quieten()

    def quieten(self) -> None:
        for field in self.fields.values():
            field.says_optional = False


SEXES = [("male", "Nam"), ("female", "Nữ")]
CHANNELS = [("counter", "Trực tiếp"), ("online", "Trực tuyến"), ("post", "Bưu chính công ích")]
# One fee for the whole matter; anything else is counted by the piece and starts at none.
PER_MATTER = frozenset({"", "việc", "hồ sơ", "trường hợp", "lần", "giấy", "thủ tục"})


class FilerForm(DenseForm):
    """Who stands at the counter, and on which basis he files."""

    name = NameField(label="Họ và tên")
    personal_id = PersonalIdField(label="Số định danh", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    no_id_reason = TextLineField(label="Không có số định danh vì", limit=100, required=False)
    birth = PartialDateField(label="Ngày sinh", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    sex = forms.ChoiceField(label="Giới tính", choices=[("", "—"), *SEXES], required=False)
    address = TextLineField(label="Địa chỉ (ấp/khóm, xã)", limit=300, required=False)
    phone = PhoneField(label="Điện thoại", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    no_phone = forms.BooleanField(label="Không có điện thoại", required=False)
    phone_owner = forms.ChoiceField(
        label="Điện thoại của ai", choices=[choice for choice in PhoneOwner.choices if choice[0] != PhoneOwner.NONE], required=False
    )
    email = MailField(label="Email", required=False)
    old_id = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def clean(self) -> dict:
        values = super().clean() or {}
        if not values.get("personal_id") and not values.get("no_id_reason") and "personal_id" not in self.errors:
            self.add_error("personal_id", "Nhập số định danh, hoặc ghi lý do không có")
        if not values.get("phone") and not values.get("no_phone") and "phone" not in self.errors:
            self.add_error("phone", "Nhập số điện thoại, hoặc đánh dấu “Không có điện thoại”")
        if values.get("phone") and values.get("no_phone"):
            self.add_error("no_phone", "Đã nhập số điện thoại: bỏ dấu “Không có điện thoại”, hoặc xóa số")
        return values

    def as_line(self, basis: "BasisForm") -> PartyLine:
        """The filer with the basis on which he files; after both forms were found valid."""
        values, chosen = self.cleaned_data, basis.cleaned_data
        return PartyLine(
            role=PartyRole.FILER,
            name=values["name"],
            basis=chosen.get("basis", ""),
            birth=values["birth"].iso if values.get("birth") else "",
            sex=values.get("sex", ""),
            personal_id=values.get("personal_id", ""),
            old_id=values.get("old_id", ""),
            no_id_reason=values.get("no_id_reason", ""),
            tax_code=chosen.get("tax_code", "") if chosen.get("basis") == Basis.ORGANISATION else "",
            address=values.get("address", ""),
            phone=values.get("phone", ""),
            phone_owner=PhoneOwner.NONE if values.get("no_phone") else values.get("phone_owner") or PhoneOwner.OWN,
            email=values.get("email", ""),
            relation=chosen.get("relation", ""),
            authorisation=chosen.get("authorisation", ""),
        )

    def warning(self) -> str:
        """A doubt about number, birth and sex that the clerk may overrule with a tick."""
        values = self.cleaned_data
        if not values.get("personal_id"):
            return ""
        return identity_warning(values["personal_id"], values.get("birth"), values.get("sex", ""))


class BasisForm(DenseForm):
    """On which basis the filer acts, and for whom."""

    basis = forms.ChoiceField(label="Nộp với tư cách", widget=forms.RadioSelect)
    authorisation = TextLineField(label="Giấy ủy quyền (số, ngày, nơi chứng thực)", limit=200, required=False)
    relation = TextLineField(label="Quan hệ với người có việc", limit=100, required=False)
    owner_name = TextLineField(label="Người đứng tên hồ sơ, hoặc tên tổ chức", limit=200, required=False)
    owner_personal_id = PersonalIdField(label="Số định danh người đứng tên", required=False)
    tax_code = forms.RegexField(
        r"^\d{10}(-?\d{3})?$|^\d{12}$",
        label="Mã số thuế tổ chức",
        required=False,
        error_messages={"invalid": "Mã số thuế có 10 hoặc 13 chữ số"},
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )

    def __init__(self, *args, case: ProcedureCase | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        allowed = (case.basis_allowed if case else None) or Basis.values
        self.fields["basis"].choices = [(value, label) for value, label in Basis.choices if value in allowed]
        if not self.is_bound:
            self.initial.setdefault("basis", default_basis(case))

    def clean(self) -> dict:
        values = super().clean() or {}
        basis = values.get("basis")
        if values.get("owner_name") and basis != Basis.ORGANISATION:
            self._read_owner(values)
        if basis == Basis.SELF and values.get("owner_name"):
            self.add_error("basis", "Đã ghi người đứng tên hồ sơ: chọn tư cách nộp thay, hoặc xóa tên đó")
        if basis == Basis.AUTHORISED and not values.get("authorisation"):
            self.add_error("authorisation", "Ghi số, ngày và nơi chứng thực của giấy ủy quyền")
        if basis in {Basis.AUTHORISED, Basis.ORGANISATION} and not values.get("owner_name") and "owner_name" not in self.errors:
            self.add_error("owner_name", "Nhập tên người hoặc tổ chức đứng tên hồ sơ")
        return values

    def _read_owner(self, values: dict) -> None:
        """A person's name; only organisations have figures and signs in theirs ("Hợp tác xã 19/5", "An & Con")."""
        try:
            values["owner_name"] = read_name(values["owner_name"])
        except Unreadable as problem:
            self.add_error("owner_name", str(problem))

    def owner_line(self) -> PartyLine | None:
        """In whose name the dossier stands, when it is not the filer's."""
        values = self.cleaned_data
        if not values.get("owner_name"):
            return None
        return PartyLine(role=PartyRole.OWNER, name=values["owner_name"], personal_id=values.get("owner_personal_id", ""))


def default_basis(case: ProcedureCase | None) -> str:
    """Himself where that is allowed, else the first basis that the case names."""
    allowed = (case.basis_allowed if case else None) or Basis.values
    return Basis.SELF if Basis.SELF in allowed else allowed[0]


class SubjectForm(DenseForm):
    """One person whom the matter is about."""

    name = NameField(label="Họ và tên", required=False)
    birth = PartialDateField(label="Ngày sinh", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    personal_id = PersonalIdField(label="Số định danh", required=False, widget=forms.TextInput(attrs={"class": "short"}))
    sex = forms.ChoiceField(label="Giới tính", choices=[("", "—"), *SEXES], required=False)

    def __init__(self, *args, role: str, label: str, needed: bool, **kwargs) -> None:
        super().__init__(*args, prefix=role, **kwargs)
        self.role, self.label, self.needed = role, label, needed
        self.fields["name"].label = f"Họ và tên {label.lower()}"
        self.fields["name"].required = needed

    def as_line(self) -> PartyLine | None:
        """The person, or None when he was left out."""
        values = self.cleaned_data
        if not values.get("name"):
            return None
        birth = values["birth"].iso if values.get("birth") else ""
        return PartyLine(role=self.role, name=values["name"], birth=birth, sex=values["sex"], personal_id=values["personal_id"])


class PeopleForm(DenseForm):
    """Those who helped: somebody who wrote, somebody who interpreted."""

    helper_name = NameField(label="Người viết hộ", required=False)
    interpreter_name = NameField(label="Người phiên dịch", required=False)

    def lines(self) -> list[PartyLine]:
        roles = {"helper_name": PartyRole.HELPER, "interpreter_name": PartyRole.INTERPRETER}
        return [PartyLine(role=role, name=self.cleaned_data[name]) for name, role in roles.items() if self.cleaned_data.get(name)]


class PapersForm(DenseForm):
    """The checklist of the case: one choice a line, and one for each group of alternatives.

    `all_there` ("Đủ") answers for the unconditional lines only, and never overrules a line that
    the clerk marked as missing.
    """

    all_there = forms.BooleanField(label="Đủ các giấy tờ bắt buộc", required=False)
    other_papers = TextLineField(label="Giấy tờ khác người dân nộp thêm", limit=200, required=False)

    def __init__(self, *args, components: list[Component], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.components = components
        self.groups: dict[str, list[Component]] = {}
        for line in components:
            if line.kind == Component.Kind.ONE_OF:
                self.groups.setdefault(line.group_key, []).append(line)
            else:
                self.fields[f"paper_{line.pk}"] = forms.ChoiceField(
                    label=line.short_name, choices=_states_of(line), required=False, widget=forms.RadioSelect
                )
        for key, lines in self.groups.items():
            self.fields[f"group_{key}"] = forms.ChoiceField(
                label="Chọn một",
                choices=[*((str(line.pk), line.short_name) for line in lines), ("missing", "Thiếu")],
                required=False,
                widget=forms.RadioSelect,
            )
        self.quieten()

    def states(self) -> dict[int, str]:
        """What happened to each line, by component id; lines left open are absent."""
        values = self.cleaned_data
        states: dict[int, str] = {}
        for line in self.components:
            if line.kind == Component.Kind.ONE_OF:
                chosen = values.get(f"group_{line.group_key}")
                if chosen == "missing":
                    states[line.pk] = "missing"
                elif chosen == str(line.pk):
                    states[line.pk] = "submitted"
                continue
            state = values.get(f"paper_{line.pk}") or ""
            if not state and values.get("all_there") and line.required and not line.condition:
                state = taken_state(line)
            if state:
                states[line.pk] = state
        return states

    def lines(self) -> list[PaperLine]:
        """What the slip lists: the papers that are there, in the order of the checklist."""
        states = self.states()
        found = [
            PaperLine(line.short_name, states[line.pk], line, line.copy_kind, line.originals, line.copies)
            for line in self.components
            if line.pk in states
        ]
        other = self.cleaned_data.get("other_papers")
        return [*found, PaperLine(other, "submitted")] if other else found


def _states_of(line: Component) -> list[tuple[str, str]]:
    if line.kind == Component.Kind.FROM_DATA:
        return [("from_data", "Lấy từ dữ liệu"), ("submitted", "Nộp")]
    return [(taken_state(line), "Có"), ("missing", "Thiếu")]


def taken_state(line: Component) -> str:
    """What "Có" means for the line: handed in, shown and given back, or looked up."""
    return {Component.Kind.PRESENT: "presented", Component.Kind.FROM_DATA: "from_data"}.get(line.kind, "submitted")


class FeesForm(DenseForm):
    """The fees of the case; counted lines have a number of pieces, unknown rates a free amount."""

    exempt = forms.BooleanField(label="Được miễn, giảm", required=False)
    exempt_ground = TextLineField(label="Lý do miễn, giảm phí", limit=200, required=False)
    paid_by = forms.ChoiceField(
        label="Nộp bằng", choices=[choice for choice in PaidBy.choices if choice[0]], required=False, initial="cash"
    )
    receipt_no = TextLineField(label="Số biên lai", limit=40, required=False)

    def __init__(self, *args, fees: list[Fee], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fees = fees
        for fee in fees:
            if fee.amount and fee.per not in PER_MATTER:
                self.fields[f"fee_{fee.pk}_count"] = forms.IntegerField(
                    label=f"Số {fee.per}",
                    min_value=0,
                    max_value=999,
                    required=False,
                    localize=True,
                    error_messages={
                        "invalid": f"Nhập số {fee.per} bằng số, ví dụ 2",
                        "min_value": f"Số {fee.per} từ 0 trở lên",
                        "max_value": f"Số {fee.per} nhiều nhất 999",
                    },
                    widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
                )
            elif fee.amount is None:
                self.fields[f"fee_{fee.pk}_amount"] = MoneyField(
                    label="Mức thu (đồng)", required=False, widget=forms.TextInput(attrs={"class": "short"})
                )
        self.quieten()

    def clean(self) -> dict:
        values = super().clean() or {}
        if values.get("exempt") and not values.get("exempt_ground"):
            self.add_error("exempt_ground", "Chọn lý do miễn, giảm phí")
        if values.get("exempt_ground") and not values.get("exempt"):
            self.add_error("exempt", "Đã ghi lý do miễn, giảm: đánh dấu “Được miễn, giảm”, hoặc xóa lý do")
        return values

    def asked(self) -> list[tuple[Fee, int | None]]:
        """Each fee that applies with its amount; a counted line of no pieces does not apply."""
        lines: list[tuple[Fee, int | None]] = []
        for fee in self.fees:
            if fee.amount is None:
                lines.append((fee, self.cleaned_data.get(f"fee_{fee.pk}_amount")))
            elif f"fee_{fee.pk}_count" in self.fields:
                count = self.cleaned_data.get(f"fee_{fee.pk}_count") or 0
                if count:
                    lines.append((fee, fee.amount * count))
            else:
                lines.append((fee, fee.amount))
        return lines

    def lines(self) -> list[FeeLine]:
        """What is asked for, with the ground of an exemption and the way of payment."""
        values = self.cleaned_data
        ground = values["exempt_ground"] if values.get("exempt") else ""
        found = []
        for fee, amount in self.asked():
            paid_by = "" if ground or not amount else values.get("paid_by") or PaidBy.CASH
            receipt_no = values.get("receipt_no", "") if paid_by else ""
            found.append(FeeLine(fee.name, amount, fee, ground if amount != 0 else "", paid_by, receipt_no))
        return found

    def rows(self) -> list[dict]:
        """The table of fees: each line with its rate in words and its own control, if it has one."""
        found = []
        for fee in self.fees:
            name = next((name for name in (f"fee_{fee.pk}_count", f"fee_{fee.pk}_amount") if name in self.fields), "")
            found.append({"fee": fee, "rate": rate_words(fee), "control": self[name] if name else None})
        return found


def rate_words(fee: Fee) -> str:
    """The rate as the desk reads it: "8.000 đồng/bản sao", "Không thu", "do HĐND cấp tỉnh quy định"."""
    if fee.amount is None:
        return "do HĐND cấp tỉnh quy định" if fee.set_by == Fee.SetBy.PROVINCE else "chưa có dữ liệu"
    if fee.amount == 0:
        return "Không thu"
    return show_money(fee.amount) + (f"/{fee.per}" if fee.per else "")


class DeliveryForm(DenseForm):
    """How and where the result is wanted, and what else stands on the slip."""

    channel = forms.ChoiceField(label="Hồ sơ đến qua", choices=CHANNELS, initial="counter")
    delivery = forms.ChoiceField(label="Nhận kết quả", choices=Delivery.choices, initial=Delivery.DESK, widget=forms.RadioSelect)
    delivery_address = TextLineField(label="Gửi đến (người nhận, địa chỉ, điện thoại)", limit=300, required=False)
    request_text = TextLineField(label="Nội dung yêu cầu giải quyết", limit=300, required=False)
    set_count = forms.IntegerField(
        label="Số bộ hồ sơ",
        min_value=1,
        max_value=20,
        initial=1,
        localize=True,
        error_messages={
            "invalid": "Nhập số bộ, ví dụ 1",
            "min_value": "Ít nhất 1 bộ",
            "max_value": "Nhiều nhất 20 bộ",
            "required": "Nhập số bộ, ví dụ 1",
        },
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    slip_language = forms.ChoiceField(
        label="Ngôn ngữ giấy hẹn", choices=[("vi", "Tiếng Việt"), ("vi+km", "Tiếng Việt và Khmer")], initial="vi"
    )
    slip_wanted = forms.BooleanField(label="In giấy hẹn dù trả trong ngày", required=False)
    staff_note = TextLineField(label="Ghi chú nội bộ", limit=500, required=False)
    external_system = TextLineField(label="Hệ thống khác", limit=60, required=False)
    external_code = TextLineField(label="Mã hồ sơ ở hệ thống khác", limit=80, required=False)

    def clean(self) -> dict:
        values = super().clean() or {}
        if values.get("delivery") == Delivery.POST and not values.get("delivery_address") and "delivery_address" not in self.errors:
            self.add_error("delivery_address", "Nhập người nhận, địa chỉ và điện thoại để gửi bưu điện")
        if bool(values.get("external_system")) != bool(values.get("external_code")):
            self.add_error("external_code", "Ghi cả tên hệ thống và mã hồ sơ ở đó")
        return values


class SupplementForm(DenseForm):
    """What the supplement slip says besides the list of missing papers."""

    supplement_reason = TextLineField(label="Lý do, cần nộp gì", limit=500, lines=True, required=False)
    supplement_items = TextLineField(label="Giấy tờ cần bổ sung khác (mỗi dòng một giấy)", limit=1000, lines=True, required=False)


class DeclineForm(DenseForm):
    """A refusal needs all three: the ground in law, the reason in plain words, where to go instead."""

    decline_ground = TextLineField(label="Căn cứ pháp lý", limit=300, error_messages={"required": "Ghi căn cứ pháp lý của việc từ chối"})
    decline_reason = TextLineField(
        label="Lý do từ chối", limit=500, lines=True, error_messages={"required": "Ghi lý do từ chối bằng lời dễ hiểu"}
    )
    decline_guidance = TextLineField(
        label="Hướng dẫn nơi nộp đúng", limit=300, error_messages={"required": "Ghi nơi nộp đúng, hoặc cần làm gì để đủ điều kiện"}
    )
