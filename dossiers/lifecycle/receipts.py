"""Receipts of certification fees: one valid receipt a session, a wrong one cancelled and replaced."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dossiers import numbering
from dossiers.certification import books
from dossiers.certification.kinds import ReceiptNumbers
from dossiers.certification.session import Payment
from dossiers.certification.setting import setting_of
from dossiers.lifecycle.act import AlreadyDone, begin, finish
from dossiers.models import CertificationReceipt, CertificationSetting, Dossier, PaidBy
from dossiers.statuses import Act, NotAllowed
from onestop.staff.models import User

NUMBER_WIDTH = 7


@dataclass(frozen=True)
class Owed:
    """What a session costs by its lines that are not struck out; whole đồng."""

    fees: int
    print_cost: int

    @property
    def total(self) -> int:
        return self.fees + self.print_cost


def owed_by(dossier: Dossier) -> Owed:
    lines = list(dossier.certification_entries.valid().values_list("fee", "print_cost"))
    return Owed(sum(fee for fee, _ in lines), sum(cost for _, cost in lines))


def live_receipt(dossier: Dossier) -> CertificationReceipt | None:
    """The receipt that counts, None while nothing was paid."""
    return dossier.certification_receipts.filter(cancelled_at__isnull=True).first()


def check_payment(payment: Payment, setting: CertificationSetting) -> None:
    """Raises NotAllowed for a receipt number that is missing, used already, or typed where the system gives it."""
    if payment.paid_by == PaidBy.LATER:
        return
    if setting.receipt_numbers == ReceiptNumbers.SYSTEM:
        if payment.number:
            raise NotAllowed("Số biên lai do hệ thống cấp, không ghi tay.")
        return
    if not payment.number:
        raise NotAllowed("Ghi số biên lai.")
    series = payment.series or setting.receipt_series
    if CertificationReceipt.objects.filter(agency_id=setting.agency_id, series=series, number=payment.number).exists():
        raise NotAllowed(f"Biên lai {series} số {payment.number} đã dùng. Kiểm tra lại số.")


def take_receipt(
    dossier: Dossier,
    owed: Owed,
    payment: Payment,
    setting: CertificationSetting,
    *,
    by: User,
    at: datetime,
    replaces: CertificationReceipt | None = None,
) -> CertificationReceipt:
    """The receipt for what is owed; part of an act. The system's own numbers run without gaps in their series."""
    check_payment(payment, setting)
    series = payment.series or setting.receipt_series
    number = payment.number
    if setting.receipt_numbers == ReceiptNumbers.SYSTEM:
        series = setting.receipt_series
        number = f"{numbering.take(dossier.agency_id, books.receipt_counter(series)):0{NUMBER_WIDTH}d}"
    return CertificationReceipt.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        series=series,
        number=number,
        amount=owed.fees,
        print_cost=owed.print_cost,
        paid_by=payment.paid_by,
        taken_at=at,
        taken_by=by,
        replaces=replaces,
    )


def settle(dossier: Dossier, reason: str, payment: Payment | None, *, by: User, at: datetime) -> list[CertificationReceipt]:
    """Bring the receipt in line with what is owed now: nothing, or the old one cancelled and perhaps a new one. Part of an act."""
    old, owed = live_receipt(dossier), owed_by(dossier)
    if old is None or old.total == owed.total:
        return []
    return replace_receipt(old, owed, reason, payment, by=by, at=at)


def replace_receipt(
    old: CertificationReceipt, owed: Owed, reason: str, payment: Payment | None, *, by: User, at: datetime
) -> list[CertificationReceipt]:
    """Cancel a receipt and take another for what is owed, if anything is. Part of an act."""
    old.cancelled_at, old.cancelled_by, old.cancel_reason = at, by, reason
    old.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    if not owed.total:
        return [old]
    paid = payment or Payment(paid_by=old.paid_by)
    return [old, take_receipt(old.dossier, owed, paid, setting_of(old.agency_id), by=by, at=at, replaces=old)]


@transaction.atomic
def cancel_receipt(
    receipt: CertificationReceipt, *, reason: str, by: User, at: datetime, payment: Payment | None = None, revision: int | None = None
) -> CertificationReceipt:
    """Cancel a wrong receipt, whose number stays, and take the one in its place; returns that one."""
    dossier = begin(receipt.dossier, Act.CANCEL_RECEIPT, by=by, revision=revision, session=True)
    if not reason:
        raise NotAllowed("Ghi lý do hủy biên lai.")
    old = live_receipt(dossier)
    if old is None or old.pk != receipt.pk:
        raise AlreadyDone("Biên lai này đã hủy.")
    rows = replace_receipt(old, owed_by(dossier), reason, payment, by=by, at=at)
    finish(dossier, Act.CANCEL_RECEIPT, by=by, at=at, rows=rows, data={"cancelled": str(old), "receipt": str(rows[-1])})
    return rows[-1]
