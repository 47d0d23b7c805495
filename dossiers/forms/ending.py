"""The forms by which a dossier ends without a result, and by which it moves to its right procedure.

Field names are a contract (docs/forms.md).
"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dossiers.forms.acts import ActForm, owner_name
from dossiers.lifecycle import paid_so_far
from dossiers.models import AskedHow, PaidFees, PaperState, Pause, PauseKind, StopKind
from dossiers.promises import open_pause
from dossiers.unanswered import is_unanswered
from onestop.reading.dates import say_date, say_moment
from onestop.reading.fields import FullDateField, TextLineField
from onestop.reading.money import show_money
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.search import find_for_desk

MOST_NAMED = 5
KEPT_NEEDS_GROUND = "Ghi căn cứ không hoàn trả: điều, khoản, văn bản"


class GivingBack(ActForm):
    """What goes back to the applicant: his papers, and what he has paid."""

    papers_given_back = TextLineField(label="Giấy tờ trả lại người nộp", limit=500, lines=True, required=False)
    fees = forms.ChoiceField(
        label="Phí, lệ phí đã nộp",
        choices=[(fees, fees.label) for fees in (PaidFees.REFUNDED, PaidFees.KEPT)],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn hoàn trả hay không hoàn trả", "invalid_choice": "Chọn hoàn trả hay không hoàn trả"},
    )
    fees_note = TextLineField(label="Căn cứ không hoàn trả, hoặc cách hoàn trả", limit=300, required=False)

    def prepare(self) -> None:
        self.paid = paid_so_far(self.dossier)
        self.initial.setdefault("papers_given_back", "; ".join(_papers_of(self))[:500])
        if self.paid:
            self.fields["fees"].help_text = f"Đã nộp {show_money(self.paid)}."
        else:
            del self.fields["fees"], self.fields["fees_note"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("fees") == PaidFees.KEPT and not values.get("fees_note") and "fees_note" not in self.errors:
            self.add_error("fees_note", KEPT_NEEDS_GROUND)
        return values


def _papers_of(form: ActForm) -> list[str]:
    """What the dossier holds that is the applicant's: originals first of all, else every paper that was handed in."""
    there = [paper for paper in form.dossier.papers.all() if paper.state == PaperState.SUBMITTED]
    return [f"{paper.name} (bản chính: {paper.originals:02d})" if paper.originals else paper.name for paper in there]


class StopForm(GivingBack):
    """The decision to stop (Mẫu 05)."""

    kind = forms.ChoiceField(
        label="Trường hợp dừng",
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn trường hợp dừng", "invalid_choice": "Chọn trường hợp dừng trong danh sách"},
    )
    asked_by = TextLineField(
        label="Người, cơ quan đề nghị dừng", limit=200, error_messages={"required": "Ghi ai đề nghị dừng, như sẽ in trên thông báo"}
    )
    reason = TextLineField(
        label="Lý do dừng", limit=500, lines=True, error_messages={"required": "Ghi lý do dừng, để người dân đọc hiểu"}
    )
    ground = TextLineField(
        label="Căn cứ (điều, khoản, văn bản)", limit=300, error_messages={"required": "Ghi căn cứ dừng: điều, khoản, văn bản"}
    )
    field_order = ("kind", "asked_by", "reason", "ground", "papers_given_back", "fees", "fees_note")

    def prepare(self) -> None:
        super().prepare()
        pause = open_pause(self.dossier)
        kinds = [StopKind.STOPPED]
        if pause is not None and is_unanswered(pause, timezone.localdate(self.now)):
            kinds.insert(0, StopKind.UNANSWERED)
            self._fill_in(pause)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.initial.setdefault("kind", kinds[0].value)

    def _fill_in(self, pause: Pause) -> None:
        """What the office knows of a request that nobody answered."""
        asked = "bổ sung giấy tờ" if pause.kind == PauseKind.SUPPLEMENT else "nộp tiền"
        until = say_date(pause.answer_by) if pause.answer_by else ""
        told = f"Đã yêu cầu {asked} lúc {say_moment(pause.started_at)}, hạn trả lời {until}; đến nay chưa nhận được."
        self.initial.update(asked_by=self.dossier.agency.desk_name[:200], reason=told, ground=pause.ground)


