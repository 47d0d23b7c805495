"""The forms of the acts that stop the clock, start it again and give it more time.

Field names are a contract (docs/forms.md).
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dossiers.checklist import components_of
from dossiers.forms.acts import ActForm
from dossiers.models import ConsentKind, ExtensionKind, PaidBy
from dossiers.previews import dates_if_extended
from dossiers.rules import is_signer
from dossiers.standing import standing_of
from onestop.reading.dates import say_moment, short_moment
from onestop.reading.fields import FullDateField, MoneyField, TextLineField
from onestop.reading.money import TOO_MUCH
from onestop.worktime.limits import TimeLimit, say_limit
from onestop.worktime.store import calendar_in_force

LONGEST_WAIT = timedelta(days=366)
LONGEST_ITEM, MOST_ITEMS = 200, 30
LARGEST_AMOUNT = 2_000_000_000
# A longer limit offers its first days only; a leader who needs more writes another letter.
MOST_EXTRA = 60


class AnswerByMixin(forms.Form):
    """A day by which the citizen should answer: after today, one on which the office works, and not by mistake years away."""

    def clean_answer_by(self) -> Any:
        day, today = self.cleaned_data.get("answer_by"), timezone.localdate(self.now)
        if day is not None and day <= today:
            raise ValidationError("Hạn bổ sung phải sau hôm nay")
        if day is not None and day > today + LONGEST_WAIT:
            raise ValidationError("Hạn này xa hơn một năm. Kiểm tra lại năm")
        calendar = calendar_in_force(self.dossier.agency_id)
        if day is not None and calendar.covers(day) and not calendar.is_working(day):
            # BLDS Điều 148.5: the time would run on to the next working day, and nobody may be told otherwise.
            raise ValidationError(f"Ngày {day:%d/%m/%Y} là ngày nghỉ. Chọn một ngày làm việc")
        return day


class AskForm(AnswerByMixin, ActForm):
    """What is missing, all of it in one request (Mẫu 02)."""

    items = forms.MultipleChoiceField(
        label="Giấy tờ còn thiếu hoặc phải thay",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Chọn giấy tờ trong danh sách; giấy khác ghi ở ô dưới"},
    )
    more_items = TextLineField(
        label="Giấy tờ khác, mỗi dòng một giấy", limit=3000, lines=True, required=False
    )
    reason = TextLineField(
        label="Lý do, cần nộp gì",
        limit=500,
        lines=True,
        error_messages={"required": "Ghi lý do yêu cầu bổ sung, để người dân biết cần nộp gì"},
    )
    ground = TextLineField(label="Căn cứ", limit=300, error_messages={"required": "Ghi căn cứ yêu cầu bổ sung"})
    answer_by = FullDateField(
        label="Hạn bổ sung",
        widget=forms.TextInput(attrs={"class": "short"}),
        error_messages={"required": "Nhập hạn bổ sung dạng ngày/tháng/năm, ví dụ 27/11/2026"},
    )

    def prepare(self) -> None:
        # Nobody need say "not required" of a list of boxes.
        self.fields["items"].says_optional = False
        self.fields["items"].choices = [(name, name) for name in self._names()]
        version = self.dossier.version
        ground = f"Thành phần hồ sơ của thủ tục {self.dossier.procedure.code}"
        self.initial.setdefault("ground", f"{ground}, {version.decision}"[:300] if version.decision else ground)

    def _names(self) -> list[str]:
        """The dossier's own papers, then those that its case asks for besides."""
        own = [paper.name for paper in self.dossier.papers.all()]
        asked = [line.short_name for line in components_of(self.dossier.case, self.dossier.channel)] if self.dossier.case else []
        return list(dict.fromkeys([*own, *asked]))

    def clean_more_items(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["more_items"].splitlines() if line.strip()]
        if any(len(line) > LONGEST_ITEM for line in lines):
            raise ValidationError(f"Mỗi dòng nhiều nhất {LONGEST_ITEM} chữ. Ghi ngắn lại, phần giải thích để ở lý do")
        return lines

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors.keys() & {"items", "more_items"}:
            found = len(self.chosen)
            if not found:
                self.add_error("items", "Chọn giấy tờ còn thiếu, hoặc ghi ở ô dưới")
            elif found > MOST_ITEMS:
                self.add_error("more_items", f"Một phiếu nhiều nhất {MOST_ITEMS} giấy tờ")
        return values

    @property
    def chosen(self) -> list[str]:
        """Everything asked for, each once, in the order of the list."""
        return list(dict.fromkeys([*self.cleaned_data.get("items", []), *self.cleaned_data.get("more_items", [])]))


class AcceptForm(ActForm):
    """Nothing to fill in: only a deliberate act."""


