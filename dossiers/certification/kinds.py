"""The four books, the kinds of work, and the agency's choices; imports nothing of ours."""

from django.db.models import TextChoices

LANE = "certification"


class Book(TextChoices):
    """The certification books (NĐ 23/2015 Điều 13.4). Their order is the order in which numbers are drawn."""

    COPIES = "BS", "Sổ chứng thực bản sao từ bản chính"
    SIGNATURES = "CK", "Sổ chứng thực chữ ký, chứng thực điểm chỉ"
    TRANSLATIONS = "ND", "Sổ chứng thực chữ ký người dịch"
    CONTRACTS = "GD", "Sổ chứng thực hợp đồng, giao dịch"


class Work(TextChoices):
    """What is certified; which book, fee, procedure and articles belong to it stands in the catalogue."""

    COPY = "copy", "Bản sao"
    SIGNATURE = "signature", "Chữ ký"
    FINGERPRINT = "fingerprint", "Điểm chỉ"
    TRANSLATION = "translation", "Chữ ký người dịch"
    CONTRACT = "contract", "Giao dịch"
    WILL = "will", "Di chúc"
    ESTATE = "estate", "Di sản"
    AMEND = "amend", "Sửa đổi, hủy bỏ giao dịch"
    CONTRACT_COPY = "contract_copy", "Bản sao giao dịch đã chứng thực"


class CountsAs(TextChoices):
    """What the agency counts as one dossier in the periodic report (no rule was found that says it)."""

    VISIT = "visit", "Lượt người đến"
    NUMBER = "number", "Việc (số chứng thực)"
    COPY = "copy", "Bản"


class ReceiverSigns(TextChoices):
    """May who received the papers also sign? The law lets a certifier receive himself."""

    ALLOW = "allow", "Được ký"
    FORBID = "forbid", "Không được ký"


class DeputySigns(TextChoices):
    """By which ground a deputy signs KT. (NĐ 280/2025 speaks of assignment; read at second hand)."""

    OFFICE = "office", "Theo chức vụ"
    ASSIGNMENT = "assignment", "Khi có văn bản phân công"


class ReceiptNumbers(TextChoices):
    """Where receipt numbers come from."""

    SYSTEM = "system", "Hệ thống cấp số liên tục"
    TYPED = "typed", "Ghi theo biên lai giấy"


# What a right to sign is asked for, by book (onestop.staff.signing knows only these words).
SIGNING_KIND = {
    Book.COPIES: "certification.copy",
    Book.SIGNATURES: "certification.signature",
    Book.TRANSLATIONS: "certification.translation",
    Book.CONTRACTS: "certification.contract",
}
