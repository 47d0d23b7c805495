"""What is typed about a result that goes by post. Field names are a contract (docs/forms.md)."""

from django import forms

from dossiers.forms.acts import ActForm, PaidField, drop_payment, owner_name
from onestop.reading.fields import NameField, TextLineField


class PostForm(ActForm):
    """Under which number the post took it."""

    waybill = TextLineField(
        label="Số vận đơn",
        limit=20,
        error_messages={"required": "Nhập số vận đơn in trên phiếu gửi của bưu điện"},
        widget=forms.TextInput(attrs={"class": "medium"}),
    )
    note = TextLineField(label="Ghi chú", limit=300, required=False)
    paid_by = PaidField()
    receipt_no = TextLineField(label="Số biên lai", limit=40, required=False)

    def prepare(self) -> None:
        drop_payment(self)


class DeliveredForm(ActForm):
    """Who signed for the parcel, as the post says."""

    name = NameField(label="Họ và tên người ký nhận với bưu điện")
    note = TextLineField(label="Ghi chú", limit=300, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("name", owner_name(self.dossier))


class ParcelBackForm(ActForm):
    reason = TextLineField(label="Vì sao chuyển hoàn", limit=300, error_messages={"required": "Ghi vì sao bưu gửi chuyển hoàn"})
