"""Books closed month by month and year by year, the agency's choices, and its own clauses."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dossiers import numbering
from dossiers.certification.books import Period, counter_name
from dossiers.certification.catalogue import catalogue, rate_from
from dossiers.certification.clauses import BadClause, places_in
from dossiers.certification.kinds import Book, CountsAs, DeputySigns, ReceiptNumbers, ReceiverSigns
from dossiers.lifecycle.act import AlreadyDone
from dossiers.models import AttestationClause, BookClosing, CertificationEntry, CertificationSetting
from dossiers.statuses import DESK, SIGNERS, Act, NotAllowed
from onestop.history.record import record
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role

CHOICES = {
    "counts_as": CountsAs.values,
    "receiver_signs": ReceiverSigns.values,
    "deputy_signs": DeputySigns.values,
    "receipt_numbers": ReceiptNumbers.values,
}


@transaction.atomic
def close_book(agency: Agency, book: str, year: int, month: int | None, *, by: User, at: datetime, confirmed_by: str = "") -> BookClosing:
    """“Khóa sổ” of one month, or with `month` None of the year: the counts are fixed and nothing more is entered.

    From the last day of the period on, when every line is signed or struck out and earlier months are closed
    (NĐ 23/2015 Điều 13.1, 13.3). The counter is held meanwhile, so no line slips in beside the count.
    """
    period = Period(year, month)
    _check_closer(agency, by)
    if timezone.localdate(at) < period.last:
        raise NotAllowed(f"Chưa hết {period}. Khóa sổ từ ngày {period.last:%d/%m/%Y}.")
    drawn = numbering.hold_book(agency.pk, counter_name(book, year))
    if BookClosing.objects.filter(agency=agency, book=book, year=year, month=month).exists():
        raise AlreadyDone(f"{Book(book).label}, {period}: đã khóa.")
    of_book = CertificationEntry.objects.of_agency(agency.pk).in_book(book, year)
    _check_earlier(agency, of_book, book, period)
    entries = of_book.in_period(period)
    unsigned = entries.unsigned().count()
    if unsigned:
        raise NotAllowed(f"Còn {unsigned} số chưa ký hoặc hủy trong {period}. Ký hoặc hủy hết rồi khóa sổ.")
    numbers = list(entries.values_list("number", flat=True))
    if numbers and numbers != list(range(numbers[0], numbers[-1] + 1)) or (month is None and len(numbers) != drawn):
        raise NotAllowed(f"{Book(book).label}, {period}: số không liên tục. Báo quản trị kiểm tra nhật ký trước khi khóa sổ.")
    counts = entries.counts()
    closing = BookClosing.objects.create(
        agency=agency,
        book=book,
        year=year,
        month=month,
        first_number=numbers[0] if numbers else 0,
        last_number=numbers[-1] if numbers else 0,
        numbers=len(numbers),
        voided=counts.voided,
        visits=counts.visits,
        copies=counts.copies,
        fees=counts.fees,
        closed_at=at,
        closed_by=by,
        confirmed_by=confirmed_by,
    )
    data = {"book": book, "year": year, "month": month, "numbers": len(numbers), "voided": counts.voided, "fees": counts.fees}
    record(agency_id=agency.pk, act=Act.CLOSE_BOOK, subject=f"book:{book}:{year}", at=at, by=by, data=data, rows=[closing])
    return closing


def _check_closer(agency: Agency, by: User) -> None:
    if by.agency_id != agency.pk or not by.has_role(*DESK, *SIGNERS, Role.ARCHIVIST):
        raise NotAllowed("Vai trò của bạn không được khóa sổ chứng thực.")


def _check_earlier(agency: Agency, of_book: Any, book: str, period: Period) -> None:
    closed = set(BookClosing.objects.filter(agency=agency, book=book, year=period.year).values_list("month", flat=True))
    for month in range(1, period.month or 13):
        if month not in closed and of_book.in_period(Period(period.year, month)).exists():
            raise NotAllowed(f"Khóa sổ {Period(period.year, month)} trước.")


@transaction.atomic
def change_certification_setting(agency: Agency, changes: dict[str, Any], *, by: User, at: datetime) -> CertificationSetting:
    """Change the agency's choices; the event names the fields. Raises NotAllowed for a value that cannot be."""
    if by.agency_id != agency.pk or not by.has_role(Role.MANAGER, Role.HEAD, Role.ADMIN):
        raise NotAllowed("Vai trò của bạn không được đổi thiết lập chứng thực.")
    _check_changes(changes)
    CertificationSetting.objects.get_or_create(agency=agency)
    setting = CertificationSetting.objects.select_for_update().get(agency=agency)
    for name, value in changes.items():
        setattr(setting, name, value)
    if setting.print_cost_per_page is not None and not setting.print_cost_source:
        raise NotAllowed("Ghi căn cứ của chi phí in, chụp (mức trần do Ủy ban nhân dân cấp tỉnh quy định).")
    setting.changed_at, setting.changed_by = at, by
    setting.save()
    subject, data = f"certification:{agency.pk}", {"fields": sorted(changes)}
    record(agency_id=agency.pk, act=Act.SET_CERTIFICATION, subject=subject, at=at, by=by, data=data, rows=[setting])
    return setting


