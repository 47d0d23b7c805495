"""The forms around a letter of apology. They turn text into values; lifecycle.py decides.

Field names are a contract (docs/forms.md).
"""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from dossiers.causes import CAUSES
from dossiers.forms.acts import ActForm, ClockField, WetInkForm
from dossiers.lifecycle import LetterChoice, LetterDecided, check_new_date
from dossiers.models import Appointment, LetterKind, SignOffKind, WhoseClock
from dossiers.statuses import NotAllowed
from dossiers.timeliness import LOCAL
from onestop.reading.fields import FullDateField, TextLineField
from onestop.staff.forms import PasswordField

KINDS = {
    LetterKind.LATE: "Trễ hẹn trả kết quả",
    LetterKind.ERROR: "Kết quả có sai sót",
    LetterKind.LOST_PAPER: "Làm thất lạc giấy tờ của người dân",
    LetterKind.ASKED_TWICE: "Yêu cầu bổ sung giấy tờ nhiều lần",
}
WAYS = [("brought", "Đem đến tận nơi"), ("telephone", "Đọc qua điện thoại"), ("post", "Gửi bưu điện"), ("counter", "Trao tại quầy")]
WRONG_HOURS = "Giờ hẹn mới"
EMPTY_DATE, EMPTY_HOUR = "Nhập ngày hẹn mới, ví dụ 27/11/2026", "Nhập giờ hẹn mới, ví dụ 16:30"
EMPTY_WORDS = "Ghi lý do để người dân đọc hiểu"
SHORT = {"class": "short"}


class StartForm(ActForm):
    """Which fault a letter is written for."""

    kind = forms.ChoiceField(
        label="Xin lỗi vì",
        choices=[(kind.value, words) for kind, words in KINDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn xin lỗi vì việc gì", "invalid_choice": "Chọn trong danh sách"},
    )

    def __init__(self, *args: Any, late: bool, **kwargs: Any) -> None:
        """`late`: there is a promise without a letter; else only other faults are left."""
        super().__init__(*args, **kwargs)
        if late:
            self.initial.setdefault("kind", LetterKind.LATE)
        else:
            self.fields["kind"].choices = [choice for choice in self.fields["kind"].choices if choice[0] != LetterKind.LATE]


class CauseForm(ActForm):
    """Why, in words that a citizen can read, and the new date; what a letter needs whoever signs it.

    `missed` is the promise that is not kept (None for other faults). Without `dated` the letter gives no new
    date, because the result is there. `owes_nothing`: only then may it say that nothing more is to be brought.
    """

    cause = forms.ChoiceField(
        label="Nguyên nhân",
        choices=[("", "Chọn nguyên nhân"), *((cause.code, cause.label) for cause in CAUSES.values())],
        error_messages={"required": "Chọn nguyên nhân", "invalid_choice": "Chọn nguyên nhân trong danh sách"},
    )
    cause_words = TextLineField(
        label="Lý do ghi trong văn bản",
        limit=500,
        lines=True,
        required=False,
        help_text="Viết để người dân đọc hiểu. Bỏ trống: dùng câu mẫu của nguyên nhân đã chọn.",
    )
    whose_clock = forms.ChoiceField(
        label="Thời gian mất ở đâu",
        choices=[("", "Theo nguyên nhân"), *WhoseClock.choices],
        required=False,
        error_messages={"invalid_choice": "Chọn trong danh sách"},
    )
    new_time = ClockField(label="Giờ hẹn mới", widget=forms.TextInput(attrs=SHORT), required=False)
    new_date = FullDateField(label="Ngày hẹn mới", widget=forms.TextInput(attrs=SHORT), required=False)
    repeat_reason = TextLineField(label="Lý do hẹn lại lần nữa (thủ trưởng ghi)", limit=500, lines=True, required=False)
    nothing_more = forms.BooleanField(label="Ghi: người dân không phải nộp thêm giấy tờ hay tiền", required=False)

    def __init__(self, *args: Any, missed: Appointment | None, dated: bool, repeated: bool, owes_nothing: bool, **kwargs: Any) -> None:
        self.missed, self.dated, self.repeated, self.owes_nothing = missed, dated, repeated, owes_nothing
        super().__init__(*args, **kwargs)
        if not dated:
            del self.fields["new_date"], self.fields["new_time"]
        if not repeated:
            del self.fields["repeat_reason"]
        if not owes_nothing:
            del self.fields["nothing_more"]
        # Wanted all the same, only not by every letter: no label calls them optional.
        asked = ("new_time", "new_date", "repeat_reason") if missed is not None else ("repeat_reason",)
        self.say_nothing_of_optional(*asked)

    def say_nothing_of_optional(self, *names: str) -> None:
        for name in names:
            if name in self.fields:
                self.fields[name].says_optional = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.is_wanted():
            self.check_letter(values)
        return values

    def is_wanted(self) -> bool:
        """Whether a letter is to be written at all."""
        return True

    def check_letter(self, values: dict[str, Any]) -> None:
        if not values.get("cause_words") and "cause_words" not in self.errors and "cause" not in self.errors:
            values["cause_words"] = CAUSES[values["cause"]].words if values.get("cause") in CAUSES else ""
            if not values["cause_words"] and values.get("cause"):
                self.add_error("cause_words", EMPTY_WORDS)
        if self.repeated and not values.get("repeat_reason") and "repeat_reason" not in self.errors:
            self.add_error("repeat_reason", "Đã hẹn lại một lần. Hẹn lại lần nữa cần thủ trưởng ghi lý do")
        if self.dated:
            self._clean_date(values)

    def _clean_date(self, values: dict[str, Any]) -> None:
        day, clock = values.get("new_date"), values.get("new_time")
        if self.missed is not None or day is not None or clock is not None:
            for name, sentence in (("new_time", EMPTY_HOUR), ("new_date", EMPTY_DATE)):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, sentence)
        if day is None or clock is None:
            return
        moment = datetime.combine(day, clock, LOCAL)
        try:
            check_new_date(moment, missed=self.missed, agency_id=self.dossier.competent_agency_id, at=self.now)
        except NotAllowed as refusal:
            self.add_error("new_time" if str(refusal).startswith(WRONG_HOURS) else "new_date", str(refusal).rstrip("."))
        else:
            values["new_due_at"] = moment

    def start_with(self, moment: datetime | None) -> None:
        """A date to begin with, where nothing was typed or stored."""
        if moment is not None:
            local = timezone.localtime(moment)
            self.initial.setdefault("new_date", local.date())
            self.initial.setdefault("new_time", time(local.hour, local.minute))

    @property
    def content(self) -> dict[str, Any]:
        """The values by the names of `lifecycle.prepare_letter`."""
        names = ("cause", "cause_words", "whose_clock", "repeat_reason")
        found: dict[str, Any] = {name: self.cleaned_data.get(name) or "" for name in names}
        return found | {"nothing_more": bool(self.cleaned_data.get("nothing_more")), "new_due_at": self.cleaned_data.get("new_due_at")}