class AskPaymentForm(AnswerByMixin, ActForm):
    amount = MoneyField(label="Số tiền (đồng)", widget=forms.TextInput(attrs={"class": "short"}))
    reason = TextLineField(
        label="Khoản phải nộp", limit=300, error_messages={"required": "Ghi khoản phải nộp, như sẽ ghi trên biên lai"}
    )
    answer_by = FullDateField(label="Hạn nộp", required=False, widget=forms.TextInput(attrs={"class": "short"}))

    def prepare(self) -> None:
        unknown = [fee.name for fee in self.dossier.fees.all() if fee.amount is None and not fee.exempt_ground]
        if unknown:
            self.initial.setdefault("reason", unknown[0])

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if amount == 0:
            raise ValidationError("Nhập số tiền lớn hơn 0")
        if amount > LARGEST_AMOUNT:
            raise ValidationError(TOO_MUCH)
        return amount


class PaidForm(ActForm):
    paid_by = forms.ChoiceField(
        label="Đã nộp bằng",
        choices=[(way, way.label) for way in (PaidBy.CASH, PaidBy.TRANSFER, PaidBy.ONLINE)],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn cách nộp tiền", "invalid_choice": "Chọn cách nộp tiền"},
    )
    receipt_no = TextLineField(label="Số biên lai", limit=40, required=False, widget=forms.TextInput(attrs={"class": "short"}))


class SuspendForm(ActForm):
    reason = TextLineField(label="Lý do", limit=500, lines=True, error_messages={"required": "Ghi lý do tạm đình chỉ"})
    ground = TextLineField(
        label="Căn cứ (văn bản, số, ngày)", limit=300, error_messages={"required": "Ghi căn cứ tạm đình chỉ: văn bản, số, ngày"}
    )


class ResumeForm(ActForm):
    """Nothing to fill in: only a deliberate act."""


class ConsentForm(ActForm):
    kind = forms.ChoiceField(
        label="Đồng ý việc",
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn việc cần đồng ý", "invalid_choice": "Việc này không cần đồng ý. Chọn trong danh sách"},
    )
    cause = TextLineField(label="Lý do", limit=500, lines=True, error_messages={"required": "Ghi lý do đồng ý"})

    def prepare(self) -> None:
        needed = standing_of(self.dossier, self.now).consents_needed
        self.fields["kind"].choices = [(kind.value, ConsentKind(kind).label) for kind in needed]
        if len(needed) == 1:
            self.initial.setdefault("kind", needed[0].value)


class ExtendForm(ActForm):
    """More time by law. Each choice says beforehand which date it makes."""

    kind = forms.ChoiceField(
        label="Cách gia hạn",
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn cách gia hạn", "invalid_choice": "Chọn cách gia hạn trong danh sách"},
    )
    extra_value = forms.TypedChoiceField(
        label="Lãnh đạo quyết định gia hạn đến",
        coerce=int,
        empty_value=0,
        required=False,
        error_messages={"invalid_choice": "Chọn số ngày trong danh sách"},
    )
    ground = TextLineField(
        label="Căn cứ (điều, khoản, văn bản)", limit=300, error_messages={"required": "Ghi căn cứ gia hạn: điều, khoản, văn bản"}
    )

    def prepare(self) -> None:
        standing = standing_of(self.dossier, self.now)
        self.standing = standing
        kinds = standing.extensions(decides=is_signer(self.user))
        limit = standing.limit
        most = min((limit.value or 0) if limit else 0, MOST_EXTRA)
        dates = dict(dates_if_extended(self.dossier, max(most, standing.verification))) if kinds and limit else {}
        self.fields["kind"].choices = [(kind.value, self._words(kind, dates)) for kind in kinds]
        if len(kinds) == 1:
            self.initial.setdefault("kind", kinds[0].value)
        if ExtensionKind.DECISION in kinds and limit is not None:
            choices = [(extra, f"{short_moment(day)}, thêm {_amount(limit, extra)}") for extra, day in dates.items() if extra <= most]
            self.fields["extra_value"].choices = [("", "Chọn"), *choices]
            self.fields["extra_value"].says_optional = len(kinds) > 1
        else:
            del self.fields["extra_value"]

    def _words(self, kind: ExtensionKind, dates: dict) -> str:
        if kind != ExtensionKind.VERIFICATION or self.standing.limit is None:
            return str(kind.label)
        extra = self.standing.verification
        date = f", hẹn trả {say_moment(dates[extra])}" if extra in dates else ""
        return f"{kind.label}: thêm {_amount(self.standing.limit, extra)} theo thủ tục{date}"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == ExtensionKind.DECISION and not values.get("extra_value") and "extra_value" not in self.errors:
            self.add_error("extra_value", "Chọn gia hạn đến ngày nào")
        return values

    @property
    def extra(self) -> int:
        """How much more, in the unit of the limit."""
        if self.cleaned_data["kind"] == ExtensionKind.VERIFICATION:
            return self.standing.verification
        return self.cleaned_data["extra_value"]


def _amount(limit: TimeLimit, value: int) -> str:
    return say_limit(TimeLimit(value, limit.unit, clock_hours=limit.clock_hours))