class GrantForm(GivingBack):
    """Giving the dossier back to the applicant who asked for it."""

    reason = TextLineField(
        label="Lý do ghi trên thông báo", limit=500, lines=True, error_messages={"required": "Ghi lý do, như người nộp đã nêu"}
    )
    ground = TextLineField(label="Đơn xin rút", limit=300, required=False)
    field_order = ("reason", "ground", "papers_given_back", "fees", "fees_note")

    def prepare(self) -> None:
        super().prepare()
        request = self.dossier.withdrawals.filter(taken_back_at__isnull=True).first()
        if request is None:
            return
        ground = f"Yêu cầu rút hồ sơ gửi qua trang tra cứu lúc {say_moment(request.requested_at)}"
        if request.how == AskedHow.PAPER:
            ground = f"Đơn xin rút hồ sơ ký ngày {request.signed_on:%d/%m/%Y}"
        self.initial.setdefault("reason", request.reason or "Người nộp xin rút hồ sơ.")
        self.initial.setdefault("ground", ground)

    @property
    def asked_by(self) -> str:
        return owner_name(self.dossier)[:200]


def _checked(label: str, sentence: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": sentence})


class WithdrawForm(ActForm):
    """The applicant's signed request, brought to the counter."""

    signed_on = FullDateField(
        label="Ngày ký đơn",
        widget=forms.TextInput(attrs={"class": "short"}),
        error_messages={"required": "Nhập ngày ký trên đơn dạng ngày/tháng/năm, ví dụ 27/11/2026"},
    )
    reason = TextLineField(label="Lý do người nộp nêu trong đơn", limit=300, required=False)
    identity_checked = _checked(
        "Đơn do chính người nộp ký; đã đối chiếu căn cước", "Đối chiếu căn cước của người ký đơn rồi đánh dấu"
    )

    def prepare(self) -> None:
        self.initial.setdefault("signed_on", timezone.localdate(self.now))

    def clean_signed_on(self) -> date:
        day = self.cleaned_data["signed_on"]
        if not timezone.localdate(self.dossier.received_at) <= day <= timezone.localdate(self.now):
            raise ValidationError("Ngày ký đơn phải từ ngày tiếp nhận hồ sơ đến hôm nay")
        return day


class KeepOnForm(ActForm):
    """The applicant wants the work to go on after all."""

    identity_checked = _checked(
        "Người nộp nói thôi rút; đã đối chiếu căn cước", "Đối chiếu căn cước của người nộp rồi đánh dấu"
    )


class ReclassifyForm(ActForm):
    """The right procedure and case; `act` read only shows what becomes of the dates."""

    procedure = forms.CharField(
        label="Thủ tục đúng (mã tắt, mã thủ tục hoặc tên)",
        max_length=200,
        error_messages={"required": "Gõ mã tắt, mã thủ tục hoặc vài chữ trong tên"},
        widget=forms.TextInput(attrs={"list": "procedures", "autocomplete": "off", "spellcheck": "false"}),
    )
    case = forms.ChoiceField(
        label="Trường hợp", error_messages={"required": "Chọn trường hợp", "invalid_choice": "Chọn trường hợp của thủ tục này"}
    )
    reason = TextLineField(
        label="Lý do chuyển", limit=500, lines=True, error_messages={"required": "Ghi lý do chuyển thủ tục; lý do lưu cùng hồ sơ"}
    )

    def prepare(self) -> None:
        day = timezone.localdate(self.dossier.received_at)
        typed = self.data.get("procedure", "") if self.is_bound else ""
        self.matches = find_for_desk(typed[:200], day) if typed.strip() else []
        self.version: ProcedureVersion | None = self.matches[0] if len(self.matches) == 1 else None
        self.cases = list(self.version.cases.all()) if self.version else []
        if len(self.cases) > 1:
            self.fields["case"].choices = [(case.key, case.name or case.key) for case in self.cases]
            if self.is_read:
                self.fields["case"].required = False
        else:
            del self.fields["case"]
        if self.is_read:
            self.fields["reason"].required = False
            # Asked for in the end: only looking goes without.
            self.fields["reason"].says_optional = False

    @property
    def is_read(self) -> bool:
        """Whether the page is only asked what would be."""
        return self.data.get("act") == "read"

    def clean_procedure(self) -> str:
        if self.version is None and self.matches:
            names = "; ".join(f"{match.procedure.short_name} ({match.procedure.code})" for match in self.matches[:MOST_NAMED])
            raise ValidationError(f"Có {len(self.matches)} thủ tục khớp: {names}. Gõ mã của một thủ tục")
        if self.version is None:
            raise ValidationError("Không có thủ tục nào có hiệu lực vào ngày tiếp nhận khớp với chữ này")
        return self.cleaned_data["procedure"]

    @property
    def chosen(self) -> ProcedureCase | None:
        """The case that was chosen; of one alone, that; while only asking, the first."""
        key = self.cleaned_data.get("case", "")
        found = next((case for case in self.cases if case.key == key), None)
        return found or (self.cases[0] if len(self.cases) == 1 or (self.cases and self.is_read) else None)

    @property
    def mark(self) -> str:
        """For which target the dates were shown; the page sends it back as `seen`."""
        return f"{self.version.pk}-{self.chosen.pk}" if self.version and self.chosen else ""
