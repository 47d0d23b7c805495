"""Django form fields that read text the Vietnamese way and answer with the sentences of the readers.

An empty optional field cleans to "" (text) or None (dates, money). The sentence for an empty required field is
given per use: `NameField(required_message="Nhập họ và tên người được uỷ quyền")`. What was typed stays in the
field after an error. No `maxlength`: browsers cut pasted text without a word.
"""
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from onestop.reading import Unreadable, dates, identity, names, phones
from onestop.reading.dates import PartialDate
from onestop.reading.money import UNREADABLE_MONEY, group_thousands, read_money


class ReadField(forms.Field):
    """A text box whose text goes through one reader. Subclasses set the reader, the empty value and the attributes."""

    empty_value: ClassVar[Any] = ""
    required_sentence: ClassVar[str] = ""
    attributes: ClassVar[dict[str, str]] = {}

    def __init__(self, *, required_message: str = "", autocomplete: str = "off", **options: Any) -> None:
        """`autocomplete` is "off" at the counter, where others' data are typed; public forms give "name", "tel", "bday"."""
        options.setdefault("widget", forms.TextInput)
        super().__init__(**options)
        self.widget.attrs = {"autocomplete": autocomplete, **self.attributes, **self.widget.attrs}
        sentence = required_message or self.required_sentence
        if sentence and "required" not in (options.get("error_messages") or {}):
            self.error_messages["required"] = sentence

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        if value is None or not str(value).strip(" \t\r\n"):
            return self.empty_value
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except Unreadable as error:
            raise ValidationError(str(error), code="unreadable") from None


class NameField(ReadField):
    required_sentence = names.EMPTY
    attributes: ClassVar[dict[str, str]] = {"autocapitalize": "words", "spellcheck": "false"}

    def read(self, text: str) -> str:
        return names.read_name(text)


class TextLineField(ReadField):
    """Free text of at most `limit` characters: one line, or several with `lines=True` (a textarea)."""

    def __init__(self, *, limit: int = 200, lines: bool = False, **options: Any) -> None:
        if lines:
            options.setdefault("widget", forms.Textarea(attrs={"rows": "3"}))
        super().__init__(**options)
        self.limit = limit
        self.lines = lines

    def read(self, text: str) -> str:
        return names.clean_text(text, limit=self.limit, lines=self.lines)


class PartialDateField(ReadField):
    """A date of birth, a `PartialDate`. `today` is asked at each reading; by default the local date."""

    empty_value: ClassVar[Any] = None
    required_sentence = dates.UNREADABLE_DATE
    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric"}

    def __init__(self, *, today: Callable[[], date] = timezone.localdate, **options: Any) -> None:
        super().__init__(**options)
        self.today = today

    def read(self, text: str) -> PartialDate:
        return dates.read_date(text, today=self.today())


class FullDateField(ReadField):
    """Day, month and year of a paper, a `date`."""

    empty_value: ClassVar[Any] = None
    required_sentence = dates.UNREADABLE_FULL_DATE
    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric"}

    def read(self, text: str) -> date:
        return dates.read_full_date(text)

    def prepare_value(self, value: Any) -> Any:
        return str(PartialDate.from_date(value)) if isinstance(value, date) else value


class MailField(forms.EmailField):
    """An address for electronic mail, no longer than a letter box may be named (RFC 5321) and the columns hold."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Nhập địa chỉ thư điện tử dạng ten@vidu.vn, hoặc để trống",
        "max_length": "Nhiều nhất %(limit_value)d ký tự (đang có %(show_value)d ký tự)",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class PhoneField(ReadField):
    required_sentence = phones.UNREADABLE_PHONE
    attributes: ClassVar[dict[str, str]] = {"inputmode": "tel"}

    def read(self, text: str) -> str:
        return phones.read_phone(text)


class PersonalIdField(ReadField):
    required_sentence = identity.WRONG_LENGTH.format(n=0)
    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric"}

    def read(self, text: str) -> str:
        return identity.read_personal_id(text)


class MoneyField(ReadField):
    """Whole đồng, an `int`; shown as 15.000."""

    empty_value: ClassVar[Any] = None
    required_sentence = UNREADABLE_MONEY
    attributes: ClassVar[dict[str, str]] = {"inputmode": "numeric"}

    def read(self, text: str) -> int:
        return read_money(text)

    def prepare_value(self, value: Any) -> Any:
        return group_thousands(value) if isinstance(value, int) else value