class PrepareForm(CauseForm):
    """The whole letter, for whoever prepares it."""

    stands_words = TextLineField(
        label="Hồ sơ hiện đang ở đâu", limit=300, required=False, help_text="Một vế câu, ví dụ: đang chờ lãnh đạo ký kết quả"
    )
    field_order = ("cause", "cause_words", "whose_clock", "stands_words", "new_time", "new_date", "repeat_reason", "nothing_more")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.dated:
            del self.fields["stands_words"]

    @property
    def content(self) -> dict[str, Any]:
        return super().content | {"stands_words": self.cleaned_data.get("stands_words") or ""}


class SignLetterForm(ActForm):
    """A letter binds the office towards outside: the password is asked again, signing session or not."""

    password = PasswordField(
        label="Mật khẩu của ông/bà", autocomplete="current-password", error_messages={"required": "Nhập mật khẩu để ký văn bản"}
    )


class WaiveForm(ActForm):
    waive_reason = TextLineField(
        label="Lý do không gửi",
        limit=500,
        lines=True,
        required_message="Ghi lý do không gửi văn bản xin lỗi; thủ trưởng thấy lý do này trong báo cáo",
    )


class SentForm(ActForm):
    """How a letter reached the citizen when no message did."""

    way = forms.ChoiceField(
        label="Đã gửi bằng cách", choices=WAYS, widget=forms.RadioSelect, error_messages={"required": "Chọn đã gửi bằng cách nào"}
    )
    note = TextLineField(label="Ghi chú (ai đem, số vận đơn, gọi lúc nào)", limit=60, required=False)

    @property
    def how(self) -> str:
        return ": ".join(filter(None, [dict(WAYS)[self.cleaned_data["way"]], self.cleaned_data["note"]]))


