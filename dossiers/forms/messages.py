"""The form of the filer's word about messages."""

from django import forms

from dossiers.forms.acts import ActForm


class MessageChoiceForm(ActForm):
    """Whether he wants them; the choice in force is ticked."""

    wanted = forms.ChoiceField(
        label="Người nộp hồ sơ",
        choices=[("1", "Nhận tin nhắn, thư điện tử về hồ sơ này"), ("0", "Không muốn nhận tin nhắn, thư điện tử")],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn nhận tin hay không", "invalid_choice": "Chọn nhận tin hay không"},
    )

    def prepare(self) -> None:
        last = self.dossier.message_choices.last()
        self.initial.setdefault("wanted", "1" if last is None or last.wanted else "0")