def _check_changes(changes: dict[str, Any]) -> None:
    known = {*CHOICES, "receipt_series", "print_cost_per_page", "print_cost_source", "symbols", "volumes", "rates"}
    if not changes or not changes.keys() <= known:
        raise NotAllowed("Không có thiết lập này.")
    for name, values in CHOICES.items():
        if name in changes and changes[name] not in values:
            raise NotAllowed("Chọn một giá trị trong danh sách.")
    if "receipt_series" in changes and not changes["receipt_series"]:
        raise NotAllowed("Ghi ký hiệu biên lai.")
    if not set(changes.get("symbols", {})) <= set(Book.values):
        raise NotAllowed("Không có sổ chứng thực này.")
    for key, volume in changes.get("volumes", {}).items():
        book, _, year = key.partition(":")
        if book not in Book.values or not year.isdigit() or not isinstance(volume, int) or volume < 1:
            raise NotAllowed("Quyển số phải từ 1 trở lên, theo sổ và năm.")
    rate_keys = {rate.key for rate in catalogue().rates}
    for row in changes.get("rates", []):
        try:
            rate = rate_from(row)
        except (KeyError, TypeError, ValueError) as fault:
            raise NotAllowed("Mức thu riêng phải có khoản, số tiền, ngày áp dụng và căn cứ.") from fault
        if rate.key not in rate_keys or not isinstance(rate.amount, int) or rate.amount < 0 or not rate.source:
            raise NotAllowed("Mức thu riêng phải có khoản, số tiền, ngày áp dụng và căn cứ.")


@transaction.atomic
def save_clause(agency: Agency, form: str, *, text: str, source: str, by: User, at: datetime) -> AttestationClause:
    """The agency's own text of a clause, as a further version; earlier ones stay."""
    if by.agency_id != agency.pk or not by.has_role(Role.MANAGER, Role.HEAD, Role.ARCHIVIST):
        raise NotAllowed("Vai trò của bạn không được sửa lời chứng.")
    if form not in catalogue().forms:
        raise NotAllowed("Không có mẫu lời chứng này.")
    if not text.strip() or not source:
        raise NotAllowed("Ghi cả lời chứng và căn cứ (số mẫu, văn bản).")
    try:
        places_in(text)
    except BadClause as fault:
        raise NotAllowed(str(fault)) from fault
    version = AttestationClause.objects.filter(agency=agency, form=form).count() + 1
    clause = AttestationClause.objects.create(
        agency=agency, form=form, version=version, text=text, source=source, changed_at=at, changed_by=by
    )
    subject, data = f"clause:{agency.pk}:{form}", {"form": form, "version": version}
    record(agency_id=agency.pk, act=Act.SET_CLAUSE, subject=subject, at=at, by=by, data=data, rows=[clause])
    return clause
