"""Signing a certification session: by which right in which book, and what the signer declares."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dossiers.certification.kinds import SIGNING_KIND, Book, DeputySigns, ReceiverSigns
from dossiers.certification.setting import setting_of
from dossiers.lifecycle.act import begin, finish, hold
from dossiers.models import CertificationEntry, CertificationSetting, Dossier, Outcome
from dossiers.statuses import Act, NotAllowed
from onestop.reading.names import fold
from onestop.staff.models import Delegation, User
from onestop.staff.signing import SigningRight, right_to_sign


@transaction.atomic
def sign_certifications(
    dossier: Dossier,
    *,
    signer: User,
    by: User,
    at: datetime,
    no_interest: bool,
    namesake_checked: bool = False,
    signed_at: datetime | None = None,
    revision: int | None = None,
) -> Dossier:
    """“Đã ký, đóng dấu”: every line of the session that is not struck out, signed by hand and sealed.

    Recorded by the signer or by the desk for the signer on duty. `no_interest`: the signer declares that nothing
    here concerns his own or his relatives' property or interest (NĐ 23/2015 Điều 9.3). A name like the signer's own
    stops the act until `namesake_checked` says that it is another person's.
    """
    dossier = begin(dossier, Act.SIGN_CERTIFICATIONS, by=by, revision=revision, session=True)
    entries = list(dossier.certification_entries.unsigned())
    signed_at = signed_at or at
    if not dossier.received_at <= signed_at <= at:
        raise NotAllowed("Giờ ký phải sau lúc tiếp nhận và không ở tương lai.")
    setting = setting_of(dossier.agency_id)
    received_by_signer = signer.pk == dossier.received_by_id
    if received_by_signer and setting.receiver_signs == ReceiverSigns.FORBID:
        raise NotAllowed("Người tiếp nhận không được ký chứng thực hồ sơ mình đã nhận (theo thiết lập của cơ quan).")
    _check_interest(dossier, entries, signer, no_interest=no_interest, namesake_checked=namesake_checked)
    for book in Book:
        of_book = [entry for entry in entries if entry.book == book]
        if not of_book:
            continue
        right = _right(signer, dossier, book, signed_at, setting)
        CertificationEntry.objects.filter(pk__in=[entry.pk for entry in of_book]).update(
            signer=signer,
            signing_mode=right.mode,
            signing_block=right.block,
            delegation=right.delegation,
            signed_at=signed_at,
            signing_recorded_by=by,
            no_interest_declared=True,
            received_by_signer=received_by_signer,
        )
    dossier.signed_at, dossier.finished_at, dossier.outcome = signed_at, at, Outcome.GRANTED
    if dossier.due_at is not None and at > dossier.due_at and dossier.overdue_since is None:
        dossier.overdue_since = dossier.due_at  # late, and no sweep has passed since
    hold(dossier, dossier.received_by, at)
    data = {"signer": signer.pk, "lines": len(entries), "namesake_checked": namesake_checked}
    return finish(dossier, Act.SIGN_CERTIFICATIONS, by=by, at=at, rows=entries, data=data)


def _right(signer: User, dossier: Dossier, book: Book, signed_at: datetime, setting: CertificationSetting) -> SigningRight:
    if signer.agency_id != dossier.competent_agency_id:
        raise NotAllowed("Người ký không thuộc cơ quan có thẩm quyền chứng thực hồ sơ này.")
    by_office = setting.deputy_signs == DeputySigns.OFFICE
    right = right_to_sign(signer, SIGNING_KIND[book], timezone.localdate(signed_at), deputies_by_office=by_office)
    if right is None:
        day = f"{timezone.localdate(signed_at):%d/%m/%Y}"
        raise NotAllowed(f"{signer.full_name} không có quyền ký {book.label.lower()} ngày {day}: kiểm tra quyết định, phạm vi và thời hạn.")
    if right.mode == Delegation.Mode.TL:
        # NĐ 280/2025 knows delegation and assignment for certification; no text was found that allows signing by order.
        raise NotAllowed("Chứng thực không ký thừa lệnh (TL.). Cần quyết định ủy quyền (TUQ.).")
    return right


def _check_interest(
    dossier: Dossier, entries: list[CertificationEntry], signer: User, *, no_interest: bool, namesake_checked: bool
) -> None:
    if not no_interest:
        raise NotAllowed(
            "Giấy tờ liên quan tài sản, lợi ích của người ký hoặc người thân thích thì người khác phải ký (NĐ 23/2015 Điều 9). "
            "Đánh dấu xác nhận không liên quan rồi mới ký."
        )
    own_name = fold(signer.full_name)
    named = {party.name_key for party in dossier.parties.all()}
    if not namesake_checked and (own_name in named or any(own_name in entry.search_key for entry in entries)):
        raise NotAllowed("Giấy tờ mang tên trùng với người ký. Người khác phải ký, trừ khi đã kiểm tra đây là người trùng tên.")