LETTER_FIELDS = ("cause", "cause_words", "whose_clock", "new_time", "new_date", "repeat_reason", "nothing_more")
WET_FIELDS = ("doc_number", "doc_symbol", "signed_time", "signed_on", "issue_now")
BY_SYSTEM, BY_HAND = SignOffKind.IN_SYSTEM.value, SignOffKind.WET_INK.value


class SignBothForm(CauseForm, WetInkForm):
    """A late result and what becomes of its letter, in one confirmation.

    What belongs to the way not chosen is not looked at. The password is asked for the letter always, for a result
    signed in the system unless a signing session is open (`session_open`).
    """

    how = forms.ChoiceField(label="Kết quả", choices=[], widget=forms.RadioSelect, error_messages={"required": "Chọn cách ký kết quả"})
    letter = forms.ChoiceField(
        label="Văn bản xin lỗi", choices=[], widget=forms.RadioSelect, error_messages={"required": "Chọn ký hay không gửi văn bản xin lỗi"}
    )
    waive_reason = TextLineField(
        label="Lý do không gửi", limit=500, lines=True, required=False, help_text="Chỉ ghi khi chọn không gửi văn bản xin lỗi."
    )
    password = PasswordField(label="Mật khẩu của ông/bà", autocomplete="current-password", required=False)
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, sha256: str, may_sign: bool, promised: str, session_open: bool, **kwargs: Any) -> None:
        """`promised`: the promise in words while it is still ahead, "" once it is broken."""
        self.session_open = session_open
        super().__init__(*args, **kwargs)
        ways = [(BY_SYSTEM, "Ký duyệt trên hệ thống")] if sha256 else []
        self.fields["how"].choices = [*ways, (BY_HAND, "Đã ký tay trên bản giấy")]
        self.initial.setdefault("how", self.fields["how"].choices[0][0])
        later = f"Chưa cần: phát hành trước {promised} là kịp hẹn, dự thảo tự rút" if promised else "Để người có thẩm quyền ký sau"
        choices = [(LetterChoice.SIGN, "Ký luôn văn bản xin lỗi")] if may_sign else []
        choices += [(LetterChoice.LATER, later)] if promised or not may_sign else []
        choices += [(LetterChoice.WAIVE, "Không gửi văn bản xin lỗi, ghi lý do")]
        self.fields["letter"].choices = [(str(value), words) for value, words in choices]
        self.initial.setdefault("letter", str(LetterChoice.LATER if promised else choices[0][0]))
        self.initial["sha256"] = sha256
        if not may_sign:
            for name in LETTER_FIELDS:
                self.fields.pop(name, None)
        else:
            # Asked for only when the letter is signed.
            self.fields["cause"].required = False
        self.say_nothing_of_optional("cause", "waive_reason", "password", "doc_number", "doc_symbol", "new_time", "new_date")

    @property
    def choice(self) -> LetterChoice:
        return LetterChoice(self.cleaned_data["letter"])

    def is_wanted(self) -> bool:
        return self.cleaned_data.get("letter") == LetterChoice.SIGN

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        wanted, how = self.is_wanted(), values.get("how")
        for name in (() if wanted else LETTER_FIELDS) + (() if how == BY_HAND else WET_FIELDS):
            if name in self.errors:
                del self.errors[name]
        if wanted and not values.get("cause") and "cause" not in self.errors:
            self.add_error("cause", "Chọn nguyên nhân")
        values = super().clean()
        if values.get("letter") == LetterChoice.WAIVE and not values.get("waive_reason") and "waive_reason" not in self.errors:
            self.add_error("waive_reason", "Ghi lý do không gửi văn bản xin lỗi; thủ trưởng thấy lý do này trong báo cáo")
        if self.needs_password(values) and not values.get("password") and "password" not in self.errors:
            self.add_error("password", "Nhập mật khẩu để ký")
        return values

    def needs_password(self, values: dict[str, Any]) -> bool:
        return self.is_wanted() or (values.get("how") == BY_SYSTEM and not self.session_open)

    @property
    def decision(self) -> LetterDecided:
        content = {**self.content, "waive_reason": self.cleaned_data.get("waive_reason") or ""}
        return LetterDecided(choice=self.choice, **content)
